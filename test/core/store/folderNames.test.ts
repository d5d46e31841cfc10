import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isDropped } from '../../../src/core/formats/format.js';
import { Database } from '../../../src/core/store/database.js';
import { parquetBatches, parquetTable } from '../../../src/core/store/parquetRecords.js';
import { ShardWriter } from '../../../src/core/store/shardWriter.js';
import { fixture } from '../../support/formatSource.js';
import { flatRow, storedRow, withFolder } from './support.js';

describe('store: folders that are called like a column', () => {
  it('say nothing about the rows of a Parquet file', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'task=north', 'run=7', 'run.parquet');
      await mkdir(path.dirname(file), { recursive: true });
      await copyFile(path.join(fixture('tables', 'v1'), 'predictions.parquet'), file);
      assert.ok(!(await parquetTable(file)).columns.includes('run'));
      const tasks: unknown[] = [];
      for await (const batch of parquetBatches(file))
        tasks.push(...batch.map((record) => (isDropped(record) ? null : record.value['task'])));
      assert.deepEqual(tasks, ['lateral', 'lateral', 'vertical', 'vertical', 'vertical']);
    });
  });

  it('say nothing about the rows of a shard', async () => {
    await withFolder(async (folder) => {
      const parquet = path.join(folder, 'task=north', 'shard.parquet');
      await mkdir(path.dirname(parquet));
      const writer = await ShardWriter.open(folder);
      writer.append([storedRow(flatRow(1, { task: 'lateral' }))]);
      const { lensKeys } = await writer.finish(parquet);
      const db = await Database.open([{ id: 'run.csv', parquet, split: null, lensKeys }]);
      try {
        assert.deepEqual(await db.all('SELECT "task" FROM items'), [{ task: 'lateral' }]);
      } finally {
        db.close();
      }
    });
  });
});
