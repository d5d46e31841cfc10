import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Database, StartedDatabase } from '../../../src/core/store/database.js';
import { withFolder } from './support.js';

describe('store: what memory is not to hold', () => {
  it('waits in a folder of its own where it was told, not where the process works, and is gone afterwards', async () => {
    await withFolder(async (folder) => {
      const db = await Database.open([], new StartedDatabase(), folder);
      await db.all(`SET memory_limit = '60MB'`);
      let names: string[] = [];
      const looking = setInterval(() => {
        void readdir(folder).then((found) => {
          if (found.length > 0) names = found;
        });
      }, 5);
      try {
        const [row] = await db.all(
          `SELECT count(*) AS "n" FROM (SELECT range AS "a", md5(range::VARCHAR) AS "b" FROM range(3000000) ORDER BY "b" OFFSET 10)`,
        );
        assert.equal(Number(row?.['n']), 2_999_990);
      } finally {
        clearInterval(looking);
        db.close();
      }
      assert.ok(names.length === 1 && names[0]?.startsWith('spilled.') === true, names.join());
      assert.deepEqual(await readdir(folder), []);
      assert.ok(!existsSync(path.join(process.cwd(), '.tmp')));
    });
  });
});
