import {
  type Box,
  type Dropped,
  isJsonObject,
  type Json,
  type JsonObject,
  type Option,
  type RawItem,
} from '../model.js';
import type { Container, Format, Shape } from './format.js';
import { answerText, blankItem, missingField, modelSplitter, readItems, remaining } from './recordFields.js';
import { YES_NO_OPTIONS, objectOf, textOf, truthOf } from './recordValues.js';

const DATASET = 'SpatialRGPT-Bench';
const RECORDS: readonly Container[] = ['json-lines', 'json-array'];
const USED_BY_ANSWERS = new Set(['question_id', 'image', 'question', 'pred', 'gt', 'model_id']);
const USED_BY_QUESTIONS = new Set(['id', 'text_q', 'conversations', 'bbox', 'rle', 'image_info']);

/**
 * SpatialRGPT-Bench's answers, one record after another, on lines of their own or printed over several: `question_id, image, question,
 * pred, gt, model_id, qa_info {type, category}`, with `llm_match_info` once a judge has read them. Source:
 * AnjieCheng/SpatialRGPT @ cfa293c2979c, llava/eval/eval_spatial.py and scripts/srgpt/eval/evaluate_spatial_with_gpt4.py.
 *
 * Right answers are sentences. Of a predicate ("Is … behind …?") its yes or no is the gold, of a choice the region that it names. What is
 * measured (distances, sizes, clock directions) the benchmark scores with a tolerance: such items have no gold, and the tool's own
 * verdict where there is one.
 */
export const spatialRgpt: Format = {
  id: 'spatialrgpt',
  version: 1,
  title: 'SpatialRGPT-Bench answers',
  detect(shape) {
    if (!hasFields(shape, ['question', 'pred', 'gt', 'qa_info'])) return null;
    const models = new Set(shape.head.flatMap((record) => textOf(record['model_id']) ?? []));
    const [model = null] = models.size === 1 ? models : [];
    const measured = shape.head.some((record) => isMeasured(record));
    return {
      role: 'run',
      confidence: 0.95,
      reason: 'Records of question, pred, gt and qa_info with type and category: SpatialRGPT-Bench.',
      model,
      dataset: DATASET,
      ...(measured ? { warnings: [MEASURED] } : {}),
    };
  },
  read(source) {
    const split = modelSplitter(source.shape.head, 'model_id');
    return readItems(source, (value, row) => answerItem(value, row, split(value)));
  },
};

/** The benchmark's annotations: `id, text_q, conversations, qa_info, image_info, bbox`, boxes as x1, y1, x2, y2 (the same). */
export const spatialRgptQuestions: Format = {
  id: 'spatialrgpt-questions',
  version: 1,
  title: 'SpatialRGPT-Bench questions',
  detect(shape) {
    if (!hasFields(shape, ['text_q', 'conversations', 'qa_info'])) return null;
    const reason = 'Records of text_q, conversations and qa_info with type and category: SpatialRGPT-Bench.';
    return { role: 'definition', confidence: 0.95, reason, model: null, dataset: DATASET };
  },
  read: (source) => readItems(source, questionItem),
};

const MEASURED =
  'Distances, sizes and clock directions are measured with a tolerance, which no right or wrong answer is: they count as items without gold. The file’s own verdicts on them stand in storedCorrect.';

function hasFields(shape: Shape, fields: readonly string[]): boolean {
  if (!RECORDS.includes(shape.container) || !fields.every((field) => shape.columns.includes(field))) return false;
  return shape.head.some((record) => textOf(objectOf(record['qa_info'])['category']) !== null);
}

function isMeasured(record: JsonObject): boolean {
  return objectOf(record['qa_info'])['type'] === 'quantitative';
}

function answerItem(value: JsonObject, row: number, split: string | null): RawItem | Dropped {
  if (!('pred' in value)) return missingField(row, ['pred'], "SpatialRGPT-Bench's answers");
  const image = textOf(value['image']);
  return {
    ...askedItem(value, row, textOf(value['question']), textOf(value['gt'])),
    id: textOf(value['question_id']),
    response: answerText(value['pred']),
    storedCorrect: verdictOf(value),
    images: image === null ? [] : [image],
    model: textOf(value['model_id']),
    split,
    meta: { ...remaining(value, USED_BY_ANSWERS), gt: value['gt'] ?? null },
  };
}

/** What the question's category says of how it is asked and of the right answer. */
function askedItem(value: JsonObject, row: number, question: string | null, truth: string | null): RawItem {
  const category = textOf(objectOf(value['qa_info'])['category']);
  const [, relation, form] = /^(.+)_(predicate|choice)$/.exec(category ?? '') ?? [];
  const item: RawItem = {
    ...blankItem(row),
    question,
    task: category,
    frame: 'camera',
    convention: 'toward-viewer',
    relation: relation ?? null,
  };
  if (isMeasured(value) || truth === null || form === undefined) return { ...item, relation: null, kind: 'open' };
  if (form === 'predicate') return { ...item, kind: 'yes-no', options: YES_NO_OPTIONS, gold: affirmationOf(truth) };
  const options = regionsIn(question ?? '').map((text): Option => ({ label: null, text }));
  const [named, ...others] = regionsIn(truth);
  return {
    ...item,
    relation: null,
    kind: 'choice',
    options,
    gold: named !== undefined && others.length === 0 ? named : null,
  };
}

const AFFIRMED = /^\W*(?:yes|correct|indeed|that is true|that's true|true|right|absolutely)\b/iu;
const DENIED = /^\W*(?:no|incorrect|actually|in fact|that is false|that's false|false|not)\b/iu;

/** The yes or no that a sentence begins with; null where it begins with neither. */
function affirmationOf(sentence: string): string | null {
  if (AFFIRMED.test(sentence)) return 'yes';
  return DENIED.test(sentence) ? 'no' : null;
}

/** The regions that a text names, each once, in order. */
function regionsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\bRegion \[\d+\]/gu) ?? [])];
}

/** A judge's mark, or whether a measurement lies within the benchmark's tolerance: a quarter, or one hour of the clock. */
function verdictOf(value: JsonObject): boolean | null {
  const match = objectOf(value['llm_match_info']);
  if ('evaluation' in match) return truthOf(match['evaluation']);
  const { answer, response } = match;
  if (typeof answer !== 'number' || typeof response !== 'number') return null;
  if (textOf(objectOf(value['qa_info'])['category']) === 'direction') {
    const apart = Math.abs(answer - response);
    return Math.min(apart, 12 - apart) <= 1;
  }
  return response <= 1.25 * answer && response >= 0.75 * answer;
}

function questionItem(value: JsonObject, row: number): RawItem | Dropped {
  const question = textOf(value['text_q']);
  if (question === null) return missingField(row, ['text_q'], "SpatialRGPT-Bench's questions");
  const image = textOf(objectOf(value['image_info'])['file_path']);
  const truth = textOf(objectOf(listed(value['conversations'])[1])['value']);
  return {
    ...askedItem(value, row, question, truth),
    id: textOf(value['id']),
    images: image === null ? [] : [image],
    boxes: listed(value['bbox']).flatMap((box, at) => boxOf(box, `Region [${String(at)}]`)),
    meta: { ...remaining(value, USED_BY_QUESTIONS), gt: truth },
  };
}

function listed(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function boxOf(value: Json, label: string): Box[] {
  const numbers = isJsonObject(value) ? [] : listed(value).map(Number);
  const [x1 = Number.NaN, y1 = Number.NaN, x2 = Number.NaN, y2 = Number.NaN] = numbers;
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return [];
  return [{ x: x1, y: y1, width: x2 - x1, height: y2 - y1, unit: 'pixel', label }];
}
