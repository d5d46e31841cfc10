import assert from 'node:assert/strict';
import { decodeDirection } from '../../../src/core/relations/direction.js';
import { packAnswerKey, packItemKey, unpackAnswerKey, unpackItemKey } from '../../../src/core/store/lensKey.js';
import { CONVENTIONS, FRAMES, KINDS } from './support.js';

const CODES = [...Array(27).keys()];

describe('store: lens keys', () => {
  it('pack and unpack every item, each into its own integer', () => {
    const seen = new Set<number>();
    for (const kind of KINDS)
      for (const code of CODES)
        for (const frame of FRAMES)
          for (const convention of CONVENTIONS) {
            const key = packItemKey(kind, code, frame, convention);
            seen.add(key);
            assert.deepEqual(unpackItemKey(key), { kind, gold: decodeDirection(code), frame, convention });
          }
    assert.equal(seen.size, KINDS.length * CODES.length * FRAMES.length * CONVENTIONS.length);
    for (const key of seen) assert.ok(Number.isInteger(key) && key >= 0 && key < 2 ** 31, 'a column of INTEGER');
  });

  it('pack and unpack every answer, each into its own integer; of a count’s error the sign is kept', () => {
    const seen = new Set<number>();
    for (const code of CODES)
      for (const answeredYes of [null, true, false])
        for (const countError of [-1, 0, 1]) {
          const key = packAnswerKey(code, answeredYes, countError);
          seen.add(key);
          assert.deepEqual(unpackAnswerKey(key), { predicted: decodeDirection(code), answeredYes, countError });
          assert.equal(packAnswerKey(code, answeredYes, countError * 7.5), key);
        }
    assert.equal(seen.size, CODES.length * 9);
    assert.equal(packAnswerKey(4, null, null), packAnswerKey(4, null, 0));
  });
});
