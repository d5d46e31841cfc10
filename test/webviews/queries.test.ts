import assert from 'node:assert/strict';
import { idsIn, takenApart } from '../../src/webviews/errors/queries.js';

describe('pasted ids', () => {
  it('are lines, or the elements of a JSON list', () => {
    assert.deepEqual(idsIn(' id 1, x\r\n\r\n7\nid 1, x '), ['id 1, x', '7']);
    assert.deepEqual(idsIn('[1, "a, b", null, "1"]'), ['1', 'a, b']);
    assert.deepEqual(idsIn('[no list'), ['[no list']);
    assert.deepEqual(idsIn(' \n\t'), []);
  });

  it('are taken apart only where no item is called so', () => {
    assert.deepEqual(takenApart(['id 1, x', '2, 3\t4'], ['2, 3\t4']), ['id 1, x', '2', '3', '4']);
    assert.equal(takenApart(['id 1', 'nope'], ['nope']), null);
    assert.equal(takenApart(['id 1'], []), null);
    for (const text of [`['a b', "c", 4]`, `"a b","c";4`, `(a b) [c], 4`]) {
      const apart = text.startsWith('(') ? ['a', 'b', 'c', '4'] : ['a b', 'c', '4'];
      assert.deepEqual(takenApart([text], [text]), apart, text);
    }
    assert.deepEqual(takenApart(['"x"', "it's", 'img(3)'], ['"x"', "it's", 'img(3)']), ['x', "it's", 'img(3)']);
  });
});
