import assert from 'node:assert/strict';
import { ERRORS } from '../../src/protocol/rows.js';
import type { AnalysisClient } from '../../src/views/analysisClient.js';
import { FirstRows } from '../../src/views/firstRows.js';

/** Answers as the analysis process would, and keeps what it was asked. */
function client(fails = false) {
  const asked: string[] = [];
  const ask = (method: string, query: unknown): Promise<unknown> => {
    asked.push(method);
    return fails
      ? Promise.reject(new Error(`no ${method}`))
      : Promise.resolve({ query, slice: { slice: 7 }, rows: [] });
  };
  return { asked, ask: ask as AnalysisClient['ask'] };
}

describe('rows that are asked for ahead', () => {
  it('are the first of the query, with its slice, and given once', async () => {
    const there = client();
    const first = new FirstRows(there);
    assert.equal(await first.take(), null);
    void first.ask(ERRORS);
    const taken = await first.take();
    assert.equal(taken?.query, ERRORS);
    assert.equal(taken.slice.slice, 7);
    assert.equal(await first.take(), null);
    assert.deepEqual(there.asked, ['first']);
  });

  it('are none once what was open is no more', async () => {
    const first = new FirstRows(client());
    void first.ask(ERRORS);
    const waiting = first.take();
    first.forget();
    assert.equal(await waiting, null);
    assert.equal(await first.take(), null);
  });

  it('are none where they cannot be had: who asks hears why', async () => {
    const first = new FirstRows(client(true));
    assert.equal(await first.ask(ERRORS), null);
    assert.equal(await first.take(), null);
  });
});
