import assert from 'node:assert/strict';
import { LEFT_OUT_FOLDERS } from '../../src/core/model.js';
import { isOfInterest } from '../../src/views/ofInterest.js';

describe('watched files', () => {
  it('matter unless they lie where nothing is read, on either kind of machine', () => {
    for (const folder of [...LEFT_OUT_FOLDERS, '.flipside']) {
      for (const separator of ['/', '\\']) {
        const inside = ['', 'runs', folder, 'a.jsonl'].join(separator);
        assert.equal(isOfInterest(inside), false, inside);
        // A name of which it is a part, or one that a dot could stand for.
        assert.equal(isOfInterest(inside.replace(folder, `${folder}x`)), true, inside);
        assert.equal(isOfInterest(inside.replace(folder, `y${folder.slice(1)}`)), true, inside);
      }
    }
    assert.equal(isOfInterest('/.flipside/reruns/a.jsonl'), true);
    assert.equal(isOfInterest('/.flipside/slices.json'), false);
    assert.equal(isOfInterest('/.flipside/reruns/a.maps/1-item-gradient.npy'), false);
  });

  it('matter unless they are never predictions', () => {
    for (const name of ['/a.csv', '/a', '/logs/x.eval', '/a.png.jsonl']) assert.equal(isOfInterest(name), true, name);
    for (const name of ['/a.png', '/train.PY', '/model.safetensors']) assert.equal(isOfInterest(name), false, name);
  });
});
