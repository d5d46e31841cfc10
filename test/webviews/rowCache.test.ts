import assert from 'node:assert/strict';
import type { Row } from '../../src/protocol/rows.js';
import { RowCache } from '../../src/webviews/errors/rowCache.js';

describe('the rows that the list holds', () => {
  const cacheOf = (total: number): { asked: [number, number][]; givenUp: () => number; cache: RowCache } => {
    const asked: [number, number][] = [];
    const signals: AbortSignal[] = [];
    const ask = (start: number, end: number, signal: AbortSignal): Promise<readonly Row[]> => {
      asked.push([start, end]);
      signals.push(signal);
      return Promise.resolve(Array.from({ length: end - start }, (_, at) => ({ row: start + at }) as Row));
    };
    const cache = new RowCache(total, ask, () => undefined, assert.ifError);
    return { asked, givenUp: () => signals.filter(({ aborted }) => aborted).length, cache };
  };

  it('are asked for from the middle of what is seen, up to the last', () => {
    const { asked, cache } = cacheOf(130);
    cache.want(40, 145);
    assert.deepEqual(asked, [
      [50, 100],
      [100, 130],
      [0, 50],
    ]);
  });

  it('are asked for once, and no more where nobody is near', async () => {
    const { asked, givenUp, cache } = cacheOf(1000);
    cache.want(-10, 30);
    cache.want(20, 60);
    assert.deepEqual(asked, [
      [0, 50],
      [50, 100],
    ]);
    cache.want(900, 930);
    assert.equal(givenUp(), 2);
    assert.equal((await cache.row(929))?.row, 929);
    cache.want(0, 0);
    assert.equal(asked.length, 3);
  });
});
