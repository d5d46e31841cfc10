import assert from 'node:assert/strict';
import { ERRORS, type Query } from '../../src/protocol/rows.js';
import type { RunOverview } from '../../src/protocol/analysis.js';
import { fromPortable, liesIn, portableName, runOfLink, runOfName, toPortable } from '../../src/views/portableRuns.js';

function run(id: string, file: string, part: string | null = null): RunOverview {
  const counts = { wrong: null, noGold: 0, accuracy: null, ci95: null, correctUnits: 0, units: 0, chance: null };
  const more = { model: null, dataset: null, format: 'plain', items: 1, coverage: null, warnings: [], classes: [] };
  return { id, file, part, content: '', ...counts, ...more };
}

/** Two folders open in one window: ids count from what both lie in. */
const RUNS = [
  run('first/results/a.csv', '/data/first/results/a.csv'),
  run('second/a.jsonl#small', '/data/second/a.jsonl', 'small'),
  run('second/a.jsonl#large', '/data/second/a.jsonl', 'large'),
];

describe('runs under names that others can use', () => {
  it('names a run by its file relative to a folder, and its part', () => {
    const names = RUNS.map((each) => portableName(each, '/data/second'));
    assert.deepEqual(names, ['../first/results/a.csv', 'a.jsonl#small', 'a.jsonl#large']);
    assert.equal(portableName({ file: '/data/only.csv', part: null }, '/data/only.csv'), 'only.csv');
  });

  it('finds the run of a name again, whatever else is open', () => {
    assert.equal(runOfName('results/a.csv', '/data/first', RUNS)?.id, 'first/results/a.csv');
    assert.equal(runOfName('a.jsonl#large', '/data/second', RUNS)?.id, 'second/a.jsonl#large');
    assert.equal(runOfName('a.jsonl', '/data/second', RUNS), undefined);
  });

  it('turns the runs of a query into such names and back, inside typed conditions too', () => {
    const ids = RUNS.map(({ id }) => id);
    const query: Query = {
      ...ERRORS,
      facets: { ...ERRORS.facets, run: [ids[0] ?? '', null] },
      filter: {
        and: [
          { or: [{ field: 'run', op: 'eq', value: ids[1] ?? '' }, { search: 'second/a.jsonl#small' }] },
          { not: { field: 'run', op: 'in', values: [ids[2] ?? ''] } },
          { field: 'task', op: 'eq', value: ids[0] ?? '' },
        ],
      },
    };
    const kept = toPortable(query, '/data/second', RUNS);
    assert.deepEqual(kept.facets['run'], ['../first/results/a.csv', null]);
    assert.deepEqual(kept.filter, {
      and: [
        { or: [{ field: 'run', op: 'eq', value: 'a.jsonl#small' }, { search: 'second/a.jsonl#small' }] },
        { not: { field: 'run', op: 'in', values: ['a.jsonl#large'] } },
        { field: 'task', op: 'eq', value: 'first/results/a.csv' },
      ],
    });
    assert.deepEqual(fromPortable(kept, '/data/second', RUNS), query);
  });

  it('leaves the name of a run that is not open as it is', () => {
    const query: Query = { ...ERRORS, facets: { run: ['gone.csv'] } };
    assert.deepEqual(toPortable(query, '/data', RUNS), query);
    assert.deepEqual(fromPortable(query, '/data', RUNS), query);
  });

  it('tells whether a file lies in a folder', () => {
    assert.ok(liesIn('/data/first/a.csv', '/data/first'));
    assert.ok(liesIn('/data/first/..a.csv', '/data/first'));
    assert.ok(!liesIn('/data/first2/a.csv', '/data/first'));
    assert.ok(!liesIn('/data/first', '/data/first'));
  });

  it('takes a link from a window that had a folder above or below open, if one run alone fits', () => {
    assert.equal(runOfLink('first/results/a.csv', RUNS), 'first/results/a.csv');
    assert.equal(runOfLink('results/a.csv', RUNS), 'first/results/a.csv');
    assert.equal(runOfLink('all/first/results/a.csv', RUNS), 'first/results/a.csv');
    assert.equal(runOfLink('a.jsonl', RUNS), null);
    assert.equal(runOfLink('a.csv', [...RUNS, { id: 'third/a.csv' }]), null);
    assert.equal(runOfLink('', RUNS), null);
  });
});
