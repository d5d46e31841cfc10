import assert from 'node:assert/strict';
import { ERRORS } from '../../src/protocol/rows.js';
import type { AnalysisClient } from '../../src/views/analysisClient.js';
import { FirstRows } from '../../src/views/firstRows.js';

/** Answers as the analysis process would, and keeps what it was asked. */
function client(total: number, fails: 'slice' | 'rows' | null = null) {
  const asked: string[] = [];
  const ask = (method: string, params: unknown): Promise<unknown> => {
    asked.push(method);
    if (method === fails) return Promise.reject(new Error(`no ${method}`));
    if (method === 'slice') return Promise.resolve({ slice: 7, total });
    const { start, end } = params as { start: number; end: number };
    return Promise.resolve(Array.from({ length: end - start }, (_, at) => ({ row: start + at })));
  };
  return { asked, ask: ask as AnalysisClient['ask'] };
}

describe('rows that are asked for ahead', () => {
  it('are the first of the query, with its slice, and given once', async () => {
    const there = client(1000);
    const first = new FirstRows(there);
    assert.equal(await first.take(), null);
    void first.ask(ERRORS);
    const taken = await first.take();
    assert.equal(taken?.query, ERRORS);
    assert.equal(taken.slice.total, 1000);
    assert.deepEqual(
      taken.rows.map(({ row }) => row),
      Array.from({ length: 50 }, (_, at) => at),
    );
    assert.equal(await first.take(), null);
    assert.deepEqual(there.asked, ['slice', 'rows']);
  });

  it('are all where there are few, and none once what was open is no more', async () => {
    const first = new FirstRows(client(20));
    assert.equal((await first.ask(ERRORS))?.rows.length, 20);
    const waiting = first.take();
    first.forget();
    assert.equal(await waiting, null);
    assert.equal(await first.take(), null);
  });

  for (const fails of ['slice', 'rows'] as const) {
    it(`are none where the ${fails} cannot be had: who asks hears why`, async () => {
      const first = new FirstRows(client(1, fails));
      assert.equal(await first.ask(ERRORS), null);
      assert.equal(await first.take(), null);
    });
  }
});
