import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { FlipsideError } from '../../model.js';
import { CHUNK_BYTES, fileError, fileSize, readChunks, readHead, readWhole } from './bytes.js';
import { UNPACK_LIMITS, UnpackError, UnpackMeter, UnpackTooLarge, zstdParts, type UnpackLimits } from './inflate.js';

/** How a file's content is packed. Told by its first bytes, never by its name. */
type Packing = 'gzip' | 'zstd' | null;
type Utf16 = 'utf-16le' | 'utf-16be';

/** Bytes that tell packing and encoding. */
const MAGIC_BYTES = 4;
const DEFAULT_WHOLE_BYTES = 512 * 1024 * 1024;

/** The first bytes of a file's content. */
export interface ContentHead {
  readonly bytes: Buffer;
  /** The bytes are the whole content. */
  readonly whole: boolean;
  /** The bytes stand in the file as they are: neither packed nor in UTF-16. */
  readonly verbatim: boolean;
}

/**
 * The first `limit` bytes of a file's content: unpacked where it is gzip or zstd, in UTF-8 where it is UTF-16 with a byte
 * order mark.
 * @throws FlipsideError when the file cannot be read or unpacked.
 */
export async function readContentHead(file: string, limit: number, known?: Buffer): Promise<ContentHead> {
  const size = known?.length ?? (await fileSize(file));
  const bytes = known?.subarray(0, limit) ?? (await readHead(file, Math.min(size, limit)));
  if (packingOf(bytes) === null && utf16Of(bytes) === null) {
    return { bytes, whole: size <= bytes.length, verbatim: true };
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readContent(file)) {
    parts.push(part);
    length += part.length;
    if (length > limit) break;
  }
  return { bytes: Buffer.concat(parts).subarray(0, limit), whole: length <= limit, verbatim: false };
}

/** The content of a file in pieces, as `readContent`; from `known`, its bytes, where they are its content as it stands. */
export function contentOf(file: string, known?: Buffer): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  const isVerbatim = known !== undefined && packingOf(known) === null && utf16Of(known) === null;
  return isVerbatim ? [known] : readContent(file);
}

/**
 * The content of a file in pieces: unpacked where it is gzip or zstd, in UTF-8 where it is UTF-16 with a byte order mark.
 * @throws FlipsideError (while iterating) when the file cannot be read or unpacked.
 */
export async function* readContent(file: string, limits: UnpackLimits = UNPACK_LIMITS): AsyncGenerator<Uint8Array> {
  const magic = await readHead(file, MAGIC_BYTES);
  const packing = packingOf(magic);
  if (packing === null && utf16Of(magic) === null) yield* readChunks(file);
  else yield* inUtf8(packing === null ? readChunks(file) : (packing === 'gzip' ? gunzipped : unzstd)(file, limits));
}

/**
 * The whole content of a file.
 * @throws FlipsideError when it cannot be read or unpacked, or is longer than `limit` bytes (default 512 MiB).
 */
export async function readWholeContent(file: string, limit = DEFAULT_WHOLE_BYTES): Promise<Uint8Array> {
  const magic = await readHead(file, MAGIC_BYTES);
  if (packingOf(magic) === null && utf16Of(magic) === null) return readWhole(file, limit);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readContent(file)) {
    parts.push(part);
    length += part.length;
    if (length <= limit) continue;
    const message = `${file}: unpacks to more than ${limit} bytes, too large to be read in one piece. Split it, or convert it to JSON lines.`;
    throw new FlipsideError(message, { file });
  }
  return Buffer.concat(parts);
}

/** Whether bytes begin as gzip or zstd do. */
export function isPacked(bytes: Uint8Array): boolean {
  return packingOf(bytes) !== null;
}

function packingOf(bytes: Uint8Array): Packing {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08) return 'gzip';
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd ? 'zstd' : null;
}

/** Told by the byte order mark; that of little-endian UTF-32 begins with the same two bytes and goes on with two zeros. */
function utf16Of(bytes: Uint8Array): Utf16 | null {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const isUtf32 = bytes.length >= MAGIC_BYTES && bytes[2] === 0 && bytes[3] === 0;
  return bytes[0] === 0xff && bytes[1] === 0xfe && !isUtf32 ? 'utf-16le' : null;
}

/** A stream takes no memory, so its length is bounded by its ratio alone. */
async function* gunzipped(file: string, limits: UnpackLimits): AsyncGenerator<Uint8Array> {
  const size = await fileSize(file);
  const meter = new UnpackMeter(size, { ...limits, maxBytes: Infinity });
  const unpacker = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of either stream, and an early end of the iteration, closes both; errors come out of the iteration.
  pipeline(createReadStream(file, { highWaterMark: CHUNK_BYTES }), unpacker, () => undefined);
  const parts: AsyncIterable<Buffer> = unpacker;
  try {
    for await (const part of parts) {
      meter.add(part.length);
      yield part;
    }
    // The library takes zeros for the end, and ends well, whatever follows.
    if (unpacker.bytesWritten < size) throw new UnpackError('its data are damaged (they go on in zeros)');
  } catch (error) {
    if (error instanceof UnpackError || isZlibError(error)) throw damaged(file, 'gzip', error);
    throw fileError(file, error);
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

/** In one piece: the library streams a frame only at the cost of moving its window for every block. */
async function* unzstd(file: string, limits: UnpackLimits): AsyncGenerator<Uint8Array> {
  const packed = await readWhole(file);
  try {
    yield* zstdParts(packed, limits);
  } catch (error) {
    throw error instanceof UnpackError ? damaged(file, 'zstd', error) : error;
  }
}

function damaged(file: string, packing: string, why: Error): FlipsideError {
  const advice =
    why instanceof UnpackTooLarge
      ? 'If that is right, unpack it, and give the unpacked file'
      : 'Copy or pack the file again';
  return new FlipsideError(`${file}: cannot be unpacked (${packing}: ${why.message}). ${advice}.`, { file });
}

async function* inUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null = null;
  let begun: Uint8Array | null = null;
  for await (const chunk of chunks) {
    if (decoder !== null) {
      yield Buffer.from(decoder.decode(chunk, { stream: true }));
      continue;
    }
    if (begun !== null && begun.length >= MAGIC_BYTES) {
      yield chunk;
      continue;
    }
    // The mark may be cut in two.
    const front: Uint8Array = begun === null ? chunk : Buffer.concat([begun, chunk]);
    begun = front;
    if (front.length < MAGIC_BYTES) continue;
    const encoding = utf16Of(front);
    if (encoding !== null) decoder = new TextDecoder(encoding);
    yield decoder === null ? front : Buffer.from(decoder.decode(front, { stream: true }));
  }
  if (begun !== null && begun.length < MAGIC_BYTES) {
    const encoding = utf16Of(begun);
    yield encoding === null ? begun : Buffer.from(new TextDecoder(encoding).decode(begun));
  } else if (decoder !== null) yield Buffer.from(decoder.decode());
}
