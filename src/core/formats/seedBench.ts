import { type Dropped, isJsonObject, type Json, type JsonObject, type Option, type RawItem } from '../model.js';
import type { Format, Shape, Source } from './format.js';
import { blankItem, missingField, readItems, remaining } from './recordFields.js';
import { objectOf, textOf } from './recordValues.js';

const DATASET = 'SEED-Bench';
const CHOICES = ['choice_a', 'choice_b', 'choice_c', 'choice_d'] as const;
const QUESTION_FIELDS = ['question_id', 'question', 'answer', 'question_type_id', 'choice_a', 'choice_b'] as const;
const USED_BY_QUESTIONS: ReadonlySet<string> = new Set([...QUESTION_FIELDS, ...CHOICES, 'data_id']);
const USED_BY_ANSWERS: ReadonlySet<string> = new Set(['q_id', 'question_id', 'prediction', 'gt', 'q_type_id']);
const LETTER = /^\s*[A-D]\s*$/;

/**
 * SEED-Bench's questions: one object with `questions` (`question_id, question, choice_a … choice_d, answer` by letter,
 * `question_type_id, data_id`) and `question_type`, from name to id. Source: AILab-CVC/SEED-Bench @ 250947c2acf6, eval.py.
 */
export const seedBenchQuestions: Format = {
  id: 'seed-bench-questions',
  version: 1,
  title: 'SEED-Bench questions',
  detect(shape) {
    const [first] = questionsOf(shape);
    if (!isJsonObject(first) || !QUESTION_FIELDS.every((field) => field in first)) return null;
    const reason = 'A list of questions with choice_a to choice_d, the right letter and question types: SEED-Bench.';
    return { role: 'definition', confidence: 0.95, reason, model: null, dataset: DATASET };
  },
  async *read(source) {
    const names = typeNames(source.shape.root);
    if (source.shape.container !== 'json-object')
      yield* readItems(source, (value, row) => questionItem(value, row, names));
    else yield* listedItems(source, names);
  },
};

/** The official answers: JSON lines of `q_id, prediction, gt, q_type_id` (the same, `run_inference`). */
export const seedBenchPredictions: Format = {
  id: 'seed-bench-predictions',
  version: 1,
  title: 'SEED-Bench predictions',
  detect(shape) {
    const isJson = shape.container === 'json-lines' || shape.container === 'json-array';
    if (!isJson || !['q_id', 'prediction', 'gt', 'q_type_id'].every((column) => shape.columns.includes(column)))
      return null;
    if (!shape.head.some((record) => LETTER.test(textOf(record['gt']) ?? ''))) return null;
    const reason = 'Records of q_id, prediction, gt and q_type_id: SEED-Bench.';
    return { role: 'run', confidence: 0.95, reason, model: null, dataset: DATASET };
  },
  read: (source) => readItems(source, answerItem),
};

/** The questions of one object, or the records of a list of them. */
function questionsOf(shape: Shape): readonly Json[] {
  const listed = shape.root?.['questions'];
  return shape.container === 'json-object' ? (Array.isArray(listed) ? listed : []) : shape.head;
}

function typeNames(root: JsonObject | null): ReadonlyMap<string, string> {
  return new Map(Object.entries(objectOf(root?.['question_type'])).map(([name, id]) => [textOf(id) ?? '', name]));
}

async function* listedItems(source: Source, names: ReadonlyMap<string, string>): AsyncGenerator<RawItem | Dropped> {
  let row = 0;
  for (const question of questionsOf(source.shape)) {
    row += 1;
    yield await Promise.resolve(
      isJsonObject(question) ? questionItem(question, row, names) : notAnObject(row, question),
    );
  }
}

function notAnObject(row: number, value: Json): Dropped {
  const detail = `Question ${String(row)}: expected an object of question, choices and answer, found ${JSON.stringify(value).slice(0, 80)}. Remove it.`;
  return { row, reason: 'not an object', detail };
}

function questionItem(value: JsonObject, row: number, names: ReadonlyMap<string, string>): RawItem | Dropped {
  const question = textOf(value['question']);
  if (question === null) return missingField(row, ['question'], "SEED-Bench's questions");
  const image = textOf(value['data_id']);
  const type = textOf(value['question_type_id']);
  return {
    ...blankItem(row),
    id: textOf(value['question_id']),
    question,
    options: CHOICES.flatMap((field, at): Option[] => {
      const text = textOf(value[field]);
      return text === null ? [] : [{ label: 'ABCD'.charAt(at), text }];
    }),
    gold: textOf(value['answer']),
    task: names.get(type ?? '') ?? typeTask(type),
    images: image === null ? [] : [image],
    meta: remaining(value, USED_BY_QUESTIONS),
  };
}

/** The dimensions 1 to 12 of SEED-Bench, by the order of the paper and of its file's `question_type`. */
const TASKS = [
  ...['Scene Understanding', 'Instance Identity', 'Instance Attributes', 'Instance Location', 'Instances Counting'],
  ...['Spatial Relation', 'Instance Interaction', 'Visual Reasoning', 'Text Understanding', 'Action Recognition'],
  ...['Action Prediction', 'Procedure Understanding'],
];

/** The name of a dimension, where it is one of these. */
export function typeTask(type: string | null): string | null {
  return type === null ? null : (TASKS[Number(type) - 1] ?? type);
}

function answerItem(value: JsonObject, row: number): RawItem | Dropped {
  if (!('prediction' in value)) return missingField(row, ['prediction'], "SEED-Bench's predictions");
  return {
    ...blankItem(row),
    id: textOf(value['q_id'] ?? value['question_id']),
    gold: textOf(value['gt']),
    extracted: textOf(value['prediction']) ?? '',
    kind: 'choice',
    task: typeTask(textOf(value['q_type_id'])),
    meta: remaining(value, USED_BY_ANSWERS),
  };
}
