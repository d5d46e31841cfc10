import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Analysis } from '../../../src/core/analysis.js';
import type { Marks } from '../../../src/core/annotations/events.js';
import { AnnotationStore } from '../../../src/core/annotations/annotationStore.js';
import type { RowKey } from '../../../src/core/model.js';

const HEAD = 'id,image,question,options,answer,prediction';
const OPTIONS = '"[""left"", ""right"", ""front"", ""behind""]"';

/** A row of a run: the right answer is left. */
function row(id: string, prediction: string, question = `Where is the ${id}?`): string {
  return `${id},${id}.png,${question},${OPTIONS},left,${prediction}`;
}

describe('annotations of what is open', () => {
  let folder: string;
  let analysis: Analysis;
  let store: AnnotationStore;
  let order = 0;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-annotated-'));
    await put('one.csv', [row('cup', 'right'), row('dog', 'right'), row('jar', 'front')]);
    await put('two.csv', [row('dog', 'behind'), row('cup', 'right')]);
    await open();
  });
  afterEach(async () => {
    analysis.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function put(name: string, rows: readonly string[]): Promise<void> {
    await mkdir(path.join(folder, 'runs'), { recursive: true });
    await writeFile(path.join(folder, 'runs', name), `${[HEAD, ...rows].join('\n')}\n`);
  }
  async function open(): Promise<void> {
    store = new AnnotationStore([folder]);
    analysis = await Analysis.open([path.join(folder, 'runs')], {
      cacheDir: path.join(folder, 'cache'),
      homes: [folder],
      annotations: store,
    });
    await analysis.annotate();
  }
  async function reopen(): Promise<void> {
    analysis.close();
    await store.close();
    await open();
  }
  const keyOf = (run: string, at: number): RowKey => ({
    run: analysis.runs.find(({ id }) => id.includes(run))?.id ?? '',
    row: at,
  });
  async function say(
    by: string,
    key: RowKey,
    set: Marks,
    images: readonly string[] | null = null,
    more = {},
  ): Promise<void> {
    const [judged] = await analysis.annotated.judged([key], () => images);
    assert.ok(judged);
    const { item, content } = judged;
    const event = { id: `e${++order}`, at: '2026-11-30T08:00:00.000Z', order, by, scheme: 1, item, content, set };
    await store.add([{ ...event, undoes: null, adjudicates: null, ...more }]);
    await analysis.annotated.heard([key]);
    await analysis.annotated.renewAt([key]);
  }
  async function rows(field: string): Promise<string[]> {
    const { records } = await analysis.page({ limit: 100, offset: 0, fields: [field] });
    return records.map(({ record, fields }) => `${record.run.slice(0, 3)} ${record.item} ${String(fields[field])}`);
  }
  const labels = (): Promise<string[]> => rows('annotation.label');

  it('are fields of the rows that give the same answer to the same item, and of items where the label is of these', async () => {
    await say('ada', keyOf('one', 1), { label: 'wrong-object' });
    await say('ada', keyOf('one', 2), { label: 'wrong-object' });
    await say('ada', keyOf('one', 3), { label: 'gold-wrong', gold: 'front' });
    const expected = [
      'one cup wrong-object',
      'one dog wrong-object',
      'one jar gold-wrong',
      'two dog null',
      'two cup wrong-object',
    ];
    assert.deepEqual(await labels(), expected);
    // The same out of the files alone.
    await reopen();
    assert.deepEqual(await labels(), expected);
    await say('ada', keyOf('two', 1), { label: 'ambiguous' });
    assert.equal((await labels())[3], 'two dog ambiguous');
    const dog = await analysis.annotated.of(keyOf('one', 2), () => Promise.resolve(null));
    assert.equal(dog.mine, null);
    assert.equal(
      dog.others[0]?.marks.label,
      'wrong-object',
      'what is said of the answer goes before what is said of the item',
    );
  });

  it('filter, and are counted, and tell where annotators differ and who judged between them', async () => {
    await say('ada', keyOf('one', 1), { label: 'wrong-object' });
    await say('bo', keyOf('two', 2), { label: 'horizontal-flip', note: 'look' });
    const filter = { field: 'annotation.label', op: 'eq', value: '(disputed)' } as const;
    const { records, total } = await analysis.page({
      filter,
      limit: 9,
      offset: 0,
      fields: ['annotation.status', 'annotation.by', 'annotation.note'],
    });
    assert.equal(total, 2);
    assert.deepEqual(records[0]?.fields, {
      'annotation.status': 'disputed',
      'annotation.by': ['ada', 'bo'],
      'annotation.note': 'bo: look',
    });
    const browsing = analysis.browse();
    const query = { facets: {}, search: '', ids: null, filter: null, sort: [], group: null };
    const [facet] = await browsing.facets(query, ['annotation.label'], 10);
    assert.deepEqual(
      facet?.values.map(({ label, count }) => [label, count]),
      [
        ['no label', 3],
        ['(disputed)', 2],
      ],
    );
    await say('cy', keyOf('one', 1), { label: 'misread' }, null, { adjudicates: ['e1', 'e2'] });
    assert.deepEqual((await labels())[0], 'one cup misread');
    browsing.annotationsChanged();
    assert.equal(
      (await browsing.facets(query, ['annotation.status'], 10))[0]?.values.find(({ value }) => value === 'adjudicated')
        ?.count,
      2,
    );
    assert.equal((await browsing.slice({ ...query, facets: { 'annotation.label': ['misread'] } })).total, 2);
    const { judged } = await analysis.judged();
    assert.deepEqual(
      judged.map(({ rows: at, labels: said, adjudicated, class: rule }) => [at.length, [...said], adjudicated, rule]),
      [
        [
          2,
          [
            ['ada', 'wrong-object'],
            ['bo', 'horizontal-flip'],
          ],
          'misread',
          'horizontal-flip',
        ],
      ],
    );
  });

  it('are drawn as a chart, whose bars open the rows that they count', async () => {
    await say('ada', keyOf('one', 1), { label: 'wrong-object' });
    await say('ada', keyOf('one', 3), { label: 'misread' });
    await say('bo', keyOf('one', 3), { label: 'other' });
    const request = {
      runs: [],
      group: null,
      factors: {},
      filter: null,
      human: {},
      terms: null,
      kinds: ['labels'] as const,
    };
    const [chart] = (await analysis.charts(request)).charts;
    assert.ok(chart !== undefined && 'series' in chart);
    const told = chart.series.map(({ marks }) => marks.map((each) => `${each?.count} of ${each?.of}`));
    assert.deepEqual(
      chart.categories.map(({ name }) => name),
      ['wrong object', 'disputed'],
    );
    assert.deepEqual(told, [
      ['1 of 2', '1 of 2'],
      ['1 of 1', '0 of 1'],
    ]);
    const query = chart.series[0]?.marks[1]?.query;
    assert.ok(query);
    assert.equal((await analysis.browse().slice(query)).total, 1);
  });

  it('hold back in blind mode what others say until the viewer has chosen', async () => {
    await say('bo', keyOf('one', 1), { label: 'misread' });
    analysis.annotated.seenBy({ name: 'ada', blind: true });
    await analysis.annotated.renew();
    assert.deepEqual(new Set((await labels()).map((each) => each.split(' ')[2])), new Set(['null']));
    assert.deepEqual(await analysis.annotated.of(keyOf('one', 1), () => Promise.resolve(null)), {
      mine: null,
      others: [],
      adjudication: null,
      stale: [],
      hidden: true,
    });
    assert.equal((await analysis.annotated.inShort([keyOf('one', 1)])).size, 0);
    await say('ada', keyOf('one', 1), { label: 'misread' });
    assert.equal((await labels())[0], 'one cup misread');
    const seen = await analysis.annotated.of(keyOf('one', 1), () => Promise.resolve(null));
    assert.deepEqual([seen.mine?.marks.label, seen.others.length, seen.hidden], ['misread', 1, false]);
  });

  it('are stale where question or image changed, and count for nothing then', async () => {
    await say('ada', keyOf('one', 1), { label: 'misread' }, ['aaaa']);
    const same = await analysis.annotated.of(keyOf('one', 1), () => Promise.resolve(['aaaa']));
    assert.deepEqual([same.mine, same.others.length, same.stale.length], [null, 1, 0]);
    const other = await analysis.annotated.of(keyOf('one', 1), () => Promise.resolve(['bbbb']));
    assert.deepEqual([other.others.length, other.stale[0]?.changed], [0, 'image']);
    await put('one.csv', [row('cup', 'right', 'Where is the red cup?'), row('dog', 'right')]);
    await put('two.csv', [row('dog', 'behind')]);
    await reopen();
    assert.deepEqual(await rows('annotation.status'), ['one cup stale', 'one dog null', 'two dog null']);
    const changed = await analysis.annotated.of(keyOf('one', 1), () => Promise.resolve(null));
    assert.deepEqual(
      [changed.others.length, changed.stale[0]?.changed, changed.stale[0]?.marks.label],
      [0, 'text', 'misread'],
    );
  });

  it('of wrong right answers are a list with the correction on which all agree, and what was judged of it', async () => {
    await say('ada', keyOf('one', 3), { label: 'gold-wrong', gold: 'front', note: 'it stands before' });
    await say('bo', keyOf('one', 2), { gold: 'behind' });
    await say('cy', keyOf('two', 1), { gold: 'front' });
    const { relabels } = await analysis.relabels();
    const told = relabels.map(({ item, from, to, by, accepted, rows: at }) => [
      item,
      from,
      to,
      by.join(),
      accepted,
      at.length,
    ]);
    assert.deepEqual(told.sort(), [
      ['dog', 'left', null, 'bo,cy', null, 2],
      ['jar', 'left', 'front', 'ada', null, 1],
    ]);
    await say('cy', keyOf('one', 2), { gold: 'behind' }, null, { adjudicates: [] });
    const after = (await analysis.relabels()).relabels.find(({ item }) => item === 'dog');
    assert.deepEqual([after?.to, after?.accepted], ['behind', true]);
  });
});
