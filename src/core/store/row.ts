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
import { rememberedOf } from '../remembered.js';

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

export type Value = string | number | boolean | null;
type SqlType = 'INTEGER' | 'TINYINT' | 'SMALLINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR';

/**
 * How a column travels from the reader to the shard (encodeRows.ts): `code` has few different values, each of which is handed
 * over once; `text` differs from row to row; `number` is kept as one.
 */
export type Passage = 'code' | 'text' | 'number';

/** A column of a shard: its SQL type, and how a row gives its value. Lists travel as JSON text and are typed at the end. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly passage: Passage;
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

const column = (name: string, type: SqlType, passage: Passage, value: (row: StoredRow) => Value): Column => ({
  ...{ name, type, passage, value },
});
const text = (name: string, value: (row: StoredRow) => string | null): Column => column(name, 'VARCHAR', 'text', value);
const word = (name: string, value: (row: StoredRow) => string | null): Column => column(name, 'VARCHAR', 'code', value);
const flag = (name: string, value: (row: StoredRow) => boolean | null): Column =>
  column(name, 'BOOLEAN', 'code', value);
const small = (name: string, type: SqlType, value: (row: StoredRow) => number | null): Column =>
  column(name, type, 'code', value);
const number = (name: string, type: SqlType, value: (row: StoredRow) => number | null): Column =>
  column(name, type, 'number', value);

// Rows share their lists of options and flags, most have no boxes and no metadata.
const textsOf = rememberedOf((options: readonly Option[]) => jsonText(options.map((option) => option.text)));
const labelsOf = rememberedOf((options: readonly Option[]) => jsonText(options.map((option) => option.label)));
const flagsText = rememberedOf((flags: readonly Flag[]) => jsonText(flags));
const metaText = (meta: JsonObject): string => {
  for (const _key in meta) return jsonText(meta);
  return '{}';
};

/** Two for questions of yes and no, whether or not options are listed. */
function optionsToChooseFrom({ kind, options }: StoredRow): number {
  return kind === 'yes-no' ? 2 : options.length;
}

/** The columns of every shard, in order. Raising SCHEMA_VERSION retires the shards written before. */
export const COLUMNS: readonly Column[] = [
  number('row', 'INTEGER', (row) => row.raw.row),
  text('id', (row) => row.raw.id),
  word('split', (row) => row.raw.split),
  word('model', (row) => row.raw.model),
  text('unit', (row) => row.raw.unit),
  number('sample', 'INTEGER', (row) => row.raw.sample),
  word('kind', (row) => row.kind),
  word('task', (row) => row.raw.task),
  word('relation', (row) => row.raw.relation),
  word('family', (row) => row.family),
  word('frame', (row) => row.frame),
  word('convention', (row) => row.convention),
  flag('contact', (row) => row.contact),
  text('question', (row) => row.raw.question),
  { ...word('options', (row) => textsOf(row.options)), list: true },
  { ...word('optionLabels', (row) => labelsOf(row.options)), list: true },
  // Of a list, all of it would be read to count what it holds.
  small('optionCount', 'INTEGER', optionsToChooseFrom),
  word('gold', (row) => row.gold),
  small('goldOption', 'SMALLINT', (row) => row.goldOption),
  word('predicted', (row) => row.predicted),
  small('predictedOption', 'SMALLINT', (row) => row.answer.option),
  small('goldDirection', 'TINYINT', (row) => row.goldDirection),
  small('predictedDirection', 'TINYINT', (row) => row.predictedDirection),
  small('relationDirection', 'TINYINT', (row) => row.relationDirection),
  word('wrongDirections', (row) => row.wrongDirections),
  small('itemKey', 'INTEGER', (row) => row.itemKey),
  small('answerKey', 'INTEGER', (row) => row.answerKey),
  flag('goldYes', (row) => row.goldYes),
  flag('answeredYes', (row) => row.answeredYes),
  number('countError', 'DOUBLE', (row) => row.countError),
  word('status', (row) => row.answer.status),
  flag('correct', (row) => row.correct),
  flag('storedCorrect', (row) => row.raw.storedCorrect),
  number('confidence', 'DOUBLE', (row) => row.raw.confidence),
  text('response', (row) => row.raw.response),
  word('extracted', (row) => row.raw.extracted),
  word('rule', (row) => row.answer.trace.rule),
  number('traceStart', 'INTEGER', (row) => row.answer.trace.start),
  number('traceEnd', 'INTEGER', (row) => row.answer.trace.end),
  word('traceText', (row) => row.answer.trace.text),
  word('traceSource', (row) => row.answer.trace.source),
  { ...word('flags', (row) => flagsText(row.flags)), list: true },
  { ...text('boxes', (row) => (row.raw.boxes === undefined ? '[]' : jsonText(row.raw.boxes))), json: true },
  { ...text('images', (row) => jsonText(row.raw.images)), list: true },
  text('cluster', (row) => row.cluster),
  text('contrastSet', (row) => row.raw.contrastSet ?? null),
  number('frameSwapExpected', 'DOUBLE', (row) => row.frameSwapExpected),
  text('frameSwapOf', (row) => row.frameSwapOf),
  { ...text('meta', (row) => metaText(row.raw.meta)), json: true },
];

export const SCHEMA_VERSION = 5;
