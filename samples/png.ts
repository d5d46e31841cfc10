import { crc32 } from 'node:zlib';

/** A picture of palette indexes, row by row from the top; one byte a pixel, each below `palette.length` ≤ 16. */
export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  /** Red, green and blue, 0 to 255. */
  readonly palette: readonly (readonly [number, number, number])[];
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Adler-32 (RFC 1950, section 8.2). */
function adler32(data: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/**
 * A zlib stream of one stored block (RFC 1951, section 3.2.4), at most 65,535 bytes. Stored and not deflated, because the
 * bytes that zlib's compression gives differ between its versions and processors, and the samples must not.
 */
function stored(data: Uint8Array): Buffer {
  if (data.length > 0xffff) throw new RangeError(`${data.length} bytes do not fit into one stored block (65,535)`);
  const head = Buffer.alloc(7);
  head.writeUInt16BE(0x7801, 0);
  head.writeUInt8(1, 2);
  head.writeUInt16LE(data.length, 3);
  head.writeUInt16LE(data.length ^ 0xffff, 5);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(adler32(data));
  return Buffer.concat([head, data, check]);
}

/** Filter byte 0 and then two pixels a byte, the left one in the high half. */
function packRows({ width, height, pixels }: IndexedImage): Uint8Array {
  const stride = 1 + Math.ceil(width / 2);
  const packed = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + 1 + (x >> 1);
      const value = pixels[y * width + x] ?? 0;
      packed[at] = (packed[at] ?? 0) | (x % 2 === 0 ? value << 4 : value);
    }
  }
  return packed;
}

/** Encodes a PNG (ISO/IEC 15948) of 4-bit palette indexes with one tEXt chunk "Comment". */
export function encodePng(image: IndexedImage, comment: string): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.writeUInt8(4, 8);
  header.writeUInt8(3, 9);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1')),
    chunk('PLTE', Buffer.from(image.palette.flat())),
    chunk('IDAT', stored(packRows(image))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
