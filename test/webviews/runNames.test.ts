import assert from 'node:assert/strict';
import { runNames } from '../../src/webviews/shared/runNames.js';

describe('names of runs', () => {
  const named = (...runs: readonly (readonly [string, string | null])[]): string[] => [
    ...runNames(runs.map(([id, model]) => ({ id, model }))).values(),
  ];

  it('are their models', () => {
    assert.deepEqual(named(['a/result.csv', 'Qwen'], ['b/result.csv', 'LLaVA']), ['Qwen', 'LLaVA']);
  });

  it('are the ends of their paths where models repeat or are not known, as long as it takes', () => {
    assert.deepEqual(
      named(['results/a/val.json', 'GPT4o'], ['results/b/val.json', 'GPT4o'], ['results/c/test.json', null]),
      ['a/val.json', 'b/val.json', 'test.json'],
    );
  });

  it('are whole paths where one path is the end of another', () => {
    assert.deepEqual(named(['val.json', null], ['a/val.json', null]), ['val.json', 'a/val.json']);
  });
});
