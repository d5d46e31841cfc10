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
import { Browse } from '../store/browse.js';
import type { Database, SqlRow } from '../store/database.js';
import type { Place } from '../store/fetchRows.js';
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
  /** Rows of runs, by the list of their ids. */
  private readonly rowsOf = new Map<string, number>();

  constructor(
    db: Database,
    private readonly runs: readonly RunInfo[],
    /** Folders that stand for files with one record each. */
    private readonly folders: ReadonlySet<string>,
  ) {
    this.browse = new Browse(db);
  }

  /** Takes into memory what makes the next questions fast. Worth calling once the first rows are shown. */
  warm(): Promise<void> {
    return this.browse.warm();
  }

  /** Lists the rows that a query keeps. */
  async slice(query: Query): Promise<SliceInfo> {
    const { id, total, groups } = await this.browse.slice({
      conditions: conditionsOf(query),
      ids: query.ids,
      sort: query.sort,
      group: query.group,
    });
    return {
      slice: id,
      total,
      of: await this.ofRuns(query.facets['run'] ?? []),
      groups: groups?.map(({ value, ...rest }) => ({ ...rest, label: labelOf(query.group ?? '', value) })) ?? null,
      unknownIds: query.ids === null ? [] : await this.browse.unknownIds(query.ids),
    };
  }

  /** All rows of the given runs; of every run where none is given. */
  private async ofRuns(runs: readonly (FilterValue | null)[]): Promise<number> {
    const key = JSON.stringify(runs);
    const known = this.rowsOf.get(key);
    if (known !== undefined) return known;
    const among: Filter = { field: 'run', op: 'in', values: runs.filter((run) => run !== null) };
    const rows = await this.browse.count(runs.length === 0 ? [] : [among], null);
    this.rowsOf.set(key, rows);
    return rows;
  }

  /** The rows of a slice by position, `end` excluded. Throws a FlipsideError where the slice has ended. */
  async rows(slice: number, start: number, end: number): Promise<Row[]> {
    const places = await this.browse.places(slice, start, end);
    return (await this.browse.fetch(places, COLUMNS)).map((row) => this.toRow(row));
  }

  /** The position of a row in a slice; null where it is not in it. */
  async position(slice: number, name: RowKey): Promise<number | null> {
    const runIndex = this.runs.findIndex((run) => run.id === name.run);
    return runIndex < 0 ? null : this.browse.position(slice, { runIndex, row: name.row });
  }

  /**
   * The item ids of the rows that a query keeps, or of the given ones among them, in the order of the list. Throws a
   * FlipsideError where they are more than `most`.
   */
  async ids(query: Query, names: readonly RowKey[] | null, most: number): Promise<string[]> {
    const { slice, total } = await this.slice({ ...query, group: null });
    const count = names?.length ?? total;
    if (count > most) {
      throw new FlipsideError(
        `${count} ids are more than the ${most} that can be taken at once: filter, or export rows.`,
      );
    }
    return this.browse.items(slice, names === null ? null : names.map((name) => this.place(name)));
  }

  /** How many rows each query keeps. */
  async counts(queries: readonly Query[]): Promise<number[]> {
    const counts: number[] = [];
    for (const query of queries) counts.push(await this.browse.count(conditionsOf(query), query.ids));
    return counts;
  }

  /**
   * The values of each field among the rows that everything but the field's own choice keeps, at most `limit` and all the
   * chosen ones.
   */
  async facets(query: Query, fields: readonly string[], limit: number, signal?: AbortSignal): Promise<Facet[]> {
    const facets: Facet[] = [];
    for (const field of fields) {
      signal?.throwIfAborted();
      const found = await this.browse.values(field, conditionsOf(query, field), query.ids);
      facets.push(facetOf(field, found, query.facets[field] ?? [], limit));
    }
    return facets;
  }

  /** The stated images of the given rows, with the file they stand in, in order. */
  async images(names: readonly RowKey[]): Promise<ImagesOfRow[]> {
    const places = names.map((name) => this.place(name));
    const rows = await this.browse.fetch(places, ['images', 'flags', 'id', 'question', 'meta']);
    const byPlace = new Map(rows.map((row) => [`${String(row['runIndex'])}:${String(row['row'])}`, row]));
    return places.map(({ runIndex, row }) => {
      const found = byPlace.get(`${runIndex}:${row}`);
      const run = this.runs[runIndex];
      const definition = run?.joined[0]?.file;
      return {
        file: this.inside(run?.file ?? ''),
        definition: definition === undefined ? null : this.inside(definition),
        dataset: run?.manifest.dataset ?? null,
        images: (found?.['images'] as string[] | undefined) ?? [],
        ambiguous: ((found?.['flags'] as string[] | undefined) ?? []).includes('imageAmbiguous'),
        id: (found?.['id'] as string | null | undefined) ?? null,
        question: (found?.['question'] as string | null | undefined) ?? null,
        candidates: candidatesOf(found?.['meta'] as string | undefined),
      };
    });
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

/** What finding the images of a row needs. */
export interface ImagesOfRow {
  /** The prediction file, absolute. */
  readonly file: string;
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

/**
 * A query as one typed filter, for what takes no other: of all its rows, or of the given ones. Throws a FlipsideError where it
 * filters by what is no column of a row.
 */
export function filterOf(query: Query, names: readonly RowKey[] | null): Filter {
  if (query.facets['agreement'] !== undefined && query.facets['agreement'].length > 0 && names === null) {
    throw new FlipsideError('Rows cannot be exported by the agreement of runs: select them, or take that filter away.');
  }
  if (names !== null) {
    return { or: names.map(({ run, row }) => ({ and: [equal('run', run), equal('row', row)] })) };
  }
  const ids: Filter[] = query.ids === null ? [] : [{ field: 'item', op: 'in', values: query.ids }];
  return { and: [...conditionsOf(query), ...ids] };
}

function equal(field: string, value: FilterValue): Filter {
  return { field, op: 'eq', value };
}

function facetOf(
  field: string,
  found: readonly { readonly value: unknown; readonly count: number }[],
  chosen: readonly (FilterValue | null)[],
  limit: number,
): Facet {
  const all = found.map(({ value, count }) => ({ value: valueOf(field, value), label: labelOf(field, value), count }));
  const isChosen = (value: FilterValue | null): boolean => chosen.includes(value);
  const listed = all.filter(({ value }, index) => index < limit || isChosen(value));
  const absent = chosen
    .filter((value) => !all.some((each) => each.value === value))
    .map((value) => ({ value, label: labelOf(field, value), count: 0 }));
  return { field, values: [...listed, ...absent], more: all.length - listed.length };
}

const NAMES_DIRECTION = /Direction$/;

/** A value as a filter takes it: directions by name. */
function valueOf(field: string, value: unknown): FilterValue | null {
  if (NAMES_DIRECTION.test(field) && typeof value === 'number') return nameDirection(decodeDirection(value));
  return value as FilterValue | null;
}

function labelOf(field: string, value: unknown): string {
  const shown = valueOf(field, value);
  if (shown === null) return '(no value)';
  if (typeof shown === 'boolean') return shown ? 'yes' : 'no';
  return String(shown);
}
