import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/analysis.js';
import { predictions, withAnalysis } from './support.js';

/** Predictions with these ids; null stands for a record without one. */
function withIds(ids: readonly (string | number | null)[]): string {
  return predictions(
    ids.map((id, index) => ({
      ...(id === null ? {} : { id }),
      ...{ question: `Where is cup ${index}?`, options: ['left', 'right'], answer: 'A', response: 'B' },
    })),
  );
}

async function namings(analysis: Analysis): Promise<readonly string[]> {
  const [run] = (await analysis.summary()).runs;
  return (run?.warnings ?? []).filter((warning) => warning.startsWith('Items are named by the number'));
}

describe('items that are named by their rows', () => {
  it('are told where the file repeats ids, or leaves some out', async () => {
    await withAnalysis({ 'a.jsonl': withIds([10, 10, 2, 3]) }, async (analysis) => {
      assert.deepEqual(await namings(analysis), [
        'Items are named by the number of their row, not by the file\'s own ids: 1 id stands in several rows ("10"). Give each row an id of its own, or number the samples of one question in a column "sample".',
      ]);
    });
    await withAnalysis({ 'a.jsonl': withIds(['x', 'y', null, 'z', 'z', 'y']) }, async (analysis) => {
      const [warning] = await namings(analysis);
      assert.match(warning ?? '', /own ids: 2 ids stand in several rows \("y"\), 1 row states none\. Give/);
    });
  });

  it('are not where each has its own id, or none has any', async () => {
    for (const ids of [
      [10, 11, 2],
      [null, null, null],
    ]) {
      await withAnalysis({ 'a.jsonl': withIds(ids) }, async (analysis) => {
        assert.deepEqual(await namings(analysis), []);
      });
    }
  });

  it('are found by the number of the row among pasted ids, which the list tells by the run', () =>
    withAnalysis(
      { 'own.jsonl': withIds(['2', '5']), 'repeated.jsonl': withIds([10, 10, 2, 3]), 'none.jsonl': withIds([null]) },
      async (analysis) => {
        const browsing = analysis.browse();
        const query = { facets: {}, search: '', ids: ['2'], filter: null, sort: [], group: null };
        const { slice, total, numbered } = await browsing.slice(query);
        assert.deepEqual(numbered, ['repeated.jsonl']);
        assert.deepEqual((await browsing.rows(slice, 0, total)).map(({ run, row }) => `${run}:${row}`).sort(), [
          'own.jsonl:1',
          'repeated.jsonl:2',
        ]);
        const elsewhere = await browsing.slice({ ...query, facets: { run: ['own.jsonl'] } });
        assert.deepEqual([elsewhere.total, elsewhere.numbered], [1, []]);
      },
    ));
});
