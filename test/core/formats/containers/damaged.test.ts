import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { readContent } from '../../../../src/core/formats/containers/content.js';
import { XxHash64 } from '../../../../src/core/formats/containers/xxHash.js';
import { FlipsideError } from '../../../../src/core/model.js';
import { Scratch } from './support.js';

const scratch = new Scratch();

const TABLE = Array.from(
  { length: 40 },
  (_, id) => `${id},Where is bowl ${id}?,${id % 3 === 0 ? 'right' : 'left'}\n`,
).reduce((table, row) => table + row, 'id,question,answer\n');
/** TABLE, by the command `zstd --check -19 --stream-size`. */
const ZSTD = Buffer.from(
  'KLUv/WQdA4UFAOIKHheAbQ7AgEM/0TglM7JORERISsqiiabqAfDw/bm7tzd2tr7+3/f7Pp+Hhs/Pzq65MTMvr/u2XdfpNCzs63N1ra2sbHW9r+u2zWYh' +
    'fM+51hhb67eB6IiLElogShDlUUIGy9QUAaQE8YnJoBJ44gQxhGIaJYKi5ChDCU2oEaD1rf0z0FU6EKaw2A9XMEOMEZE68xJphYywF3WSiZbYgoiV9/i7' +
    'hItlwugsspta3rsKTQJf4w==',
  'base64',
);

/** What is read of bytes: the text, or why it cannot be unpacked. */
async function readingOf(bytes: Uint8Array): Promise<string | FlipsideError> {
  const file = await scratch.write('packed', bytes);
  const parts: Uint8Array[] = [];
  try {
    for await (const part of readContent(file)) parts.push(part);
    return Buffer.concat(parts).toString();
  } catch (error) {
    if (error instanceof FlipsideError) return error;
    throw error;
  }
}

function flipped(bytes: Buffer, at: number, bits: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

async function assertRefused(bytes: Uint8Array, why: RegExp): Promise<void> {
  const read = await readingOf(bytes);
  assert.ok(read instanceof FlipsideError, `read: ${String(read)}`);
  assert.match(read.message, /packed: cannot be unpacked \((?:gzip|zstd): .*Copy or pack the file again\.$/);
  assert.match(read.message, why);
}

describe('packed files that are damaged', function () {
  this.timeout(60_000);

  for (const [packing, packed] of [
    ['zstd', ZSTD],
    ['gzip', gzipSync(TABLE)],
  ] as const) {
    it(`${packing}: whatever bit is another, what is read is the content or nothing`, async () => {
      assert.equal(await readingOf(packed), TABLE);
      let refused = 0;
      // The first bytes tell that the file is packed at all.
      for (let at = 4; at < packed.length; at++) {
        for (const bits of [1, 128]) {
          const read = await readingOf(flipped(packed, at, bits));
          if (read instanceof FlipsideError) refused += 1;
          else assert.equal(read, TABLE, `byte ${at}`);
        }
      }
      assert.ok(refused > 1.8 * (packed.length - 20));
    });

    it(`${packing}: cut off anywhere, nothing is read`, async () => {
      for (let end = 4; end < packed.length; end += 7) await assertRefused(packed.subarray(0, end), /end/);
    });
  }

  it('zstd: a checksum that fits other bytes', async () => {
    await assertRefused(flipped(ZSTD, ZSTD.length - 1, 1), /wrong checksum/);
  });

  it('gzip: zeros in place of a later part, or before it', async () => {
    const [one, other] = [gzipSync(TABLE), gzipSync('41,Where?,left\n')];
    assert.equal(await readingOf(Buffer.concat([one, other])), `${TABLE}41,Where?,left\n`);
    await assertRefused(Buffer.concat([one, Buffer.alloc(other.length)]), /go on in zeros/);
    await assertRefused(Buffer.concat([one, Buffer.alloc(512), other]), /go on in zeros/);
    await assertRefused(Buffer.concat([one, Buffer.from('more, in plain text')]), /incorrect header/);
  });
});

describe('XXH64', () => {
  it('is what zstd computes, in whatever parts the bytes come', () => {
    // Low 32 bits, as at the end of a frame.
    const KNOWN: readonly (readonly [text: string, hash: number])[] = [
      ['', 0x51d8e999],
      ['a', 0xa98c6e5b],
      ['abc', 0xad770999],
      [TABLE, ZSTD.readUInt32LE(ZSTD.length - 4)],
    ];
    for (const [text, expected] of KNOWN) {
      const bytes = Buffer.from(text);
      for (const part of [1, 5, 32, 33, 2000]) {
        const hash = new XxHash64();
        for (let at = 0; at < bytes.length; at += part) hash.add(bytes.subarray(at, at + part));
        assert.equal(hash.low(), expected, `${JSON.stringify(text.slice(0, 10))} in parts of ${part}`);
      }
    }
  });
});
