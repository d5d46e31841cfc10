import { parseJson } from '../formats/containers/jsonText.js';
import type { Carried, Format, PatternReader, Source } from '../formats/format.js';
import { isJsonObject, type Json, type JsonObject, type RawItem } from '../model.js';
import { FRAME_WORDS, frameOf } from '../relations/frames.js';
import { questionDecidesKind } from '../relations/kinds.js';
import { directionOf } from '../relations/phrases.js';
import {
  PatternShard,
  type AllRecords,
  type CarriedPlaces,
  type Pattern,
  type PatternRows,
} from '../store/patternShard.js';
import { parquetRecordTable } from '../store/parquetRecords.js';
import { delimitedTable, jsonLinesTable, type CarriedField, type RecordTable } from '../store/recordTable.js';
import type { StoredRow } from '../store/row.js';
import { statedScene } from './classifyRow.js';
import type { IngestPlan } from './plan.js';
import type { Tally } from './tally.js';
import { toRow } from './toRow.js';

/** Each column is an expression of the statement that reads the file. */
const MOST_COLUMNS = 200;
const STOP_MS = 20;

/** A file that the database reads, and the patterns of its first records. Whoever has one ends it. */
export class FirstPatterns {
  /** What reading all records finds; null where the database does not read them, or was told to stop. */
  readonly all: Promise<AllRecords | null>;

  constructor(
    readonly shard: PatternShard,
    readonly reader: PatternReader,
    readonly columns: readonly string[],
    readonly patterns: readonly Pattern[],
  ) {
    this.all = shard.others();
    // Whoever asks for it is told.
    this.all.catch(() => undefined);
  }

  /** Ends reading, where it goes on, and frees the memory. May be called again. */
  async end(): Promise<void> {
    this.shard.stop();
    const again = setInterval(() => this.shard.stop(), STOP_MS);
    await this.all.catch(() => undefined).finally(() => clearInterval(again));
    this.shard.close();
  }
}

/**
 * Begins to read a file of `bytes` bytes a pattern at a time; null where its format, or what holds its records, does not allow it.
 * `folder`: where records wait that memory is not to hold; `records`: how many come first.
 */
export async function firstPatterns(
  source: Source,
  format: Format,
  { bytes, folder, records }: { readonly bytes: number; readonly folder: string; readonly records?: number },
): Promise<FirstPatterns | null> {
  const { columns } = source.shape;
  const reader = columns.length > MOST_COLUMNS ? null : (format.patterns?.(source.shape) ?? null);
  const table = reader === null ? null : await tableOf(source);
  if (reader === null || table === null) return null;
  const shard = await PatternShard.open(folder, bytes);
  let patterns: readonly Pattern[] | null = null;
  try {
    patterns = await shard.first(table, columns, placesOf(reader.carried, columns), records);
    return patterns === null ? null : new FirstPatterns(shard, reader, columns, patterns);
  } finally {
    if (patterns === null) shard.close();
  }
}

async function tableOf({ path, shape, table }: Source): Promise<RecordTable | null> {
  const { container, columns } = shape;
  if (table !== undefined) return table === 'parquet' ? parquetRecordTable(path) : null;
  if (container === 'json-lines') return jsonLinesTable(path, columns.length);
  if (container !== 'csv' && container !== 'tsv') return null;
  return delimitedTable(path, columns.length, shape.delimiter ?? (container === 'csv' ? ',' : '\t'));
}

/** Reads one record of each pattern, by the readers that read all records of other files. */
export class PatternReading {
  constructor(
    private readonly plan: IngestPlan,
    private readonly first: FirstPatterns,
  ) {}

  /** Counts the file's items in `tally`. Null, and nothing counted, where some pattern does not stand for all of its records. */
  async rows(tally: Tally): Promise<PatternRows | null> {
    const { patterns, all } = this.first;
    // The database is reading meanwhile.
    const rows = this.rowsOf(patterns, 0);
    const found = rows === null ? null : await all;
    const others = found === null ? null : this.rowsOf(found.others, patterns.length);
    if (rows === null || found === null || others === null) return null;
    tally.count([...rows, ...others].map(({ raw }) => raw));
    tally.items += found.counts.reduce((sum, count) => sum + count - 1, 0);
    return { patterns: [...patterns, ...found.others], rows: [...rows, ...others] };
  }

  private rowsOf(patterns: readonly Pattern[], before: number): readonly StoredRow[] | null {
    const rows: StoredRow[] = [];
    for (const pattern of patterns) {
      const row = this.rowOf(pattern, before + rows.length + 1);
      if (row === null) return null;
      rows.push(row);
    }
    return rows;
  }

  private rowOf(pattern: Pattern, number: number): StoredRow | null {
    const record = recordOf(pattern, this.first.columns);
    const item = record === null ? null : this.first.reader.read(record);
    if (record === null || item === null || !this.handsOn(item, record, pattern)) return null;
    const row = toRow({ ...item, row: number }, this.plan);
    return isWholePattern(row, pattern) ? withoutCarried(row, pattern) : null;
  }

  /** Whether the item holds what its record carries, and each where it belongs. */
  private handsOn(item: RawItem, record: JsonObject, { carries }: Pattern): boolean {
    const { carried } = this.first.reader;
    const values: Readonly<Record<CarriedField, unknown>> = { ...item, image: item.images[0] };
    return [...carries].every((field) => {
      const value = record[carried[field] ?? ''];
      return values[field] === value && (field !== 'image' || item.images.length === 1);
    });
  }
}

/** Whether the row is the same for all records of the pattern, but for what they carry. */
function isWholePattern({ raw, kind, options }: StoredRow, { carries, frame }: Pattern): boolean {
  // The response would be read.
  if (carries.has('response') && raw.extracted === null) return false;
  if (!carries.has('question')) return true;
  const isOrder = kind === 'depth-order' || kind === 'distance-order';
  const isAsked = raw.kind === null && questionDecidesKind(options, raw.gold, (text) => directionOf(text) !== null);
  return !isOrder && !isAsked && FRAME_WORDS[frame ?? -1]?.[0] === (named(raw.question) ?? undefined);
}

function named(question: string | null): string | null {
  const frame = frameOf(question);
  return frame === 'unstated' ? null : frame;
}

function withoutCarried(row: StoredRow, { carries }: Pattern): StoredRow {
  const { raw } = row;
  const or = <T>(field: CarriedField, value: T, none: T): T => (carries.has(field) ? none : value);
  const [image] = raw.images;
  const isOfImage = carries.has('image') && image !== undefined && statedScene(raw) === null;
  return {
    ...row,
    cluster: isOfImage ? null : row.cluster,
    raw: {
      ...raw,
      id: or('id', raw.id, null),
      question: or('question', raw.question, null),
      response: or('response', raw.response, null),
      images: or('image', raw.images, []),
      confidence: or('confidence', raw.confidence, null),
    },
  };
}

function recordOf({ values }: Pattern, columns: readonly string[]): JsonObject | null {
  // In one piece, as the file has it: how deep values may be nested is a matter of the record.
  const fields = columns.map((column, at) => `${JSON.stringify(column)}:${values[at] ?? ''}`);
  const parsed = parseJson(`{${fields.join(',')}}`);
  if (!parsed.ok || parsed.flags.length > 0 || !isJsonObject(parsed.value)) return null;
  // A row of delimited text that holds bytes of value 0 is dropped.
  const isOdd = columns.includes('__proto__') || Object.values(parsed.value).some(holdsNul);
  return isOdd ? null : parsed.value;
}

function placesOf(carried: Carried, columns: readonly string[]): CarriedPlaces {
  return Object.fromEntries(Object.entries(carried).map(([field, column]) => [field, columns.indexOf(column)]));
}

function holdsNul(value: Json): boolean {
  return typeof value === 'string' && value.includes('\0');
}
