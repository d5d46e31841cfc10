import type { AnswerStatus, DepthConvention, Flag, Frame, ItemKind, JsonObject, Option } from '../model.js';

/** One classified prediction as a shard keeps it: everything but what depends on a lens. */
export interface StoredRow {
  readonly row: number;
  readonly id: string | null;
  readonly split: string | null;
  readonly model: string | null;
  readonly unit: string | null;
  readonly sample: number | null;
  readonly kind: ItemKind;
  readonly task: string | null;
  readonly relation: string | null;
  readonly family: string | null;
  readonly frame: Frame;
  readonly convention: DepthConvention;
  readonly contact: boolean;
  readonly question: string | null;
  readonly options: readonly Option[];
  readonly gold: string | null;
  readonly goldOption: number | null;
  readonly predicted: string | null;
  readonly predictedOption: number | null;
  readonly goldDirection: number;
  readonly predictedDirection: number;
  /** Direction of the stated relation ("at the left side of"), for statements that are true or false; code 13 without one. */
  readonly relationDirection: number;
  /** One letter per wrong option, 'a' + its direction code, sorted; '' where the options are not known. */
  readonly wrongDirections: string;
  /** What decides a lens's class apart from the prediction, packed (see lensKey.ts). */
  readonly itemKey: number;
  /** What decides it about the prediction, packed; null unless the answer is parsed. */
  readonly answerKey: number | null;
  readonly goldYes: boolean | null;
  readonly answeredYes: boolean | null;
  readonly countError: number | null;
  readonly status: AnswerStatus;
  /** Null for items without gold. */
  readonly correct: boolean | null;
  readonly storedCorrect: boolean | null;
  readonly confidence: number | null;
  readonly response: string | null;
  readonly extracted: string | null;
  readonly rule: string;
  readonly traceStart: number;
  readonly traceEnd: number;
  readonly traceText: string;
  readonly traceSource: 'extracted' | 'response';
  readonly flags: readonly Flag[];
  readonly images: readonly string[];
  /** Scene, else image, else base item; null: the row stands alone. */
  readonly cluster: string | null;
  readonly contrastSet: string | null;
  /** Expected share of frame swaps for this error; null where no counterpart in another frame is known. */
  readonly frameSwapExpected: number | null;
  /** The counterpart's question, frame and gold, for the trace. */
  readonly frameSwapOf: string | null;
  readonly meta: JsonObject;
}

type SqlType = 'INTEGER' | 'TINYINT' | 'SMALLINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR';

/** A column of a shard: its SQL type, and how a row gives its value. Lists travel as JSON text and are typed at the end. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly list?: true;
  readonly json?: true;
  value(row: StoredRow): string | number | boolean | null;
}

const text = (name: keyof StoredRow): Column => ({ name, type: 'VARCHAR', value: (row) => row[name] as string | null });
const flag = (name: keyof StoredRow): Column => ({
  name,
  type: 'BOOLEAN',
  value: (row) => row[name] as boolean | null,
});
const number = (name: keyof StoredRow, type: SqlType): Column => ({
  name,
  type,
  value: (row) => row[name] as number | null,
});
const list = (name: string, value: (row: StoredRow) => readonly (string | null)[]): Column => ({
  name,
  type: 'VARCHAR',
  list: true,
  value: (row) => JSON.stringify(value(row)),
});

/** The columns of every shard, in order. Raising SCHEMA_VERSION retires the shards written before. */
export const COLUMNS: readonly Column[] = [
  number('row', 'INTEGER'),
  text('id'),
  text('split'),
  text('model'),
  text('unit'),
  number('sample', 'INTEGER'),
  text('kind'),
  text('task'),
  text('relation'),
  text('family'),
  text('frame'),
  text('convention'),
  flag('contact'),
  text('question'),
  list('options', (row) => row.options.map((option) => option.text)),
  list('optionLabels', (row) => row.options.map((option) => option.label)),
  text('gold'),
  number('goldOption', 'SMALLINT'),
  text('predicted'),
  number('predictedOption', 'SMALLINT'),
  number('goldDirection', 'TINYINT'),
  number('predictedDirection', 'TINYINT'),
  number('relationDirection', 'TINYINT'),
  text('wrongDirections'),
  number('itemKey', 'INTEGER'),
  number('answerKey', 'INTEGER'),
  flag('goldYes'),
  flag('answeredYes'),
  number('countError', 'DOUBLE'),
  text('status'),
  flag('correct'),
  flag('storedCorrect'),
  number('confidence', 'DOUBLE'),
  text('response'),
  text('extracted'),
  text('rule'),
  number('traceStart', 'INTEGER'),
  number('traceEnd', 'INTEGER'),
  text('traceText'),
  text('traceSource'),
  list('flags', (row) => row.flags),
  list('images', (row) => row.images),
  text('cluster'),
  text('contrastSet'),
  number('frameSwapExpected', 'DOUBLE'),
  text('frameSwapOf'),
  { name: 'meta', type: 'VARCHAR', json: true, value: (row) => JSON.stringify(row.meta) },
];

export const SCHEMA_VERSION = 1;
