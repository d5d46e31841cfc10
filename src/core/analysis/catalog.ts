import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { FORMATS, formatsOf, type ReaderName } from '../formats/all.js';
import type { Format, Shape } from '../formats/format.js';
import { MAX_COLUMNS } from '../formats/containers/columns.js';
import { isPacked } from '../formats/containers/content.js';
import { goldTable } from '../formats/goldTable.js';
import { lmmsEval } from '../formats/lmmsEval.js';
import { plain, plainWith } from '../formats/plain.js';
import { tableOf } from '../formats/plainTables.js';
import { explainUndecided } from '../formats/roles.js';
import { recognise, type Recognised } from '../formats/registry.js';
import { textOf } from '../formats/recordValues.js';
import { FlipsideError } from '../model.js';
import { keyOf, readJson, writeAtomically } from '../store/cache.js';
import { sameStamp, type CatalogEntry, type Stamp } from './catalogEntry.js';
import { fileHash, type FileHash } from './fileHash.js';
import { itemsShape, type ItemFolder, type Listed } from './itemFolders.js';
import type { BatchedSource } from '../formats/shape.js';
import { openFile } from './openFile.js';
import { QuickFiles } from './quickFiles.js';
import type { ReadAhead } from './readAhead.js';
import { FileChanged } from './unchanged.js';
import { mappingFor, type UserMapping } from './userMappings.js';

/** Smaller files are looked at together, and so many bytes of them stay opened between being recognised and being read. */
export const SMALL_BYTES = 256 << 10;
const OPENED_BYTES = 32 << 20;

/** What is kept of a large file's beginning. */
const HEAD_BYTES = 1 << 20;

/** Whether what is opened of a large file holds no more than its first records. */
function isReadInParts({ shape }: BatchedSource, packed: boolean): boolean {
  return !packed && ['json-lines', 'csv', 'tsv'].includes(shape.container);
}

/** Tells what every file is, from memory where size, mtime, ctime and inode are unchanged. */
export class Catalog {
  private readonly known: Map<string, CatalogEntry>;
  private changed = false;
  private readonly opened = new Map<string, { readonly source: BatchedSource; readonly bytes: number }>();
  private openedBytes = 0;
  private large: Promise<unknown> = Promise.resolve();
  private readonly files = new QuickFiles();

  private constructor(
    private readonly file: string,
    entries: Readonly<Record<string, CatalogEntry>>,
    private readonly mappings: readonly UserMapping[],
    private readonly reader: ReaderName,
    private readonly ahead: ReadAhead | null,
  ) {
    this.known = new Map(Object.entries(entries));
  }

  /** Opens the memory that belongs to a root folder and a reader. It is dropped whenever a format's version changes. */
  static async open(
    cacheDir: string,
    root: string,
    mappings: readonly UserMapping[],
    { reader = 'own', ahead = null }: { readonly reader?: ReaderName; readonly ahead?: ReadAhead | null } = {},
  ): Promise<Catalog> {
    const fingerprint = keyOf([
      5,
      [...formatsOf(reader), goldTable].map((format) => [format.id, format.version]),
    ]).slice(0, 16);
    const file = path.join(cacheDir, 'files', `${keyOf([root]).slice(0, 32)}-${fingerprint}.json`);
    return new Catalog(file, (await readJson<Record<string, CatalogEntry>>(file)) ?? {}, mappings, reader, ahead);
  }

  /**
   * What this file is, by the user's word (`isGold`) one of right answers. Expected failures (unreadable, vanished) become an entry
   * without a format.
   */
  async lookUp(file: string, isGold = false): Promise<CatalogEntry> {
    const mapping = mappingFor(file, this.mappings);
    const now = await this.files.stat(file).catch((error: NodeJS.ErrnoException) => error);
    if (now instanceof Error) return unreadable(file, now);
    const before = this.known.get(file);
    const stamp = { size: now.size, mtimeMs: now.mtimeMs, ctimeMs: now.ctimeMs, ino: now.ino };
    const asked = { mapping, reader: this.reader, isGold, ahead: this.ahead };
    if (before !== undefined && sameStamp(before, stamp) && isAsAsked(before, asked)) return before;
    try {
      const known = now.size > SMALL_BYTES ? undefined : await this.files.read(file);
      const packed = known !== undefined && holdsMore(known);
      const examined = (): ReturnType<typeof examine> => examine(file, asked, known ?? now.size);
      const isLarge = known === undefined || packed;
      const { source, ...findings } = await (isLarge ? this.inTurn(examined) : examined());
      const entry = {
        ...stamp,
        ...findings,
        ...(packed && { isPacked: true as const }),
        ...(isGold && { asGold: true as const }),
      };
      // Those of a folder of items are read as a folder.
      if (source !== null && entry.keys === undefined && (!isLarge || isReadInParts(source, packed)))
        this.keepOpen(file, source, Math.min(now.size, HEAD_BYTES));
      this.known.set(file, entry);
      this.changed = true;
      return entry;
    } catch (error) {
      if (error instanceof FlipsideError) return { ...unreadable(file, await causeOf(error, file, stamp)), ...stamp };
      if (isFileError(error)) return unreadable(file, error);
      throw error;
    }
  }

  /** Whether the file was opened to be recognised, and nobody took it since. */
  isOpened(file: string): boolean {
    return this.opened.has(file);
  }

  /** The file as it was opened to be recognised, once, if it was; what a small file holds is then not inferred again. */
  takeOpened(file: string): BatchedSource | null {
    const opened = this.opened.get(file);
    this.opened.delete(file);
    this.openedBytes -= opened?.bytes ?? 0;
    return opened?.source ?? null;
  }

  /** Large files one after another: what is looked at of each may be all of it. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.large.then(work);
    this.large = done.catch(() => undefined);
    return done;
  }

  private keepOpen(file: string, source: BatchedSource, bytes: number): void {
    this.takeOpened(file);
    if (this.openedBytes + bytes > OPENED_BYTES) return;
    this.openedBytes += bytes;
    this.opened.set(file, { source, bytes });
  }

  /**
   * What a folder of files with one record each is as a whole; null where its records are nothing that is read. Remembered as long as
   * the files have the same content.
   */
  async lookUpItems({ folder, members }: ItemFolder): Promise<CatalogEntry | null> {
    const files = members.map(({ file }) => file);
    const sha256 = keyOf(members.map(({ file, entry }) => [path.basename(file), entry.sha256]));
    const mapping = members[0]?.entry.mapping ?? null;
    const before = this.known.get(folder);
    if (before?.sha256 === sha256 && before.mapping === mapping) return before.format === null ? null : before;
    const own = this.mappings.find((each) => each.hash === mapping)?.mapping ?? null;
    const shape = await itemsShape(files);
    const found = recognise(shape, own === null ? formatsOf(this.reader) : [plainWith(own)]);
    const entry = itemsEntry(members, { sha256, mapping, found: found?.detected.role === 'aggregate' ? null : found });
    this.known.set(folder, entry);
    this.changed = true;
    return entry.format === null ? null : entry;
  }

  /** The format that an entry names, with the user's mapping where one was used. */
  formatOf(entry: CatalogEntry): Format | null {
    const own = this.mappings.find((each) => each.hash === entry.mapping);
    if (own !== undefined) return own.mapping === null ? null : plainWith(own.mapping, own.file);
    return [...FORMATS, goldTable].find((format) => format.id === entry.format) ?? null;
  }

  /** Keeps what was learnt. */
  async save(): Promise<void> {
    if (this.changed) await writeAtomically(this.file, JSON.stringify(Object.fromEntries(this.known)));
    this.changed = false;
  }
}

function itemsEntry(
  members: readonly Listed[],
  { sha256, mapping, found }: Pick<CatalogEntry, 'sha256' | 'mapping'> & { readonly found: Recognised | null },
): CatalogEntry {
  const reason =
    `A folder of ${String(members.length)} files with one record each. ${found?.detected.reason ?? ''}`.trim();
  return {
    size: members.reduce((sum, { entry }) => sum + entry.size, 0),
    mtimeMs: Math.max(...members.map(({ entry }) => entry.mtimeMs)),
    ctimeMs: Math.max(...members.map(({ entry }) => entry.ctimeMs)),
    ino: 0,
    sha256,
    mapping,
    reason,
    format: found?.format.id ?? null,
    detected: found === null ? null : { ...found.detected, reason },
  };
}

/** What a file is that changes while it is looked at may look damaged. */
async function causeOf(error: FlipsideError, file: string, before: Stamp): Promise<FlipsideError> {
  const now = await stat(file).catch(() => null);
  return now === null || sameStamp(before, now) ? error : new FileChanged(file);
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}

function unreadable(file: string, error: Error): CatalogEntry {
  const code = (error as NodeJS.ErrnoException).code;
  const reason =
    error instanceof FlipsideError
      ? error.message
      : `cannot be read (${code ?? error.message}); check that it exists and that you may read ${path.basename(file)}`;
  return { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, sha256: '', format: null, detected: null, reason, mapping: null };
}

type Findings = Pick<CatalogEntry, 'sha256' | 'format' | 'detected' | 'reason' | 'mapping' | 'keys'> & {
  readonly source: BatchedSource | null;
};

/** What decides, beside its content, how a file is looked at. */
interface Asked {
  readonly mapping: UserMapping | null;
  readonly reader: ReaderName;
  readonly isGold: boolean;
  readonly ahead: ReadAhead | null;
}

function isAsAsked({ mapping, asGold }: CatalogEntry, asked: Asked): boolean {
  return mapping === (asked.mapping?.hash ?? null) && (asGold === true) === asked.isGold;
}

/** What a file of so many bytes is; or these bytes, of a small one: it is then read once for all that is asked of it. */
async function examine(file: string, asked: Asked, content: number | Buffer): Promise<Findings> {
  const hash = fileHash(file, content);
  try {
    return await findings(file, asked, { hash, content });
  } finally {
    hash.end();
  }
}

async function findings(
  file: string,
  { mapping, reader, isGold, ahead }: Asked,
  { hash, content }: { readonly hash: FileHash; readonly content: number | Buffer },
): Promise<Findings> {
  const known = typeof content === 'number' ? undefined : content;
  const picture = pictureIn(known ?? (await firstBytes(file)));
  const nothing = { format: null, detected: null, mapping: mapping?.hash ?? null, source: null };
  if (picture !== null) return { ...nothing, sha256: '', reason: `a picture (${picture})` };
  if (mapping?.mapping === null) return { ...nothing, sha256: '', reason: mapping.problem ?? '' };
  const source = await openFile(file, known);
  const { shape } = source;
  if (shape.columns.length > MAX_COLUMNS) return { ...nothing, sha256: '', reason: tooWide(shape) };
  const own = isGold ? [...formatsOf(reader), goldTable] : formatsOf(reader);
  const formats = mapping === null ? own : [plainWith(mapping.mapping, mapping.file)];
  const found = recognise(shape, formats);
  const keys = loneKeys(shape, found);
  if (found === null) {
    const reason =
      mapping === null
        ? whyUnknown(shape, reader)
        : `the mapping ${mapping.file} does not fit: ${whyUnknown(shape, reader)}`;
    return keys === null
      ? { ...nothing, sha256: '', reason }
      : { ...nothing, sha256: await hash.value(), reason, keys };
  }
  const { format, detected } = found;
  if (hash.isAside && typeof content === 'number' && detected.role === 'run' && !isGold) {
    ahead?.begin(source, format, content);
  }
  const sha256 = detected.role === 'aggregate' ? '' : await hash.value();
  const about = { format: format.id, detected, reason: detected.reason };
  const entry = { ...about, mapping: mapping?.hash ?? null, sha256, source };
  return keys === null ? entry : { ...entry, keys };
}

/** Formats that take an object for one record: any other that recognises one knows a list of records in it. */
const OF_ONE_RECORD: ReadonlySet<string> = new Set([plain.id, lmmsEval.id]);
const MOST_KEYS = 100;

/** The keys of a file that is one record; null for any other, and for one that is more. */
function loneKeys(shape: Shape, found: Recognised | null): readonly string[] | null {
  const { container, root } = shape;
  if (container !== 'json-object' || root === null) return null;
  if (found !== null && (!OF_ONE_RECORD.has(found.format.id) || found.detected.role === 'aggregate')) return null;
  const keys = Object.keys(root);
  const records = tableOf(shape)?.records.length ?? 1;
  return records !== 1 || keys.length < 2 || keys.length > MOST_KEYS ? null : keys;
}

function tooWide({ columns }: Shape): string {
  const [found, most] = [columns.length, MAX_COLUMNS].map((count) => count.toLocaleString('en'));
  return `it has ${found} columns, at most ${most} are read; write one row for each answer, and leave out columns of features`;
}

function whyUnknown(shape: Shape, reader: ReaderName): string {
  const { container } = shape;
  switch (container) {
    case 'empty':
      return 'the file is empty';
    case 'binary':
      return shape.problem ?? 'a binary file of no known format';
    case 'text':
      return whyText(shape);
    case 'zip':
      return reader === 'generic'
        ? 'a zip archive that is no spreadsheet; any other needs its own reader, which is switched off'
        : 'a zip archive that is neither an Inspect AI log nor a spreadsheet';
    case 'parquet':
    case 'arrow':
      return `${container === 'parquet' ? 'a Parquet' : 'an Arrow'} file inside of a packed one; unpack it, its own compression is enough`;
    case 'npy':
      return whyNoArray(shape, reader);
    default:
      return [explainUndecided(shape), ...(shape.problem === undefined ? [] : [shape.problem])].join(' ');
  }
}

function whyNoArray({ root }: Shape, reader: ReaderName): string {
  const array = `a NumPy array of shape ${textOf(root?.['shape']) ?? ''} and type ${textOf(root?.['descr']) ?? ''}`;
  return reader === 'generic'
    ? `${array}; arrays need their own reader, which is switched off`
    : `${array}; of arrays, the scores of captions (N×1×4, N×1×2) are read`;
}

function whyText({ text, complete }: Shape): string {
  if (text.startsWith('version https://git-lfs.')) {
    return 'a Git LFS pointer, the data themselves are elsewhere; fetch them with "git lfs pull"';
  }
  if (/^\s*<(?:!doctype\s+html|html)\b/i.test(text.slice(0, 1024))) {
    return 'a web page (HTML), as a download without access gives; download the file again';
  }
  if (!complete && !/[\r\n]/.test(text)) {
    const most = MAX_COLUMNS.toLocaleString('en');
    return `text without records: its first line is no JSON, and longer than the header of a table (of at most ${most} columns) can be`;
  }
  return 'text without records (no table, no JSON)';
}

/** First bytes of the pictures that lie beside predictions. */
const PICTURES: readonly (readonly [string, readonly number[]])[] = [
  ['PNG', [0x89, 0x50, 0x4e, 0x47]],
  ['JPEG', [0xff, 0xd8, 0xff]],
  ['GIF', [0x47, 0x49, 0x46, 0x38]],
  ['TIFF', [0x49, 0x49, 0x2a, 0x00]],
  ['TIFF', [0x4d, 0x4d, 0x00, 0x2a]],
];

/** Whether a file may hold more than its bytes: gzip, zstd, a zip archive (workbooks too), Parquet. */
function holdsMore(bytes: Buffer): boolean {
  return isPacked(bytes) || ['PK', 'PAR1'].some((magic) => bytes.toString('latin1', 0, magic.length) === magic);
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const head = new Uint8Array(12);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The kind of picture that a file's first bytes show; null for anything else. */
function pictureIn(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, 12);
  if (head.length < 4) return null;
  const riff = Buffer.from(head).toString('latin1');
  if (riff.startsWith('RIFF') && riff.endsWith('WEBP')) return 'WebP';
  return PICTURES.find(([, magic]) => magic.every((byte, index) => head[index] === byte))?.[0] ?? null;
}
