import assert from 'node:assert/strict';
import { restAfter } from '../../src/views/resting.js';

describe('waiting before changed files are looked at again', () => {
  it('grows with how long looking took, and ends: a large run that grows is not noticed late', () => {
    assert.deepEqual([0, 100, 700, 1400, 15_000].map(restAfter), [1000, 1000, 1400, 2800, 3000]);
  });
});
