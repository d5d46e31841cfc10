import assert from 'node:assert/strict';
import { theRow, toOpen } from '../../src/views/chosenRows.js';

describe('chosen rows', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ run: 'a.csv', row: at + 1 }));

  it('are opened where they are named and few, and refused in words where not', () => {
    assert.deepEqual(toOpen(rows(12)), rows(12));
    assert.throws(() => toOpen(rows(13)), { name: 'FlipsideError', message: /^13 items are too many .* at most 12/ });
    assert.throws(() => toOpen(null), { name: 'FlipsideError', message: /select at most 12/ });
    assert.throws(() => toOpen([]), { name: 'FlipsideError', message: /select those/ });
  });

  it('mean the first where one is needed', () => {
    assert.deepEqual(theRow(rows(3)), { run: 'a.csv', row: 1 });
    for (const keys of [null, []])
      assert.throws(() => theRow(keys), { name: 'FlipsideError', message: /Select a row/ });
  });
});
