import assert from 'node:assert/strict';
import { ERRORS, type Row } from '../../src/protocol/rows.js';
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

const numbers = (rows: readonly Row[] | null): number[] | undefined => rows?.map(({ row }) => row);

describe('rows that are asked for ahead', () => {
  it('are those of the same query, from the first on, and given once', async () => {
    const there = client(1000);
    const first = new FirstRows(there);
    first.ask(ERRORS);
    assert.equal((await first.slice({ ...ERRORS }))?.total, 1000);
    assert.deepEqual(numbers(await first.rows({ slice: 7, start: 0, end: 3 })), [0, 1, 2]);
    assert.equal(await first.rows({ slice: 7, start: 0, end: 3 }), null);
    assert.equal(await first.slice(ERRORS), null);
    assert.deepEqual(there.asked, ['slice', 'rows']);
  });

  it('are no other slice, no other place, and none once what was open is no more', async () => {
    const first = new FirstRows(client(20));
    first.ask(ERRORS);
    assert.equal(await first.slice({ ...ERRORS, search: 'cup' }), null);
    first.ask(ERRORS);
    first.forget();
    assert.equal(await first.slice(ERRORS), null);
    first.ask(ERRORS);
    await first.slice(ERRORS);
    assert.equal(await first.rows({ slice: 6, start: 0, end: 20 }), null);
    assert.equal(await first.rows({ slice: 7, start: 50, end: 100 }), null);
    assert.equal(numbers(await first.rows({ slice: 7, start: 0, end: 20 }))?.length, 20);
  });

  it('fail for whoever takes them, and for nobody else', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const [noSlice, noRows] = [new FirstRows(client(1, 'slice')), new FirstRows(client(1, 'rows'))];
    noSlice.ask(ERRORS);
    noRows.ask(ERRORS);
    await new Promise(setImmediate);
    assert.deepEqual(unhandled, []);
    process.off('unhandledRejection', note);
    await assert.rejects(noSlice.slice(ERRORS), /no slice/);
    assert.equal((await noRows.slice(ERRORS))?.total, 1);
    await assert.rejects(noRows.rows({ slice: 7, start: 0, end: 1 }), /no rows/);
  });
});
