import type { Dropped, ItemKind, JsonObject, RawItem } from '../model.js';
import type { Format, Shape } from './format.js';
import { letteredFor } from './letters.js';
import { isMmeTask } from './mmeTasks.js';
import { readOptions } from './optionsValue.js';
import { splitPrompt } from './promptOptions.js';
import { answerText, blankItem, missingField, modelSplitter, readItems, remaining } from './recordFields.js';
import { YES_NO_OPTIONS, isYesNo, textOf } from './recordValues.js';
import { typeTask } from './seedBench.js';

const USED = new Set([
  'questionId',
  'question_id',
  'image',
  'prompt',
  'answer',
  'gt_answer',
  'category',
  'options',
  'model_id',
]);
const ORDERS: Readonly<Record<string, ItemKind>> = { depth: 'depth-order', distance: 'distance-order' };

/**
 * Answers of Cambrian's evaluation suite (cambrian-mllm/cambrian @ 0d7ca417b51c, eval/eval/{ade,coco,omni,seed,mme}/*_eval.py): JSON
 * lines of `questionId` or `question_id, prompt, answer, gt_answer, category, model_id`, with `options` (and `image`) for CV-Bench's
 * parts. For MME, which it pairs by place (mme_test.py), two questions after one another are a unit.
 */
export const cambrianAnswers: Format = {
  id: 'cambrian-answers',
  version: 1,
  title: 'Cambrian answers',
  detect(shape) {
    const isJson = shape.container === 'json-lines' || shape.container === 'json-array';
    const fields = ['prompt', 'answer', 'gt_answer', 'model_id'];
    if (!isJson || !fields.every((field) => shape.columns.includes(field))) return null;
    if (!shape.columns.includes('questionId') && !shape.columns.includes('question_id')) return null;
    const models = new Set(shape.head.map((record) => textOf(record['model_id'])));
    const [model = null] = models.size === 1 ? models : [];
    const reason = "Records of prompt, answer, gt_answer, category and model_id: Cambrian's evaluation suite.";
    return { role: 'run', confidence: 0.93, reason, model, dataset: datasetOf(shape) };
  },
  read(source) {
    const split = modelSplitter(source.shape.head, 'model_id');
    const dataset = datasetOf(source.shape);
    return readItems(source, (value, row) => toItem(value, row, split(value), dataset));
  },
};

function datasetOf({ head }: Shape): string | null {
  const categories = head.map((record) => textOf(record['category']));
  if (categories.length === 0) return null;
  if (categories.every(isMmeTask) && head.every((record) => isYesNo(textOf(record['gt_answer'])))) return 'MME';
  const known = (category: string | null): boolean => /^(?:count|relation|depth|distance)$/i.test(category ?? '');
  if (categories.every(known)) return 'CV-Bench';
  const isSeed = head.every(
    (record) => typeof record['category'] === 'number' && /^[A-D]$/.test(textOf(record['gt_answer']) ?? ''),
  );
  return isSeed ? 'SEED-Bench' : null;
}

function toItem(value: JsonObject, row: number, split: string | null, dataset: string | null): RawItem | Dropped {
  if (!('answer' in value)) return missingField(row, ['answer'], "Cambrian's answers");
  const asked = splitPrompt(promptText(textOf(value['prompt']) ?? ''));
  const gold = textOf(value['gt_answer']);
  const response = answerText(value['answer']);
  const listed = readOptions(value['options']);
  const yesNo = listed.length === 0 && asked.options.length === 0 && isYesNo(gold);
  const offered = listed.length > 0 ? letteredFor(listed, [gold, response]) : asked.options;
  const id = textOf(value['questionId'] ?? value['question_id']);
  const image = textOf(value['image']);
  const category = textOf(value['category']);
  const task = dataset === 'SEED-Bench' ? typeTask(category) : category;
  return {
    ...blankItem(row),
    id,
    question: asked.question === '' ? null : asked.question,
    options: yesNo ? YES_NO_OPTIONS : offered,
    gold,
    response,
    kind: yesNo ? 'yes-no' : (ORDERS[task?.toLowerCase() ?? ''] ?? null),
    task,
    images: image === null ? [] : [image],
    model: textOf(value['model_id']),
    split,
    unit: dataset === 'MME' ? pairOf(id, row) : null,
    meta: remaining(value, USED),
  };
}

/** Questions 2n and 2n + 1 are asked of one image. */
function pairOf(id: string | null, row: number): string {
  const index = id !== null && /^\d+$/.test(id) ? Number(id) : row - 1;
  return String(Math.floor(index / 2));
}

/** The user's words in a prompt that is written out with its chat template. */
function promptText(prompt: string): string {
  const said =
    /(?:USER:|<\|im_start\|>user\n|<\|start_header_id\|>user<\|end_header_id\|>)([\s\S]*)$/.exec(prompt)?.[1] ?? prompt;
  return said
    .replace(/(?:ASSISTANT:|<\|im_end\|>|<\|eot_id\|>)[\s\S]*$/, '')
    .replace(/<image>|<im_start>|<im_end>/g, '')
    .replace(/\n(?:Answer (?:the question|with)\b[^\n]*)\s*$/, '')
    .trim();
}
