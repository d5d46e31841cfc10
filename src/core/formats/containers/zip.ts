import { crc32 } from 'node:zlib';
import { fromBufferPromise, openPromise, type Entry, type ZipFile } from 'yauzl';
import { FlipsideError } from '../../model.js';
import { fileError, fileSize } from './bytes.js';
import {
  inflateDeflate,
  inflateZstd,
  UNPACK_LIMITS,
  UnpackError,
  UnpackMeter,
  UnpackTooLarge,
  type UnpackLimits,
} from './inflate.js';

/** Compression methods of zip entries: APPNOTE.TXT, section 4.4.5. */
const STORED = 0;
const DEFLATE = 8;
const ZSTD = 93;

/** A zip archive whose directory has been read. Holds no open file: every `read` opens and closes it. */
export interface ZipArchive {
  /** Names of the entries in the order of the directory, folders left out. Of entries with one name the last counts. */
  readonly entries: readonly string[];
  /**
   * The unpacked bytes of an entry: stored, deflate or zstd.
   * @throws FlipsideError when there is no such entry, when it is encrypted, damaged, packed by another method, or unpacks
   * to more than 1 GiB or 200 times its size, or where all entries that were read unpack to more than 200 times the archive's.
   */
  read(name: string): Promise<Uint8Array>;
}

/**
 * Reads the directory of a zip archive.
 * @throws FlipsideError when the file cannot be read or is no whole zip archive.
 */
export async function openZip(path: string, limits: UnpackLimits = UNPACK_LIMITS): Promise<ZipArchive> {
  const size = await fileSize(path);
  return readDirectory({ file: path, size }, () => openPromise(path, { autoClose: false }), limits);
}

/**
 * The same for an archive in memory. `file` is its name, for messages.
 * @throws FlipsideError when the bytes are no whole zip archive.
 */
export async function zipOfBytes(
  bytes: Uint8Array,
  file: string,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<ZipArchive> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readDirectory({ file, size: bytes.length }, () => fromBufferPromise(buffer), limits);
}

/** Entries of an archive. Each takes memory by itself, be it empty. */
const MAX_ENTRIES = 1_000_000;

async function readDirectory(
  { file, size }: { file: string; size: number },
  open: () => Promise<ZipFile>,
  limits: UnpackLimits,
): Promise<ZipArchive> {
  const entries = await withZip(file, open, async (zip) => {
    const found = new Map<string, Entry>();
    let packed = 0;
    for await (const entry of zip.eachEntry()) {
      packed += entry.compressedSize;
      // Entries that share their bytes let a small archive unpack to any size.
      if (packed > size) throw new Error('its entries are longer than the archive');
      if (found.size >= MAX_ENTRIES) throw tooManyEntries(file);
      if (!entry.fileName.endsWith('/')) found.set(entry.fileName, entry);
    }
    return found;
  });
  const meter = new UnpackMeter(size, { ...limits, maxBytes: Infinity });
  const counted = new Set<string>();
  return {
    entries: [...entries.keys()],
    read: async (name) => {
      const entry = entries.get(name);
      if (entry === undefined) {
        throw new FlipsideError(`${file}: has no entry ${name}. The archive may be from another tool, or incomplete.`, {
          file,
        });
      }
      if (entry.compressedSize > limits.maxBytes) {
        const size = `${Math.round(limits.maxBytes / 1048576)} MiB`;
        throw new FlipsideError(`${file}: its entry ${name} is larger than ${size}, which no prediction file is.`, {
          file,
        });
      }
      const data = await withZip(file, open, (zip) => readRaw(zip, entry));
      const unpacked = await unpack(file, entry, data, limits);
      if (!counted.has(name)) count(meter, unpacked.length, file);
      counted.add(name);
      return unpacked;
    },
  };
}

function tooManyEntries(file: string): FlipsideError {
  const most = MAX_ENTRIES.toLocaleString('en');
  return new FlipsideError(`${file}: an archive of more than ${most} entries. Split it.`, { file });
}

function count(meter: UnpackMeter, length: number, file: string): void {
  try {
    meter.add(length);
  } catch (error) {
    if (!(error instanceof UnpackTooLarge)) throw error;
    throw new FlipsideError(`${file}: cannot be read further: with this entry ${error.message}. Unpack and split it.`, {
      file,
    });
  }
}

/** Opens the archive for one action. Whatever goes wrong in it becomes a FlipsideError. */
async function withZip<T>(
  file: string,
  open: () => Promise<ZipFile>,
  action: (zip: ZipFile) => Promise<T>,
): Promise<T> {
  let zip: ZipFile | null = null;
  try {
    zip = await open();
    return await action(zip);
  } catch (error) {
    if (error instanceof FlipsideError) throw error;
    // What the system reports names the call that failed; what the zip reader complains about does not.
    if (error instanceof Error && 'syscall' in error) throw fileError(file, error);
    throw damaged(file, error);
  } finally {
    zip?.close();
  }
}

function damaged(file: string, error: unknown): FlipsideError {
  const why = error instanceof Error ? error.message : String(error);
  return new FlipsideError(
    `${file}: not a whole zip archive (${why}). If it is still being written, wait until that is done; otherwise copy it again.`,
    { file },
  );
}

async function readRaw(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function unpack(file: string, entry: Entry, data: Buffer, limits: UnpackLimits): Promise<Uint8Array> {
  const fail = (why: string): FlipsideError =>
    new FlipsideError(`${file}: cannot read its entry ${entry.fileName}: ${why}.`, { file });
  if (entry.isEncrypted()) throw fail('it is encrypted. Save the archive without a password');
  let unpacked: Buffer;
  try {
    if (entry.compressionMethod === STORED) unpacked = data;
    else if (entry.compressionMethod === DEFLATE) unpacked = await inflateDeflate(data, limits);
    else if (entry.compressionMethod === ZSTD) unpacked = inflateZstd(data, limits);
    else
      throw new UnpackError(`it is packed by method ${entry.compressionMethod}; stored, deflate and zstd can be read`);
  } catch (error) {
    const advice = error instanceof UnpackTooLarge ? 'No prediction file does; leave it out' : 'Pack the archive again';
    throw fail(`${error instanceof Error ? error.message : String(error)}. ${advice}`);
  }
  if (crc32(unpacked) !== entry.crc32) throw fail('its data are damaged (wrong checksum). Copy the archive again');
  return unpacked;
}
