import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlipsideError } from '../../src/core/model.js';
import { ERRORS } from '../../src/protocol/rows.js';
import { readQuery } from '../../src/views/savedQuery.js';

describe('a query read from a file', () => {
  it('is what was written', () => {
    const query = {
      facets: { outcome: ['wrong', null], drift: [true] },
      search: 'table',
      ids: ['1', 'a b'],
      filter: {
        and: [
          { or: [{ field: 'angle', op: 'ge', value: 90 }, { not: { search: 'left' } }] },
          { field: 'item', op: 'in', values: ['3', 4] },
          { field: 'task', op: 'eq', value: null },
          { field: 'question', op: 'contains', value: 'chair' },
        ],
      },
      sort: [{ field: 'confidence', descending: true }, { field: 'item' }],
      group: 'task',
    };
    assert.deepEqual(readQuery(JSON.parse(JSON.stringify(query))), query);
  });

  it('has no condition where nothing is stated, and takes ids that are numbers', () => {
    assert.deepEqual(readQuery({}), { ...ERRORS, facets: {} });
    assert.deepEqual(readQuery({ ids: [12, 'x'] }).ids, ['12', 'x']);
  });

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [null, /"query": expected an object/],
    [[], /"query": expected an object/],
    [{ facets: [] }, /"facets": expected an object/],
    [{ facets: { class: 'x' } }, /"facets", "class": expected a list/],
    [{ facets: { class: [{}] } }, /a value: expected a text, a number/],
    [{ search: 3 }, /"search": expected a text/],
    [{ ids: '1' }, /"ids": expected a list/],
    [{ ids: [{}] }, /"ids": expected texts or numbers/],
    [{ sort: { field: 'x' } }, /"sort": expected a list/],
    [{ sort: [{}] }, /"sort", "field": expected a text/],
    [{ group: 1 }, /"group": expected a text/],
    [{ filter: { field: 'x', op: 'like', value: 'y' } }, /"op": expected eq, ne/],
    [{ filter: { field: 'x', op: 'lt', value: null } }, /a value: expected/],
    [{ filter: { and: {} } }, /"and": expected a list/],
  ];
  for (const [value, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(value)}`, () => {
      assert.throws(() => readQuery(value), { name: 'FlipsideError', message });
    });
  }

  it('refuses a filter that is nested without end', () => {
    let filter: unknown = { search: 'x' };
    for (let depth = 0; depth < 100; depth++) filter = { not: filter };
    assert.throws(() => readQuery({ filter }), /at most 64 levels/);
  });

  it('reads or refuses whatever there is, and never fails otherwise', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          readQuery(value);
        } catch (error) {
          assert.ok(error instanceof FlipsideError, String(error));
        }
      }),
    );
  });
});
