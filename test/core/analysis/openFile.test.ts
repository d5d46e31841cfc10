import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { openFile, shapeOf } from '../../../src/core/analysis/openFile.js';
import { isDropped } from '../../../src/core/formats/format.js';
import { FlipsideError, type JsonObject } from '../../../src/core/model.js';
import { makeWorkspace, runEnding, skippedReason, summaryOf, type Workspace } from '../../support/cli.js';
import { fixture } from '../../support/formatSource.js';

const FOLDER = fixture('tables', 'v1');
const TABLES = ['predictions.parquet', 'stream.arrow', 'file.arrow'];

async function recordsOf(file: string): Promise<{ values: JsonObject[]; flags: number[]; rows: number[] }> {
  const values: JsonObject[] = [];
  const flags: number[] = [];
  const rows: number[] = [];
  for await (const record of (await openFile(file)).records()) {
    assert.ok(!isDropped(record));
    values.push(record.value);
    flags.push(record.flags.length);
    rows.push(record.row);
  }
  return { values, flags, rows };
}

describe('analysis/openFile: tables', () => {
  for (const name of TABLES) {
    it(`reads ${name} as records, exactly and in order`, async () => {
      const { values, flags, rows } = await recordsOf(path.join(FOLDER, name));
      assert.deepEqual(rows, [1, 2, 3, 4, 5]);
      assert.deepEqual(
        values.map(({ sample_id, gold, prediction, task }) => [sample_id, gold, prediction, task]),
        [
          ['9007199254740993', 'left', 'left', 'lateral'],
          ['9007199254740995', 'left', 'The drum is on the right.', 'lateral'],
          ['9007199254740997', 'above', null, 'vertical'],
          ['9007199254740999', 'above', 'below', 'vertical'],
          ['9007199254741001', null, 'right', 'vertical'],
        ],
      );
      assert.deepEqual(flags, [0, 0, 0, 1, 0]);
      assert.deepEqual(
        values.map(({ latency }) => latency),
        [0, 0.25, 0.5, null, 1],
      );
      const [first] = values;
      assert.deepEqual([first?.['image'], first?.['options']], ['toy/0.png', ['left', 'right', 'above', 'below']]);
      assert.deepEqual(first?.['details'], { seed: '9223372036854775808', flags: [false] });
      assert.match(JSON.stringify(first?.['asked_at']), /^"2023-11-14.22:13:20/);
    });

    it(`hands ${name} to formats as records, and says what is not read`, async () => {
      const shape = await shapeOf(path.join(FOLDER, name));
      assert.deepEqual([shape.container, shape.complete, shape.head.length], ['json-lines', true, 5]);
      assert.ok(!shape.columns.includes('crops'));
      assert.match(shape.warnings?.join() ?? '', /not read: 'crops'/);
    });
  }

  it('says what is damaged, compressed or packed', async () => {
    const failing = async (file: string): Promise<string> => {
      const error: unknown = await openFile(file).then(
        () => null,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof FlipsideError && error.options.file === file, String(error));
      return error.message;
    };
    assert.match(await failing(path.join(FOLDER, 'damaged.parquet')), /cannot be read as a Parquet file/);
    assert.match(await failing(path.join(FOLDER, 'compressed.arrow')), /compressed batches, which is not read/);
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-tables-'));
    try {
      const stream = await readFile(path.join(FOLDER, 'stream.arrow'));
      const cut = path.join(folder, 'cut.arrow');
      await writeFile(cut, stream.subarray(0, 300));
      assert.match(await failing(cut), /a damaged Arrow file/);
      const packed = path.join(folder, 'packed.arrow.gz');
      await writeFile(packed, gzipSync(stream));
      assert.deepEqual([(await shapeOf(packed)).container, (await shapeOf(packed)).head.length], ['arrow', 0]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('keeps names of columns out of the database’s language', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-tables-'));
    try {
      const file = path.join(folder, 'odd [1].parquet');
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const odd = `'a' AS "x"") FROM t; --", 1 AS "__proto__", 'b' AS "c0", {'z''': 2} AS "it's"`;
      await connection.run(`COPY (SELECT ${odd}) TO '${file}' (FORMAT parquet)`);
      instance.closeSync();
      const { values } = await recordsOf(file);
      const expected = JSON.parse(`[{"x\\") FROM t; --":"a","__proto__":1,"c0":"b","it's":{"z'":2}}]`) as unknown;
      assert.equal(JSON.stringify(values), JSON.stringify(expected));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('analysis/openFile: from table to numbers', function (this: Mocha.Suite) {
  this.timeout(120_000);
  let workspace: Workspace;
  before(() => {
    workspace = makeWorkspace();
  });
  after(() => workspace.remove());

  it('gives the same numbers of the same rows, whatever holds them', async () => {
    const summary = await summaryOf([FOLDER], workspace.cache);
    for (const name of TABLES) {
      const run = runEnding(summary, name);
      assert.deepEqual(
        [run.rows, run.items, run.noGold, run.correct, run.classes['horizontal-flip']?.count],
        [5, 5, 1, 1, 1],
        name,
      );
      assert.equal(run.classes['vertical-flip']?.count, 1);
      assert.deepEqual(run.unparsedByReason, { empty: 1 });
    }
    assert.match(skippedReason(summary, 'compressed.arrow'), /compressed batches/);
    assert.match(skippedReason(summary, 'damaged.parquet'), /Parquet/);
  });
});
