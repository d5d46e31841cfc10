import type { Dropped, Frame, Json, JsonObject, Option, RawItem } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { answerText, blankItem, missingField, readItems, remaining } from './recordFields.js';
import { textOf } from './recordValues.js';

/** Every option of every question is one of these (SpatialMQA, calculate_xyz.py). */
const RELATIONS = new Set(['on/above', 'below', 'in front of', 'behind', 'left of', 'right of']);
const DEFINITION_COLUMNS = ['id', 'image', 'question', 'options', 'answer'];
const USED_BY_DEFINITION = new Set(DEFINITION_COLUMNS);
const USED_BY_PREDICTIONS = new Set([...DEFINITION_COLUMNS, 'output', 'result']);

/** SpatialMQA's questions: `image, question, options[], answer`, where an option is its own text and has no letter. */
export const spatialmqa: Format = {
  id: 'spatialmqa',
  version: 1,
  title: 'SpatialMQA questions',
  detect(shape) {
    if (!hasColumns(shape, ['image', 'question', 'options', 'answer']) || shape.columns.includes('output')) return null;
    const offered = shape.head.flatMap((record) => listOf(record['options']));
    if (offered.length === 0 || !offered.every((option) => RELATIONS.has(option))) return null;
    return detected('definition', "Questions whose options are all among SpatialMQA's six relations.");
  },
  read: (source) => readItems(source, (value, row) => questionItem(value, row, USED_BY_DEFINITION)),
};

/** What SpatialMQA's test scripts write: `id, result 0/1, output, answer`, with or without the question beside them. */
export const spatialmqaPredictions: Format = {
  id: 'spatialmqa-predictions',
  version: 1,
  title: 'SpatialMQA predictions',
  ownRule: 'spatialmqa',
  detect(shape) {
    if (!hasColumns(shape, ['answer', 'output', 'result'])) return null;
    const fits = (record: JsonObject): boolean =>
      RELATIONS.has(textOf(record['answer']) ?? '') && storedResult(record['result']) !== null;
    if (shape.head.length === 0 || shape.head.filter(fits).length < shape.head.length * 0.9) return null;
    return detected('run', "Records of output, result 0/1 and an answer among SpatialMQA's six relations.");
  },
  read: (source) => readItems(source, predictionItem),
};

function hasColumns(shape: Shape, columns: readonly string[]): boolean {
  if (shape.container !== 'json-lines' && shape.container !== 'json-array') return false;
  return columns.every((column) => shape.columns.includes(column));
}

function detected(role: Detected['role'], reason: string): Detected {
  return { role, confidence: 0.9, reason, model: null, dataset: 'SpatialMQA' };
}

function listOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map((entry) => textOf(entry) ?? '') : [];
}

function optionsOf(value: Json | undefined): Option[] {
  return listOf(value).map((text) => ({ label: null, text }));
}

function questionItem(value: JsonObject, row: number, used: ReadonlySet<string>): RawItem | Dropped {
  const question = textOf(value['question']);
  if (question === null) return missingField(row, ['question'], "SpatialMQA's questions");
  return recordItem(value, row, question, used);
}

function recordItem(value: JsonObject, row: number, question: string | null, used: ReadonlySet<string>): RawItem {
  const image = textOf(value['image']);
  return {
    ...blankItem(row),
    id: textOf(value['id']),
    question,
    options: optionsOf(value['options']),
    gold: textOf(value['answer']),
    frame: question === null ? null : frameOf(question),
    images: image === null ? [] : [image],
    meta: remaining(value, used),
  };
}

function predictionItem(value: JsonObject, row: number): RawItem | Dropped {
  if (!('output' in value)) return missingField(row, ['output'], "SpatialMQA's predictions");
  return {
    ...recordItem(value, row, textOf(value['question']), USED_BY_PREDICTIONS),
    response: answerText(value['output']),
    storedCorrect: storedResult(value['result']),
  };
}

function storedResult(value: Json | undefined): boolean | null {
  const text = textOf(value)?.trim();
  return text === '1' ? true : text === '0' ? false : null;
}

/** "If you were the man in the image": you take the place of somebody whom the image shows. */
const SOMEBODY = /\bif you (?:are|were|was) (?!(?:in|on|at|inside|outside|under|behind|beside|near|seated|\w+ing)\b)/i;
/** "If you were lying on the bed", "If you just walked into the room": a stand-point that nobody need hold. */
const SOMEWHERE = /\bif you (?:are|were|was|had|have|just|walk|stand|sit|enter|step|face)\w*\b/i;

/** The frame that the question names; null when it names none. Animals count as persons: their front is their own too. */
function frameOf(question: string): Frame | null {
  if (SOMEBODY.test(question)) return 'person';
  return SOMEWHERE.test(question) ? 'imagined' : null;
}
