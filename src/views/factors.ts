import { FlipsideError } from '../core/model.js';
import type { Factors } from '../core/chartModel.js';
import type { RunOverview } from '../protocol/analysis.js';
import { liesIn, portableName } from './portableRuns.js';
import { readProjectFile, writeProjectFile } from './projectFile.js';

const FILE = 'runs.json';
const VERSION = 1;

/** What `.flipside/runs.json` of the workspace's folders says of runs, beside which ones are baselines. */
export interface RunNotes {
  /** By run id: labels such as encoder, data, template, seed, step. */
  readonly factors: Readonly<Record<string, Factors>>;
  /** What people reach, by task ('' for all tasks), as fractions. */
  readonly human: Readonly<Record<string, number>>;
}

/** Reads the notes on runs. Throws a FlipsideError that names the file where it is no JSON. */
export async function readNotes(folders: readonly string[], runs: readonly RunOverview[]): Promise<RunNotes> {
  const factors: Record<string, Factors> = {};
  const human: Record<string, number> = {};
  for (const folder of folders) {
    const file = mapOf(await readProjectFile(folder, FILE));
    const own = mapOf(file['factors']);
    for (const run of runs) {
      const name = portableName(run, folder);
      if (Object.hasOwn(own, name)) factors[run.id] = { ...factors[run.id], ...textsOf(own[name]) };
    }
    for (const [task, value] of Object.entries(mapOf(file['human'])))
      if (typeof value === 'number' && value >= 0 && value <= 1) human[task] = value;
  }
  return { factors, human };
}

/** Gives a run a factor in the folder that holds it, or with an empty value takes it away. Throws a FlipsideError where that cannot be kept. */
export async function writeFactor(
  folders: readonly string[],
  run: RunOverview,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
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
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Labels, of which people write some as numbers. */
function textsOf(value: unknown): Factors {
  const entries = Object.entries(mapOf(value)).flatMap(([name, label]): [string, string][] =>
    typeof label === 'string' ? [[name, label]] : typeof label === 'number' ? [[name, String(label)]] : [],
  );
  return Object.fromEntries(entries);
}
