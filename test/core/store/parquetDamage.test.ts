import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { FlipsideError } from '../../../src/core/model.js';
import { parquetBatches } from '../../../src/core/store/parquetRecords.js';
import { withFolder } from './support.js';

/** A Parquet file of several groups of rows, of which so many bytes are overwritten at that part of its length. */
async function damaged(folder: string, at: number): Promise<string> {
  const file = path.join(folder, 'run.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = `SELECT range AS "id", md5(range::VARCHAR) AS "response", 'A' AS "answer" FROM range(60000)`;
  await connection.run(`COPY (${rows}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 10240, COMPRESSION snappy)`);
  instance.closeSync();
  const bytes = await readFile(file);
  await writeFile(
    file,
    Buffer.from(bytes).fill(0, Math.floor(bytes.length * at), Math.floor(bytes.length * at) + 20_000),
  );
  return file;
}

describe('store: a Parquet file that is damaged', () => {
  for (const at of [0.01, 0.5, 0.9]) {
    it(`at ${at} of its length is said to be, and never read as a shorter one`, () =>
      withFolder(async (folder) => {
        const file = await damaged(folder, at);
        const read = async (): Promise<void> => {
          for await (const batch of parquetBatches(file)) assert.ok(batch.length > 0);
        };
        await assert.rejects(read, (error) => {
          assert.ok(error instanceof FlipsideError, String(error));
          assert.match(
            error.message,
            /run\.parquet: .*(?:damaged Parquet file: \d+ of its 60000 rows|cannot be read as a Parquet file)/,
          );
          return true;
        });
      }));
  }
});
