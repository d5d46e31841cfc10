import type { Dropped, JsonObject, RawItem } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { splitPrompt } from './promptOptions.js';
import { blankItem, pathParts, readItems, remaining } from './recordFields.js';
import { cellText, textOf, truthOf } from './recordValues.js';
import { VIEWSPATIAL, taskFrame } from './viewspatialTasks.js';

/** The same column in the two layouts: the benchmark's own script writes spaces, the chain-of-thought script underscores. */
const GOLD = ['Correct Answer', 'Correct_Answer'];
const RESPONSE = ['Predicted Answer', 'Predicted_Answer', 'Full_Output'];
const EXTRACTED = 'Parsed_Answer';
const USED: ReadonlySet<string> = new Set([
  ...['ID', 'Question', 'Question_Type', 'IsCorrect', EXTRACTED],
  ...GOLD,
  ...RESPONSE,
]);

/** What the chain-of-thought script leaves in the parsed column when it found no answer, as pandas and Python print it. */
const NOTHING_PARSED = /^(?:none|nan|null|n\/a)?$/iu;

/**
 * Runs of ViewSpatial-Bench's `evaluate.py` (`result/{model}/result_{model}.csv`: `ID, Question, Question_Type, Predicted
 * Answer, Correct Answer, IsCorrect`, options printed inside the question), and the chain-of-thought layout made from it
 * (`ID, Question_Type, Full_Output, Parsed_Answer, Correct_Answer, IsCorrect`), which states neither question nor options:
 * they come from joining with the benchmark or with another run.
 */
export const viewspatialCsv: Format = {
  id: 'viewspatial-csv',
  version: 2,
  title: 'ViewSpatial-Bench results',
  ownRule: 'viewspatial',
  detect,
  read(source) {
    const model = modelOf(source.path);
    return readItems(source, (value, row) => toItem(value, row, model));
  },
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'csv' && shape.container !== 'tsv') return null;
  const columns = new Set(shape.columns);
  const hasAny = (names: readonly string[]): boolean => names.some((name) => columns.has(name));
  if (!columns.has('Question_Type') || !columns.has('IsCorrect') || !hasAny(GOLD)) return null;
  if (!hasAny([...RESPONSE, EXTRACTED])) return null;
  const extracted = columns.has(EXTRACTED) ? ', with the answer that the script extracted' : '';
  return {
    role: 'run',
    confidence: 0.95,
    reason: `ViewSpatial-Bench's result columns: question type, prediction, correct answer and verdict${extracted}.`,
    model: modelOf(shape.path),
    dataset: VIEWSPATIAL,
  };
}

/** `result_{model}.csv`; a file of another name takes the folder that `result/` holds it in. Null where neither says. */
function modelOf(path: string): string | null {
  const { folders, stem } = pathParts(path);
  const named = /^result_(.+)$/isu.exec(stem)?.[1];
  if (named !== undefined) return named;
  return /^results?$/iu.test(folders.at(-2) ?? '') ? (folders.at(-1) ?? null) : null;
}

function toItem(value: JsonObject, row: number, model: string | null): RawItem | Dropped {
  if (Object.values(value).every((cell) => cellText(cell) === null)) {
    return {
      row,
      reason: 'empty row',
      detail: `Row ${String(row)}: expected a question type, a prediction and a correct answer, found only empty cells; delete the row if it is padding.`,
    };
  }
  const prompt = cellText(value['Question']);
  const asked = prompt === null ? null : splitPrompt(prompt);
  const task = cellText(value['Question_Type']);
  return {
    ...blankItem(row),
    id: cellText(value['ID']),
    question: asked?.question ?? null,
    options: asked?.options ?? [],
    gold: cellText(first(value, GOLD)),
    extracted: extractedOf(value),
    response: textOf(first(value, RESPONSE)),
    storedCorrect: truthOf(value['IsCorrect']),
    kind: 'choice',
    task: task?.trim() ?? null,
    ...taskFrame(task),
    model,
    meta: remaining(value, USED),
  };
}

function first(value: JsonObject, names: readonly string[]): JsonObject[string] | undefined {
  const name = names.find((candidate) => Object.hasOwn(value, candidate));
  return name === undefined ? undefined : value[name];
}

function extractedOf(value: JsonObject): string | null {
  if (!Object.hasOwn(value, EXTRACTED)) return null;
  const text = (textOf(value[EXTRACTED]) ?? '').trim();
  return NOTHING_PARSED.test(text) ? '' : text;
}
