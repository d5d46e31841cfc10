import path from 'node:path';
import type { Filter, FilterValue } from '../core/model.js';
import type { RunOverview } from '../protocol/analysis.js';
import type { Query } from '../protocol/rows.js';

/**
 * A run's name in a folder's `.flipside`: its file relative to that folder, and the part of the file where it holds several
 * runs. A run's id counts from what is open at the moment; this name holds for everybody who shares the folder.
 */
export function portableName(run: Pick<RunOverview, 'file' | 'part'>, folder: string): string {
  const relative = path.relative(folder, run.file).split(path.sep).join('/') || path.basename(run.file);
  return run.part === null ? relative : `${relative}#${run.part}`;
}

/** The run that such a name means; undefined where its file is not open. */
export function runOfName(name: string, folder: string, runs: readonly RunOverview[]): RunOverview | undefined {
  return runs.find((run) => portableName(run, folder) === name);
}

/**
 * The run that a link means among those that are open: its id, or the only one whose id and the link's end alike, for the link
 * may come from a window that had a folder above or below open. Null where none, or more than one, is meant.
 */
export function runOfLink(name: string, runs: readonly { readonly id: string }[]): string | null {
  if (runs.some(({ id }) => id === name)) return name;
  const alike = runs.filter(({ id }) => id.endsWith(`/${name}`) || name.endsWith(`/${id}`));
  return alike.length === 1 ? (alike[0]?.id ?? null) : null;
}

/** Whether a file lies in a folder. */
export function liesIn(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}

/** The query with its runs under the names of a folder's `.flipside`. Names of runs that are not open stay as they are. */
export function toPortable(query: Query, folder: string, runs: readonly RunOverview[]): Query {
  return renamed(query, (id) => {
    const run = runs.find((each) => each.id === id);
    return run === undefined ? id : portableName(run, folder);
  });
}

/** The other way round: with the ids of what is open. */
export function fromPortable(query: Query, folder: string, runs: readonly RunOverview[]): Query {
  return renamed(query, (name) => runOfName(name, folder, runs)?.id ?? name);
}

type Rename = (name: string) => string;

function renamed(query: Query, rename: Rename): Query {
  const { run } = query.facets;
  const facets =
    run === undefined ? query.facets : { ...query.facets, run: run.map((each) => renamedValue(each, rename)) };
  return { ...query, facets, filter: query.filter === null ? null : renamedFilter(query.filter, rename) };
}

function renamedFilter(filter: Filter, rename: Rename): Filter {
  if ('search' in filter) return filter;
  if ('compared' in filter) {
    const { compared } = filter;
    return { compared: { ...compared, base: rename(compared.base), new: rename(compared.new) } };
  }
  if ('and' in filter) return { and: filter.and.map((each) => renamedFilter(each, rename)) };
  if ('or' in filter) return { or: filter.or.map((each) => renamedFilter(each, rename)) };
  if ('not' in filter) return { not: renamedFilter(filter.not, rename) };
  if (filter.field !== 'run' || filter.op === 'contains') return filter;
  if (filter.op === 'in') return { ...filter, values: filter.values.map((value) => renamedValue(value, rename)) };
  return { ...filter, value: renamedValue(filter.value, rename) } as Filter;
}

function renamedValue<T extends FilterValue | null>(value: T, rename: Rename): T | string {
  return typeof value === 'string' ? rename(value) : value;
}
