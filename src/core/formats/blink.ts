import { FlipsideError, isJsonObject } from '../model.js';
import type { Dropped, ItemKind, Json, JsonObject, Option, RawItem } from '../model.js';
import type { Detected, Format, Shape, Source } from './format.js';
import { answerText, blankItem, missingField, pathParts, remaining } from './recordFields.js';
import { textOf } from './recordValues.js';

interface Subtask {
  readonly kind: ItemKind;
  readonly options: readonly Option[];
}

/**
 * The sub-tasks of BLINK whose options are the same in every question (Fu et al. 2024, "BLINK", as the options stand in the
 * published outputs). The others differ from question to question, so they stay unknown here.
 */
const SUBTASKS: ReadonlyMap<string, Subtask> = new Map<string, Subtask>([
  [
    'Spatial_Relation',
    {
      kind: 'yes-no',
      options: [
        { label: 'A', text: 'yes' },
        { label: 'B', text: 'no' },
      ],
    },
  ],
  [
    'Relative_Depth',
    {
      kind: 'depth-order',
      options: [
        { label: 'A', text: 'A is closer' },
        { label: 'B', text: 'B is closer' },
      ],
    },
  ],
]);

const ID = /^(val|test|train|dev)_(.+)_\d+$/;
const LETTER = /^\s*\([A-Z]\)\s*$/;
const USED = new Set(['idx', 'answer', 'prediction', 'full_prediction']);

/** `{"val": […], "test": […]}`: the outputs of one model on one sub-task, with the gold letters of the validation half. */
export const blinkPredictions: Format = {
  id: 'blink-predictions',
  version: 1,
  title: 'BLINK outputs of one sub-task',
  ownRule: 'blink',
  detect: detectPredictions,
  async *read(source) {
    let row = 0;
    for (const [split, records] of splitsOf(await rootOf(source))) {
      for (const record of records) {
        row += 1;
        yield predictionItem(record, row, split);
      }
    }
  },
};

/** `{"val_Counting_1": "(A)", …}`: the predicted letters of one model. Gold comes from the answer map. */
export const blinkPredictionMap: Format = {
  id: 'blink-prediction-map',
  version: 1,
  title: 'BLINK predictions (id -> letter)',
  ownRule: 'blink',
  detect: (shape) => detectMap(shape, 'predictions'),
  read: (source) => readMap(source, 'predictions'),
};

/** `{"val_Counting_1": "(A)", …}`: the gold letters, laid out exactly like predictions. */
export const blinkAnswerMap: Format = {
  id: 'blink-answer-map',
  version: 1,
  title: 'BLINK answers (id -> letter)',
  detect: (shape) => detectMap(shape, 'answers'),
  read: (source) => readMap(source, 'answers'),
};

function detectPredictions(shape: Shape): Detected | null {
  if (shape.container !== 'json-object' || shape.root === null) return null;
  if (!Array.isArray(shape.root['val']) && !Array.isArray(shape.root['test'])) return null;
  const splits = splitsOf(shape.root);
  const records = splits.flatMap(([, values]) => values.slice(0, 200)).filter(isJsonObject);
  const empty = splits.every(([, values]) => values.length === 0);
  if (!empty && !records.some((record) => 'idx' in record && 'prediction' in record)) return null;
  return {
    role: 'run',
    confidence: empty ? 0.6 : 0.95,
    reason: empty
      ? 'A JSON object of BLINK\'s splits ("val", "test") with no records in them: an empty run.'
      : 'A JSON object of BLINK\'s splits ("val", "test") whose records have "idx" and "prediction".',
    model: modelOf(shape.path, new Set(records.map((record) => partsOf(textOf(record['idx'])).task))),
    dataset: 'BLINK',
  };
}

/** The parsed file; one that was too large to parse while it was recognised is parsed here. */
async function rootOf(source: Source): Promise<JsonObject> {
  if (source.shape.root !== null) return source.shape.root;
  const text = new TextDecoder().decode(await source.bytes());
  const failure = `${source.path}: expected one JSON object, {"val": […], "test": […]} or {"id": "(A)", …}. Repair the JSON, or split the file by sub-task.`;
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new FlipsideError(`${failure} (${String(error)})`, { file: source.path });
  }
  throw new FlipsideError(failure, { file: source.path });
}

/** The lists of a file of outputs: val, then test, then any further split in file order. */
function splitsOf(root: JsonObject): [string, Json[]][] {
  const lists = Object.entries(root).filter((entry): entry is [string, Json[]] => Array.isArray(entry[1]));
  const rank = (split: string): number => (split === 'val' ? 0 : split === 'test' ? 1 : 2);
  return lists.sort(([a], [b]) => rank(a) - rank(b));
}

function partsOf(id: string | null): { readonly split: string | null; readonly task: string | null } {
  const match = ID.exec(id ?? '');
  return { split: match?.[1] ?? null, task: match?.[2] ?? null };
}

function itemOf(row: number, id: string | null): RawItem {
  const { split, task } = partsOf(id);
  const subtask = SUBTASKS.get(task ?? '');
  return {
    ...blankItem(row),
    id,
    task,
    kind: subtask?.kind ?? null,
    options: subtask?.options ?? [],
    meta: split === null ? {} : { split },
  };
}

function goldOf(answer: string | null): string | null {
  return answer === null || answer.trim().toLowerCase() === 'hidden' ? null : answer;
}

function predictionItem(record: Json, row: number, split: string): RawItem | Dropped {
  if (!isJsonObject(record)) {
    const detail = `Record ${String(row)} (in "${split}") is not a JSON object. Expected {"idx", "answer", "full_prediction", "prediction"}.`;
    return { row, reason: 'not an object', detail };
  }
  if (!('prediction' in record) && !('full_prediction' in record)) {
    return missingField(row, ['prediction', 'full_prediction'], "BLINK's outputs");
  }
  return {
    ...itemOf(row, textOf(record['idx'])),
    gold: goldOf(textOf(record['answer'])),
    extracted: answerText(record['prediction']),
    response: answerText(record['full_prediction']),
    meta: { ...remaining(record, USED), split },
  };
}

type Side = 'predictions' | 'answers';

function detectMap(shape: Shape, side: Side): Detected | null {
  if (shape.container !== 'json-object' || shape.root === null || !isLetterMap(shape.root)) return null;
  const told = sideOf(shape.path, shape.root);
  if (told.side !== side) return null;
  const ids = Object.keys(shape.root);
  const blink = ids.filter((id) => ID.test(id)).length >= ids.length / 2;
  const known = side === 'answers' ? 'a map from id to the right letter' : 'a map from id to the predicted letter';
  return {
    role: side === 'answers' ? 'definition' : 'run',
    confidence: told.why === null ? 0.4 : blink ? 0.9 : 0.6,
    reason:
      told.why === null
        ? 'A map from id to "(A)": nothing tells predictions from answers, so it is read as predictions. If it holds the right answers, rename it to end in _answers.json, or, on the command line, name it with --gold.'
        : `${blink ? 'BLINK: ' : ''}${known} (${told.why}).`,
    model: side === 'answers' ? null : modelOf(shape.path, new Set(ids.map((id) => partsOf(id).task))),
    dataset: blink ? 'BLINK' : null,
  };
}

/** A map of letters in brackets, give or take a tenth of other scalars ("hidden", null). */
function isLetterMap(root: JsonObject): boolean {
  const values = Object.values(root);
  if (values.some((value) => typeof value === 'object' && value !== null)) return false;
  const letters = values.filter((value) => typeof value === 'string' && LETTER.test(value)).length;
  return letters > 0 && letters >= values.length * 0.9;
}

const ANSWER_WORDS = new Set(['answer', 'answers', 'gold', 'golden', 'label', 'labels', 'gt', 'truth', 'groundtruth']);
const PREDICTION_WORDS =
  /^(pred|preds|predicted|prediction|predictions|output|outputs|response|responses|result|results)$/;

/**
 * Predictions and answers are laid out alike. "(Z)", which means that nothing could be read, occurs in predictions only; else
 * the words of the file name decide, then those of its folder (`val_predictions/MODEL.json`).
 */
function sideOf(path: string, root: JsonObject): { readonly side: Side; readonly why: string | null } {
  if (Object.values(root).some((value) => typeof value === 'string' && value.trim() === '(Z)')) {
    return { side: 'predictions', why: '"(Z)" stands for answers that could not be read' };
  }
  const { folders, stem } = pathParts(path);
  for (const name of [stem, folders.at(-1) ?? '']) {
    const words = name.toLowerCase().split(/[^a-z]+/);
    const predicted = words.find((word) => PREDICTION_WORDS.test(word));
    if (predicted !== undefined) return { side: 'predictions', why: `"${predicted}" in the path` };
    const answer = words.find((word) => ANSWER_WORDS.has(word));
    if (answer !== undefined) return { side: 'answers', why: `"${answer}" in the path` };
  }
  return { side: 'predictions', why: null };
}

async function* readMap(source: Source, side: Side): AsyncGenerator<RawItem | Dropped> {
  const text = new TextDecoder().decode(await source.bytes());
  let row = 0;
  for (const [id, value] of flatEntries(text) ?? Object.entries(await rootOf(source))) {
    row += 1;
    yield mapItem(id, value, row, side);
  }
}

function mapItem(id: string, value: Json, row: number, side: Side): RawItem | Dropped {
  if (typeof value !== 'string' && value !== null) {
    const detail = `Record ${String(row)} ("${id}") is ${JSON.stringify(value)}. Expected a letter in brackets, such as "(A)".`;
    return { row, reason: 'not a letter', detail };
  }
  const item = itemOf(row, id);
  return side === 'answers' ? { ...item, gold: goldOf(value) } : { ...item, extracted: value ?? '' };
}

const PAIR = /\s*("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*"|[^\s,{}[\]"]+)\s*([,}])/sy;

/**
 * The pairs of a flat JSON object in file order. JSON.parse keeps only the last of two equal keys and moves keys that look
 * like numbers to the front, so records would vanish or change their number. Null when the object is not flat.
 */
function flatEntries(text: string): [string, Json][] | null {
  const pairs: [string, Json][] = [];
  PAIR.lastIndex = text.indexOf('{') + 1;
  for (let match = PAIR.exec(text); match !== null; match = PAIR.exec(text)) {
    const [, key = '""', value = 'null', after] = match;
    try {
      pairs.push([JSON.parse(key) as string, JSON.parse(value) as Json]);
    } catch {
      return null;
    }
    if (after === '}') return pairs;
  }
  return null;
}

const NOISE = /^(?:val|test|dev|train|predictions?|preds?|outputs?|results?|answers?|blink)$/i;

/**
 * The model's name in a path: what is left of `GPT4o_Spatial_Relation.json` or `val_predictions_GPT4o.json` without the
 * sub-task and the words for split and contents; the folder of `GPT4V/Relative Depth.json`. Null when nothing is left.
 */
function modelOf(path: string, tasks: ReadonlySet<string | null>): string | null {
  const { folders, stem } = pathParts(path);
  const [task = null] = tasks.size === 1 ? tasks : [];
  const named = task !== null && stem.replaceAll(' ', '_').endsWith(task);
  const rest = named ? stem.slice(0, stem.length - task.length) : stem;
  const own = trimNoise(rest);
  return own !== '' ? own : named ? trimNoise(folders.at(-1) ?? '') || null : null;
}

function trimNoise(name: string): string {
  const words = name.split(/([_\- ]+)/);
  let start = 0;
  let end = words.length;
  const skippable = (word: string): boolean => /^[_\- ]*$/.test(word) || NOISE.test(word);
  while (start < end && skippable(words[start] ?? '')) start += 1;
  while (end > start && skippable(words[end - 1] ?? '')) end -= 1;
  return words.slice(start, end).join('');
}
