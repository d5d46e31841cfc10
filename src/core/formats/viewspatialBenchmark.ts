import type { Dropped, Json, JsonObject, RawItem } from '../model.js';
import { boxesOf, type BoxColumn } from './boxes.js';
import type { Detected, Format, Shape } from './format.js';
import { readOptions } from './optionsValue.js';
import { blankItem, missingField, readItems, remaining } from './recordFields.js';
import { cellText } from './recordValues.js';
import { VIEWSPATIAL, taskFrame } from './viewspatialTasks.js';

const FIELDS = ['question_type', 'image_path', 'question', 'answer', 'choices'] as const;
/** The benchmark itself has none; sets in its layout may state the objects in the picture, as a mapping's column of boxes does. */
const BOXES: readonly BoxColumn[] = [{ column: 'boxes', order: null, unclear: false, label: null }];
const USED: ReadonlySet<string> = new Set(FIELDS);
const USED_WITH_BOXES: ReadonlySet<string> = new Set([...FIELDS, 'boxes']);

/** A record with one of these is somebody's run on the benchmark, not the benchmark. */
const PREDICTION = /^(?:pred|response|output|model_|generated|completion|full_output|raw_)/iu;

/**
 * The benchmark's questions (`ViewSpatial-Bench.json` and splits of it): a JSON array of `question_type, image_path[],
 * question, answer, choices`. `choices` is text with one option to a line, a list that holds one such text, or a list of
 * options; `answer` is the right one as printed ("A. left"). Where a record has `boxes`, they are those of objects in its image.
 */
export const viewspatialBenchmark: Format = {
  id: 'viewspatial-benchmark',
  version: 3,
  title: 'ViewSpatial-Bench questions',
  detect,
  read: (source) => readItems(source, toItem),
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'json-array' && shape.container !== 'json-lines') return null;
  const columns = new Set(shape.columns);
  if (!FIELDS.every((field) => columns.has(field))) return null;
  if (shape.columns.some((column) => PREDICTION.test(column))) return null;
  return {
    role: 'definition',
    confidence: 0.9,
    reason: 'Questions with question type, images, choices and answer: ViewSpatial-Bench or a split of it.',
    model: null,
    dataset: VIEWSPATIAL,
  };
}

function toItem(value: JsonObject, row: number): RawItem | Dropped {
  const question = cellText(value['question']);
  if (question === null) return missingField(row, ['question'], 'ViewSpatial-Bench');
  const task = cellText(value['question_type']);
  const boxes = boxesOf(value, BOXES);
  return {
    ...blankItem(row),
    question: question.trim(),
    options: readOptions(value['choices']),
    gold: cellText(value['answer']),
    kind: 'choice',
    task: task?.trim() ?? null,
    ...taskFrame(task),
    images: imagesOf(value['image_path']),
    ...(boxes.length > 0 ? { boxes } : {}),
    meta: remaining(value, boxes.length > 0 ? USED_WITH_BOXES : USED),
  };
}

function imagesOf(value: Json | undefined): string[] {
  const paths = Array.isArray(value) ? value : [value];
  return paths.flatMap((path) => (typeof path === 'string' && path.trim() !== '' ? [path.trim()] : []));
}
