import { FlipsideError } from '../model.js';
import type { Dropped, JsonObject, RawItem } from '../model.js';
import { isDropped } from './format.js';
import type { Detected, Format, Record_, RecordReader, Shape, Source } from './format.js';
import { columnsOf, matchesGlob } from './mapping.js';
import type { Mapping } from './mapping.js';
import { samplesOf } from './plainAnswers.js';
import { plainItem } from './plainItem.js';
import type { Sampled } from './plainItem.js';
import { patternsOf } from './plainPatterns.js';
import { planOf } from './plainPlan.js';
import type { Plan } from './plainPlan.js';
import { tableOf } from './plainTables.js';
import { cellText } from './recordValues.js';
import { warningsOf } from './plainWarnings.js';
import { inferRoles, MIN_CONFIDENCE } from './roles.js';
import type { InferredRoles } from './roles.js';
import { valueAt } from './roleValues.js';

/** Every tool's own format outranks the generic one. */
const CEILING = 0.5;
const VERSION = 8;
const TITLE = 'Plain table or records with self-explaining columns';

/**
 * Any table (CSV, TSV, spreadsheet) or JSON records whose columns say what they hold. Where they do not, `detect` returns null and
 * `explainUndecided` says why.
 */
export const plain: Format = {
  id: 'plain',
  version: VERSION,
  title: TITLE,
  detect(given) {
    const { inferred, plan } = planned(given);
    const table = tableOf(given);
    // The keys of an object that holds no records may be called like columns all the same.
    if (inferred.role === null || (given.container === 'json-object' && table === null)) return null;
    const shape = table?.shape ?? given;
    return {
      role: inferred.role,
      confidence: Math.round(CEILING * inferred.confidence * 1000) / 1000,
      reason: `Its columns explain themselves: ${listed(inferred)}.`,
      columns: columnsOf(inferred.roles),
      ...withModel(
        namesIn(shape, given.root, inferred.roles.find((guess) => guess.role === 'model')?.column),
        inferred,
      ),
      ...warningsOf(shape, plan(), inferred),
    };
  },
  reader: (shape) => readerOf(planned(shape).plan()),
  patterns: (shape) => (tableOf(shape) === null ? patternsOf(planned(shape).plan()) : null),
  read: (source) => readPlanned(source, planned(source.shape).plan()),
};

interface Planned {
  readonly inferred: InferredRoles;
  /** How the records are read; settled when it is first asked for. */
  readonly plan: () => Plan;
}

const known = new WeakMap<Shape, Planned>();

/** What the columns of a shape are and how its records are read, inferred once: a file is first recognised and then read. */
function planned(given: Shape): Planned {
  const before = known.get(given);
  if (before !== undefined) return before;
  const inferred = inferRoles(given);
  const { role, roles, model } = inferred;
  let plan: Plan | null = null;
  const settle = (): Plan =>
    planOf(tableOf(given)?.shape ?? given, columnsOf(role === null ? [] : roles), { model: model ?? undefined });
  const made = { inferred, plan: () => (plan ??= settle()) };
  known.set(given, made);
  return made;
}

function withModel(names: ReturnType<typeof namesIn>, { model }: InferredRoles): ReturnType<typeof namesIn> {
  return { ...names, model: model ?? names.model };
}

/**
 * The same reader with the roles given by the user. `file` is where the mapping stands, for the reason shown.
 * `detect` returns null for paths that the mapping does not match, and throws a FlipsideError when the mapping names a column that
 * the file does not have.
 */
export function plainWith(mapping: Mapping, file?: string): Format {
  const columns = columnsOf(mapping);
  return {
    id: 'plain',
    version: VERSION,
    title: TITLE,
    detect(given) {
      if (!matchesGlob(mapping.match, given.path)) return null;
      const shape = tableOf(given)?.shape ?? given;
      checkColumns(mapping, shape, file);
      const answered = ['prediction', 'response', 'extracted', 'score'] as const;
      const names = namesIn(shape, given.root, columns.model?.[0]);
      return {
        role: answered.some((role) => columns[role] !== undefined) ? 'run' : 'definition',
        confidence: 1,
        reason: `Its columns are named by the mapping file ${file ?? `for '${mapping.match}'`}.`,
        model: mapping.model ?? names.model,
        dataset: mapping.dataset ?? names.dataset,
        columns,
        ...warningsOf(shape, planOf(shape, columns, mapping)),
      };
    },
    patterns: (shape) => (tableOf(shape) === null ? patternsOf(planOf(shape, columns, mapping)) : null),
    read(source) {
      const shape = tableOf(source.shape)?.shape ?? source.shape;
      return readPlanned(source, planOf(shape, columns, mapping));
    },
  };
}

function listed({ roles }: InferredRoles): string {
  const columns = new Map<string, string[]>();
  for (const { role, column, confidence } of roles) {
    if (confidence >= MIN_CONFIDENCE) columns.set(role, [...(columns.get(role) ?? []), `'${column}'`]);
  }
  return [...columns].map(([role, names]) => `${role} = ${names.join(' + ')}`).join(', ');
}

/** A typing error in a mapping would otherwise read as a run without answers. */
function checkColumns(mapping: Mapping, shape: Shape, file: string | undefined): void {
  const known = (column: string): boolean =>
    shape.columns.includes(column) || shape.head.some((record) => valueAt(record, column) !== undefined);
  for (const [role, columns] of Object.entries(columnsOf(mapping))) {
    if (columns.some(known)) continue;
    const seen = shape.columns.map((column) => `'${column}'`).join(', ');
    throw new FlipsideError(
      `${shape.path}: the mapping ${file ?? `for '${mapping.match}'`} gives the role ${role} to ${columns.map((column) => `'${column}'`).join(', ')}, ` +
        `but the file's columns are ${seen === '' ? 'unknown (it holds no records)' : seen}. Correct the name, or remove the role.`,
      { file: file ?? shape.path },
    );
  }
}

/** Model and benchmark where the head, or the object around the records, states one and the same. */
function namesIn(
  shape: Shape,
  root: JsonObject | null,
  modelColumn: string | undefined,
): Pick<Detected, 'model' | 'dataset'> {
  const constant = (column: string): string | null => {
    const values = new Set(shape.head.map((record) => cellText(valueAt(record, column))));
    return values.size === 1 ? ([...values][0] ?? null) : null;
  };
  const around = (...keys: string[]): string | null => {
    const key = keys.find((name) => typeof root?.[name] === 'string');
    return key === undefined ? null : cellText(root?.[key]);
  };
  const benchmark = shape.columns.find((column) => /^(?:dataset|benchmark)(?:[_\s-]?name)?$/i.test(column));
  return {
    model: (modelColumn === undefined ? null : constant(modelColumn)) ?? around('model', 'model_name', 'model_id'),
    dataset: (benchmark === undefined ? null : constant(benchmark)) ?? around('dataset', 'benchmark', 'dataset_name'),
  };
}

async function* records(source: Source): AsyncGenerator<Record_> {
  const table = tableOf(source.shape);
  if (table === null) {
    yield* source.records();
    return;
  }
  for (const [i, value] of table.records.entries()) yield { row: i + 1, value, flags: [] };
  yield* table.dropped;
}

/**
 * The records as items. One that lists k samples becomes k items, so rows are numbered on from there: every item needs a number of its
 * own. What record an item is from then stands with it as a field.
 */
async function* readPlanned(source: Source, plan: Plan): AsyncGenerator<RawItem | Dropped> {
  const read = readerOf(plan);
  let more = 0;
  for await (const record of records(source)) {
    const found = isDropped(record) ? record : read(record);
    if (!isList(found)) {
      yield more === 0 ? found : renumbered(found, record.row, more);
      continue;
    }
    for (const [i, item] of found.entries()) yield renumbered(item, record.row, more + i);
    more += found.length - 1;
  }
}

function isList(found: ReturnType<RecordReader>): found is readonly (RawItem | Dropped)[] {
  return Array.isArray(found);
}

function readerOf(plan: Plan): RecordReader {
  return (record) => {
    const samples = samplesOf(record.value, plan);
    if (samples === null) return readRecord(record, plan);
    return samples.records.map((value, i) =>
      readRecord({ ...record, value }, plan, { sample: i + 1, verdicts: samples.verdicts }),
    );
  };
}

function renumbered(item: RawItem | Dropped, record: number, more: number): RawItem | Dropped {
  if (isDropped(item)) return { ...item, row: record + more };
  const name = Object.hasOwn(item.meta, 'record') ? 'record.2' : 'record';
  return { ...item, row: record + more, meta: { ...item.meta, [name]: record } };
}

function readRecord(record: Exclude<Record_, Dropped>, plan: Plan, sampled?: Sampled): RawItem | Dropped {
  try {
    return plainItem(record.value, record.row, record.flags, plan, sampled);
  } catch (error) {
    // The engine's only way to say that a value is nested more deeply than it can be written out.
    if (!(error instanceof RangeError)) throw error;
    const detail = `Record ${String(record.row)} holds a value that is nested too deeply to be read. Flatten it, or leave the column out.`;
    return { row: record.row, reason: 'nested too deeply', detail };
  }
}
