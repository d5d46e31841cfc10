import assert from 'node:assert/strict';
import path from 'node:path';
import { lensNamed } from '../../../src/core/relations/lenses/index.js';
import { copyToParquet } from '../../../src/core/store/copy.js';
import { Database } from '../../../src/core/store/database.js';
import type { Filter } from '../../../src/core/store/filters.js';
import { hasMetadata, metadataFields } from '../../../src/core/store/metadata.js';
import { listRows } from '../../../src/core/store/pageQueries.js';
import { ShardBatch } from '../../../src/core/store/shardBatch.js';
import { ShardStore } from '../../../src/core/store/shards.js';
import { flatRow, storedRow, withDatabase, withFolder } from './support.js';

describe('store: folders of any name', () => {
  const names = ['a [b] c', 'star * and ?', '{a,b}', "it's", 'naïve 名前', '[!x]', 'a[b', '**', '%20 #1'];
  for (const name of process.platform === 'win32' ? names.filter((each) => !/[*?]/.test(each)) : names) {
    it(`${name}: shards are written, read and exported`, () =>
      withFolder(async (folder) => {
        const store = new ShardStore(path.join(folder, name));
        const shard = await store.write('key');
        await shard.append([1, 2].map((n) => storedRow(flatRow(n))));
        const { unwritten } = await shard.finish();
        assert.ok(unwritten !== null);
        const batch = new ShardBatch(store.folder);
        await batch.write([unwritten]);
        batch.close();
        const file = store.parquet('key');
        const db = await Database.open([{ id: 'run', parquet: file, split: null }]);
        try {
          await db.setLens(lensNamed('axes'));
          const [row] = await db.all('SELECT count(*) AS "n" FROM classified');
          assert.equal(Number(row?.['n']), 2);
          const copied = async (filter: Filter | null, file: string): Promise<number> =>
            copyToParquet(db, await listRows(db, filter), lensNamed('axes'), path.join(store.folder, file));
          assert.equal(await copied(null, `${name}.parquet`), 2);
          assert.equal(await copied({ search: 'nowhere' }, 'x'), 0);
        } finally {
          db.close();
        }
      }));
  }
});

describe('store: the names of metadata', () => {
  it('are those that rows state, in alphabetical order', async () => {
    const rows = [
      flatRow(1, { meta: { b: 1, 'a.c': null } }),
      flatRow(2, { meta: { a: { deep: 1 }, b: 2 } }),
      flatRow(3),
    ];
    await withDatabase([rows], async (db) => {
      assert.deepEqual(await metadataFields(db), ['a', 'a.c', 'b']);
      assert.equal(await hasMetadata(db, 'b'), true);
      assert.equal(await hasMetadata(db, 'meta.b'), true);
      assert.equal(await hasMetadata(db, 'a.deep'), true);
      assert.equal(await hasMetadata(db, 'a.c'), false, 'stated, but nowhere with a value');
      assert.equal(await hasMetadata(db, 'x" OR 1=1 --'), false);
    });
  });
});
