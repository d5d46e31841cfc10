import type { Json, JsonObject } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { cellText, objectOf } from './recordValues.js';

/**
 * Summaries of direction errors: "Total Errors: 145" and lines such as "Horizontal_Flip (Left <-> Right): 53 (41.41%)".
 * They publish shares of errors, never the answers these were counted from.
 */
export const errorReport: Format = aggregate('error-report', 'Summary of errors', detectErrorReport);

/** Console output of an evaluation: progress bars and a line with the accuracy. */
export const evaluationLog: Format = aggregate('evaluation-log', 'Evaluation log', detectEvaluationLog);

/** A short table of scores, one row to a category or split ("Preposition,Accuracy,Count"). */
export const scoreTable: Format = aggregate('score-table', 'Table of scores', detectScoreTable);

/** A JSON object of scores, as evaluation tools write beside the answers they score. */
export const scoreObject: Format = aggregate('score-object', 'JSON scores', detectScoreObject);

/** Rows that Flipside itself exported: they stand in their own prediction files already. */
export const ownExport: Format = aggregate('flipside-export', 'Rows exported by Flipside', detectOwnExport);
/** Rows that Flipside wrote itself: shards of its index, or an export to Parquet. They repeat the files that they were read from. */
export const flipsideRows: Format = aggregate('flipside-rows', "Flipside's own rows", detectOwnRows);

/** Which rows Flipside drew for people to label. */
export const ownSample: Format = aggregate('flipside-sample', 'Sample drawn by Flipside', detectOwnSample);

/** Corrected right answers: a patch to a benchmark. */
export const ownPatch: Format = aggregate('flipside-patch', 'Patch of right answers', detectOwnPatch);

/** What annotators say: their files, and what was kept of them elsewhere. */
export const ownAnnotations: Format = aggregate(
  'flipside-annotations',
  'Annotations of Flipside',
  detectOwnAnnotations,
);

function detectOwnAnnotations({ container, columns }: Shape): Detected | null {
  const own = ['v', 'id', 'by', 'order', 'item', 'content', 'set'];
  if (!container.startsWith('json') || !own.every((key) => columns.includes(key))) return null;
  return found(
    0.99,
    'Annotations: they count where they lie in .flipside/annotations, and hold no predictions themselves.',
  );
}

function detectOwnPatch({ container, columns }: Shape): Detected | null {
  const isPatch = container.startsWith('json') && ['v', 'item', 'from', 'to'].every((key) => columns.includes(key));
  if (!isPatch) return null;
  return found(0.99, 'A patch: it corrects right answers where it is named with --patch, and holds no predictions.');
}

function detectOwnSample({ container, text }: Shape): Detected | null {
  // The first key says it, also of a file that is too large to be parsed in one piece.
  if (!container.startsWith('json') || !/^\s*\{\s*"flipsideSample"/.test(text)) return null;
  return found(0.99, 'A sample that Flipside drew: it names rows of prediction files, and holds no answers itself.');
}

function detectOwnRows({ columns }: Shape): Detected | null {
  const own = ['goldDirection', 'predictedDirection', 'wrongDirections', 'optionLabels', 'traceSource'];
  if (!own.every((column) => columns.includes(column))) return null;
  return found(
    0.99,
    'Rows that Flipside wrote itself (an export, or a shard of an index); the files that they were read from are read.',
  );
}

function aggregate(id: string, title: string, detect: (shape: Shape) => Detected | null): Format {
  return {
    id,
    version: 1,
    title,
    detect,
    async *read() {
      // Scores are of items that another file holds.
    },
  };
}

function found(confidence: number, reason: string, model: string | null = null): Detected {
  return { role: 'aggregate', confidence, reason, model, dataset: null };
}

/** What every export holds whatever was asked for, and no other tool writes together. */
const OF_EXPORTS = ['run', 'item', 'class', 'lens', 'lensVersion', 'lensRule', 'answerRule', 'goldDirection'];

function detectOwnExport({ columns }: Shape): Detected | null {
  if (!OF_EXPORTS.every((name) => columns.includes(name))) return null;
  return found(
    0.99,
    'Rows that Flipside exported: they are counted in the prediction files that they come from, and once more here would be twice.',
  );
}

const REPORT_TITLE = /^=+ .*\bError (?:Analysis|Breakdown|Report)\b.* =+$/imu;
const REPORT_TOTAL = /^Total (?:[A-Za-z]+ )?Errors:[ \t]*(\d+)[ \t]*$/imu;
const REPORT_SHARE = /^[ \t]*([A-Za-z][^\n:]{0,80}):[ \t]*(\d+)[ \t]*\(\d+(?:\.\d+)?[ \t]*%\)[ \t]*$/gmu;

function detectErrorReport(shape: Shape): Detected | null {
  // The container layer may take a two-column look of "name: n (p%)" lines for a table; the text decides.
  if (shape.text === '' || shape.container.startsWith('json')) return null;
  const text = shape.text.replace(/\r\n?/gu, '\n');
  const shares = [...text.matchAll(REPORT_SHARE)];
  const total = REPORT_TOTAL.exec(text)?.[1];
  if (shares.length < 2 || (total === undefined && !REPORT_TITLE.test(text))) return null;
  const classes = shares.map((match) => `${(match[1] ?? '').replace(/\(.*$/u, '').trim()} ${match[2] ?? ''}`);
  const errors = total === undefined ? 'errors' : `${total} errors`;
  return found(
    0.9,
    `A summary of ${errors} (${classes.join(', ')}): counts and shares, not items. Open the results or the log they were counted from.`,
  );
}

const ACCURACY_LINE = /Accuracy of [^\n]{1,200}?:[ \t]*\d+(?:\.\d+)?[ \t]*%(?:[ \t]*\(\d+\/\d+\))?/u;
const PROGRESS = /\d{1,3}%\|[^|\n]{0,200}\|[ \t]*\d+\/\d+[ \t]*\[/gu;
const SAVED = /Result saved to ([^\s]+)/u;
const RUNNING = /^Model [^\n]{0,200}?([^\s:]+) is running!/mu;

function detectEvaluationLog(shape: Shape): Detected | null {
  if (shape.text === '' || shape.container.startsWith('json')) return null;
  const accuracy = ACCURACY_LINE.exec(shape.text)?.[0];
  const bars = shape.text.match(PROGRESS)?.length ?? 0;
  if (accuracy === undefined && bars < 3) return null;
  const model = /^Accuracy of (.+):/u.exec(accuracy ?? '')?.[1] ?? RUNNING.exec(shape.text)?.[1] ?? null;
  const saved = SAVED.exec(shape.text)?.[1];
  const source = saved === undefined ? 'the results file that it names at its end' : saved;
  const said =
    accuracy !== undefined
      ? `It says: ${accuracy}.`
      : shape.complete
        ? 'It states no accuracy: the evaluation may have been stopped.'
        : 'It states no accuracy in its first 64 KiB; look at its last lines.';
  return found(0.8, `Console output of an evaluation, not items. ${said} The answers are in ${source}.`, model);
}

/** Longer tables are taken for items even where their columns look like scores. */
const LONGEST_TABLE = 150;
const SCORE_COLUMN =
  /^(?:(?:overall|mean|average|avg|total|macro|micro|group|pair|set)[ _-]?)?(?:acc|accuracy|overall|score|count|correct|total|precision|recall|f1|f1[ _-]score|mean|average|support|em|exact[ _-]match|yes[ _-]ratio)(?:[ _-]?(?:%|\(%\)|pct|percent|count|mean|avg))?$/iu;
const ITEM_COLUMN =
  /^(?:.*[ _-])?(?:id|idx|index|question|prompt|answer|prediction|predicted|pred|response|output|gold|ground[ _-]?truth|gt|target|image|image[ _-]path|caption|label|text|input|options|choices|is[ _-]?correct|iscorrect|hit|confidence|timestamp)$/iu;

function detectScoreTable(shape: Shape): Detected | null {
  if (!['csv', 'tsv', 'xlsx'].includes(shape.container) || !shape.complete) return null;
  if (shape.head.length === 0 || shape.head.length > LONGEST_TABLE) return null;
  if (shape.columns.some((column) => ITEM_COLUMN.test(column.trim()))) return null;
  const scores = shape.columns.filter((column) => SCORE_COLUMN.test(column.trim()));
  const numeric = scores.filter((column) => shape.head.every((row) => isFigure(row[column])));
  if (numeric.length === 0 || numeric.length < scores.length) return null;
  const rows = shape.head.length === 1 ? '1 row' : `${String(shape.head.length)} rows`;
  const names = numeric.map((column) => `"${column}"`).join(', ');
  return found(
    0.6,
    `A table of scores (${rows}, ${names}) without a column for each item's question or answer: nothing to analyse. Open the file of answers it was counted from.`,
  );
}

/** A number, a share in percent, or an empty cell; at least the column's name must promise a number. */
function isFigure(cell: Json | undefined): boolean {
  const text = cellText(cell);
  return text === null || (text.trim() !== '' && Number.isFinite(Number(text.trim().replace(/[ \t]*%$/u, ''))));
}

const SCORE_KEY =
  /^(?:results|metrics|scores|summary|overall|(?:[a-z_]+_)?(?:accuracy|acc)|per_\w+|by_\w+|category_\w+|f1|precision|recall)$/iu;

function detectScoreObject(shape: Shape): Detected | null {
  if (shape.container !== 'json-object' || shape.root === null) return null;
  const keys = Object.keys(shape.root).filter((key) => SCORE_KEY.test(key));
  const figures = keys.filter((key) => countFigures(shape.root?.[key], MAX_DEPTH) > 0);
  if (figures.length === 0 || holdsRecords(shape.root)) return null;
  const names = Object.keys(objectOf(shape.root['results']));
  const of = names.length === 0 ? figures.join(', ') : names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  return found(
    0.5,
    `A JSON object of scores (${of}) without items: nothing to analyse. Open the file of answers it was counted from.`,
  );
}

const MAX_DEPTH = 6;

function countFigures(value: Json | undefined, depth: number): number {
  if (typeof value === 'number') return 1;
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + countFigures(item, depth - 1), 0);
}

/** Keys that hold a tool's settings; lists of objects there are no items. */
const SETTINGS =
  /^(?:config|configs|args|model_args|model_configs|settings|versions|group_subtasks|n-shot|environment)$/iu;

/** True where the object holds a list of records, or a map of records, in which items could stand. */
function holdsRecords(root: JsonObject): boolean {
  return Object.entries(root).some(([key, value]) => !SETTINGS.test(key) && isRecords(value, MAX_DEPTH));
}

function isRecords(value: Json | undefined, depth: number): boolean {
  if (depth === 0 || typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null);
  if (Object.keys(value).some((key) => ITEM_COLUMN.test(key))) return true;
  return Object.values(value).some((item) => isRecords(item, depth - 1));
}
