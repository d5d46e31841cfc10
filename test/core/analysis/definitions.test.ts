import assert from 'node:assert/strict';
import type { RawItem } from '../../../src/core/model.js';
import { Definition, goldKey } from '../../../src/core/analysis/definitions.js';
import type { OfRun } from '../../../src/core/analysis/joinCounts.js';
import { DefinitionJoiner } from '../../../src/core/analysis/joinDefinitions.js';
import { lettered, rawItem } from './support.js';

const SIDES = lettered('left', 'right');

/** An item of a benchmark: question, options, gold and a picture of its own. */
function item(n: number, more: Partial<RawItem> = {}): RawItem {
  return rawItem(n, { id: `b${n}`, images: [`images/${n}.png`], response: null, task: 'sides', ...more });
}

function benchmark(items: readonly RawItem[], file = 'benchmark.json'): Definition {
  return new Definition(file, null, items);
}

/** Joins rows to definitions as ingesting does. */
function joinAll(
  rows: readonly RawItem[],
  ...definitions: Definition[]
): { joined: RawItem[]; joiner: DefinitionJoiner } {
  const joiner = new DefinitionJoiner(definitions);
  joiner.decide(rows);
  return { joined: rows.map((row) => joiner.join(row)), joiner };
}

/** How the only row is joined: by which method, if at all. */
function methodOf(row: RawItem, ...items: RawItem[]): string {
  const [evidence] = joinAll([row], benchmark(items)).joiner.evidence();
  if (evidence === undefined) return 'none';
  return evidence.byContent > 0 ? 'content' : evidence.byPosition > 0 ? 'position' : 'id';
}

describe('analysis: joining a row to a benchmark', () => {
  it('by question and options, whatever case, white space and closing punctuation', () => {
    const asked = item(1, { question: 'Where is the cup?' });
    assert.equal(methodOf(rawItem(9, { question: '  where IS the\ncup?.', options: SIDES }), asked), 'content');
    assert.equal(methodOf(rawItem(9, { question: 'Where is the cup?', options: [] }), asked), 'content');
    assert.equal(methodOf(rawItem(9, { question: 'Where is the mug?' }), asked), 'none');
    assert.equal(
      methodOf(rawItem(9, { question: 'Where is the cup?', options: lettered('right', 'left') }), asked),
      'none',
    );
    assert.equal(
      methodOf(rawItem(9, { question: 'Where is the cup?', options: lettered('left', 'right', 'up') }), asked),
      'none',
    );
  });

  it('never where the gold answers disagree', () => {
    const asked = item(1, { question: 'Where is the cup?', gold: 'B. right' });
    const row = (gold: string | null, more: Partial<RawItem> = {}): RawItem =>
      rawItem(1, { question: 'Where is the cup?', id: 'b1', gold, ...more });
    assert.equal(methodOf(row('B'), asked), 'content');
    assert.equal(methodOf(row('right'), asked), 'content');
    assert.equal(
      methodOf(row('(B)', { options: [] }), asked),
      'content',
      'a letter is read against the item’s options',
    );
    assert.equal(methodOf(row(null), asked), 'content');
    assert.equal(methodOf(row('A'), asked), 'none');
    assert.equal(methodOf(row('left', { options: [] }), asked), 'none');
  });

  it('by position only with the same options and gold, or without either question or options', () => {
    const reworded: Partial<RawItem> = { question: 'Reworded' };
    assert.equal(methodOf(rawItem(1, reworded), item(1)), 'position');
    assert.equal(methodOf(rawItem(2, reworded), item(1)), 'none', 'another place');
    assert.equal(methodOf(rawItem(1, { ...reworded, gold: 'B' }), item(1)), 'none');
    assert.equal(methodOf(rawItem(1, { ...reworded, gold: null }), item(1)), 'none');
    assert.equal(methodOf(rawItem(1, { ...reworded, options: lettered('left', 'up') }), item(1)), 'none');
    assert.equal(methodOf(rawItem(1, { ...reworded, images: ['other.png'] }), item(1)), 'none', 'another picture');
    const bare: Partial<RawItem> = { question: null, options: [], gold: 'left' };
    assert.equal(methodOf(rawItem(1, { ...bare, task: 'sides' }), item(1)), 'position');
    assert.equal(methodOf(rawItem(1, { ...bare, task: 'heights' }), item(1)), 'none');
    assert.equal(methodOf(rawItem(1, bare), item(1)), 'none', 'nothing but the gold answer agrees');
    const statement = { options: lettered('yes', 'no'), gold: 'yes' };
    assert.equal(
      methodOf(rawItem(1, { ...reworded, ...statement }), item(1, statement)),
      'none',
      'every statement offers yes and no',
    );
  });

  it('by id only where nothing that both state differs', () => {
    const far = (more: Partial<RawItem>): RawItem => rawItem(7, { id: 'b1', question: null, options: [], ...more });
    assert.equal(methodOf(far({ gold: null }), item(1)), 'id');
    assert.equal(methodOf(far({ gold: 'left' }), item(1)), 'id');
    assert.equal(methodOf(far({ gold: 'right' }), item(1)), 'none');
    assert.equal(methodOf(far({ gold: null, question: 'Another question?' }), item(1)), 'none');
    assert.equal(methodOf(far({ gold: null, options: lettered('up', 'down') }), item(1)), 'none');
    assert.equal(methodOf(far({ gold: null, id: 'b2' }), item(1)), 'none');
  });

  it('by position or id only where nine rows in ten agree', () => {
    const items = Array.from({ length: 10 }, (_, at) => item(at + 1));
    /** Ten reworded rows, of which so many have the gold answer of their place. */
    const rows = (agreeing: number): RawItem[] =>
      items.map(({ row, id }) => rawItem(row, { id, question: `Reworded ${row}`, gold: row <= agreeing ? 'A' : 'B' }));
    assert.deepEqual(joinAll(rows(9), benchmark(items)).joiner.evidence(), [
      { file: 'benchmark.json', items: 10, byContent: 0, byPosition: 9, byId: 0 },
    ]);
    assert.deepEqual(joinAll(rows(8), benchmark(items)).joiner.evidence(), []);
    const named = (agreeing: number): RawItem[] =>
      items.map(({ row, id }) =>
        rawItem(row + 100, { id, question: null, options: [], gold: row <= agreeing ? 'left' : 'right' }),
      );
    assert.equal(joinAll(named(9), benchmark(items)).joiner.evidence()[0]?.byId, 9);
    assert.deepEqual(joinAll(named(8), benchmark(items)).joiner.evidence(), []);
  });

  it('fills what the row leaves open, and changes nothing that it states', () => {
    const full = item(1, {
      ...{ question: 'Where?', task: 'sides', frame: 'person', convention: 'facing', unit: 'u', relation: 'left of' },
      ...{ meta: { scene: 's1', note: 'benchmark' }, kind: 'choice', contrastSet: 'c', goldAliases: ['links'] },
    });
    const row = rawItem(1, {
      question: 'where?',
      options: [],
      gold: null,
      task: 'mine',
      meta: { note: 'row' },
      response: 'A',
    });
    const [joined] = joinAll([row], benchmark([full])).joined;
    assert.deepEqual(joined, {
      ...row,
      ...{ options: SIDES, gold: 'A', kind: 'choice', relation: 'left of', frame: 'person', convention: 'facing' },
      ...{ images: ['images/1.png'], unit: 'u', contrastSet: 'c', goldAliases: ['links'], boxes: undefined },
      meta: { scene: 's1', note: 'row' },
    });
  });

  it('says that the image is ambiguous where several items fit, and lists them', () => {
    const twins = [1, 2].map((n) => item(n, { question: 'Where is it?', task: n === 1 ? 'a' : 'b' }));
    const [joined] = joinAll([rawItem(9, { question: 'Where is it?', gold: null })], benchmark(twins)).joined;
    assert.deepEqual(joined?.images, []);
    assert.deepEqual(joined?.flags, ['imageAmbiguous']);
    assert.deepEqual(joined?.meta, { imageCandidates: [['images/1.png'], ['images/2.png']] });
    assert.equal(joined?.gold, 'A', 'what the candidates share is taken');
    assert.equal(joined?.task, null, 'what they differ in stays open');
  });

  it('does not let the gold answer pick among pictures', () => {
    const items = [item(1, { question: 'Where is it?' }), item(2, { question: 'Where is it?', gold: 'B' })];
    const [joined] = joinAll([rawItem(9, { question: 'Where is it?', gold: 'B' })], benchmark(items)).joined;
    assert.deepEqual(joined?.flags, ['imageAmbiguous']);
    const open = rawItem(9, { question: 'Where is it?', gold: null });
    assert.deepEqual(joinAll([open], benchmark(items)).joined, [open], 'two golds: the row takes neither');
  });

  it('tells items of one question apart by picture or id', () => {
    const items = [1, 2].map((n) => item(n, { question: 'Where is it?' }));
    const row = rawItem(9, { question: 'Where is it?' });
    const byId = joinAll([{ ...row, id: 'b2' }], benchmark(items)).joined[0];
    assert.deepEqual([byId?.images, byId?.flags], [['images/2.png'], []]);
    const byImage = joinAll([{ ...row, images: ['elsewhere\\1.png'], task: null }], benchmark(items)).joined[0];
    assert.deepEqual([byImage?.images, byImage?.task, byImage?.flags], [['elsewhere\\1.png'], 'sides', []]);
  });

  it('takes the definition that holds most rows, then the smaller one, and reports the coverage of the smallest whole one', () => {
    const items = Array.from({ length: 6 }, (_, at) => item(at + 1));
    const whole = benchmark(items, 'whole.json');
    const half = benchmark(items.slice(0, 3), 'half.json');
    const few = benchmark(items.slice(0, 2), 'few.json');
    const rows = items.slice(0, 3).map((each) => rawItem(each.row));
    const { joiner } = joinAll(rows, whole, half, few);
    assert.deepEqual(
      joiner.evidence().map(({ file, byContent }) => [file, byContent]),
      [['half.json', 3]],
    );
    assert.deepEqual(joiner.coverage(), { rows: 3, of: 3, file: 'half.json' });
    assert.deepEqual(
      joiner.inUse().map((each) => each.file),
      ['half.json', 'whole.json', 'few.json'],
    );
    const more = [...rows, rawItem(99, { question: 'Of no benchmark?' })];
    assert.equal(joinAll(more, whole, half).joiner.coverage(), null);
    assert.equal(joinAll([], whole).joiner.coverage(), null);
  });

  it('counts the items that are answered more than once, by rows that are neither samples nor rotations', () => {
    const items = Array.from({ length: 4 }, (_, at) => item(at + 1));
    const twice = (more: (at: number) => Partial<RawItem>): RawItem[] =>
      [0, 1].flatMap((at) => items.slice(0, 3).map((each) => ({ ...rawItem(each.row), ...more(at) })));
    const repeated = (rows: readonly RawItem[], of?: OfRun) =>
      joinAll(rows, benchmark(items)).joiner.evidence(of)[0]?.repeated;
    assert.equal(repeated(twice(() => ({}))), 3);
    assert.equal(repeated([...twice(() => ({})), ...twice(() => ({}))]), 3, 'four answers are one repetition');
    assert.equal(repeated(items.map((each) => rawItem(each.row))), undefined);
    assert.equal(repeated(twice((at) => ({ sample: at + 1, unit: 'q' }))), undefined);
    const variants = twice((at) => ({ split: `prompt ${at}` }));
    assert.equal(
      repeated(variants, ({ split }) => split === 'prompt 1'),
      undefined,
    );
    assert.equal(repeated(variants), 3, 'of all runs together');
  });

  it('names the benchmark where every row is joined to one definition, and to no other', () => {
    const named = (items: readonly RawItem[], name: string): Definition => new Definition(`${name}.json`, name, items);
    const [one, two, three] = [1, 2, 3].map((n) => item(n)) as [RawItem, RawItem, RawItem];
    const rows = [rawItem(1), rawItem(2)];
    assert.equal(joinAll(rows, named([one, two, three], 'POPE')).joiner.dataset(), 'POPE');
    assert.equal(joinAll(rows, named([one], 'POPE')).joiner.dataset(), null, 'one row is of something else');
    assert.equal(joinAll(rows, named([one], 'A'), named([two], 'B')).joiner.dataset(), null, 'two benchmarks');
    assert.equal(joinAll([], named([one], 'A')).joiner.dataset(), null);
  });

  it('compares gold answers by the option that they name', () => {
    assert.equal(goldKey({ gold: 'B. right', options: SIDES }), 'right');
    assert.equal(goldKey({ gold: '(B)', options: SIDES }), 'right');
    assert.equal(goldKey({ gold: 'Right.', options: [] }), 'right');
    assert.equal(goldKey({ gold: null, options: SIDES }), null);
  });
});
