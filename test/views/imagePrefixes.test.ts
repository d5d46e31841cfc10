import assert from 'node:assert/strict';
import type { ImagePrefix } from '../../src/protocol/analysis.js';
import { withPrefix } from '../../src/views/imagePrefixes.js';

describe('learned mappings', () => {
  it('keep several folders of one beginning, the same once, and one place for one file', () => {
    const [one, two] = [
      { from: '/data/', to: '/mnt/one/' },
      { from: '/data/', to: '/mnt/two/' },
    ];
    const near = { from: '', to: '/mnt/a/', within: '/work/a' };
    const far = { from: '', to: '/mnt/b/', within: '/work/b' };
    let known = [one, two, near, far].reduce<ImagePrefix[]>(withPrefix, []);
    assert.deepEqual(known, [far, near, two, one]);
    known = withPrefix(known, { ...one });
    assert.deepEqual(known, [one, far, near, two]);
    const file = { from: '/data/1.png', to: '/mnt/one/1.png' };
    const elsewhere = { ...file, to: '/mnt/two/1.png' };
    assert.deepEqual(withPrefix(withPrefix(known, file), elsewhere), [elsewhere, ...known]);
  });
});
