import assert from 'node:assert/strict';
import { ERRORS } from '../../src/protocol/rows.js';
import { queryInWords } from '../../src/views/queryWords.js';

describe('a query in words', () => {
  it('says each condition, the order and the group', () => {
    assert.deepEqual(queryInWords(ERRORS), ['outcome is wrong or unanswered']);
    const query = {
      facets: { outcome: ['wrong'], class: ['horizontal-flip', null], task: [] },
      search: ' cup ',
      ids: ['1', '2'],
      filter: {
        and: [
          { field: 'angle', op: 'le', value: -90 } as const,
          { not: { or: [{ search: 'left' }, { field: 'run', op: 'in', values: ['a', 'b'] } as const] } },
          { field: 'frame', op: 'eq', value: null } as const,
        ],
      },
      sort: [{ field: 'angle', descending: true }, { field: 'item' }],
      group: 'run',
    };
    assert.deepEqual(queryInWords(query), [
      'outcome is wrong',
      'class is horizontal-flip or nothing',
      'question or answers contain "cup"',
      'the item is one of 1, 2',
      '(angle ≤ -90) and (not ((question or answers contain "left") or (run is a or b))) and (frame is nothing)',
      'grouped by run',
      'sorted by angle, descending, then item',
    ]);
  });

  it('names a few of many values, and says when there is no condition', () => {
    const none = { facets: {}, search: '', ids: null, filter: null, sort: [], group: null };
    assert.deepEqual(queryInWords(none), ['all rows']);
    const ids = Array.from({ length: 500 }, (_, id) => String(id));
    assert.deepEqual(queryInWords({ ...none, ids }), ['the item is one of 500 ids (0, 1, 2, 3, 4, 5, 6, 7, …)']);
    assert.deepEqual(queryInWords({ ...none, facets: { item: ids } }), [
      'item is 0 or 1 or 2 or 3 or 4 or 5 or 6 or 7 or 492 others',
    ]);
  });
});
