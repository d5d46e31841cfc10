import type { Dropped, JsonObject, RawItem } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { blankItem, missingField, pathParts, readItems, remaining } from './recordFields.js';
import { YES_NO_OPTIONS, textOf } from './recordValues.js';

const USED = new Set(['question_id', 'image', 'text', 'label', 'category']);
/** A file with one of these columns holds a model's answers, not only the questions. */
const ANSWER_COLUMNS = ['answer', 'prediction', 'pred', 'response', 'output', 'model_id', 'answer_id'];
const OBJECT = /^\s*(?:is|are) there (?:an?|any|the)\s+(.+?)(?:\s+in (?:the|this) (?:image|picture|photo))?\s*\?*\s*$/i;
/** No question about an object is as long; the bound keeps the search for one short in any text. */
const LONGEST_QUESTION = 300;

/** POPE's questions: JSON lines of `question_id, image, text, label`, also in a file that ends in .json. Gold only. */
export const pope: Format = {
  id: 'pope',
  version: 1,
  title: 'POPE questions',
  detect,
  read(source) {
    const category = categoryOf(source.path);
    return readItems(source, (value, row) => itemOf(value, row, category));
  },
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'json-lines' && shape.container !== 'json-array') return null;
  if (!['question_id', 'image', 'text', 'label'].every((column) => shape.columns.includes(column))) return null;
  if (ANSWER_COLUMNS.some((column) => shape.columns.includes(column))) return null;
  const labelled = shape.head.filter((record) => 'label' in record);
  if (labelled.length === 0 || !labelled.every((record) => /^\s*(yes|no)\s*$/i.test(textOf(record['label']) ?? ''))) {
    return null;
  }
  const polling = shape.head.filter((record) => objectOf(textOf(record['text']) ?? '') !== null).length;
  const isPope = polling >= shape.head.length / 2;
  return {
    role: 'definition',
    confidence: isPope ? 0.95 : 0.7,
    reason: isPope
      ? 'Records of question_id, image, text and a yes/no label that ask whether an object is in the image: POPE.'
      : "Records of question_id, image, text and a yes/no label: POPE's layout with other questions.",
    model: null,
    dataset: isPope ? 'POPE' : null,
  };
}

/** How the absent objects were sampled, as POPE's own file names say it (`coco_pope_adversarial.json`). */
function categoryOf(path: string): string | null {
  return /adversarial|popular|random/i.exec(pathParts(path).stem)?.[0].toLowerCase() ?? null;
}

/** What the question asks for ("Is there a snowboard in the image?" -> "snowboard"); null for other questions. */
function objectOf(question: string): string | null {
  return question.length > LONGEST_QUESTION ? null : (OBJECT.exec(question)?.[1] ?? null);
}

function itemOf(value: JsonObject, row: number, category: string | null): RawItem | Dropped {
  const question = textOf(value['text']);
  if (question === null) return missingField(row, ['text'], "POPE's layout");
  const image = textOf(value['image']);
  const object = objectOf(question);
  return {
    ...blankItem(row),
    id: textOf(value['question_id']),
    question,
    options: YES_NO_OPTIONS,
    gold: textOf(value['label']),
    kind: 'yes-no',
    task: textOf(value['category']) ?? category,
    images: image === null ? [] : [image],
    meta: { ...remaining(value, USED), ...(object === null ? {} : { object }) },
  };
}
