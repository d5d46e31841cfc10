/** Pixels as sharp takes them: rows from the top, three bytes each. */
export interface RawPixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What a Windows bitmap's header says. */
export interface BitmapHeader {
  readonly width: number;
  readonly height: number;
}

const UNCOMPRESSED = 0;
const BITFIELDS = 3;
/** 8, 8 and 8 bits, in the order of bytes that uncompressed bitmaps have anyway. */
const USUAL_MASKS = [0x00ff0000, 0x0000ff00, 0x000000ff];

/** Bytes up to the end of what is read of a header, of the old kind, the usual one, and that with masks behind it. */
const CORE_END = 26;
const HEADER_END = 34;
const MASKS_END = 66;

/** Size of a bitmap. Throws an error with a message for a cut-off header. */
export function bitmapHeader(bytes: Buffer): BitmapHeader {
  const isCore = bytes.length >= CORE_END && bytes.readUInt32LE(14) === 12;
  requireLength(bytes, isCore ? CORE_END : HEADER_END);
  return isCore
    ? { width: bytes.readUInt16LE(18), height: bytes.readUInt16LE(20) }
    : { width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
}

/** Decodes a bitmap of 8, 24 or 32 bits: sharp's library reads none. Throws an error with a message for any other. */
export function decodeBitmap(bytes: Buffer): RawPixels {
  const { width, height } = bitmapHeader(bytes);
  const headerSize = bytes.readUInt32LE(14);
  const isCore = headerSize === 12;
  const bits = bytes.readUInt16LE(isCore ? 24 : 28);
  const compression = isCore ? UNCOMPRESSED : bytes.readUInt32LE(30);
  if (width <= 0 || height <= 0) throw new Error('the bitmap has no size');
  if (![8, 24, 32].includes(bits) || !isPlain(bytes, bits, compression)) {
    throw new Error(`bitmaps of ${bits} bits with compression ${compression} are not read; convert it to PNG`);
  }
  const topDown = !isCore && bytes.readInt32LE(22) < 0;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const start = bytes.readUInt32LE(10);
  if (start + stride * height > bytes.length) throw new Error('the file ends before the picture does');
  const palette = { at: 14 + headerSize, step: isCore ? 3 : 4 };
  const data = Buffer.allocUnsafe(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, to += 3) {
      const at = bits === 8 ? palette.at + palette.step * (bytes[row + x] ?? 0) : row + (x * bits) / 8;
      data[to] = bytes[at + 2] ?? 0;
      data[to + 1] = bytes[at + 1] ?? 0;
      data[to + 2] = bytes[at] ?? 0;
    }
  }
  return { data, width, height };
}

function requireLength(bytes: Buffer, length: number): void {
  if (bytes.length < length) throw new Error('the file ends before its header does');
}

function isPlain(bytes: Buffer, bits: number, compression: number): boolean {
  if (compression === UNCOMPRESSED) return true;
  if (compression !== BITFIELDS || bits !== 32) return false;
  requireLength(bytes, MASKS_END);
  return USUAL_MASKS.every((mask, index) => bytes.readUInt32LE(54 + 4 * index) === mask);
}
