import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Browse } from '../../../src/core/store/browse.js';
import type { Place } from '../../../src/core/store/fetchRows.js';
import { HeldRows } from '../../../src/core/store/heldRows.js';
import { anyRows, flatRow, withDatabase } from './support.js';

describe('store: rows in memory', () => {
  it('are those of the shards, each once, however many are copied at a time', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyRows(12), { maxLength: 4 }), fc.integer({ min: 1, max: 20 }), (runs, most) =>
        withDatabase(runs, async (db) => {
          const columns = ['runIndex', 'row', 'item', 'class', 'outcome', 'flags', 'images', 'confidence'];
          await new HeldRows(db, most).hold('copy', columns);
          const list = columns.map((name) => `"${name}"`).join(', ');
          const order = 'ORDER BY "runIndex", "row"';
          const held = await db.all(`SELECT ${list} FROM held.copy ${order}`);
          assert.deepEqual(held, await db.all(`SELECT ${list} FROM classified ${order}`));
        }),
      ),
      { numRuns: 12 },
    ));

  it('are shown as they are read from the shards, in any order and any number', async () => {
    const rows = Array.from({ length: 150 }, (_, at) =>
      flatRow(at + 1, { correct: at % 3 === 0, images: [`${at}.png`], confidence: ((at * 37) % 150) / 150 }),
    );
    await withDatabase([rows.slice(0, 140), rows.slice(100)], async (db) => {
      const browse = new Browse(db);
      const request = { conditions: [], ids: null, sort: [{ field: 'confidence', descending: true }], group: null };
      const columns = ['item', 'question', 'class', 'outcome', 'gold', 'flags', 'images', 'id'];
      const shown = async (places: readonly Place[]) => browse.fetch(places, columns);
      const cold = await browse.slice(request);
      const places = await browse.places(cold.id, 0, 190);
      const before = await shown(places);
      assert.equal(before.length, 190);
      await browse.warm();
      await browse.hold();
      assert.deepEqual(await shown(places), before);
      assert.deepEqual(await shown([...places].reverse()), [...before].reverse());
      const warm = await browse.slice(request);
      assert.deepEqual(await browse.places(warm.id, 0, 190), places);
      const [nowhere] = await shown([{ runIndex: 7, row: 1 }]);
      assert.equal(nowhere, undefined);
    });
  });

  it('are copied no further once nobody wants them', () =>
    withDatabase([[flatRow(1), flatRow(2)]], async (db) => {
      const browse = new Browse(db);
      await browse.warm();
      await assert.rejects(browse.hold(AbortSignal.abort()), { name: 'AbortError' });
      const { id } = await browse.slice({ conditions: [], ids: null, sort: [], group: null });
      const rows = await browse.fetch(await browse.places(id, 0, 2), ['item']);
      assert.deepEqual(
        rows.map((row) => row['item']),
        ['q1', 'q2'],
      );
    }));

  it('leave no part of themselves once nobody wants them, and can be copied again', () =>
    withDatabase([Array.from({ length: 60 }, (_, at) => flatRow(at + 1))], async (db) => {
      const held = new HeldRows(db, 1);
      const cancel = new AbortController();
      const copied = held.hold('copy', ['row'], cancel.signal);
      const tables = (): Promise<unknown[]> =>
        db.all(`SELECT 1 FROM duckdb_tables() WHERE database_name = 'held' AND table_name = 'copy'`);
      while ((await tables()).length === 0) await new Promise(setImmediate);
      cancel.abort();
      await assert.rejects(copied, { name: 'AbortError' });
      assert.deepEqual(await tables(), []);
      await held.hold('copy', ['row']);
      assert.deepEqual(await db.all('SELECT count(*)::INTEGER AS "rows" FROM held.copy'), [{ rows: 60 }]);
    }));

  it('are given up for the one who asks no more, and for no other', () =>
    withDatabase([[flatRow(1), flatRow(2)]], async (db) => {
      const browse = new Browse(db);
      const { id } = await browse.slice({ conditions: [], ids: null, sort: [], group: null });
      const asked = async (signal?: AbortSignal) =>
        (await browse.rows(id, [0, 2], ['item'], signal)).map((row) => row['item']);
      for (const isHeld of [false, true]) {
        if (isHeld) await browse.warm();
        if (isHeld) await browse.hold();
        const cancel = new AbortController();
        const given = asked(cancel.signal);
        const kept = asked();
        cancel.abort();
        await assert.rejects(given, { name: 'AbortError' });
        assert.deepEqual(await kept, ['q1', 'q2']);
      }
    }));

  it('of a list that ends while they are asked for are told as such', () =>
    withDatabase([[flatRow(1)]], async (db) => {
      const browse = new Browse(db);
      const request = { conditions: [], ids: null, sort: [], group: null };
      const { id } = await browse.slice(request);
      const asked = browse.rows(id, [0, 1], ['item']).then(
        (rows) => rows.length,
        (error: Error) => error.message,
      );
      await Promise.all(Array.from({ length: 8 }, () => browse.slice(request)));
      const answer = await asked;
      assert.ok(answer === 1 || /ask for it again/.test(String(answer)), String(answer));
      await assert.rejects(browse.rows(id, [0, 1], ['item']), /ask for it again/);
    }));
});
