import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { ERRORS } from '../../src/protocol/rows.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';
import { notebookOf } from '../../src/views/notebookCells.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

describe('the rows of a notebook', function () {
  this.timeout(60_000);

  it('have every column that its cells ask for', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-columns-'));
    const log = { info: () => undefined, error: () => undefined };
    const script = path.join(root, 'dist', 'server.cjs');
    const client = new AnalysisClient({ script, program: () => ({ node: process.execPath, env: process.env }), log });
    try {
      const images = { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 };
      const paths = [path.join(root, 'test', 'fixtures', 'room', 'results')];
      await client.open({ paths, homes: [], lens: 'axes', answers: 'default', cacheDir: folder, images });
      const out = path.join(folder, 'rows.parquet');
      const rows = await client.ask('exportRows', { query: ERRORS, keys: null, to: 'parquet', out });
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      const columns = (await connection.run(`SELECT * FROM read_parquet('${out}')`)).columnNames();
      const [classes] = await (
        await connection.run(`SELECT count(*), count("class") FROM read_parquet('${out}')`)
      ).getRowsJson();
      assert.deepEqual(classes, [String(rows), '156']);
      const about = { title: 'rows', data: 'rows.parquet', rows, words: [], lens: { name: 'axes', version: '1' } };
      const { cells } = notebookOf(about) as { cells: { cell_type: string; source: string[] }[] };
      const code = cells.filter(({ cell_type: type }) => type === 'code').map(({ source }) => source.join(''));
      const lists = code.join('\n').matchAll(/\[((?:"\w+"(?:, )?)+)\]|groupby\(\[.*, ("\w+")\]/g);
      const named = [...lists].flatMap(([, list, other]) => (list ?? other ?? '').match(/\w+/g) ?? []);
      assert.ok(named.length > 6, named.join());
      for (const name of named) assert.ok(columns.includes(name), `${name} is none of ${columns.join(', ')}`);
    } finally {
      client.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
