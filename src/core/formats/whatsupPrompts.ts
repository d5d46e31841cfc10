import { type Dropped, isJsonObject, type Json, type JsonObject, type RawItem } from '../model.js';
import type { Container, Detected, Format, Shape } from './format.js';
import { isDropped } from './format.js';
import { splitPrompt } from './promptOptions.js';
import { answerText, blankItem, missingField, readItems, remaining } from './recordFields.js';
import { cellText, textOf } from './recordValues.js';

const DATASET = "What'sUp";
const CONTAINERS: readonly Container[] = ['json-array', 'json-lines'];
const RESULT_FIELDS = ['image', 'prompt', 'prompt_label', 'answer', 'ground_truth'] as const;
const DEFINITION_FIELDS = ['image', 'ground_truth', 'prompts'] as const;
/** The prompt stays among the remaining fields, because the question is only one sentence of it. */
const USED: ReadonlySet<string> = new Set(['image', 'prompt_label', 'answer', 'confidence', 'ground_truth']);

/** Image names of What'sUp: `{subject}_{relation}_{reference}.jpeg`; the relation is between underscores, names use hyphens. */
const IMAGE_NAME = /^(.+?)_(left_of|right_of|in-front_of|in_front_of|on|under|behind)_(.+)$/u;

/**
 * What'sUp asked with several wordings: a JSON array of `image, prompt, prompt_label, answer, confidence, ground_truth,
 * timestamp`. Each prompt label is a run of its own (`split`); an item's id is its image, once in each run. The gold is a
 * word ("Left") that the options word differently ("To the left"): matching them is left to the reading of answers.
 */
export const whatsupPrompts: Format = {
  id: 'whatsup-prompts',
  version: 2,
  title: "What'sUp prompt results",
  detect: (shape) =>
    detect(shape, RESULT_FIELDS, {
      role: 'run',
      confidence: 0.95,
      reason: "Records of an image, a labelled prompt, an answer and a one-word ground truth: What'sUp by prompt.",
    }),
  read: (source) => readItems(source, resultItem),
};

/** The questions behind them: a JSON array of groups, each with its images, their ground truth and the prompts asked. */
export const whatsupPromptsDefinition: Format = {
  id: 'whatsup-prompts-definition',
  version: 2,
  title: "What'sUp prompts",
  detect: (shape) =>
    detect(shape, DEFINITION_FIELDS, {
      role: 'definition',
      confidence: 0.9,
      reason: "Groups of images with their ground truth and the prompts to ask: What'sUp's questions.",
    }),
  async *read(source) {
    let row = 0;
    for await (const record of source.records()) {
      if (isDropped(record)) {
        yield { ...record, row: ++row };
        continue;
      }
      for (const item of groupItems(record.value, record.row, row + 1)) {
        row = item.row;
        yield isDropped(item) ? item : { ...item, flags: record.flags };
      }
    }
  },
};

function detect(
  shape: Shape,
  fields: readonly string[],
  found: Pick<Detected, 'role' | 'confidence' | 'reason'>,
): Detected | null {
  const matches = CONTAINERS.includes(shape.container) && fields.every((field) => shape.columns.includes(field));
  return matches ? { ...found, model: null, dataset: DATASET } : null;
}

function resultItem(value: JsonObject, row: number): RawItem | Dropped {
  const image = cellText(value['image']);
  const prompt = cellText(value['prompt']);
  if (image === null && prompt === null) return missingField(row, ['image', 'prompt'], "What'sUp's prompt results");
  return {
    ...imageItem(row, image, prompt ?? ''),
    gold: cellText(value['ground_truth']),
    response: answerText(value['answer']),
    task: null,
    split: textOf(value['prompt_label']),
    confidence: fraction(value['confidence']),
    meta: remaining(value, USED),
  };
}

/** What the image's name and the prompt tell. The scenes are photographed from the front. */
function imageItem(row: number, image: string | null, prompt: string): RawItem {
  const asked = splitPrompt(prompt);
  const name = IMAGE_NAME.exec(image === null ? '' : baseName(image));
  return {
    ...blankItem(row),
    id: image,
    question: questionSentence(asked.question),
    options: asked.options,
    kind: 'choice',
    relation: name?.[2] ?? null,
    frame: 'camera',
    convention: 'toward-viewer',
    images: image === null ? [] : [image],
    contrastSet: name === null ? null : `${name[1] ?? ''}|${name[3] ?? ''}`,
  };
}

function baseName(image: string): string {
  return image.replace(/^.*[\\/]/su, '').replace(/\.[A-Za-z0-9]{1,5}$/u, '');
}

/** The last sentence that asks something; prompts that reason step by step put instructions before it. */
function questionSentence(text: string): string | null {
  const end = text.lastIndexOf('?');
  if (end < 0) return text === '' ? null : text;
  const before = text.slice(0, end);
  const start = Math.max(...['\n', '. ', '? ', '! ', ': '].map((mark) => before.lastIndexOf(mark) + mark.length - 1));
  return text.slice(Math.max(start, 0), end + 1).trim();
}

function fraction(value: Json | undefined): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null;
}

/** One item for each image of a group. Rows number the images through the file, so that rows = items + dropped. */
function groupItems(group: JsonObject, number: number, firstRow: number): (RawItem | Dropped)[] {
  const listed = Array.isArray(group['image']) ? group['image'] : [group['image']];
  const truth = isJsonObject(group['ground_truth']) ? group['ground_truth'] : {};
  const named = listed.filter((image) => typeof image === 'string');
  const images = [...new Set([...named, ...Object.keys(truth)])];
  if (images.length === 0) {
    const { detail, reason } = missingField(number, ['image'], "What'sUp's prompts");
    return [{ row: firstRow, reason, detail }];
  }
  const prompt = promptOf(group['prompts']);
  return images.map((image, i) => ({
    ...imageItem(firstRow + i, image, prompt),
    gold: cellText(truth[image] ?? (images.length === 1 ? scalar(group['ground_truth']) : null)),
    meta: { group: number },
  }));
}

function scalar(value: Json | undefined): Json | undefined {
  return typeof value === 'object' ? undefined : value;
}

/** The prompt that prints labelled options, else the first that prints any, else the first: they all ask the same. */
function promptOf(prompts: Json | undefined): string {
  const entries = Array.isArray(prompts) ? prompts.filter(isJsonObject) : [];
  const texts = entries.flatMap((entry) => {
    const steps = Array.isArray(entry['steps']) ? entry['steps'].filter(isJsonObject) : [];
    return [entry, ...steps].flatMap((part) => (typeof part['prompt'] === 'string' ? [part['prompt']] : []));
  });
  const asked = texts.map((text) => ({ text, options: splitPrompt(text).options }));
  const best =
    asked.find(({ options }) => options.some((option) => option.label !== null)) ??
    asked.find(({ options }) => options.length > 0) ??
    asked[0];
  return best?.text ?? '';
}
