import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetBatches, parquetTable } from '../../../src/core/store/parquetRecords.js';
import { isDropped } from '../../../src/core/formats/format.js';
import { FlipsideError } from '../../../src/core/model.js';
import { withWorkspace, type Workspace } from '../../support/cli.js';

const ASKED = `'q' || (i % 1000) AS id, 'Where is bowl ' || (i % 1000) || '?' AS question, 'left' AS answer`;

/** Writes a Parquet file of so many rows, as its writers do: with dictionaries, and packed. */
async function write({ folder }: Workspace, columns: string, rows: number): Promise<string> {
  const file = path.join(folder, 'run.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT ${ASKED}, ${columns} FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    instance.closeSync();
  }
  return file;
}

/** What is small in a file, and longer than a process has room for when it is read. */
const BOMBS: readonly (readonly [what: string, columns: string, rows: number])[] = [
  ['a text that many rows repeat', `repeat('x', 1000000) AS response`, 1000],
  ['one text of next to nothing', `repeat('x', 120000000) AS response`, 1],
  ['a list of nulls', `'left' AS response, list_resize([NULL::INTEGER], 6000000) AS extra`, 1],
  ['lists that repeat a text', `'left' AS response, [repeat('x', 500000)] AS extra`, 2000],
  ['a text deep in structures', `'left' AS response, {'a': [{'b': repeat('x', 500000)}]} AS extra`, 2000],
  ['maps that repeat a text', `'left' AS response, MAP {'k': repeat('x', 500000)} AS extra`, 2000],
  ['rows without number', `'left' AS response, ['left', 'right'] AS options`, 4_000_000],
];

describe('Parquet files that hold far more than their size', function () {
  this.timeout(120_000);

  for (const [what, columns, rows] of BOMBS) {
    it(`are refused before they are read: ${what}`, () =>
      withWorkspace(async (workspace) => {
        const file = await write(workspace, columns, rows);
        await assert.rejects(parquetTable(file), (error: unknown) => {
          assert.ok(error instanceof FlipsideError, String(error));
          assert.match(
            error.message,
            /run\.parquet: a Parquet file that is too large inside \(.*200 times.*\)\. If that/,
          );
          return true;
        });
      }));
  }

  it('are read where they are no longer than may be', () =>
    withWorkspace(async (workspace) => {
      const columns = `{'a': [{'b': repeat('y', 20000)}], 'n': i} AS extra, MAP {'k': repeat('z', 100)} AS more,
        repeat('x', 20000) AS response`;
      const file = await write(workspace, columns, 2500);
      assert.ok(statSync(file).size < 100_000);
      assert.deepEqual((await parquetTable(file)).columns, ['id', 'question', 'answer', 'extra', 'more', 'response']);
      let rows = 0;
      let batches = 0;
      for await (const batch of parquetBatches(file)) {
        batches += 1;
        for (const record of batch) {
          rows += 1;
          assert.ok(!isDropped(record) && record.row === rows);
          const expected = { a: [{ b: 'y'.repeat(20_000) }], n: rows - 1 };
          assert.deepEqual([record.value['extra'], record.value['id']], [expected, `q${(rows - 1) % 1000}`]);
        }
      }
      assert.equal(rows, 2500);
      // A hundred million characters are not held at once.
      assert.ok(batches > 2, String(batches));
    }));
});
