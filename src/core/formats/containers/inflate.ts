import { createInflateRaw } from 'node:zlib';
import { decompress, Decompress } from 'fzstd';
import { XxHash64 } from './xxHash.js';

/** How much an archive's entry may unpack to before it is taken for a decompression bomb. */
export interface UnpackLimits {
  /** Bytes of output that are refused whatever the input. */
  readonly maxBytes: number;
  /** Output divided by input that is refused … */
  readonly maxRatio: number;
  /** … once the output is longer than this many bytes. */
  readonly ratioFrom: number;
}

/**
 * The limits in use: 1 GiB, which with what is made of it is as much as a process has; a ratio of 200 beyond 100 MiB. Texts of
 * predictions are packed to a tenth or a fiftieth, decompression bombs to a thousandth and less.
 */
export const UNPACK_LIMITS: UnpackLimits = { maxBytes: 1 << 30, maxRatio: 200, ratioFrom: 100 * 1024 * 1024 };

/** Largest zstd window in bytes, 2^25: as far as the library refers back. Levels up to 19 need 2^23. */
const MAX_WINDOW = 1 << 25;

/** Data that cannot be unpacked; the message says why, without the file's name. */
export class UnpackError extends Error {}

/** Data that unpack to more than the limits allow. */
export class UnpackTooLarge extends UnpackError {}

/** Counts what comes out of packed data, rather than what they announce, and refuses it beyond the limits. */
export class UnpackMeter {
  private length = 0;

  constructor(
    private readonly inputLength: number,
    private readonly limits: UnpackLimits,
  ) {}

  /** Counts so many bytes more. Throws UnpackTooLarge where these are too many. */
  add(more: number): void {
    this.check(more);
    this.length += more;
  }

  /** Refuses so many bytes more, before they are unpacked. */
  check(more: number): void {
    const length = this.length + more;
    const { maxBytes, maxRatio, ratioFrom } = this.limits;
    const isBomb = length > ratioFrom && length > maxRatio * this.inputLength;
    if (!isBomb && length <= maxBytes) return;
    const what = isBomb ? `more than ${maxRatio} times its size` : `more than ${Math.round(maxBytes / 1048576)} MiB`;
    throw new UnpackTooLarge(`it unpacks to ${what}`);
  }
}

/** Collects output within the limits. */
class Collector {
  readonly parts: Uint8Array[] = [];
  private length = 0;
  private readonly meter: UnpackMeter;

  constructor(inputLength: number, limits: UnpackLimits) {
    this.meter = new UnpackMeter(inputLength, limits);
  }

  add(part: Uint8Array): void {
    this.meter.add(part.length);
    this.length += part.length;
    this.parts.push(part);
  }

  check(more: number): void {
    this.meter.check(more);
  }

  result(): Buffer {
    return Buffer.concat(this.parts, this.length);
  }
}

/**
 * Unpacks raw deflate data (zip method 8).
 * @throws UnpackError when it is damaged or exceeds the limits.
 */
export async function inflateDeflate(data: Uint8Array, limits: UnpackLimits = UNPACK_LIMITS): Promise<Buffer> {
  const collector = new Collector(data.length, limits);
  const stream = createInflateRaw();
  stream.end(data);
  try {
    const parts: AsyncIterable<Buffer> = stream;
    for await (const part of parts) collector.add(part);
  } catch (error) {
    throw asUnpackError(error);
  }
  return collector.result();
}

/**
 * Unpacks zstd data of any number of frames (zip method 93).
 * @throws UnpackError when it is damaged, exceeds the limits or needs a window beyond 32 MiB.
 */
export function inflateZstd(data: Uint8Array, limits: UnpackLimits = UNPACK_LIMITS): Buffer {
  return unzstd(data, limits).result();
}

/** The same in the pieces that it comes in: all of it in one would take the memory twice. */
export function zstdParts(data: Uint8Array, limits: UnpackLimits = UNPACK_LIMITS): readonly Uint8Array[] {
  return unzstd(data, limits).parts;
}

function unzstd(data: Uint8Array, limits: UnpackLimits): Collector {
  const collector = new Collector(data.length, limits);
  try {
    for (let at = 0; at < data.length;) {
      const frame = frameAt(data, at);
      const bytes = data.subarray(at, frame.end);
      at = frame.end;
      if (!frame.isSkippable) collectFrame(collector, bytes, frame);
    }
  } catch (error) {
    throw asUnpackError(error);
  }
  return collector;
}

/** Unpacks a frame by itself, for the library recurses from one frame into the next, and compares its checksum, which the library passes over. */
function collectFrame(collector: Collector, bytes: Uint8Array, { size, hasChecksum }: Frame): void {
  const hash = new XxHash64();
  const add = (part: Uint8Array): void => {
    collector.add(part);
    if (hasChecksum) hash.add(part);
  };
  // A frame of unknown size is streamed, at the cost of moving the whole window for every block.
  if (size === null) new Decompress(add).push(bytes, true);
  else {
    collector.check(size);
    add(decompress(bytes));
  }
  if (hasChecksum && hash.low() !== readUint(bytes, bytes.length - CHECKSUM_BYTES, CHECKSUM_BYTES))
    throw new UnpackError('its data are damaged (wrong checksum)');
}

function asUnpackError(error: unknown): UnpackError {
  if (error instanceof UnpackError) return error;
  return new UnpackError(`its data are damaged (${error instanceof Error ? error.message : String(error)})`);
}

/** Skippable frames carry no data: magic 0x184D2A50 to 0x184D2A5F. */
function isSkippable(data: Uint8Array, at: number): boolean {
  return (readUint(data, at, 4) & 0xfffffff0) >>> 0 === 0x184d2a50;
}

interface Frame {
  /** The index behind it. */
  readonly end: number;
  /** Bytes of its content; null where it does not say. */
  readonly size: number | null;
  readonly hasChecksum: boolean;
  /** It has no content. */
  readonly isSkippable: boolean;
}

const CHECKSUM_BYTES = 4;

/**
 * The zstd frame at `at`, from its headers alone (RFC 8878, sections 3.1.1 and 3.1.2). Checks the window, for the library allocates
 * whatever a frame announces.
 */
function frameAt(data: Uint8Array, at: number): Frame {
  if (isSkippable(data, at)) {
    const end = within(data, at + 8 + readUint(data, at + 4, 4));
    return { end, size: 0, hasChecksum: false, isSkippable: true };
  }
  if (readUint(data, at, 4) !== 0xfd2fb528)
    throw new UnpackError('its data are damaged (no zstd frame where one should be)');
  const descriptor = readUint(data, at + 4, 1);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = at + 5 + Number(!isSingleSegment) + dictionaryBytes;
  // A size of two bytes is stored less 256.
  const size = sizeBytes === 0 ? null : readUint(data, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  if (!isSingleSegment) {
    const windowByte = readUint(data, at + 5, 1);
    const base = 2 ** (10 + (windowByte >> 3));
    if (base + (base / 8) * (windowByte & 7) > MAX_WINDOW) {
      throw new UnpackError('it was packed with a zstd window of more than 32 MiB (--ultra or --long)');
    }
  }
  let block = sizeAt + sizeBytes;
  for (let isLast = false; !isLast;) {
    const header = readUint(data, block, 3);
    isLast = (header & 1) === 1;
    // A block of one repeated byte holds that byte; all others hold as many bytes as they say.
    block += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  const end = within(data, block + (hasChecksum ? CHECKSUM_BYTES : 0));
  return { end, size, hasChecksum, isSkippable: false };
}

/** A little-endian unsigned integer of up to 8 bytes. */
function readUint(data: Uint8Array, at: number, bytes: number): number {
  within(data, at + bytes);
  let value = 0;
  for (let index = bytes - 1; index >= 0; index--) value = value * 256 + (data[at + index] ?? 0);
  return value;
}

function within(data: Uint8Array, end: number): number {
  if (end > data.length) throw new UnpackError('its data are damaged (they end too early)');
  return end;
}
