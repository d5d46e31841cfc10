import path from 'node:path';
import {
  FlipsideError,
  type Facet,
  type Filter,
  type FilterValue,
  type ItemRecord,
  type JsonObject,
  type Outcome,
  type Query,
  type Row,
  type RowKey,
  type SliceInfo,
} from '../model.js';
import { decodeDirection, nameDirection } from '../relations/direction.js';
import { Browse, type SliceRequest } from '../store/browse.js';
import type { Database, SqlRow } from '../store/database.js';
import { itemsOf, type Place } from '../store/fetchRows.js';
import type { Comparisons } from './comparisons.js';
import type { RunInfo } from './runs.js';

/** How an item ended, by what is stored of it; as the column "outcome" says in SQL. */
export function outcomeOf(record: Pick<ItemRecord, 'correct' | 'status'>): Outcome {
  if (record.correct === null) return 'no gold';
  if (record.correct) return 'right';
  return record.status === 'parsed' ? 'wrong' : 'unanswered';
}

const COLUMNS = [
  ...['item', 'question', 'outcome', 'class', 'drift', 'gold', 'predicted', 'goldDirection', 'predictedDirection'],
  ...['task', 'frame', 'kind', 'flags', 'images'],
];

/** Lists of rows by position, and counts of values, for pages that hold no data themselves. */
export class Browsing {
  private readonly browse: Browse;
  private counting: Promise<unknown> = Promise.resolve();

  constructor(
    db: Database,
    private readonly runs: readonly RunInfo[],
    /** Folders that stand for files with one record each. */
    private readonly folders: ReadonlySet<string>,
    /** Makes what conditions on how runs compare ask for. */
    private readonly comparisons: Pick<Comparisons, 'prepare'>,
  ) {
    this.browse = new Browse(db);
  }

  /** Takes into memory what makes counting and sorting fast. Worth calling once the first rows are shown. */
  warm(signal?: AbortSignal): Promise<void> {
    return this.browse.warm(signal);
  }

  /** Takes into memory what makes showing rows fast, wherever they are: worth calling after `warm`, once. */
  hold(signal?: AbortSignal): Promise<void> {
    return this.browse.hold(signal);
  }

  /** What people say has changed: lists that are shown stay, and what is asked from now on goes by it. */
  annotationsChanged(): void {
    this.browse.annotationsChanged();
  }

  /** Lists the rows that a query keeps. */
  async slice(query: Query, signal?: AbortSignal): Promise<SliceInfo> {
    await this.comparisons.prepare(query.filter);
    const { id, total, groups } = await this.browse.slice(requestOf(query), signal);
    return {
      slice: id,
      total,
      of: this.ofRuns(chosenOf(query, 'run')),
      groups: groups?.map(({ value, ...rest }) => ({ ...rest, label: labelOf(query.group ?? '', value) })) ?? null,
      unknownIds: query.ids === null ? [] : await this.browse.unknownIds(query.ids, signal),
      numbered: query.ids === null ? [] : await this.numbered(query.ids, chosenOf(query, 'run'), signal),
    };
  }

  /** Of the runs that are looked at, and whose items are named by their rows, those that have one of the ids. */
  private async numbered(
    ids: readonly string[],
    among: readonly (FilterValue | null)[],
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    if (this.runs.every(({ manifest }) => manifest.itemId === 'id')) return [];
    const found = (await this.browse.runsWith(ids, signal)).flatMap((index) => this.runs[index] ?? []);
    return found
      .filter(({ id, manifest }) => manifest.itemId === 'row' && (among.length === 0 || among.includes(id)))
      .map(({ id }) => id);
  }

  /** All rows of the given runs; of every run where none is given. As the manifests count them. */
  private ofRuns(names: readonly (FilterValue | null)[]): number {
    const among = names.length === 0 ? this.runs : this.runs.filter(({ id }) => names.includes(id));
    return among.reduce((total, run) => total + sizeOf(run), 0);
  }

  /** The rows of a slice by position, `end` excluded. Throws a FlipsideError where the slice has ended. */
  async rows(slice: number, start: number, end: number, signal?: AbortSignal): Promise<Row[]> {
    return (await this.browse.rows(slice, [start, end], COLUMNS, signal)).map((row) => this.toRow(row));
  }

  /** The given rows, those of them that are there, in their order. Throws a FlipsideError for a run that is not there. */
  async named(names: readonly RowKey[]): Promise<Row[]> {
    const rows = await this.browse.fetch(
      names.map((name) => this.place(name)),
      COLUMNS,
    );
    return rows.map((row) => this.toRow(row));
  }

  /** The position of a row in a slice; null where it is not in it. */
  async position(slice: number, name: RowKey): Promise<number | null> {
    const runIndex = this.runs.findIndex((run) => run.id === name.run);
    return runIndex < 0 ? null : this.browse.position(slice, { runIndex, row: name.row });
  }

  /** The position of the nearest row after `position` (`by` 1) or before it (−1) that ended so; null where there is none. */
  nearest(slice: number, position: number, by: 1 | -1, outcomes: readonly Outcome[]): Promise<number | null> {
    return this.browse.nearest(slice, position, by, outcomes);
  }

  /** How many rows of a slice carry a label of whoever looks. */
  labelled(slice: number): Promise<number> {
    return this.browse.labelled(slice);
  }

  /** The position of the next row of a slice without a label of whoever looks; from the beginning where none follows; null without any. */
  nextUnlabelled(slice: number, position: number): Promise<number | null> {
    return this.browse.nextUnlabelled(slice, position);
  }

  /**
   * The item ids of the rows that a query keeps, or of the given ones, in the order of the list. Throws a FlipsideError where
   * they are more than `most`.
   */
  async ids(query: Query, names: readonly RowKey[] | null, most: number, signal?: AbortSignal): Promise<string[]> {
    return this.listed(query, names, signal, async (db, table) => {
      const [found] = await db.all(`SELECT count(*)::INTEGER AS "count" FROM "${table}"`);
      const count = Number(found?.['count']);
      if (count > most) {
        throw new FlipsideError(
          `${count} ids are more than the ${most} that can be taken at once: filter, or export rows.`,
        );
      }
      return itemsOf(db, table);
    });
  }

  /**
   * Makes the list of a query, or of it the given rows, for as long as `use` works with it: see Browse.listed.
   */
  async listed<T>(
    query: Query,
    names: readonly RowKey[] | null,
    signal: AbortSignal | undefined,
    use: (db: Database, table: string) => Promise<T>,
  ): Promise<T> {
    await this.comparisons.prepare(query.filter);
    const places = names === null ? null : names.map((name) => this.place(name));
    return this.browse.listed(requestOf({ ...query, group: null }), places, signal, use);
  }

  /** How many rows each query keeps: one after another, however many ask at once. */
  counts(queries: readonly Query[], signal?: AbortSignal): Promise<number[]> {
    const counted = this.counting.then(async () => {
      const counts: number[] = [];
      for (const query of queries) {
        signal?.throwIfAborted();
        await this.comparisons.prepare(query.filter);
        counts.push(await this.browse.count(conditionsOf(query), query.ids, signal));
      }
      return counts;
    });
    this.counting = counted.catch(() => undefined);
    return counted;
  }

  /**
   * The values of each field among the rows that everything but the field's own choice keeps, at most `limit` and all the
   * chosen ones.
   */
  async facets(query: Query, fields: readonly string[], limit: number, signal?: AbortSignal): Promise<Facet[]> {
    await this.comparisons.prepare(query.filter);
    const facets: Facet[] = [];
    for (const field of fields) {
      const chosen = chosenOf(query, field);
      const request = { conditions: conditionsOf(query, field), ids: query.ids };
      const { values, more } = await this.browse.values(field, request, chosen, limit, signal);
      facets.push(facetOf(field, values, chosen, more));
    }
    return facets;
  }

  /** The stated images of the given rows, with the file they stand in, in order. */
  async images(names: readonly RowKey[]): Promise<ImagesOfRow[]> {
    const places = names.map((name) => this.place(name));
    const rows = await this.browse.fetch(places, ['images', 'flags', 'id', 'question']);
    const byPlace = new Map(rows.map((row) => [nameOf(row), row]));
    const candidates = await this.candidates(rows.filter(isAmbiguous));
    return places.map(({ runIndex, row }) => {
      const found = byPlace.get(`${runIndex}:${row}`);
      const run = this.runs[runIndex];
      const definition = run?.joined[0]?.file;
      return {
        file: this.inside(run?.file ?? ''),
        row,
        definition: definition === undefined ? null : this.inside(definition),
        dataset: run?.manifest.dataset ?? null,
        images: (found?.['images'] as string[] | undefined) ?? [],
        ambiguous: found !== undefined && isAmbiguous(found),
        id: (found?.['id'] as string | null | undefined) ?? null,
        question: (found?.['question'] as string | null | undefined) ?? null,
        candidates: candidates.get(`${runIndex}:${row}`) ?? [],
      };
    });
  }

  /** Between which images rows could not choose, by the name of the row. Metadata are long: no other row's are read. */
  private async candidates(rows: readonly SqlRow[]): Promise<Map<string, string[]>> {
    const places = rows.map((row) => ({ runIndex: Number(row['runIndex']), row: Number(row['row']) }));
    const found = places.length === 0 ? [] : await this.browse.fetch(places, ['meta']);
    return new Map(found.map((row) => [nameOf(row), candidatesOf(row['meta'] as string | undefined)]));
  }

  /** Images of a folder of items are looked for beside these. */
  private inside(file: string): string {
    return this.folders.has(file) ? path.join(file, 'item') : file;
  }

  private place({ run, row }: RowKey): Place {
    const runIndex = this.runs.findIndex((each) => each.id === run);
    if (runIndex < 0) throw new FlipsideError(`The run "${run}" is not there any more.`);
    return { runIndex, row };
  }

  private toRow(row: SqlRow): Row {
    return {
      run: this.runs[Number(row['runIndex'])]?.id ?? '',
      row: Number(row['row']),
      item: String(row['item']),
      question: row['question'] as string | null,
      outcome: row['outcome'] as Outcome,
      class: row['class'] as string | null,
      drift: row['drift'] as boolean | null,
      gold: row['gold'] as string | null,
      predicted: row['predicted'] as string | null,
      goldDirection: nameDirection(decodeDirection(Number(row['goldDirection']))),
      predictedDirection: nameDirection(decodeDirection(Number(row['predictedDirection']))),
      task: row['task'] as string | null,
      frame: row['frame'] as string,
      kind: row['kind'] as string,
      flags: row['flags'] as string[],
      images: (row['images'] as string[]).length,
    };
  }
}

/** How many items a run holds: how many rows the database has of it. */
function sizeOf({ manifest, split }: RunInfo): number {
  return manifest.splits.find((each) => each.split === split)?.items ?? manifest.rows;
}

function nameOf(row: SqlRow): string {
  return `${String(row['runIndex'])}:${String(row['row'])}`;
}

function isAmbiguous(row: SqlRow): boolean {
  return (row['flags'] as string[]).includes('imageAmbiguous');
}

/** What finding the images of a row needs. */
export interface ImagesOfRow {
  /** The prediction file, absolute. */
  readonly file: string;
  /** Its record's number in that file, from 1. */
  readonly row: number;
  readonly images: readonly string[];
  /** The benchmark definition that its run was joined to, absolute. */
  readonly definition: string | null;
  readonly dataset: string | null;
  /** It may be of several images; `candidates` are they. */
  readonly ambiguous: boolean;
  readonly candidates: readonly string[];
  readonly id: string | null;
  readonly question: string | null;
}

/** The images between which an ambiguous join could not choose; the join leaves them in the metadata. */
export function candidatesOf(meta: string | JsonObject | undefined): string[] {
  const held = typeof meta === 'string' ? (JSON.parse(meta) as JsonObject) : meta;
  const candidates = held?.['imageCandidates'];
  const all = Array.isArray(candidates) ? candidates.flat() : [];
  return [...new Set(all.filter((each): each is string => typeof each === 'string'))];
}

/** The conditions of a query, all of which hold; without those on `except`. */
function conditionsOf(query: Query, except: string | null = null): Filter[] {
  const chosen = Object.entries(query.facets)
    .filter(([field, values]) => field !== except && values.length > 0)
    .map(([field, values]): Filter => {
      const given = values.filter((value) => value !== null);
      const among: Filter = { field, op: 'in', values: given };
      return given.length === values.length ? among : { or: [among, { field, op: 'eq', value: null }] };
    });
  const search: Filter[] = query.search.trim() === '' ? [] : [{ search: query.search.trim() }];
  return [...chosen, ...search, ...(query.filter === null ? [] : [query.filter])];
}

/** Everything that a query asks of a row, as one condition; null where it asks nothing. */
export function filterOf(query: Query): Filter | null {
  const ids: Filter[] = query.ids === null ? [] : [{ field: 'item', op: 'in', values: query.ids }];
  const all = [...conditionsOf(query), ...ids];
  return all.length === 0 ? null : { and: all };
}

function requestOf(query: Query): SliceRequest {
  return { conditions: conditionsOf(query), ids: query.ids, sort: query.sort, group: query.group };
}

/** What is chosen of a field. Fields are named by the data: also like what every object has. */
function chosenOf({ facets }: Query, field: string): readonly (FilterValue | null)[] {
  return Object.hasOwn(facets, field) ? (facets[field] ?? []) : [];
}

function facetOf(
  field: string,
  found: readonly { readonly value: unknown; readonly count: number }[],
  chosen: readonly (FilterValue | null)[],
  more: number,
): Facet {
  const listed = found.map(({ value, count }) => ({
    value: valueOf(field, value),
    label: labelOf(field, value),
    count,
  }));
  const absent = chosen
    .filter((value) => !listed.some((each) => each.value === value))
    .map((value) => ({ value, label: labelOf(field, value), count: 0 }));
  return { field, values: [...listed, ...absent], more };
}

/** What it means to have no value, where that says more than that. */
const NO_VALUE: ReadonlyMap<string, string> = new Map([
  ['annotation.status', 'not annotated'],
  ['annotation.label', 'no label'],
  ['annotation.mine', 'no label of mine'],
]);

const NAMES_DIRECTION = /Direction$/;

/** A value as a filter takes it: directions by name. */
function valueOf(field: string, value: unknown): FilterValue | null {
  if (NAMES_DIRECTION.test(field) && typeof value === 'number') return nameDirection(decodeDirection(value));
  return value as FilterValue | null;
}

function labelOf(field: string, value: unknown): string {
  const shown = valueOf(field, value);
  if (shown === null || shown === undefined) return NO_VALUE.get(field) ?? '(no value)';
  if (shown === '') return '(empty)';
  if (typeof shown === 'boolean') return shown ? 'yes' : 'no';
  return String(shown);
}
