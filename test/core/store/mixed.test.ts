import assert from 'node:assert/strict';
import type { Filter, FilterValue, JsonObject, Sort } from '../../../src/core/model.js';
import { Browse } from '../../../src/core/store/browse.js';
import type { Database } from '../../../src/core/store/database.js';
import { hasMetadata } from '../../../src/core/store/metadata.js';
import { pageOf } from '../../../src/core/store/pageQueries.js';
import { flatRow, withDatabase } from './support.js';

const rowsOf = (metas: readonly JsonObject[]) => [metas.map((meta, at) => flatRow(at + 1, { meta }))];

/** One database takes one of them: its tables have names of its own. */
const browses = new WeakMap<Database, Browse>();

/** Row numbers in the order of a sort, as the command and as the error browser give them. */
async function sorted(db: Database, sort: readonly Sort[], filter: Filter | null = null): Promise<number[]> {
  const page = await pageOf(db, { sort, filter, limit: 99, offset: 0 }, () => '');
  const rows = page.records.map(({ record }) => record.row);
  const browse = browses.get(db) ?? new Browse(db);
  browses.set(db, browse);
  const { id } = await browse.slice({ conditions: filter === null ? [] : [filter], ids: null, sort, group: null });
  const places = await browse.places(id, 0, 99);
  assert.deepEqual(
    places.map(({ row }) => row),
    rows,
  );
  return rows;
}

describe('store: texts that may be numbers', () => {
  it('sort by size where they are numbers, then as texts, what has no value last', async () => {
    const values = ['10', '9', '-3.5', '1000', '2', 'b', 'a', null, '', 'nan'];
    const shown = (rows: readonly number[]) => rows.map((row) => values[row - 1]);
    await withDatabase(rowsOf(values.map((dist) => ({ dist }))), async (db) => {
      const up = ['-3.5', '2', '9', '10', '1000', 'a', 'b', 'nan', null, ''];
      assert.deepEqual(shown(await sorted(db, [{ field: 'dist' }])), up);
      const down = ['1000', '10', '9', '2', '-3.5', 'nan', 'b', 'a', null, ''];
      assert.deepEqual(shown(await sorted(db, [{ field: 'dist', descending: true }])), down);
    });
  });

  it('sort ids by the numbers in them', async () => {
    const orderOf = (ids: readonly string[]) =>
      withDatabase([ids.map((id, at) => flatRow(at + 1, { id }))], async (db) =>
        (await sorted(db, [{ field: 'item' }])).map((row) => ids[row - 1]),
      );
    assert.deepEqual(await orderOf(['10', '9', '100', '-1']), ['-1', '9', '10', '100']);
    assert.deepEqual(await orderOf(['q10', 'q9', 'q10b', 'p11']), ['p11', 'q9', 'q10', 'q10b']);
  });

  it('are equal as numbers, or else as texts', async () => {
    const long = ['12345678901234567', '12345678901234568'];
    const values = ['10.0', '10', '10 cm', '1e1', '', null, 'nan', ...long];
    await withDatabase(rowsOf(values.map((dist) => ({ dist }))), async (db) => {
      const kept = async (op: 'eq' | 'ne', value: FilterValue | null) =>
        (await sorted(db, [{ field: 'row' }], { field: 'dist', op, value })).map((row) => values[row - 1]);
      assert.deepEqual(await kept('eq', '10'), ['10.0', '10', '1e1']);
      assert.deepEqual(await kept('eq', 10), ['10.0', '10', '1e1']);
      assert.deepEqual(await kept('ne', '10'), ['10 cm', '', null, 'nan', ...long]);
      assert.deepEqual(await kept('eq', '10 cm'), ['10 cm']);
      assert.deepEqual(await kept('eq', 'nan'), ['nan']);
      assert.deepEqual(await kept('eq', long[0] ?? ''), [long[0]], 'a double would hold both for equal');
      assert.deepEqual(await kept('eq', null), ['', null], 'an empty cell is absent');
      assert.deepEqual(await kept('eq', ''), ['', null]);
      assert.deepEqual(await kept('ne', null), ['10.0', '10', '10 cm', '1e1', 'nan', ...long]);
    });
  });

  it('are known as a field although all are empty', () =>
    withDatabase(rowsOf([{ dist: '' }]), async (db) => {
      assert.equal(await hasMetadata(db, 'dist'), true);
      assert.equal(await hasMetadata(db, 'other'), false);
    }));
});
