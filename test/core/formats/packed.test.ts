import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { FORMATS } from '../../../src/core/formats/all.js';
import { recognise } from '../../../src/core/formats/registry.js';
import { fixture, openFile, readAll } from '../../support/formatSource.js';

/** Fixtures of every tool; archives with entries of their own, and tables that are read from any place, are not packed once more. */
const LEFT_OUT = new Set(['containers', 'images', 'inspect', 'tables', 'item-folders']);
/** RFC 8878, section 3.1.1.2: the largest block. */
const BLOCK = 128 << 10;

/** A Zstandard frame of raw blocks: RFC 8878, section 3.1.1. */
function zstd(bytes: Buffer): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  const blocks: Buffer[] = [head];
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const part = bytes.subarray(from, from + BLOCK);
    const header = Buffer.alloc(3);
    header.writeUIntLE((part.length << 3) | (from + BLOCK >= bytes.length ? 1 : 0), 0, 3);
    blocks.push(header, part);
  }
  return Buffer.concat(blocks);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(?:py|mjs)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** What a file is taken for, and what is read of it; paths in messages do not count. */
async function readingOf(file: string): Promise<unknown> {
  const source = await openFile(file);
  const found = recognise(source.shape, FORMATS);
  if (found === null) return null;
  const { items, dropped } = await readAll(found.format, source);
  const { role, model, dataset } = found.detected;
  return {
    format: found.format.id,
    role,
    model,
    dataset,
    items,
    dropped: dropped.map(({ row, reason }) => [row, reason]),
  };
}

describe('packed files', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flipside-packed-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('are read like the files that they hold, with gzip and with zstd, of every tool', async function () {
    this.timeout(300_000);
    const root = fixture();
    const files = (await filesIn(root)).filter(
      (file) => !LEFT_OUT.has(path.relative(root, file).split(path.sep)[0] ?? ''),
    );
    let read = 0;
    for (const file of files) {
      const bytes = await readFile(file);
      const copy = path.join(folder, path.relative(root, file));
      await mkdir(path.dirname(copy), { recursive: true });
      await copyFile(file, copy);
      const expected = await readingOf(copy);
      if (expected !== null) read += 1;
      await writeFile(`${copy}.gz`, gzipSync(bytes));
      await writeFile(`${copy}.zst`, zstd(bytes));
      for (const packed of [`${copy}.gz`, `${copy}.zst`]) {
        assert.deepEqual(await readingOf(packed), expected, path.relative(folder, packed));
      }
    }
    assert.ok(read > 50, `only ${String(read)} fixtures were read`);
  });
});
