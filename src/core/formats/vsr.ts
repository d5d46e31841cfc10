import type { Dropped, Json, JsonObject, RawItem } from '../model.js';
import type { Container, Detected, Format, Shape } from './format.js';
import {
  TRUE_FALSE,
  answerText,
  blankItem,
  missingField,
  modelSplitter,
  readItems,
  remaining,
} from './recordFields.js';
import { textOf } from './recordValues.js';

const TABLES: readonly Container[] = ['json-lines', 'json-array', 'csv', 'tsv'];
/** What a model's answer is called, the parsed one before the raw one. */
const PARSED_COLUMNS = ['prediction', 'pred', 'answer'];
const RAW_COLUMNS = ['response', 'output', 'raw_output', 'raw_response', 'full_output'];
const CORRECT_COLUMNS = ['correct', 'is_correct', 'hit'];
const MODEL_COLUMNS = ['model', 'model_id', 'model_name'];
/** Columns that number or name the wording of the statement when one file asks it in several. */
const TEMPLATE_COLUMNS = ['template', 'template_id', 'prompt_label', 'prompt_id', 'prompt_type', 'paraphrase'];

/** VSR's captions (Liu, Emerson & Collier 2023): `image, image_link, caption, label 0/1, relation, …`. Gold only. */
export const vsr: Format = {
  id: 'vsr',
  version: 1,
  title: 'VSR captions',
  detect(shape) {
    if (!isVsr(shape) || answerColumn(shape.columns) !== null) return null;
    return {
      role: 'definition',
      confidence: 0.95,
      reason: 'Records of a caption, its relation and a true/false label: VSR.',
      model: null,
      dataset: 'VSR',
    };
  },
  read: (source) => readItems(source, (value, row) => captionItem(value, row, NOTHING_USED)),
};

/** A model's verdicts on VSR's captions: the same columns with a prediction beside them; CSV or JSON. */
export const vsrPredictions: Format = {
  id: 'vsr-predictions',
  version: 1,
  title: 'VSR predictions',
  detect: detectPredictions,
  read(source) {
    const columns = columnsOf(source.shape);
    const byModel = columns.model === null ? () => null : modelSplitter(source.shape.head, columns.model);
    return readItems(source, (value, row) => predictionItem(value, row, columns, byModel(value)));
  },
};

/** `rel_meta_category_dict.txt`: one line for each family of relations. It lies beside the captions and holds no items. */
export const vsrRelationFamilies: Format = {
  id: 'vsr-relation-families',
  version: 1,
  title: "VSR's table of relation families",
  detect: detectFamilies,
  async *read() {
    // A table of relation families has no records.
  },
};

function isVsr(shape: Shape): boolean {
  if (!TABLES.includes(shape.container)) return false;
  if (!['caption', 'relation', 'label'].every((column) => shape.columns.includes(column))) return false;
  return shape.head.every((record) => !('label' in record) || verdict(record['label']) !== null);
}

function answerColumn(columns: readonly string[]): string | null {
  return [...PARSED_COLUMNS, ...RAW_COLUMNS].find((column) => columns.includes(column)) ?? null;
}

function detectPredictions(shape: Shape): Detected | null {
  const answer = answerColumn(shape.columns);
  if (!isVsr(shape) || answer === null) return null;
  const { model } = columnsOf(shape);
  const models = new Set(model === null ? [] : shape.head.map((record) => textOf(record[model])));
  const [only = null] = models.size === 1 ? models : [];
  return {
    role: 'run',
    confidence: 0.95,
    reason: `Records of a caption, its relation and a true/false label with a prediction ("${answer}"): answers to VSR.`,
    model: only,
    dataset: 'VSR',
  };
}

const FAMILY_LINE = /^(adjacency|directional|orientation|projective|proximity|topological|unallocated):\s*[a-z ]+,/i;

function detectFamilies(shape: Shape): Detected | null {
  const lines = shape.text
    .slice(0, 4096)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (lines.length < 3 || lines.length > 20 || !lines.every((line) => FAMILY_LINE.test(line))) return null;
  return {
    role: 'aggregate',
    confidence: 1,
    reason: "VSR's table of relation families, not items.",
    model: null,
    dataset: 'VSR',
  };
}

/** 1 and 0 as VSR means them, however a table or a model wrote them; null for anything else. */
function verdict(value: Json | undefined): 'true' | 'false' | null {
  const text = textOf(value)?.trim().toLowerCase() ?? '';
  if (text === 'true' || /^1(\.0+)?$/.test(text)) return 'true';
  return text === 'false' || /^0(\.0+)?$/.test(text) ? 'false' : null;
}

const CAPTION_COLUMNS = ['id', 'image', 'caption', 'label', 'relation'];
const NOTHING_USED: ReadonlySet<string> = new Set();

function captionItem(value: JsonObject, row: number, used: ReadonlySet<string>): RawItem | Dropped {
  const caption = textOf(value['caption']);
  if (caption === null) return missingField(row, ['caption'], "VSR's layout");
  const image = textOf(value['image']);
  return {
    ...blankItem(row),
    id: textOf(value['id']),
    question: caption,
    options: TRUE_FALSE,
    gold: verdict(value['label']) ?? textOf(value['label']),
    kind: 'yes-no',
    relation: textOf(value['relation']),
    images: image === null ? [] : [image],
    meta: remaining(value, new Set([...CAPTION_COLUMNS, ...used])),
  };
}

interface Columns {
  readonly parsed: string | null;
  readonly raw: string | null;
  readonly correct: string | null;
  readonly model: string | null;
  readonly template: string | null;
  readonly used: ReadonlySet<string>;
}

function columnsOf(shape: Shape): Columns {
  const pick = (names: readonly string[]): string | null => names.find((name) => shape.columns.includes(name)) ?? null;
  const found = {
    parsed: pick(PARSED_COLUMNS),
    raw: pick(RAW_COLUMNS),
    correct: pick(CORRECT_COLUMNS),
    model: pick(MODEL_COLUMNS),
    template: pick(TEMPLATE_COLUMNS),
  };
  return { ...found, used: new Set(Object.values(found).filter((name) => name !== null)) };
}

function predictionItem(value: JsonObject, row: number, columns: Columns, split: string | null): RawItem | Dropped {
  const field = (column: string | null): Json | undefined => (column === null ? undefined : value[column]);
  const [parsed, raw] = [answerText(field(columns.parsed)), answerText(field(columns.raw))];
  if (parsed === null && raw === null) {
    const names = [columns.parsed, columns.raw].filter((name) => name !== null);
    return missingField(row, names, 'this file of VSR predictions');
  }
  const item = captionItem(value, row, columns.used);
  if ('reason' in item) return item;
  const correct = verdict(field(columns.correct));
  const runs = [split, textOf(field(columns.template))].filter((name) => name !== null);
  return {
    ...item,
    ...answerOf(parsed, raw),
    storedCorrect: correct === null ? null : correct === 'true',
    model: textOf(field(columns.model)),
    split: runs.length === 0 ? null : runs.join('/'),
  };
}

/**
 * A class number (0 or 1) is an extracted answer, in the coding of the labels. Other text is the response, unless a raw
 * output stands beside it, which then is the response while the text is what the tool extracted.
 */
function answerOf(parsed: string | null, raw: string | null): Pick<RawItem, 'extracted' | 'response'> {
  const response = raw ?? parsed;
  const number = /^\s*[01](\.0+)?\s*$/.test(parsed ?? response ?? '') ? verdict(parsed ?? response) : null;
  return { extracted: number ?? (raw === null ? null : parsed), response };
}
