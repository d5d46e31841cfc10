import assert from 'node:assert/strict';
import fc from 'fast-check';
import sharp from 'sharp';
import { plainJpegHeader } from '../../src/server/jpegHeader.js';

type Entry = readonly [tag: number, type: number, count: number, value: number];
const ORIENTATION = 0x0112;
const SHORT = 3;

/** The segment of EXIF with one directory, as cameras write it. */
function exif(order: 'II' | 'MM', entries: readonly Entry[]): Buffer {
  const tiff = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  const short = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  short(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + index * 12;
    short(tag, at);
    short(type, at + 2);
    long(count, at + 4);
    if (type === SHORT) short(value, at + 8);
    else long(value, at + 8);
  }
  return Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
}

describe('server: the header of a JPEG', () => {
  let plain: Buffer;
  const withSegments = (...contents: readonly Buffer[]): Buffer => {
    const segments = contents.map((content) => {
      const head = Buffer.from([0xff, 0xe1, 0, 0]);
      head.writeUInt16BE(content.length + 2, 2);
      return Buffer.concat([head, content]);
    });
    return Buffer.concat([plain.subarray(0, 2), ...segments, plain.subarray(2)]);
  };

  before(async () => {
    const create = { width: 40, height: 30, channels: 3, background: 'red' } as const;
    plain = await sharp({ create }).jpeg().toBuffer();
  });

  it('says how large the picture is and how it is turned, as cameras of either byte order write it', () => {
    assert.deepEqual(plainJpegHeader(plain), {
      ...{ width: 40, height: 30, channels: 3, format: 'jpeg', isProgressive: false, hasAlpha: false, orientation: 1 },
    });
    const xmp = Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>');
    for (const order of ['II', 'MM'] as const) {
      for (let turned = 1; turned <= 8; turned++) {
        const jpeg = withSegments(
          xmp,
          exif(order, [
            [0x0110, SHORT, 1, 7],
            [ORIENTATION, SHORT, 1, turned],
          ]),
        );
        assert.equal(plainJpegHeader(jpeg)?.orientation, turned);
      }
      assert.equal(plainJpegHeader(withSegments(exif(order, [[0x0110, SHORT, 1, 7]])))?.orientation, 1);
    }
  });

  it('is left to the decoder where it is odd', () => {
    const turned = exif('II', [[ORIENTATION, SHORT, 1, 6]]);
    assert.equal(plainJpegHeader(withSegments(turned, turned)), null, 'two of them');
    assert.equal(plainJpegHeader(withSegments(exif('II', [[ORIENTATION, SHORT, 1, 9]]))), null, 'no such turn');
    assert.equal(plainJpegHeader(withSegments(exif('II', [[ORIENTATION, 4, 1, 6]]))), null, 'another type');
    assert.equal(plainJpegHeader(withSegments(turned.subarray(0, 20))), null, 'cut off');
    assert.equal(plainJpegHeader(Buffer.from('Exif')), null, 'no JPEG');
  });

  it('is what the decoder says wherever it is read without it, whatever the bytes', async () => {
    let read = 0;
    const entry = fc.tuple(
      fc.constantFrom(ORIENTATION, ORIENTATION, 0x010f, 0x0110),
      fc.constantFrom(SHORT, SHORT, SHORT, 4, 2),
      fc.constantFrom(1, 1, 1, 2),
      fc.integer({ min: 0, max: 9 }),
    );
    const damage = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('II' as const, 'MM' as const),
        fc.array(entry, { maxLength: 4 }),
        damage,
        async (order, entries, damaged) => {
          const segment = exif(order, entries);
          for (const [at, byte] of damaged) if (at < segment.length) segment[at] = byte;
          const jpeg = withSegments(segment);
          const own = plainJpegHeader(jpeg);
          if (own === null) return;
          read += 1;
          const { width, height, orientation = 1 } = await sharp(jpeg).metadata();
          assert.deepEqual([own.width, own.height, own.orientation], [width, height, orientation]);
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(read > 50, `${read} of 300 were read`);
  });
});
