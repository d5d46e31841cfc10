import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openFile } from '../../../src/core/analysis/openFile.js';
import { ArrowFile } from '../../../src/core/images/arrowFile.js';
import { ArrowTooLarge } from '../../../src/core/images/arrowLayout.js';
import { arrowRows, arrowTable } from '../../../src/core/images/arrowRecords.js';
import type { JsonObject } from '../../../src/core/model.js';
import { fixture } from '../../support/formatSource.js';

const STREAM = fixture('images', 'stream.arrow');

async function rowsOf(name: string): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for await (const { records } of arrowRows(fixture('images', name))) rows.push(...records);
  return rows;
}

describe('images/arrowRecords', () => {
  for (const name of ['stream.arrow', 'file.arrow']) {
    it(`reads every kind of column of ${name}`, async () => {
      const rows = await rowsOf(name);
      assert.equal(rows.length, 5);
      assert.deepEqual(rows[2], {
        choices: ['left', 'right'],
        nothing: null,
        flag: true,
        score: 1,
        pair: [2, 2],
        tags: [{ key: 'a', value: 2 }],
        level: 'low',
        question_id: 102,
        question: 'Where is thing 2?',
        image: '2.png',
        images: [],
      });
      assert.deepEqual(
        rows.map(({ flag }) => flag),
        [null, false, true, false, true],
      );
      assert.deepEqual(
        rows.map(({ level }) => level),
        ['low', 'high', 'low', 'low', 'high'],
      );
      assert.deepEqual([rows[4]?.['image'], rows[4]?.['images']], [null, [null, null]]);
    });
  }

  /** The fixture with a 32-bit number of a column's buffer replaced. */
  async function patched(folder: string, column: string, buffer: number, at: number, value: number): Promise<string> {
    const arrow = await ArrowFile.open(STREAM);
    const field = arrow.fields.find(({ name }) => name === column);
    const [start = 0] = arrow.batches[0]?.buffers[(field?.buffer ?? 0) + buffer] ?? [];
    await arrow.close();
    const bytes = await readFile(STREAM);
    bytes.writeInt32LE(value, start + 4 * at);
    const file = path.join(folder, 'bomb.arrow');
    await writeFile(file, bytes);
    return file;
  }

  it('refuses lists that are longer than the file, before anything is made of them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-arrow-'));
    try {
      // The end of the list of the last row in the first batch.
      const most = 2 ** 31 - 1;
      const open = await ArrowFile.open(STREAM);
      const rows = open.batches[0]?.rows ?? 0;
      await open.close();
      await assert.rejects(
        openFile(await patched(folder, 'tags', 1, rows, most)),
        /bomb\.arrow: an Arrow file that is too large inside \(2,147,\d\d\d,\d\d\d values of a column.*If that/,
      );
      // Not so many that they would be refused, and more than there are.
      await assert.rejects(openFile(await patched(folder, 'tags', 1, rows, 9_000_000)), /damaged Arrow file/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses codes that stand for far more than the file has bytes', async () => {
    const { size } = await stat(STREAM);
    const read = async (ratio: number): Promise<number> => {
      let rows = 0;
      for await (const { records } of arrowRows(STREAM, { values: 1000, coded: 1, ratio })) rows += records.length;
      return rows;
    };
    // low, high, low, low, high
    const characters = 17;
    assert.equal(await read(characters / size), 5);
    await assert.rejects(read((characters - 1) / size), ArrowTooLarge);
  });

  it('refuses batches that share their bytes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipside-arrow-'));
    try {
      const bytes = await readFile(STREAM);
      const arrow = await ArrowFile.open(STREAM);
      const [first, second] = arrow.batches;
      await arrow.close();
      // A buffer's place is stored from the beginning of its batch's body, and its length behind it.
      const [from, length] = second?.buffers.findLast((buffer) => buffer[1] > 0) ?? [0, 0];
      const [start] = first?.buffers[0] ?? [0, 0];
      const body = second?.buffers[0]?.[0] ?? 0;
      const stored = (place: number): Buffer => {
        const pair = Buffer.alloc(16);
        pair.writeBigInt64LE(BigInt(place), 0);
        pair.writeBigInt64LE(BigInt(length), 8);
        return pair;
      };
      const at = bytes.lastIndexOf(stored(from - body));
      assert.ok(at > 0);
      stored(start - body).copy(bytes, at);
      const file = path.join(folder, 'shared.arrow');
      await writeFile(file, bytes);
      await assert.rejects(ArrowFile.open(file), /a buffer lies outside of its batch/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('names the columns', async () => {
    const { columns, unread } = await arrowTable(fixture('images', 'file.arrow'));
    assert.deepEqual([columns.length, unread], [11, []]);
    const table = await arrowTable(fixture('tables', 'v1', 'stream.arrow'));
    assert.deepEqual(table.unread, ['crops']);
    assert.match(table.metadata.get('huggingface') ?? '', /ClassLabel/);
  });
});
