import assert from 'node:assert/strict';
import { around, covers } from '../../src/views/lineRanges.js';

describe('lines near what is seen', () => {
  it('reach a little further, and are asked for once where editors show the same', () => {
    assert.deepEqual(around([{ from: 1, to: 40 }], 100), [{ from: 1, to: 140 }]);
    const seen = [
      { from: 900, to: 940 },
      { from: 1, to: 40 },
      { from: 100, to: 160 },
    ];
    assert.deepEqual(around(seen, 50), [
      { from: 1, to: 210 },
      { from: 850, to: 990 },
    ]);
    assert.deepEqual(around([], 50), []);
  });

  it('are known while one scrolls within them', () => {
    const known = [{ from: 1, to: 140 }];
    assert.ok(covers(known, [{ from: 60, to: 100 }]));
    assert.ok(!covers(known, [{ from: 101, to: 141 }]));
    assert.ok(covers(known, []));
    assert.ok(!covers([], [{ from: 1, to: 2 }]));
  });
});
