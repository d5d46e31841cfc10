import assert from 'node:assert/strict';
import { KeptBytes } from '../../../src/core/analysis/keptBytes.js';

describe('bytes that are kept', () => {
  const large = Buffer.alloc(30 << 20);

  it('are those that were used last, within what may be held', () => {
    const kept = new KeptBytes();
    kept.keep('a', large);
    kept.keep('b', large);
    assert.equal(kept.get('a'), large);
    kept.keep('c', large);
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => kept.has(name)),
      [true, false, true],
    );
    kept.clear();
    assert.equal(kept.get('a'), undefined);
  });

  it('hold what came last, however large it is', () => {
    const kept = new KeptBytes();
    kept.keep('a', large);
    kept.keep('b', Buffer.alloc(70 << 20));
    assert.deepEqual(
      ['a', 'b'].map((name) => kept.has(name)),
      [false, true],
    );
  });
});
