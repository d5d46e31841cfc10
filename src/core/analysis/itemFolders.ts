import path from 'node:path';
import { parseJsonBytes } from '../formats/containers/jsonText.js';
import { readWholeContent } from '../formats/containers/content.js';
import { isDropped, type Format, type Record_, type Shape } from '../formats/format.js';
import type { BatchedSource } from '../formats/shape.js';
import { FlipsideError, type Dropped, type JsonObject, type RawItem } from '../model.js';
import type { CatalogEntry } from './catalogEntry.js';

/** Fewer files of one record each are read one by one: they need not belong together. */
const LEAST_FILES = 3;
/** Share of the commonest record's keys that a file of the same folder must have to be one of its items. */
const SAME_KEYS = 0.5;
const HEAD_RECORDS = 200;
const BATCH_FILES = 256;
/** A record that is longer is no item of a folder of them. */
const MOST_BYTES = 64 << 20;

/** A file and what it turned out to be. */
export interface Listed {
  readonly file: string;
  readonly entry: CatalogEntry;
}

/** Files of one folder that hold one record each, in the order of their names: its items. */
export interface ItemFolder {
  readonly folder: string;
  readonly members: readonly Listed[];
}

/** 2.json before 10.json, whatever the language of the machine. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** The folders whose files are items: three or more with one record each, of the same keys, and read by the same mapping. */
export function itemFolders(listed: readonly Listed[]): ItemFolder[] {
  const byFolder = new Map<string, Listed[]>();
  for (const each of listed) {
    if (each.entry.keys === undefined) continue;
    const folder = JSON.stringify([path.dirname(each.file), each.entry.mapping]);
    const files = byFolder.get(folder);
    if (files === undefined) byFolder.set(folder, [each]);
    else files.push(each);
  }
  return [...byFolder.values()].flatMap((files): ItemFolder[] => {
    const common = commonest(files.map(({ entry }) => entry.keys ?? []));
    const members = files.filter(({ entry }) => share(entry.keys ?? [], common) >= SAME_KEYS);
    const [first] = members;
    if (first === undefined || members.length < LEAST_FILES) return [];
    members.sort((one, other) => BY_NAME.compare(path.basename(one.file), path.basename(other.file)));
    return [{ folder: path.dirname(first.file), members }];
  });
}

function commonest(lists: readonly (readonly string[])[]): readonly string[] {
  const counts = new Map<string, number>();
  let best: readonly string[] = [];
  let most = 0;
  for (const list of lists) {
    const key = JSON.stringify([...list].sort());
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= most) continue;
    most = count;
    best = list;
  }
  return best;
}

function share(keys: readonly string[], common: readonly string[]): number {
  const own = new Set(keys);
  return common.length === 0 ? 0 : common.filter((key) => own.has(key)).length / common.length;
}

/** What a folder of items is, for formats to recognise: the first records of its files, like those of JSON lines. */
export async function itemsShape(files: readonly string[]): Promise<Shape> {
  const head: JsonObject[] = [];
  for (const [at, file] of files.slice(0, HEAD_RECORDS).entries()) {
    const record = await recordIn(file, at + 1);
    if (!isDropped(record)) head.push(record.value);
  }
  return {
    path: files[0] ?? '',
    container: 'json-lines',
    columns: [...new Set(head.flatMap((record) => Object.keys(record)))],
    head,
    complete: files.length <= HEAD_RECORDS,
    text: '',
    root: null,
    entries: [],
  };
}

/** The records of a folder of items: one of each file, in their order. What is not one any more is dropped, with the file's name. */
export async function openItems(folder: string, files: readonly string[]): Promise<BatchedSource> {
  async function* batches(): AsyncGenerator<readonly Record_[]> {
    for (let from = 0; from < files.length; from += BATCH_FILES) {
      const part = files.slice(from, from + BATCH_FILES);
      yield await Promise.all(part.map((file, at) => recordIn(file, from + at + 1)));
    }
  }
  return {
    path: files[0] ?? folder,
    shape: await itemsShape(files),
    recordBatches: batches,
    async *records() {
      for await (const batch of batches()) yield* batch;
    },
    bytes: () =>
      Promise.reject(
        new FlipsideError(`${folder}: a folder of files, which cannot be read in one piece.`, { file: folder }),
      ),
  };
}

async function recordIn(file: string, row: number): Promise<Record_> {
  const bytes = await readWholeContent(file, MOST_BYTES).catch((error: unknown) => {
    if (error instanceof FlipsideError) return error;
    throw error;
  });
  if (bytes instanceof FlipsideError) return { row, reason: 'unreadable file', detail: bytes.message };
  const parsed = parseJsonBytes(Buffer.from(bytes), 0, bytes.length);
  if (!parsed.ok) return { row, reason: parsed.reason, detail: `${file}: ${parsed.reason}: ${parsed.message}.` };
  const { value, flags } = parsed;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { row, value, flags };
  return { row, reason: 'not an object', detail: `${file}: expected one object of a question and its answer.` };
}

/** A format over a folder of items: each is named by its file, and takes its id from the name where the record has none. */
export function namingFiles(format: Format, files: readonly string[]): Format {
  const nameOf = (row: number): string => path.basename(files[row - 1] ?? '');
  return {
    ...format,
    async *read(source) {
      for await (const item of format.read(source))
        yield isDropped(item) ? named(item, nameOf(item.row)) : labelled(item, nameOf);
    },
  };
}

function named(record: Dropped, file: string): Dropped {
  return record.detail.includes(file) ? record : { ...record, detail: `${file}: ${record.detail}` };
}

/** An item that is one of several samples of its record says which record it is from. */
function labelled(item: RawItem, nameOf: (row: number) => string): RawItem {
  const { record } = item.meta;
  const file = nameOf(typeof record === 'number' && item.sample !== null ? record : item.row);
  return { ...item, id: item.id ?? path.parse(file).name, meta: { ...item.meta, [FILE_FIELD]: file } };
}

/** The field that names an item's file in a folder of items. */
export const FILE_FIELD = 'file_name';
