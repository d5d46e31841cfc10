import { FlipsideError } from '../model.js';
import { editDistance } from './nearest.js';

/** What a run is known by. */
export interface NamedRun {
  readonly id: string;
  readonly file: string;
  readonly model: string | null;
  readonly aliases: readonly string[];
}

/** So many runs are listed in a message. */
const LISTED = 8;

/**
 * The index of the run that a name means: its id; else the only one with an id that ends so, or with this model; else the only
 * one with the name anywhere in its id or file. Throws a usage error that lists the candidates otherwise.
 */
export function runNamed(name: string, runs: readonly NamedRun[]): number {
  const ids = (run: NamedRun): string[] => [run.id, ...run.aliases];
  const tests: readonly ((run: NamedRun) => boolean)[] = [
    (run) => run.id === name,
    (run) => run.model === name || ids(run).some((id) => id.endsWith(name)),
    (run) => [...ids(run), run.file].some((text) => text.includes(name)),
  ];
  for (const test of name === '' ? [] : tests) {
    const found = runs.filter(test);
    const [first] = found;
    if (first === undefined) continue;
    if (found.length === 1) return runs.indexOf(first);
    const asked = `Several runs are meant by "${name}"; give more of the id of one:`;
    throw new FlipsideError(`${asked}\n${listed(found)}`, { exitCode: 2 });
  }
  const near = runs
    .map((run) => ({ run, distance: distanceTo(name, run) }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ run }) => run);
  const hint = runs.length === 1 ? 'The only run is:' : 'Did you mean:';
  throw new FlipsideError(`No run has "${name}" in its id or file. ${hint}\n${listed(near)}`, { exitCode: 2 });
}

function listed(runs: readonly NamedRun[]): string {
  const lines = runs.slice(0, LISTED).map((run) => `  ${run.id}`);
  const more = runs.length - LISTED;
  return [...lines, ...(more > 0 ? [`  … and ${more} more; "flipside summary" lists them.`] : [])].join('\n');
}

/** How far a name is from the nearest part of a run's id: the id, its folders, words of its file's name, its model. */
function distanceTo(name: string, run: NamedRun): number {
  const parts = run.id.split('/');
  const words = (parts.at(-1) ?? '').split(/[-_. #]+/);
  const texts = [run.id, ...parts, ...words, ...(run.model ?? '').split('/')].filter((text) => text !== '');
  return Math.min(...texts.map((text) => editDistance(name.toLowerCase(), text.toLowerCase())));
}
