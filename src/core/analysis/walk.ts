import type { Dirent, Stats } from 'node:fs';
import { lstat, readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { FlipsideError, LEFT_OUT_FOLDERS } from '../model.js';

/** A file that is not read, and why. `rows` says how many records it held, where that is known. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

export interface WalkResult {
  /** Absolute paths, sorted, each listed once however many PATHs reach it. */
  readonly files: readonly string[];
  readonly skipped: readonly Skipped[];
  /** The common root that run ids are relative to. */
  readonly root: string;
  /** Of each path the folder: itself, or the one that holds the file. */
  readonly folders: readonly string[];
}

const LEFT_OUT = new Set(LEFT_OUT_FOLDERS);
const IGNORE_FILE = '.flipsideignore';

/** Folders within folders that are followed. Results lie a handful deep; a chain without end would take time by its square. */
export const MAX_FOLDER_DEPTH = 100;

const NO_FILE = 'not a regular file (a pipe, socket or device); save its content to a file, and name that';

/**
 * Lists the files under the given paths, in full: `.gitignore` is not honoured (evaluation tools ignore their own
 * outputs there), `.flipsideignore` is. Version control, node_modules, virtual environments, Flipside's own folders
 * and the maps of reruns are left out. Cyclic and dangling links, and folders that cannot be read, become skipped entries. Throws a usage error
 * for a path that does not exist.
 */
export async function walk(paths: readonly string[], without: readonly string[] = []): Promise<WalkResult> {
  const walker = new Walker(new Set(without.map((each) => path.resolve(each))));
  const starts = paths.map((each) => path.resolve(each));
  const bases: string[] = [];
  for (const start of starts) {
    const info = await stat(start).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? error.message})`;
      throw new FlipsideError(`${start} ${why}. Give the folder or file where your evaluation outputs lie.`, {
        exitCode: 2,
      });
    });
    bases.push(info.isDirectory() ? start : path.dirname(start));
    if (info.isDirectory()) await walker.start(start);
    else if (info.isFile()) walker.files.add(start);
    else walker.skipped.push({ file: start, reason: NO_FILE });
  }
  return { files: [...walker.files].sort(), skipped: walker.skipped, root: commonRoot(bases), folders: bases };
}

interface IgnoreScope {
  readonly base: string;
  readonly rules: Ignore;
}

/** Where the walk stands: the rules that hold there, and how many folders lie above. */
interface Place {
  readonly scopes: readonly IgnoreScope[];
  readonly depth: number;
}

function adviceFor({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'it was moved or deleted meanwhile';
  return code === 'ENAMETOOLONG' ? 'its path is too long, move it further up' : 'check its permissions';
}

class Walker {
  /** @param without folders of Flipside's own, wherever the user put them */
  constructor(private readonly without: ReadonlySet<string>) {}

  readonly files = new Set<string>();
  readonly skipped: Skipped[] = [];
  private readonly seen = new Set<string>();
  private readonly named = new Set<string>();

  /** Walks a folder that the user named; naming one twice, or one inside another, is no news worth a line. */
  async start(folder: string): Promise<void> {
    const real = await this.whole(folder, (each) => realpath(each));
    if (real === null) return;
    this.named.add(real);
    if (!this.seen.has(real)) await this.folder(folder, { scopes: [], depth: 0 });
  }

  /** What the system says of a folder; null, and the folder is skipped, where it says that it cannot be read. */
  private whole<T>(folder: string, ask: (folder: string) => Promise<T>): Promise<T | null> {
    return ask(folder).catch((error: NodeJS.ErrnoException) => {
      this.skipped.push({
        file: folder,
        reason: `the folder cannot be read (${error.code ?? error.message}); ${adviceFor(error)}`,
      });
      return null;
    });
  }

  private async folder(folder: string, { scopes: outer, depth }: Place, isLink = false): Promise<void> {
    const real = await this.whole(folder, (each) => realpath(each));
    if (real === null) return;
    if (this.seen.has(real)) {
      if (isLink) this.skipped.push({ file: folder, reason: 'a link to a folder that is already read' });
      else if (!this.named.has(real)) this.skipped.push({ file: folder, reason: 'already read through a link to it' });
      return;
    }
    if (depth > MAX_FOLDER_DEPTH) {
      const reason = `lies more than ${String(MAX_FOLDER_DEPTH)} folders deep; name it as a PATH of its own`;
      this.skipped.push({ file: folder, reason });
      return;
    }
    this.seen.add(real);
    const entries = await this.whole(folder, (each) => readdir(each, { withFileTypes: true }));
    if (entries === null || entries.some((entry) => entry.name === 'pyvenv.cfg')) return;
    const hasRules = entries.some((entry) => entry.name === IGNORE_FILE && !entry.isFIFO());
    const place = { scopes: hasRules ? await this.withOwnRules(folder, outer) : outer, depth: depth + 1 };
    const names = new Set(entries.map(({ name }) => name));
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (isPartOfRerun(entry.name, names)) continue;
      await this.entry(path.join(folder, entry.name), entry, place);
    }
  }

  private async entry(file: string, entry: Dirent, place: Place): Promise<void> {
    const name = entry.name;
    // What is no UTF-8 in a name arrives as this character, and a path with it leads nowhere.
    if (name.includes('\ufffd') && (await lstat(file).catch(() => null)) === null) {
      this.skipped.push({ file, reason: 'its name is not valid UTF-8, or it is gone; rename it' });
      return;
    }
    const target = entry.isSymbolicLink() ? await this.targetOf(file) : entry;
    if (target === null) return;
    const folder = target.isDirectory();
    if (folder && (LEFT_OUT.has(name) || this.without.has(file))) return;
    if (folder && name === '.flipside') return this.ownFolder(file, place);
    if (name === IGNORE_FILE || isIgnored(file, folder, place.scopes)) return;
    if (folder) await this.folder(file, place, entry.isSymbolicLink());
    else if (target.isFile()) this.files.add(file);
    else this.skipped.push({ file, reason: NO_FILE });
  }

  private targetOf(link: string): Promise<Stats | null> {
    return stat(link).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'ELOOP' ? 'a link that leads back to itself' : 'a link to nothing';
      this.skipped.push({ file: link, reason: `${why} (${error.code ?? error.message})` });
      return null;
    });
  }

  /** Of Flipside's own folder only the reruns are predictions. */
  private async ownFolder(folder: string, place: Place): Promise<void> {
    const reruns = path.join(folder, 'reruns');
    const info = await stat(reruns).catch(() => null);
    if (info?.isDirectory()) await this.folder(reruns, place);
  }

  private async withOwnRules(folder: string, outer: readonly IgnoreScope[]): Promise<readonly IgnoreScope[]> {
    const text = await readFile(path.join(folder, IGNORE_FILE), 'utf8').catch(() => null);
    return text === null ? outer : [...outer, { base: folder, rules: ignore().add(text) }];
  }
}

/** What belongs to a file of reruns: its maps, in a folder beside it, and the file itself while it is still written. */
function isPartOfRerun(name: string, beside: ReadonlySet<string>): boolean {
  const maps = /^(.+)\.maps$/.exec(name)?.[1];
  if (maps !== undefined) return beside.has(`${maps}.jsonl`) || beside.has(`.${maps}.tmp`);
  return /^\..+_\d{8}-\d{6}-\d{3}\.\d+\.tmp$/.test(name);
}

function isIgnored(file: string, isFolder: boolean, scopes: readonly IgnoreScope[]): boolean {
  return scopes.some(({ base, rules }) => {
    const relative = path.relative(base, file).split(path.sep).join('/');
    return rules.ignores(isFolder ? `${relative}/` : relative);
  });
}

/** The deepest folder that contains all the given ones. */
export function commonRoot(folders: readonly string[]): string {
  const [first = process.cwd(), ...rest] = folders;
  let parts = first.split(path.sep);
  for (const folder of rest) {
    const other = folder.split(path.sep);
    let same = 0;
    while (same < parts.length && same < other.length && parts[same] === other[same]) same += 1;
    parts = parts.slice(0, same);
  }
  return parts.join(path.sep) || path.parse(first).root;
}
