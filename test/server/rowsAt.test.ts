import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlacedRow, RowsOnLines } from '../../src/protocol/rows.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const RUN = path.join('results', 'synthetic-baseline', 'result_synthetic-baseline.csv');

/** The real analysis process over files of which editors ask by line. */
describe('rows at the lines of a file', function () {
  this.timeout(60_000);
  let folder: string;
  let client: AnalysisClient;
  const at = (name: string): string => path.join(folder, name);
  const asked = (name: string, from: number, to: number): Promise<RowsOnLines> =>
    client.ask('rowsAt', { file: at(name), from, to });
  const ask = async (name: string, from: number, to: number): Promise<readonly PlacedRow[]> =>
    (await asked(name, from, to)).rows;

  async function open(): Promise<void> {
    const images = { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 };
    const cacheDir = path.join(folder, '..', `${path.basename(folder)}-cache`);
    await client.open({ paths: [folder], homes: [], lens: 'axes', answers: 'default', cacheDir, images });
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-rows-'));
    const log = { info: () => undefined, error: () => undefined };
    const script = path.join(root, 'dist', 'server.cjs');
    client = new AnalysisClient({ script, program: () => ({ node: process.execPath, env: process.env }), log });
  });
  afterEach(() => {
    client.dispose();
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}-cache`, { recursive: true, force: true });
  });

  it('are the rows of the samples, whose questions span lines', async () => {
    cpSync(path.join(root, 'test', 'fixtures', 'room', 'results'), at('results'), { recursive: true });
    await open();
    const text = readFileSync(at(RUN), 'utf8').split('\n');
    const rows = await ask(RUN, 1, text.length);
    assert.equal(rows.length, 114);
    for (const { line, item, row } of rows)
      assert.ok(text[line - 1]?.startsWith(`${item},`), `row ${row}, line ${line}`);
    const second = rows[1];
    assert.ok(second !== undefined);
    // Any line of a record is the record's.
    for (const line of [second.line, second.line + 3]) assert.deepEqual(await ask(RUN, line, line), [second]);
    assert.deepEqual([second.outcome, second.class, second.gold], ['wrong', 'horizontal-flip', 'front-left']);
  });

  it('are those of each run of a file, of copies too, and none of other files', async () => {
    const options = ['left', 'right'];
    const records = ['a', 'b'].flatMap((model) =>
      [1, 2, 3].map((id) => ({
        id,
        model,
        question: `Where is cup ${id}?`,
        options,
        gold: 'left',
        prediction: 'right',
      })),
    );
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('\n');
    for (const name of ['one.jsonl', 'same.jsonl']) writeFileSync(at(name), text);
    writeFileSync(at('notes.jsonl'), '{"note": "nothing"}\n');
    await open();
    for (const name of ['one.jsonl', 'same.jsonl']) {
      const rows = await ask(name, 1, 100);
      assert.deepEqual(
        rows.map(({ line }) => line),
        [1, 3, 5, 7, 9, 11],
        name,
      );
      assert.deepEqual(
        rows.map(({ run, class: name }) => [run.split('#')[1], name]),
        ['a', 'a', 'a', 'b', 'b', 'b'].map((model) => [model, 'horizontal-flip']),
      );
    }
    assert.deepEqual(await ask('notes.jsonl', 1, 100), []);
    assert.deepEqual(await ask('nowhere.jsonl', 1, 100), []);
  });

  it('are none where they share a line, and that line is told', async () => {
    const records = [1, 2].map((id) => {
      const asked = { id, question: `Where is cup ${id}?`, options: ['left', 'right'], gold: 'left' };
      return { ...asked, prediction: 'right' };
    });
    writeFileSync(at('one-line.json'), JSON.stringify(records));
    await open();
    assert.deepEqual(await asked('one-line.json', 1, 1), { rows: [], crowded: 1 });
  });
});
