import { readFile, readdir, realpath, stat } from 'node:fs/promises';
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
}

const LEFT_OUT = new Set(LEFT_OUT_FOLDERS);
const IGNORE_FILE = '.flipsideignore';

/**
 * Lists the files under the given paths, in full: `.gitignore` is not honoured (evaluation tools ignore their own
 * outputs there), `.flipsideignore` is. Version control, node_modules, virtual environments and Flipside's own folders
 * are left out. Cyclic and dangling links, and folders that cannot be read, become skipped entries. Throws a usage error
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
    else walker.files.add(start);
  }
  return { files: [...walker.files].sort(), skipped: walker.skipped, root: commonRoot(bases) };
}

interface IgnoreScope {
  readonly base: string;
  readonly rules: Ignore;
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
    const real = await realpath(folder);
    this.named.add(real);
    if (!this.seen.has(real)) await this.folder(folder, []);
  }

  private async folder(folder: string, outer: readonly IgnoreScope[], isLink = false): Promise<void> {
    const real = await realpath(folder);
    if (this.seen.has(real)) {
      if (isLink) this.skipped.push({ file: folder, reason: 'a link to a folder that is already read' });
      else if (!this.named.has(real)) this.skipped.push({ file: folder, reason: 'already read through a link to it' });
      return;
    }
    this.seen.add(real);
    const scopes = await this.withOwnRules(folder, outer);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      this.skipped.push({
        file: folder,
        reason: `the folder cannot be read (${error.code ?? error.message}); check its permissions`,
      });
      return [];
    });
    if (entries.some((entry) => entry.name === 'pyvenv.cfg')) return;
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      await this.entry(
        path.join(folder, entry.name),
        entry.isSymbolicLink(),
        entry.isDirectory(),
        entry.isFile(),
        scopes,
      );
    }
  }

  private async entry(
    file: string,
    isLink: boolean,
    isFolder: boolean,
    isFile: boolean,
    scopes: readonly IgnoreScope[],
  ): Promise<void> {
    let folder = isFolder;
    let plain = isFile;
    if (isLink) {
      const target = await stat(file).catch((error: NodeJS.ErrnoException) => {
        const why = error.code === 'ELOOP' ? 'a link that leads back to itself' : 'a link to nothing';
        this.skipped.push({ file, reason: `${why} (${error.code ?? error.message})` });
        return null;
      });
      if (target === null) return;
      folder = target.isDirectory();
      plain = target.isFile();
    }
    const name = path.basename(file);
    if (folder && (LEFT_OUT.has(name) || this.without.has(file))) return;
    if (folder && name === '.flipside') return this.ownFolder(file, scopes);
    if (name === IGNORE_FILE || isIgnored(file, folder, scopes)) return;
    if (folder) await this.folder(file, scopes, isLink);
    else if (plain) this.files.add(file);
    else this.skipped.push({ file, reason: 'not a regular file (a pipe, socket or device)' });
  }

  /** Of Flipside's own folder only the reruns are predictions. */
  private async ownFolder(folder: string, scopes: readonly IgnoreScope[]): Promise<void> {
    const reruns = path.join(folder, 'reruns');
    const info = await stat(reruns).catch(() => null);
    if (info?.isDirectory()) await this.folder(reruns, scopes);
  }

  private async withOwnRules(folder: string, outer: readonly IgnoreScope[]): Promise<readonly IgnoreScope[]> {
    const text = await readFile(path.join(folder, IGNORE_FILE), 'utf8').catch(() => null);
    return text === null ? outer : [...outer, { base: folder, rules: ignore().add(text) }];
  }
}

function isIgnored(file: string, isFolder: boolean, scopes: readonly IgnoreScope[]): boolean {
  return scopes.some(({ base, rules }) => {
    const relative = path.relative(base, file).split(path.sep).join('/');
    return rules.ignores(isFolder ? `${relative}/` : relative);
  });
}

/** The deepest folder that contains all the given ones. */
function commonRoot(folders: readonly string[]): string {
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
