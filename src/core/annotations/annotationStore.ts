import { constants } from 'node:fs';
import { access, open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ANNOTATIONS, type Scheme } from '../annotationModel.js';
import { FlipsideError } from '../model.js';
import { AnnotationFile, annotatorFileName } from './annotationFile.js';
import { AnnotationBook, type FileProblem } from './book.js';
import { readLine, type AnnotationEvent } from './events.js';
import { DEFAULT_SCHEME, parseScheme } from './scheme.js';

/** The scheme's file, inside the folder that is opened. */
const SCHEME = path.join('.flipside', 'scheme.json');

/** So many bytes before what is new must be those that were there before; else the file is read anew. */
const PROVEN = 4096;
/** A file of so many bytes is parsed to tell whether all in it is one's own. */
const PARSED_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/** What a look at the files brought: these events, or so much that all is to be asked anew. */
export interface Refreshed {
  readonly all: boolean;
  readonly events: readonly AnnotationEvent[];
}

const NOTHING_NEW: Refreshed = { all: false, events: [] };

interface Taken {
  /** Bytes in whole lines that the book has. */
  readonly bytes: number;
  readonly lines: number;
  /** The last of them. */
  readonly tail: Buffer;
  /** What stands behind them, and was taken for an event. */
  readonly unended: Buffer;
  readonly size: number;
  readonly changed: number;
}

/** What files are read into, and how far each was read. */
interface Reading {
  readonly book: AnnotationBook;
  readonly taken: Map<string, Taken>;
}

/**
 * The annotations that lie in `.flipside/annotations` of some folders, and the scheme beside them. What this process cannot write stays in memory and
 * counts like the rest.
 */
export class AnnotationStore {
  book = new AnnotationBook();
  scheme: Scheme = DEFAULT_SCHEME;
  private schemeProblem: FileProblem | null = null;
  private unreadable: readonly FileProblem[] = [];
  private taken = new Map<string, Taken>();
  private readonly files = new Map<string, AnnotationFile>();
  private adding: Promise<unknown> = Promise.resolve();
  /** Events that wait for those before them to be written. */
  private pending: readonly AnnotationEvent[] = [];
  private written: ReadonlySet<string> = new Set();
  private refreshing: Promise<Refreshed> = Promise.resolve(NOTHING_NEW);
  /** Events that were added while a book is being made anew, which may have read their files before; null while none is. */
  private meanwhile: AnnotationEvent[] | null = null;

  private kept: readonly AnnotationEvent[] = [];

  /** `homes`: folders whose annotations count. The first is written to. */
  constructor(readonly homes: readonly string[]) {}

  /** What is wrong in the files, as far as their lines were looked at. */
  get problems(): readonly FileProblem[] {
    return [...(this.schemeProblem === null ? [] : [this.schemeProblem]), ...this.unreadable, ...this.book.problems];
  }

  /** Events that lie in no file, because it could not be written. */
  get unsaved(): readonly AnnotationEvent[] {
    return this.kept;
  }

  /** Takes up what is new in the files, and tells what that is. */
  refresh(): Promise<Refreshed> {
    const next = this.refreshing.catch(() => NOTHING_NEW).then(() => this.look());
    this.refreshing = next;
    return next;
  }

  private async look(): Promise<Refreshed> {
    const isOtherScheme = await this.lookAtScheme();
    const unreadable: FileProblem[] = [];
    // Of files that were written here, too, before anything was read of them; what is written from now on may not be listed yet.
    const known = [...this.taken.keys(), ...this.written];
    const files = (await Promise.all(this.homes.map((home) => namesIn(home, unreadable)))).flat();
    const isGone = known.some((file) => !files.includes(file));
    // Looked through once and not twice.
    const isFirst = this.taken.size === 0 && files.some((file) => !this.written.has(file));
    const found = isGone || isFirst ? 'all' : await this.goOn(files, unreadable);
    if (found === 'all') await this.anew(files, unreadable);
    this.unreadable = unreadable;
    // Files that cannot be read bring nothing, however often they are looked at.
    const all = found === 'all' && (isGone || !isFirst || this.taken.size > 0);
    return { all: all || isOtherScheme, events: found === 'all' ? [] : found };
  }

  /** Reads what was added to files; `all` where one was changed otherwise, or is read for the first time and holds more than one's own. */
  private async goOn(files: readonly string[], unreadable: FileProblem[]): Promise<AnnotationEvent[] | 'all'> {
    const added: AnnotationEvent[] = [];
    for (const file of files) {
      const read = await this.addTail(file, { book: this.book, taken: this.taken }, unreadable);
      if (read === 'changed' || read === 'first') return 'all';
      added.push(...read);
    }
    return added;
  }

  /** Makes the book anew, aside: as long as files are read, the one of before answers and counts on. */
  private async anew(files: readonly string[], unreadable: FileProblem[]): Promise<void> {
    const into: Reading = { book: new AnnotationBook(), taken: new Map() };
    unreadable.length = 0;
    this.meanwhile = [];
    into.book.add([...this.kept, ...this.pending]);
    try {
      for (const file of files) await this.addTail(file, into, unreadable);
      into.book.add(this.meanwhile);
      this.book = into.book;
      this.taken = into.taken;
      this.written = new Set(files.filter((file) => this.written.has(file)));
    } finally {
      this.meanwhile = null;
    }
  }

  /**
   * Reads what stands behind what is known of a file, and returns what is new in it. `first`: nothing was known of it, and it is not parsed to tell what
   * is one's own in it. `changed`: what was known is not there any more.
   */
  private async addTail(
    file: string,
    { book, taken }: Reading,
    unreadable: FileProblem[],
  ): Promise<readonly AnnotationEvent[] | 'first' | 'changed'> {
    const before = taken.get(file);
    try {
      const { size, mtimeMs } = await stat(file);
      if (before?.size === size && before.changed === mtimeMs) return [];
      if (before !== undefined && size < before.bytes) return 'changed';
      const known = before?.tail.length ?? 0;
      const bytes = await bytesFrom(file, (before?.bytes ?? 0) - known);
      const unended = known + (before?.unended.length ?? 0);
      if (before !== undefined && !bytes.subarray(0, unended).equals(Buffer.concat([before.tail, before.unended])))
        return 'changed';
      const whole = bytes.subarray(known, Math.max(known, bytes.lastIndexOf(NEWLINE) + 1));
      const end = known + whole.length;
      const lines = before?.lines ?? 0;
      // That of one's own first label is read for the first time too, and brings nothing new.
      const isFirst = before === undefined && !(this.written.has(file) && whole.length <= PARSED_BYTES);
      const added = isFirst ? [] : eventsNewTo(book, whole);
      const last = addUnended(book, bytes.subarray(end));
      added.push(...last);
      taken.set(file, {
        bytes: (before?.bytes ?? 0) + whole.length,
        lines: lines + book.read(file, whole, lines),
        tail: Buffer.from(bytes.subarray(Math.max(0, end - PROVEN), end)),
        unended: Buffer.from(last.length === 0 ? '' : bytes.subarray(end)),
        ...{ size, changed: mtimeMs },
      });
      return isFirst ? 'first' : added;
    } catch (error) {
      unreadable.push({ file, line: null, reason: `it cannot be read (${codeOf(error)})` });
      return before === undefined ? [] : 'changed';
    }
  }

  private async lookAtScheme(): Promise<boolean> {
    const [before, problem] = [JSON.stringify(this.scheme), JSON.stringify(this.schemeProblem)];
    try {
      const found = await firstScheme(this.homes);
      this.scheme = found ?? DEFAULT_SCHEME;
      this.schemeProblem = null;
    } catch (error) {
      // What was there before goes on: keys do not die while somebody edits the file.
      const file = (error as FlipsideError).options.file ?? '';
      this.schemeProblem = { file, line: null, reason: (error as Error).message };
    }
    return before !== JSON.stringify(this.scheme) || problem !== JSON.stringify(this.schemeProblem);
  }

  /** Takes up lines that lie in no file, from before this process was started: they count, and are written with the next events. */
  keep(lines: string): void {
    const events = eventsIn(lines).filter((event) => !this.book.isOwn(event));
    this.book.add(events);
    this.meanwhile?.push(...events);
    this.kept = [...this.kept, ...events];
  }

  /** Why nothing can be written here, in a sentence; null where it can. */
  async readOnly(): Promise<string | null> {
    const [home] = this.homes;
    if (home === undefined) return 'No folder is open: annotations are kept in memory until one is.';
    for (let folder = path.join(home, ANNOTATIONS); ; folder = path.dirname(folder)) {
      const info = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
      if (info instanceof Error && info.code === 'ENOENT' && folder !== home) continue;
      const reason = info instanceof Error ? codeOf(info) : info.isDirectory() ? await refusal(folder) : 'no folder';
      return reason === null ? null : `${folder} cannot be written (${reason}): annotations are kept in memory.`;
    }
  }

  /** Where this annotator's events are written. Throws a FlipsideError where no folder is open. */
  fileOf(annotator: string): string {
    const [home] = this.homes;
    if (home === undefined) throw new FlipsideError('Not saved: no folder is open in which annotations could lie.');
    return path.join(home, ANNOTATIONS, annotatorFileName(annotator));
  }

  /**
   * Takes up events and writes each to its annotator's file. Answers once they are on the disk. Rejects with a FlipsideError where they are not: they
   * count all the same, as `unsaved`, and are written with the next ones.
   */
  add(events: readonly AnnotationEvent[]): Promise<void> {
    this.book.add(events);
    this.meanwhile?.push(...events);
    this.pending = [...this.pending, ...events];
    // One after another: what is on its way to the disk is not written again with the next.
    const next = this.adding.then(() => this.write(events));
    this.adding = next.catch(() => undefined);
    return next;
  }

  private async write(events: readonly AnnotationEvent[]): Promise<void> {
    const due = [...this.kept, ...events];
    this.kept = due;
    this.pending = this.pending.filter((event) => !events.includes(event));
    for (const annotator of new Set(due.map(({ by }) => by))) {
      const own = due.filter(({ by }) => by === annotator);
      const file = this.fileOf(annotator);
      const open = this.files.get(file) ?? new AnnotationFile(file);
      this.files.set(file, open);
      await open.add(own);
      this.written = new Set([...this.written, file]);
      this.kept = this.kept.filter((event) => !own.includes(event));
    }
  }

  async close(): Promise<void> {
    await this.adding;
    await Promise.all([...this.files.values()].map((file) => file.close()));
  }
}

/** A last line without its end counts where it is an event: editors leave ends away. Else somebody is writing it, or was cut off. */
function addUnended(book: AnnotationBook, rest: Buffer): AnnotationEvent[] {
  const event = readLine(rest.toString('utf8'));
  if (event === null || typeof event === 'string' || book.isOwn(event)) return [];
  book.add([event]);
  return [event];
}

/** Of whole lines of a file, the events that were not known before from elsewhere: one's own come back out of the file. */
function eventsNewTo(book: AnnotationBook, lines: Buffer): AnnotationEvent[] {
  return eventsIn(lines.toString('utf8')).filter((event) => !book.isOwn(event));
}

function eventsIn(lines: string): AnnotationEvent[] {
  return lines
    .split('\n')
    .map(readLine)
    .filter((event) => event !== null && typeof event !== 'string');
}

async function namesIn(home: string, unreadable: FileProblem[]): Promise<string[]> {
  const folder = path.join(home, ANNOTATIONS);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
      unreadable.push({ file: folder, line: null, reason: `it cannot be read (${codeOf(error)})` });
    return [];
  });
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => path.join(folder, name));
}

async function bytesFrom(file: string, start: number): Promise<Buffer> {
  if (start === 0) return readFile(file);
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.max(0, size - start));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The scheme of the first folder that has one; null where none has. Throws a FlipsideError for one that cannot be used. */
async function firstScheme(homes: readonly string[]): Promise<Scheme | null> {
  for (const home of homes) {
    const file = path.join(home, SCHEME);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw new FlipsideError(`${file} cannot be read (${codeOf(error)}).`, { file });
    });
    if (text !== null) return parseScheme(text, file);
  }
  return null;
}

async function refusal(folder: string): Promise<string | null> {
  return access(folder, constants.W_OK).then(
    () => null,
    (error: unknown) => codeOf(error),
  );
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
