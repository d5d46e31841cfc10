import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { blocksOf, readBlock, type Block } from '../../../../src/core/formats/containers/blocks.js';
import { JsonRecordParser } from '../../../../src/core/formats/containers/jsonRecords.js';
import type { Record_ } from '../../../../src/core/formats/format.js';
import { parseText } from './support.js';

describe('files in blocks', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-blocks-'));
  const file = path.join(folder, 'run.jsonl');
  after(() => rmSync(folder, { recursive: true }));

  async function blocks(text: string | Uint8Array, size: number): Promise<Block[]> {
    writeFileSync(file, text);
    const all: Block[] = [];
    for await (const block of blocksOf(file, size)) all.push(block);
    return all;
  }

  /** The records of all blocks; null where one of them is to be read from the file's beginning. */
  async function inBlocks(text: string | Uint8Array, size: number): Promise<Record_[] | null> {
    const read = (await blocks(text, size)).map((block) => readBlock(block, 'run.json'));
    return read.every((each) => each !== null) ? read.flat() : null;
  }

  const whole = (text: string | Uint8Array): Promise<Record_[]> =>
    parseText(text, new JsonRecordParser({ file: 'run.json', layout: 'sequence' }));

  const line = fc.oneof(
    { weight: 8, arbitrary: fc.record({ a: fc.string(), b: fc.nat() }).map((value) => JSON.stringify(value)) },
    fc.constantFrom('', '  ', ',', '{"a":oops}', 'Traceback', '[1]', '{"a":1} trailing', '{"a":1},', '\t{"a":2}\r'),
  );

  it('hold the same records as the file, whatever is wrong with a line, and where the last one is cut off', async () => {
    const rest = fc.constantFrom('', '{"a":1}', '{"a":', '{"a":"b', '{"a":1}{"a":2}', '   ');
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        rest,
        fc.integer({ min: 1, max: 200 }),
        async (lines, end, size) => {
          const text = lines.map((each) => `${each}\n`).join('') + end;
          const records = await inBlocks(text, size);
          // What stands between records is looked at element by element.
          if (records === null) assert.ok(lines.includes('{"a":1},'), text);
          else assert.deepEqual(records, await whole(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are given up where a line is too long to be awaited', async () => {
    for (const long of ['x'.repeat(3 << 20), `{"a":"${'x'.repeat(3 << 20)}"}`]) {
      writeFileSync(file, `{"a":1}\n${long}\n{"a":2}\n`);
      let isWhole = true;
      for await (const block of blocksOf(file, 100, 1 << 20)) isWhole &&= readBlock(block, file) !== null;
      assert.equal(isWhole, false);
      isWhole = true;
      for await (const block of blocksOf(file, 100, 8 << 20)) isWhole &&= readBlock(block, file) !== null;
      assert.equal(isWhole, true);
    }
  });

  it('are given up where records are no lines', async () => {
    const lines = '{"a":1}\n'.repeat(20);
    for (const odd of ['{"a":1}{"a":2}\n', '{\n  "a": 1\n}\n', '{"a":"x\ny"}\n', '{"a":[1,\n']) {
      assert.equal(await inBlocks(odd + lines, 40), null, odd);
      assert.equal(await inBlocks(lines + odd + lines, 40), null, odd);
    }
  });

  it('take a byte order mark for none of the records, and a file without any for one empty block', async () => {
    const text = `\ufeff${'{"a":1}\n'.repeat(30)}`;
    assert.deepEqual(await inBlocks(text, 50), await whole(text));
    assert.deepEqual(await inBlocks('', 50), []);
  });

  it('say where they stand, and lie in memory that can be handed over', async () => {
    const all = await blocks('{"a":1}\n\n{"a":2}\n{"a":3}\n', 1 << 20);
    assert.deepEqual(
      all.map(({ row, line, records, last }) => ({ row, line, records, last })),
      [{ row: 1, line: 1, records: 3, last: true }],
    );
    const [first, second] = await blocks(`${'{"a":1}\n\n'.repeat(200_000)}`, 1 << 20);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(second.row, first.records + 1);
    assert.equal(second.line, first.records * 2 + 1);
    assert.equal(first.bytes.byteLength, first.bytes.buffer.byteLength);
  });
});
