import path from 'node:path';
import { FlipsideError } from '../core/model.js';
import type { Factors } from '../core/chartModel.js';
import type { RunOverview } from '../protocol/analysis.js';
import { liesIn, portableName } from './portableRuns.js';
import { readProjectFile, writeProjectFile } from './projectFile.js';

const FILE = 'runs.json';
const VERSION = 1;
/** More problems than these are counted. */
const MOST_TOLD = 3;

/** What `.flipside/runs.json` of the workspace's folders says of runs, beside which ones are baselines. */
export interface RunNotes {
  /** By run id: labels such as encoder, data, template, seed, step. */
  readonly factors: Readonly<Record<string, Factors>>;
  /** What people reach, by task ('' for all tasks), as fractions. */
  readonly human: Readonly<Record<string, number>>;
  /** What of it cannot be meant, in a sentence that names the file; null where all can. It counts as not said. */
  readonly problem: string | null;
}

export const NO_NOTES: RunNotes = { factors: {}, human: {}, problem: null };

/** Reads the notes on runs. A file that cannot be read, or says what cannot be meant, is told of in `problem`; the rest is read. */
export async function readNotes(folders: readonly string[], runs: readonly RunOverview[]): Promise<RunNotes> {
  const factors: Record<string, Factors> = {};
  const human: Record<string, number> = {};
  const problems: string[] = [];
  for (const folder of folders) {
    const expect = (what: string): void =>
      void problems.push(`${path.join(folder, '.flipside', FILE)}: expected ${what}`);
    const file = await readProjectFile(folder, FILE).catch((error: unknown) => {
      if (!(error instanceof FlipsideError)) throw error;
      problems.push(error.message);
      return null;
    });
    const own = partOf(file, 'factors', expect);
    for (const [name, labels] of Object.entries(own)) checkLabels(name, labels, expect);
    for (const run of runs) {
      const name = portableName(run, folder);
      if (Object.hasOwn(own, name)) factors[run.id] = { ...factors[run.id], ...textsOf(own[name]) };
    }
    for (const [task, value] of Object.entries(partOf(file, 'human', expect))) {
      if (typeof value === 'number' && value >= 0 && value <= 1) human[task] = value;
      else expect(`what people reach in “${task}” as a fraction from 0 to 1, not ${shown(value)}.`);
    }
  }
  return { factors, human, problem: problems.length === 0 ? null : told(problems) };
}

/** A part of the file that is a map of names; none where it is left out. */
function partOf(file: unknown, name: string, expect: (what: string) => void): Readonly<Record<string, unknown>> {
  if (file !== null && !isMap(file)) {
    if (name === 'factors') expect(`an object, not ${shown(file)}.`);
    return {};
  }
  const part = file?.[name];
  if (part !== undefined && !isMap(part)) expect(`“${name}” to be an object, not ${shown(part)}.`);
  return mapOf(part);
}

function checkLabels(run: string, labels: unknown, expect: (what: string) => void): void {
  if (!isMap(labels)) return expect(`the factors of “${run}” to be an object, not ${shown(labels)}.`);
  for (const [name, label] of Object.entries(labels))
    if (typeof label !== 'string' && typeof label !== 'number')
      expect(`“${name}” of “${run}” to be a text or a number, not ${shown(label)}.`);
}

function told(problems: readonly string[]): string {
  const more = problems.length - MOST_TOLD;
  return [...problems.slice(0, MOST_TOLD), ...(more > 0 ? [`${more} more are like these.`] : [])].join(' ');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

let writing: Promise<unknown> = Promise.resolve();

/** Gives a run a factor in the folder that holds it, or with an empty value takes it away. Throws a FlipsideError where that cannot be kept. */
export function writeFactor(folders: readonly string[], run: RunOverview, factor: Factor): Promise<void> {
  // One after another: two that read the same file would each leave out what the other says.
  const written = writing.catch(() => undefined).then(() => write(folders, run, factor));
  writing = written;
  return written;
}

interface Factor {
  readonly name: string;
  readonly value: string;
}

async function write(folders: readonly string[], run: RunOverview, { name, value }: Factor): Promise<void> {
  const folder = folders.find((each) => liesIn(run.file, each)) ?? folders[0];
  if (folder === undefined) throw new FlipsideError('Factors are kept in the workspace: open a folder first.');
  const file = mapOf(await readProjectFile(folder, FILE));
  const version = file['version'] ?? VERSION;
  if (version !== VERSION) {
    throw new FlipsideError(`.flipside/${FILE} states another version than ${VERSION}: a later Flipside wrote it.`);
  }
  const all = mapOf(file['factors']);
  const key = portableName(run, folder);
  const own = changed(textsOf(all[key]), name, value === '' ? null : value);
  const factors = changed(all, key, Object.keys(own).length === 0 ? null : own);
  await writeProjectFile(folder, FILE, { ...file, version: VERSION, factors });
}

/** The same with this value under this name; null takes it away. */
function changed<T>(map: Readonly<Record<string, T>>, name: string, value: T | null): Record<string, T> {
  const others = Object.entries(map).filter(([each]) => each !== name);
  return Object.fromEntries(value === null ? others : [...others, [name, value]]);
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Labels, of which people write some as numbers. */
function textsOf(value: unknown): Factors {
  const entries = Object.entries(mapOf(value)).flatMap(([name, label]): [string, string][] =>
    typeof label === 'string' ? [[name, label]] : typeof label === 'number' ? [[name, String(label)]] : [],
  );
  return Object.fromEntries(entries);
}
