import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lineOfRow, SourceLines } from '../../../src/core/analysis.js';
import type { PlacedRecord } from '../../../src/core/formats/containers/recordLines.js';

describe('the records on the lines of a file', () => {
  let folder: string;
  let lines: SourceLines;
  const place = (name: string): string => path.join(folder, name);
  const on = async (name: string, records: number, from: number, to: number): Promise<readonly PlacedRecord[]> =>
    (await lines.on(place(name), records, from, to)).records;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-source-'));
    lines = new SourceLines();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are those of the rows that are open, and none where the file has grown or changed since', async () => {
    writeFileSync(place('run.jsonl'), '{"id":1}\n\n{"id":2}\n');
    assert.deepEqual(await on('run.jsonl', 2, 1, 9), [
      { row: 1, line: 1 },
      { row: 2, line: 3 },
    ]);
    appendFileSync(place('run.jsonl'), '{"id":3}\n');
    assert.deepEqual(await on('run.jsonl', 2, 1, 9), []);
    assert.deepEqual(await on('run.jsonl', 3, 4, 9), [{ row: 3, line: 4 }]);
  });

  it('are none of what is no file, of what is gone, and of what no editor hands to extensions', async () => {
    mkdirSync(place('folder'));
    writeFileSync(place('large.jsonl'), '{"id":1}\n');
    truncateSync(place('large.jsonl'), (50 << 20) + 1);
    for (const name of ['folder', 'gone.jsonl', 'large.jsonl']) {
      assert.deepEqual(await on(name, 1, 1, 9), [], name);
    }
  });

  it('are none on a line where several begin, and that line is told', async () => {
    writeFileSync(place('run.json'), '[{"id":1},\n{"id":2},{"id":3},\n{"id":4}]\n');
    const placed = { records: [1, 4].map((row) => ({ row, line: row === 1 ? 1 : 3 })), crowded: 2 };
    assert.deepEqual(await lines.on(place('run.json'), 4, 1, 9), placed);
    assert.deepEqual(await lines.on(place('run.json'), 4, 3, 9), { records: [{ row: 4, line: 3 }], crowded: null });
    writeFileSync(place('line.json'), '[{"id":1},{"id":2}]');
    assert.deepEqual(await lines.on(place('line.json'), 2, 1, 1), { records: [], crowded: 1 });
    assert.deepEqual(await lines.on(place('line.json'), 3, 1, 1), { records: [], crowded: null });
  });

  it('are known of as many files as one likes', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `run-${at}.jsonl`);
    for (const name of names) writeFileSync(place(name), '{"id":1}\n');
    const asked = await Promise.all([...names, ...names].map((name) => on(name, 1, 1, 1)));
    assert.ok(asked.every((found) => found.length === 1));
  });

  it('lead back: the line of a row of a JSON list', async () => {
    writeFileSync(place('run.json'), '[\n  {\n    "id": 1\n  },\n  {\n    "id": 2\n  }\n]\n');
    assert.equal(await lineOfRow(place('run.json'), 2), 5);
    assert.equal(await lineOfRow(place('run.json'), 3), null);
  });
});
