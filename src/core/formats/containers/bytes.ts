import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { FlipsideError } from '../../model.js';
import type { Record_ } from '../format.js';

/** Bytes read from a file at a time. Large enough that the cost per read vanishes, small enough to stay in the caches. */
export const CHUNK_BYTES = 1 << 20;

/** The longest record that is read, in bytes. A longer one is dropped without ever being held in memory in full. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** Files up to this size in bytes are read in one piece where a caller sets no limit. */
const DEFAULT_WHOLE_BYTES = 512 * 1024 * 1024;

/** The UTF-8 byte order mark. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Number of bytes at the front of `bytes` that are a UTF-8 byte order mark: 0 or 3. */
export function bomLength(bytes: Uint8Array): 0 | 3 {
  return bytes.length >= 3 && bytes[0] === BOM[0] && bytes[1] === BOM[1] && bytes[2] === BOM[2] ? 3 : 0;
}

const GONE = 'the file is gone.';

/**
 * Turns a failure of the file system into one that can be shown: which file, what happened, what to do.
 * An expected failure passes through as it is.
 */
export function fileError(file: string, cause: unknown): FlipsideError {
  if (cause instanceof FlipsideError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why: Record<string, string> = {
    ENOENT: `${GONE} Check the path; if it was moved or deleted while reading, run the command again`,
    ENOTDIR: 'the path leads through something that is no folder. Check the path',
    EISDIR: 'this is a folder, and a file was expected. Name a file in it',
    EACCES: 'no permission to read it. Change its permissions, or run as a user who may read it',
    EPERM: 'no permission to read it. Change its permissions, or run as a user who may read it',
    EMFILE: 'too many files are open. Close other programs, or raise the limit (ulimit -n)',
    ELOOP: 'it is a symbolic link that leads back to itself. Remove the link',
    EIO: 'the disk reported an error. Copy the file to another disk and try again',
  };
  const message = cause instanceof Error ? cause.message : String(cause);
  return new FlipsideError(`${file}: ${why[code] ?? `cannot be read (${message}). Check the file and try again`}.`, {
    file,
    ...(code === 'ENOENT' && {
      inEditor: `${file}: ${GONE} Put it back, or refresh to leave it out.`,
    }),
  });
}

/**
 * Size of a regular file in bytes.
 * @throws FlipsideError when there is none, when it cannot be read, or when it is a folder or a device.
 */
export async function fileSize(file: string): Promise<number> {
  try {
    const info = await stat(file);
    if (info.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (!info.isFile()) {
      throw new FlipsideError(
        `${file}: not a regular file (a pipe, socket or device). Save its content to a file first.`,
        {
          file,
        },
      );
    }
    return info.size;
  } catch (error) {
    throw fileError(file, error);
  }
}

/**
 * The first `limit` bytes of a file, or all of it when it is shorter.
 * @throws FlipsideError when the file cannot be read.
 */
export async function readHead(file: string, limit: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(limit);
      let length = 0;
      while (length < limit) {
        const { bytesRead } = await handle.read(buffer, length, limit - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(file, error);
  }
}

/**
 * The whole file.
 * @throws FlipsideError when it cannot be read or is longer than `limit` bytes (default 512 MiB).
 */
export async function readWhole(file: string, limit = DEFAULT_WHOLE_BYTES): Promise<Uint8Array> {
  const size = await fileSize(file);
  if (size > limit) {
    const sizes = `${size} bytes, the limit is ${limit}`;
    const message = `${file}: too large to be read in one piece (${sizes}). Split it, or convert it to JSON lines.`;
    throw new FlipsideError(message, { file });
  }
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(file, error);
  }
}

/**
 * The bytes of a file in order, `CHUNK_BYTES` at a time.
 * @throws FlipsideError (while iterating) when the file cannot be read.
 */
export async function* readChunks(file: string): AsyncGenerator<Uint8Array> {
  try {
    // The stream is typed as yielding anything; without an encoding it yields buffers.
    const stream: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    yield* stream;
  } catch (error) {
    throw fileError(file, error);
  }
}

/**
 * The bytes that were read and not yet consumed: `buffer[start]` up to, not including, `buffer[end]`.
 * A parser moves `start`; only `append` moves bytes.
 */
export class ByteWindow {
  buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** Adds bytes at the end. Grows by doubling, so that a long record costs linear time. */
  append(chunk: Uint8Array): void {
    const kept = this.length;
    const needed = kept + chunk.length;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(2 * kept, MAX_RECORD_BYTES) + CHUNK_BYTES));
      this.buffer.copy(grown, 0, this.start, this.end);
      this.buffer = grown;
    } else if (this.start > 0) {
      this.buffer.copyWithin(0, this.start, this.end);
    }
    this.buffer.set(chunk, kept);
    this.start = 0;
    this.end = needed;
  }
}

/** Takes records from the front of a window of bytes. One parser reads one file from its first byte. */
export interface RecordParser {
  /**
   * Appends to `out` every record that lies completely in `window` and moves `window.start` behind it.
   * `last` says that no more bytes will come: then everything is consumed.
   */
  take(window: ByteWindow, last: boolean, out: Record_[]): void;
}

/**
 * Hears of each record, dropped ones included, in turn: how many bytes the window held where it begins and behind it. Of a record that
 * is too long to be held its beginning alone is known: then both are the same.
 */
export type OnPlace = (begins: number, ends: number) => void;

/**
 * Runs a parser over a stream of bytes. Yields batches, because awaiting each of a million records costs more than
 * parsing them. Memory is bounded by the longest record that the parser accepts.
 */
export async function* parseChunks(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  parser: RecordParser,
): AsyncGenerator<Record_[]> {
  const window = new ByteWindow();
  let retryAt = 0;
  for await (const chunk of chunks) {
    window.append(chunk);
    // A parser starts again at the front of an incomplete record. Waiting until the window has doubled keeps that linear.
    if (window.length < retryAt) continue;
    const out: Record_[] = [];
    parser.take(window, false, out);
    retryAt = Math.min(2 * window.length, MAX_RECORD_BYTES + 1);
    if (out.length > 0) yield out;
  }
  const out: Record_[] = [];
  parser.take(window, true, out);
  if (out.length > 0) yield out;
}
