import assert from 'node:assert/strict';
import type { Database } from '../../../src/core/store/database.js';
import { flatRow, withDatabase } from './support.js';

const countOf = (db: Database, column: string): Promise<unknown[]> =>
  db.allOf(column, `SELECT "runIndex" FROM items WHERE "row" = 1 AND ${JSON.stringify(column)} IS NOT NULL`);

describe('store: what is asked of one column', () => {
  const runs = [[flatRow(1)], [flatRow(1, { contrastSet: 'set 1', flags: ['frameSwap'] })]];

  it('is asked where some run holds anything in it, and else answered without', () =>
    withDatabase(runs, async (db) => {
      assert.deepEqual(await countOf(db, 'contrastSet'), [{ runIndex: 1 }]);
      assert.equal((await db.allOf('flags', 'SELECT 1 AS "one"')).length, 1);
      // The statement would fail: it is not made.
      assert.deepEqual(await db.allOf('frameSwapExpected', 'SELECT no such thing'), []);
    }));

  it('is answered to others where the first who asked gave up', () =>
    withDatabase(runs, async (db) => {
      const gaveUp = new AbortController();
      const other = await db.another(gaveUp.signal);
      gaveUp.abort(new Error('gave up'));
      await assert.rejects(countOf(other, 'contrastSet'), /gave up/);
      other.close();
      assert.equal((await countOf(db, 'contrastSet')).length, 1);
    }));

  it('names its run alike whether few runs have a scan each or many are looked up', () => {
    const many = Array.from({ length: 18 }, (_, at) => [flatRow(1, { question: `Where is cup ${at}?` })]);
    const namesOf = (db: Database): Promise<unknown[]> =>
      db.all('SELECT "runIndex", "run", "file", "dataset", "format", "row", "question" FROM items ORDER BY "runIndex"');
    return withDatabase(many, async (db) => {
      const all = await namesOf(db);
      assert.equal(all.length, 18);
      await withDatabase(many.slice(0, 3), async (few) => {
        const shown = (rows: unknown[]): unknown[] => rows.map((row) => ({ ...(row as object), file: null }));
        assert.deepEqual(shown(await namesOf(few)), shown(all.slice(0, 3)));
        const types = (from: Database): Promise<unknown[]> =>
          from.all('SELECT "column_name", "column_type" FROM (DESCRIBE items)');
        assert.deepEqual(await types(few), await types(db));
      });
    });
  });
});
