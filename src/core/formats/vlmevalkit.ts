import { basename } from 'node:path';
import type { Dropped, Json, JsonObject, Option, RawItem } from '../model.js';
import type { Container, Detected, Format, Shape, Source } from './format.js';
import { withoutBytes } from './inlineImages.js';
import { parsePythonLiteral } from './pythonLiteral.js';
import { blankItem, readItems } from './recordFields.js';
import { YES_NO_OPTIONS, cellText, isYesNo, textOf, truthOf } from './recordValues.js';
import { groupingOf, unitOf, type Grouping } from './vlmevalkitGroups.js';
import { isCircularName, predictionName } from './vlmevalkitName.js';

const TABLES: ReadonlySet<Container> = new Set(['xlsx', 'csv', 'tsv', 'json-array', 'json-lines']);
const OPTION_COLUMNS: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** Columns that say what an item is about, in order of preference: the older sets' name first. */
const TASK_COLUMNS = ['category', 'question_type', 'task'] as const;

/** Columns that become fields of the item and are therefore not repeated in its meta. */
const OWN_COLUMNS: ReadonlySet<string> = new Set([
  ...OPTION_COLUMNS,
  ...['index', 'question', 'answer', 'prediction', 'image_path', 'hit', 'score', 'extracted', 'pred_extracted'],
]);

/** What the columns say about how far VLMEvalKit has taken the file. */
type Judgement = 'none' | 'hit' | 'pred_extracted' | 'auxmatch';

interface Context {
  readonly judgement: Judgement;
  readonly grouping: Grouping | null;
  readonly model: string | null;
}

/**
 * VLMEvalKit's predictions and their judged copies (open-compass/VLMEvalKit @ e8e78f05f308): one row per question with
 * `index`, `question`, options in the columns A to Z, `answer` and `prediction`. Spreadsheets by default; tsv, csv and
 * JSON records have the same columns. A judged copy adds `hit` and `log`, `pred_extracted` and `hit`, or `extracted` and
 * `score`.
 */
export const vlmevalkit: Format = {
  id: 'vlmevalkit',
  version: 2,
  title: 'VLMEvalKit predictions',
  ownRule: 'vlmevalkit',
  detect,
  read,
};

/**
 * VLMEvalKit's tables of scores (`_acc.csv`, `_score.csv`): one row per split or metric with figures only. They repeat what
 * the prediction file says and hold no items.
 */
export const vlmevalkitScores: Format = {
  id: 'vlmevalkit-scores',
  version: 1,
  title: 'VLMEvalKit scores',
  detect: detectScores,
  async *read() {
    // Scores are of items that another file holds.
  },
};

function detect(shape: Shape): Detected | null {
  if (!TABLES.has(shape.container)) return null;
  const columns = new Set(shape.columns);
  if (!columns.has('index') || !columns.has('question') || !columns.has('prediction')) return null;
  const judgement = judgementOf(columns);
  const { model, dataset, judges } = predictionName(shape.path, judgement !== 'none');
  const hasOptions = columns.has('A') && columns.has('B');
  const known = columns.has('answer') || hasOptions;
  const confidence = !known ? 0.6 : shape.container === 'xlsx' ? 0.95 : 0.85;
  const verdict = judgement === 'none' ? '' : ', with the verdicts of its evaluation';
  const asked = hasOptions ? 'index, question, options by letter and prediction' : 'index, question and prediction';
  const reason = `VLMEvalKit's columns: ${asked}${verdict}.`;
  const macro = columns.has('source') && /cv-?bench/i.test(dataset ?? '') ? { macroBy: 'source' } : {};
  const found: Detected = { role: 'run', confidence, reason, model, dataset, ...macro };
  return judges === null ? found : { ...found, judges };
}

function judgementOf(columns: ReadonlySet<string>): Judgement {
  if (columns.has('pred_extracted')) return 'pred_extracted';
  if (columns.has('extracted') && columns.has('score')) return 'auxmatch';
  return columns.has('hit') ? 'hit' : 'none';
}

async function* read(source: Source): AsyncIterable<RawItem | Dropped> {
  const judgement = judgementOf(new Set(source.shape.columns));
  const { model, dataset } = predictionName(source.path, judgement !== 'none');
  const named = isCircularName(dataset ?? basename(source.path)) ? 'rotations' : null;
  const context: Context = { judgement, grouping: named ?? (await groupingOf(source.records())), model };
  yield* readItems(source, (value, row) => toItem(value, row, context));
}

function toItem(value: JsonObject, row: number, context: Context): RawItem | Dropped {
  if (Object.values(value).every((cell) => cellText(cell) === null)) {
    const detail = `Row ${row}: expected a question and a prediction, found only empty cells; delete the row if it is padding.`;
    return { row, reason: 'empty row', detail };
  }
  const gold = cellText(value['answer']);
  const offered = optionsOf(value, gold);
  const yesNo = offered.length === 0 && isYesNo(gold);
  return {
    ...blankItem(row),
    id: cellText(value['index']),
    question: cellText(value['question']),
    options: yesNo ? YES_NO_OPTIONS : offered,
    gold,
    extracted: extractedOf(value, context.judgement),
    // pandas reads an empty answer back as NaN, and the judged copies then say "nan".
    response: 'prediction' in value ? (cellText(value['prediction']) ?? '') : null,
    storedCorrect: verdictOf(value, context),
    kind: yesNo ? 'yes-no' : null,
    task: taskOf(value),
    images: imagesOf(value['image_path']),
    model: context.model,
    unit: context.grouping === null ? null : unitOf(value, context.grouping),
    meta: metaOf(value, context),
  };
}

/** Options are the non-empty cells of A to Z. "None" is how an empty cell may be written, unless it is the right answer. */
function optionsOf(value: JsonObject, gold: string | null): Option[] {
  const right = gold?.trim().toUpperCase();
  const offered: Option[] = [];
  for (const label of OPTION_COLUMNS) {
    const text = cellText(value[label]);
    if (text === null || (text.trim() === 'None' && right !== label)) continue;
    offered.push({ label, text });
  }
  return offered;
}

function extractedOf(value: JsonObject, judgement: Judgement): string | null {
  if (judgement === 'pred_extracted') return cellText(value['pred_extracted']) ?? '';
  return judgement === 'auxmatch' ? (cellText(value['extracted']) ?? '') : null;
}

/**
 * The verdict of `hit` or `score`. A circular set's judged copy keeps the main rows only and its `hit` is the whole
 * group's (mcq_circular_eval), so that it says nothing about the row.
 */
function verdictOf(value: JsonObject, { judgement, grouping }: Context): boolean | null {
  if (judgement === 'none' || (judgement === 'hit' && grouping === 'rotations')) return null;
  return truthOf(value[judgement === 'auxmatch' ? 'score' : 'hit']);
}

function taskOf(value: JsonObject): string | null {
  for (const column of TASK_COLUMNS) {
    const task = cellText(value[column]);
    if (task !== null) return task;
  }
  return null;
}

/** One path, or several: a JSON list, or a Python list printed into the cell. */
function imagesOf(value: Json | undefined): string[] {
  const listed = typeof value === 'string' ? (parsePythonLiteral(value) ?? value) : value;
  const paths = Array.isArray(listed) ? listed : [value];
  return paths.flatMap((path) => cellText(path) ?? []);
}

function metaOf(value: JsonObject, context: Context): JsonObject {
  const meta: [string, Json][] = [];
  const task = TASK_COLUMNS.find((column) => cellText(value[column]) !== null);
  for (const [column, cell] of Object.entries(value)) {
    if (cell === null || cell === '' || column === task) continue;
    if (!OWN_COLUMNS.has(column) || isUnusedVerdict(column, value, context)) meta.push([column, withoutBytes(cell)]);
  }
  return Object.fromEntries(meta);
}

/** Verdict columns that did not become a field (a group's `hit`, a graded `score`) stay visible in the meta. */
function isUnusedVerdict(column: string, value: JsonObject, context: Context): boolean {
  if (column === 'hit' || column === 'score') {
    const read = context.judgement === 'auxmatch' ? 'score' : 'hit';
    return column !== read || verdictOf(value, context) === null;
  }
  return column === 'extracted' && context.judgement !== 'auxmatch';
}

/** The rows of a table of scores; one object of scores is a row. */
function scoreRows({ container, complete, head, root }: Shape): readonly JsonObject[] {
  if (container === 'json-object') return root === null ? [] : [root];
  return TABLES.has(container) && complete ? head : [];
}

function detectScores(shape: Shape): Detected | null {
  const head = scoreRows(shape);
  const columns = Object.keys(head[0] ?? {});
  const named = columns[0] === 'split' || columns.join() === 'metric,value' ? columns[0] : undefined;
  const isMme = columns.includes('perception') && columns.includes('reasoning');
  if (head.length === 0 || (named === undefined && !isMme)) return null;
  const figures = columns.filter((column) => column !== named);
  if (figures.length === 0 || !head.every((row) => figures.every((column) => isFigure(row[column])))) return null;
  const first = columns.includes('Overall')
    ? `Overall ${textOf(head[0]?.['Overall']) ?? ''}`.trim()
    : figures.join(', ');
  const reason = `VLMEvalKit's table of scores (${first}); the items are in the prediction file beside it.`;
  const { model, dataset } = predictionName(
    shape.path.replace(/_(?:acc|score)(?=\.\w+?(?:\.(?:gz|zst))?$)/, ''),
    false,
  );
  return { role: 'aggregate', confidence: 0.97, reason, model, dataset };
}

function isFigure(value: Json | undefined): boolean {
  const text = cellText(value);
  return text === null || Number.isFinite(Number(text));
}
