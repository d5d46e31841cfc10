import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { parseChunks, type RecordParser } from '../../../../src/core/formats/containers/bytes.js';
import { isDropped, type Record_ } from '../../../../src/core/formats/format.js';
import type { JsonObject } from '../../../../src/core/model.js';

/** A committed archive. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/containers/${name}`, import.meta.url));
}

/** Bytes in pieces: cut at the given offsets, or everywhere when `every` is a number of bytes. */
export function cut(bytes: Uint8Array, at: readonly number[] | number): Uint8Array[] {
  const offsets = typeof at === 'number' ? Array.from({ length: Math.ceil(bytes.length / at) }, (_, i) => i * at) : at;
  const sorted = [0, ...[...offsets].filter((offset) => offset > 0 && offset < bytes.length).sort((a, b) => a - b)];
  return sorted.map((start, index) => bytes.subarray(start, sorted[index + 1] ?? bytes.length));
}

/** All records that a parser finds in a text, which it is given in pieces of `every` bytes. */
export async function parseText(text: string | Uint8Array, parser: RecordParser, every = 1 << 20): Promise<Record_[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const records: Record_[] = [];
  for await (const batch of parseChunks(cut(bytes, every), parser)) records.push(...batch);
  return records;
}

/** Collects an async sequence. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The values of the records, a dropped one as its reason in angle brackets. */
export function outline(records: readonly Record_[]): (JsonObject | string)[] {
  return records.map((record) => (isDropped(record) ? `<${record.reason}>` : record.value));
}

/** A folder that lasts as long as the suite. */
export class Scratch {
  private folder = '';

  constructor() {
    before(async () => {
      this.folder = await mkdtemp(path.join(tmpdir(), 'flipside-containers-'));
    });
    after(async () => {
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }
}

export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array | string;
  /** Default 8, deflate. */
  readonly method?: number;
  /** The bytes as packed; default: packed by the method. */
  readonly packed?: Uint8Array;
  readonly flags?: number;
  readonly crc?: number;
}

/** A zip archive (APPNOTE.TXT 4.3), for archives that no tool would write. */
export function makeZip(parts: readonly ZipPart[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const data = Buffer.from(part.data);
    const method = part.method ?? 8;
    const packed = part.packed ?? (method === 8 ? deflateRawSync(data) : data);
    const name = Buffer.from(part.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(part.flags ?? 0x800, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(part.crc ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const extra = Buffer.alloc(14);
    extra.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, extra, name);
    const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed]);
    bodies.push(body);
    offset += body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, list, end]);
}
