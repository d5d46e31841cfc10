import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TermFrequency, TermTable } from '../core/chartModel.js';
import { FlipsideError } from '../core/model.js';
import { readProjectFile } from './projectFile.js';

const CSV = 'terms.csv';
const JSON_FILE = 'terms.json';
const MOST_TERMS = 10_000;
/** Longer ones are sentences, which no item repeats. */
const MOST_CHARACTERS = 200;

/** One term as a file states it; `place` says where: "line 3". */
interface Stated {
  readonly place: string;
  readonly term: unknown;
  readonly count: unknown;
}

/**
 * How often terms occur in training data, as `.flipside/terms.csv` (columns term and count) or `terms.json` (an object of counts by term,
 * or a list of objects with term and count) of the workspace's folders say. Null where there is none; where one cannot be read, the
 * table says which, where, and what was expected.
 */
export async function readTerms(folders: readonly string[]): Promise<TermTable | null> {
  try {
    const terms = new Map<string, TermFrequency>();
    let isThere = false;
    for (const folder of folders) {
      for (const [name, read] of [[CSV, readCsv] as const, [JSON_FILE, readJson] as const]) {
        const stated = await read(folder);
        if (stated === null) continue;
        isThere = true;
        for (const each of stated) add(terms, each, path.join(folder, '.flipside', name));
      }
    }
    return isThere ? { terms: [...terms.values()], problem: null } : null;
  } catch (error) {
    if (!(error instanceof FlipsideError)) throw error;
    return { terms: [], problem: error.message };
  }
}

function add(terms: Map<string, TermFrequency>, { place, term, count }: Stated, file: string): void {
  const refuse = (expected: string): never => {
    throw new FlipsideError(`${file}, ${place}: ${expected}`, { file });
  };
  if (typeof term !== 'string' || !/[\p{L}\p{N}]/u.test(term)) return refuse('expected a term of letters or digits.');
  const words = term.trim();
  if (words.length > MOST_CHARACTERS) return refuse(`expected a term of at most ${MOST_CHARACTERS} characters.`);
  const key = words.toLowerCase();
  if (terms.has(key)) return refuse(`expected each term once; “${words}” stands there already.`);
  const number = countIn(count);
  if (number === null) return refuse(`expected how often “${words}” occurs, a number from 0, not “${shown(count)}”.`);
  if (terms.size === MOST_TERMS) return refuse(`expected at most ${MOST_TERMS.toLocaleString('en')} terms.`);
  terms.set(key, { term: words, count: number });
}

function countIn(value: unknown): number | null {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

async function readJson(folder: string): Promise<Stated[] | null> {
  const value = await readProjectFile(folder, JSON_FILE);
  if (value === null) return null;
  if (Array.isArray(value)) {
    return value.map((each: unknown, at) => {
      const entry = typeof each === 'object' && each !== null ? (each as Record<string, unknown>) : {};
      return { place: `entry ${at + 1}`, term: entry['term'], count: entry['count'] };
    });
  }
  if (typeof value === 'object') {
    return Object.entries(value).map(([term, count]) => ({ place: `“${shown(term)}”`, term, count: count as unknown }));
  }
  const file = path.join(folder, '.flipside', JSON_FILE);
  throw new FlipsideError(`${file}: expected an object of counts by term, or a list of objects with term and count.`, {
    file,
  });
}

async function readCsv(folder: string): Promise<Stated[] | null> {
  const file = path.join(folder, '.flipside', CSV);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new FlipsideError(`${file} cannot be read (${error.code ?? error.message}).`, { file });
  });
  if (text === null) return null;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const columns = cellsOf(lines[0] ?? '').map((cell) => cell.trim().toLowerCase());
  const [term, count] = ['term', 'count'].map((name) => columns.indexOf(name));
  if (term === undefined || count === undefined || term < 0 || count < 0) {
    throw new FlipsideError(`${file}, line 1: expected the columns term and count, not “${shown(lines[0])}”.`, {
      file,
    });
  }
  return lines.slice(1).flatMap((line, at): Stated[] => {
    if (line.trim() === '') return [];
    const cells = cellsOf(line);
    // "1,200" without quotes would be 1.
    if (cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
      throw new FlipsideError(
        `${file}, line ${at + 2}: expected ${columns.length} cells, not ${cells.length}: a comma within one needs quotes.`,
        { file },
      );
    }
    return [{ place: `line ${at + 2}`, term: cells[term] ?? '', count: cells[count] ?? '' }];
  });
}

/** The cells of one line, where they may be quoted (RFC 4180); no term spans lines. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"[^,]*|([^,]*))/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}
