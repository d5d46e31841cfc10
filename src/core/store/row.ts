import type {
  Box,
  DepthConvention,
  Flag,
  Frame,
  ItemKind,
  JsonObject,
  Option,
  ParsedAnswer,
  RawItem,
} from '../model.js';

/** One classified prediction as a shard keeps it: everything but what depends on a lens. */
export interface StoredRow {
  /** What the file says. */
  readonly raw: RawItem;
  /** What was answered, and where it was read. */
  readonly answer: ParsedAnswer;
  readonly kind: ItemKind;
  readonly frame: Frame;
  readonly convention: DepthConvention;
  readonly family: string | null;
  readonly contact: boolean;
  /** The options that were read against: the file's, or yes and no. */
  readonly options: readonly Option[];
  /** Text of the gold option; the stated gold where it is none of them. */
  readonly gold: string | null;
  readonly goldOption: number | null;
  readonly predicted: string | null;
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
  /** Null for items without gold. */
  readonly correct: boolean | null;
  readonly flags: readonly Flag[];
  /** Scene, else image, else base item; null: the row stands alone. */
  readonly cluster: string | null;
  /** Expected share of frame swaps for this error; null where no counterpart in another frame is known. */
  readonly frameSwapExpected: number | null;
  /** The counterpart's question and frame, for the trace. */
  readonly frameSwapOf: string | null;
}

type Value = string | number | boolean | null;
type SqlType = 'INTEGER' | 'TINYINT' | 'SMALLINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR';

/** A column of a shard: its SQL type, and how a row gives its value. Lists travel as JSON text and are typed at the end. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly list?: true;
  readonly json?: true;
  readonly value: (row: StoredRow) => Value;
}

/**
 * JSON as DuckDB takes it. JavaScript escapes half a surrogate pair (an emoji cut in two), which DuckDB calls malformed;
 * it becomes U+FFFD, as in every other column of text.
 */
function jsonText(value: readonly (string | null)[] | readonly Box[] | JsonObject): string {
  const json = JSON.stringify(value);
  if (!json.includes('\\ud')) return json;
  return json.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found.length === 2 ? found : '\uFFFD'));
}

const column = (name: string, type: SqlType, value: (row: StoredRow) => Value): Column => ({ name, type, value });
const text = (name: string, value: (row: StoredRow) => string | null): Column => column(name, 'VARCHAR', value);
const flag = (name: string, value: (row: StoredRow) => boolean | null): Column => column(name, 'BOOLEAN', value);
const list = (name: string, value: (row: StoredRow) => readonly (string | null)[]): Column => ({
  name,
  type: 'VARCHAR',
  list: true,
  value: (row) => jsonText(value(row)),
});

/** The columns of every shard, in order. Raising SCHEMA_VERSION retires the shards written before. */
export const COLUMNS: readonly Column[] = [
  column('row', 'INTEGER', (row) => row.raw.row),
  text('id', (row) => row.raw.id),
  text('split', (row) => row.raw.split),
  text('model', (row) => row.raw.model),
  text('unit', (row) => row.raw.unit),
  column('sample', 'INTEGER', (row) => row.raw.sample),
  text('kind', (row) => row.kind),
  text('task', (row) => row.raw.task),
  text('relation', (row) => row.raw.relation),
  text('family', (row) => row.family),
  text('frame', (row) => row.frame),
  text('convention', (row) => row.convention),
  flag('contact', (row) => row.contact),
  text('question', (row) => row.raw.question),
  list('options', (row) => row.options.map((option) => option.text)),
  list('optionLabels', (row) => row.options.map((option) => option.label)),
  text('gold', (row) => row.gold),
  column('goldOption', 'SMALLINT', (row) => row.goldOption),
  text('predicted', (row) => row.predicted),
  column('predictedOption', 'SMALLINT', (row) => row.answer.option),
  column('goldDirection', 'TINYINT', (row) => row.goldDirection),
  column('predictedDirection', 'TINYINT', (row) => row.predictedDirection),
  column('relationDirection', 'TINYINT', (row) => row.relationDirection),
  text('wrongDirections', (row) => row.wrongDirections),
  column('itemKey', 'INTEGER', (row) => row.itemKey),
  column('answerKey', 'INTEGER', (row) => row.answerKey),
  flag('goldYes', (row) => row.goldYes),
  flag('answeredYes', (row) => row.answeredYes),
  column('countError', 'DOUBLE', (row) => row.countError),
  text('status', (row) => row.answer.status),
  flag('correct', (row) => row.correct),
  flag('storedCorrect', (row) => row.raw.storedCorrect),
  column('confidence', 'DOUBLE', (row) => row.raw.confidence),
  text('response', (row) => row.raw.response),
  text('extracted', (row) => row.raw.extracted),
  text('rule', (row) => row.answer.trace.rule),
  column('traceStart', 'INTEGER', (row) => row.answer.trace.start),
  column('traceEnd', 'INTEGER', (row) => row.answer.trace.end),
  text('traceText', (row) => row.answer.trace.text),
  text('traceSource', (row) => row.answer.trace.source),
  list('flags', (row) => row.flags),
  { name: 'boxes', type: 'VARCHAR', json: true, value: (row) => jsonText(row.raw.boxes ?? []) },
  list('images', (row) => row.raw.images),
  text('cluster', (row) => row.cluster),
  text('contrastSet', (row) => row.raw.contrastSet ?? null),
  column('frameSwapExpected', 'DOUBLE', (row) => row.frameSwapExpected),
  text('frameSwapOf', (row) => row.frameSwapOf),
  { name: 'meta', type: 'VARCHAR', json: true, value: (row) => jsonText(row.raw.meta) },
];

export const SCHEMA_VERSION = 2;
