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
    const cache = new RowCache(
      total,
      ask,
      () => undefined,
      assert.ifError,
      (then) => then(),
    );
    return { asked, givenUp: () => signals.filter(({ aborted }) => aborted).length, cache };
  };

  const arrived = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  it('are asked for at once where they are seen, then alongside, up to the last', async () => {
    const { asked, cache } = cacheOf(130);
    cache.want(40, 60, 20);
    assert.deepEqual(asked, [[25, 75]]);
    await arrived();
    assert.deepEqual(asked, [
      [25, 75],
      [0, 25],
      [75, 100],
    ]);
    assert.deepEqual([cache.get(25)?.row, cache.get(59)?.row, cache.get(99)?.row], [25, 59, 99]);
    cache.want(110, 140, 20);
    await arrived();
    assert.deepEqual(asked.slice(3), [[100, 130]]);
    assert.deepEqual([cache.get(129)?.row, cache.get(130)], [129, undefined]);
  });

  it('are not asked for alongside what is out of sight again', async () => {
    const { asked, cache } = cacheOf(1000);
    cache.want(25, 50, 25);
    cache.want(500, 525);
    await arrived();
    assert.deepEqual(asked, [
      [25, 50],
      [500, 525],
    ]);
  });

  it('are asked for once, and no more where nobody is near', async () => {
    const { asked, givenUp, cache } = cacheOf(1000);
    cache.want(-10, 30);
    cache.want(20, 60);
    assert.deepEqual(asked, [
      [0, 50],
      [50, 75],
    ]);
    cache.want(900, 920);
    assert.equal(givenUp(), 2);
    assert.equal((await cache.row(919))?.row, 919);
    cache.want(0, 0);
    assert.equal(asked.length, 3);
  });

  it('that come unasked are not asked for; a page that is not whole is', async () => {
    const { asked, cache } = cacheOf(70);
    cache.give(Array.from({ length: 60 }, (_, row) => ({ row }) as Row));
    cache.want(0, 50);
    assert.deepEqual([asked, cache.get(49)?.row, cache.get(50)], [[], 49, undefined]);
    cache.want(0, 70);
    await arrived();
    assert.deepEqual(asked, [[50, 70]]);
    const few = cacheOf(30);
    few.cache.give(Array.from({ length: 30 }, (_, row) => ({ row }) as Row));
    few.cache.want(0, 30);
    assert.deepEqual([few.asked, few.cache.get(29)?.row], [[], 29]);
  });
});
