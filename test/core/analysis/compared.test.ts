import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/analysis.js';
import { comparedInWords } from '../../../src/core/compareModel.js';
import type { Browsing } from '../../../src/core/analysis/browsing.js';
import { COMPARED_CELLS, type Compared, type ComparedCell } from '../../../src/core/model.js';
import { predictions, withAnalysis, type Record } from './support.js';

const RUNS = { base: 'base.jsonl', new: 'new.jsonl' };

/** A question about left and right: `said` is what the run answers. */
function asked(id: number, said: string | null, more: Record = {}): Record {
  const [task, answer] = id % 2 === 0 ? ['even', 'left'] : ['odd', 'right'];
  return {
    ...{
      id: `q${id}`,
      question: `Where is bowl ${id} of the lamp?`,
      options: ['left', 'right', 'above', 'below'],
      task,
    },
    ...{ answer, response: said ?? '' },
    ...more,
  };
}

const OTHER = (id: number): string => (id % 2 === 0 ? 'right' : 'left');
const RIGHT = (id: number): string => (id % 2 === 0 ? 'left' : 'right');

/** Twelve items: three of each outcome; then one of the base only, two of the new run only, one of which has an id of the base. */
function twoRuns(): { [file: string]: string } {
  const ids = Array.from({ length: 12 }, (_, at) => at + 1);
  const base = ids.map((id) => asked(id, id <= 6 ? RIGHT(id) : OTHER(id)));
  const next = ids.map((id) => asked(id, id <= 3 || (id > 6 && id <= 9) ? RIGHT(id) : OTHER(id)));
  return {
    'base.jsonl': predictions([...base, asked(13, RIGHT(13))]),
    'new.jsonl': predictions([
      ...next,
      asked(14, RIGHT(14)),
      asked(13, RIGHT(13), { question: 'Where is the spoon of the plate?', options: ['left', 'right'] }),
    ]),
  };
}

const open = new WeakMap<Analysis, Browsing>();

/** One for all lists: two would keep their tables under the same names. */
function browsingOf(analysis: Analysis): Browsing {
  const browsing = open.get(analysis) ?? analysis.browse();
  open.set(analysis, browsing);
  return browsing;
}

async function rowsOf(analysis: Analysis, compared: Omit<Compared, 'base' | 'new'>): Promise<string[]> {
  const filter = { compared: { ...RUNS, ...compared } };
  const page = await analysis.page({ filter, limit: 1000, offset: 0 });
  const browsing = browsingOf(analysis);
  const query = { facets: {}, search: '', ids: null, filter, sort: [], group: null };
  const slice = await browsing.slice(query);
  const listed = (await browsing.rows(slice.slice, 0, slice.total)).map(({ run, row }) => `${run} ${row}`);
  const found = page.records.map(({ record }) => `${record.run} ${record.row}`);
  assert.deepEqual([...listed].sort(), [...found].sort(), 'a list and a page keep the same rows');
  assert.deepEqual(await browsing.counts([query]), [slice.total]);
  return found;
}

async function countedBy(analysis: Analysis, compared: Omit<Compared, 'base' | 'new'>): Promise<number> {
  return (await rowsOf(analysis, compared)).length;
}

describe('rows by how runs compare', function () {
  this.timeout(60_000);

  it('are as many as the comparison counts, in every cell', async () => {
    await withAnalysis(twoRuns(), async (analysis) => {
      const { treatments } = await analysis.compare(RUNS.base, [RUNS.new], { bootstrap: null, lens: analysis.lens });
      const [found] = treatments;
      assert.ok(found !== undefined);
      const expected: { [cell in ComparedCell]: number } = {
        ...{ 'both right': found.bothRight, 'both wrong': found.bothWrong, fixed: found.fixed, broken: found.broken },
        ...{ partly: 0, 'no gold': found.noGold, 'only base': found.onlyBase, 'only new': found.onlyNew },
        refused: found.joined.refused,
      };
      assert.deepEqual(Object.values(expected), [3, 3, 3, 3, 0, 0, 1, 2, 1]);
      for (const cell of COMPARED_CELLS) {
        assert.equal(await countedBy(analysis, { cells: [cell] }), expected[cell], cell);
      }
      assert.equal(await countedBy(analysis, {}), 12);
      assert.equal(await countedBy(analysis, { by: 'content' }), found.joined.byContent);
      for (const [from, row] of Object.entries(found.transitions))
        for (const [to, count] of Object.entries(row)) assert.equal(await countedBy(analysis, { from, to }), count);
      for (const [task, { joined }] of Object.entries(found.byTask))
        assert.equal(await countedBy(analysis, { task }), joined);
      for (const [direction, { joined }] of Object.entries(found.byDirection))
        assert.equal(await countedBy(analysis, { direction }), joined);
      assert.deepEqual(Object.keys(found.byDirection), ['left', 'right']);
    });
  });

  it('are those of the new run, of the base where that is asked for or has them alone', async () => {
    await withAnalysis(twoRuns(), async (analysis) => {
      assert.deepEqual(await rowsOf(analysis, { cells: ['broken'] }), ['new.jsonl 4', 'new.jsonl 5', 'new.jsonl 6']);
      const ofBase = await rowsOf(analysis, { cells: ['broken'], side: 'base' });
      assert.deepEqual(ofBase, ['base.jsonl 4', 'base.jsonl 5', 'base.jsonl 6']);
      assert.deepEqual(await rowsOf(analysis, { cells: ['only base'] }), ['base.jsonl 13']);
      assert.deepEqual(await rowsOf(analysis, { cells: ['refused'] }), ['new.jsonl 14']);
      const alone = await rowsOf(analysis, { cells: ['only base', 'only new', 'refused'] });
      assert.deepEqual(alone, ['base.jsonl 13', 'new.jsonl 13', 'new.jsonl 14'], 'each once, from the run that has it');
      assert.equal(await countedBy(analysis, { cells: ['fixed', 'only base'] }), 3 + 1);
    });
  });

  it('narrow with other conditions', async () => {
    await withAnalysis(twoRuns(), async (analysis) => {
      const compared = { compared: { ...RUNS, cells: ['fixed' as const] } };
      const task = { field: 'task', op: 'eq', value: 'odd' } as const;
      const page = await analysis.page({ filter: { and: [compared, task] }, limit: 10, offset: 0 });
      assert.deepEqual(
        page.records.map(({ record }) => record.row),
        [7, 9],
      );
      const rest = await analysis.page({ filter: { not: { compared: RUNS } }, limit: 0, offset: 0 });
      assert.equal(rest.total, 13 + 2, 'the base, and what is in the new run only');
    });
  });

  it('are none where a run is not there', async () => {
    await withAnalysis(twoRuns(), async (analysis) => {
      const filter = { compared: { ...RUNS, new: 'gone.jsonl' } };
      assert.equal((await analysis.page({ filter, limit: 10, offset: 0 })).total, 0);
    });
  });

  it('are all samples of a question', async () => {
    const sampled = (id: number, marks: string): Record[] =>
      [...marks].map((mark, at) => asked(id, mark === 'r' ? RIGHT(id) : OTHER(id), { sample: at + 1 }));
    const files = {
      'base.jsonl': predictions([...sampled(1, 'rr'), ...sampled(2, 'rw'), ...sampled(3, 'ww')]),
      'new.jsonl': predictions([asked(1, RIGHT(1)), asked(2, RIGHT(2)), asked(3, RIGHT(3))]),
    };
    await withAnalysis(files, async (analysis) => {
      assert.deepEqual(await rowsOf(analysis, { cells: ['partly'] }), ['new.jsonl 2']);
      assert.deepEqual(await rowsOf(analysis, { cells: ['fixed'], side: 'base' }), ['base.jsonl 5', 'base.jsonl 6']);
    });
  });

  it('are told in words', () => {
    assert.equal(
      comparedInWords({ ...RUNS, cells: ['fixed', 'broken'], task: 'odd' }),
      'fixed or broken in new.jsonl against base.jsonl, task odd',
    );
    assert.equal(
      comparedInWords({ ...RUNS, from: 'correct', to: 'horizontal-flip' }),
      'correct → horizontal-flip in new.jsonl against base.jsonl',
    );
    assert.equal(
      comparedInWords({ ...RUNS, side: 'base' }),
      'compared in new.jsonl against base.jsonl, as the base answered',
    );
  });
});
