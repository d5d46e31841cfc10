import type { Dropped, ItemKind, Json, JsonObject, Option, RawItem } from '../model.js';
import { benchmarkFormats } from './benchmarkRecords.js';
import { lettered } from './letters.js';
import { readOptions } from './optionsValue.js';
import { blankItem, missingField, remaining } from './recordFields.js';
import { textOf } from './recordValues.js';

const KINDS: Readonly<Record<string, ItemKind>> = {
  Count: 'count',
  Relation: 'choice',
  Depth: 'depth-order',
  Distance: 'distance-order',
};
const USED = new Set(['idx', 'question', 'choices', 'answer', 'task', 'filename', 'prompt', 'image']);

/**
 * CV-Bench's own records (nyu-visionx/CV-Bench on Hugging Face: `idx, type, task, question, choices, answer "(A)", prompt, filename,
 * source, …`), alone or with a model's answers. Its accuracy is ((ADE20K + COCO) / 2 + Omni3D) / 2 over the sources, as the data card
 * and EvolvingLMMs-Lab/lmms-eval @ 9328c2f19350, lmms_eval/tasks/cv_bench/utils.py `cv_bench_default_aggregate_results` give it:
 * the strata of macroAccuracy.
 */
export const [cvBenchQuestions, cvBenchPredictions] = benchmarkFormats({
  id: 'cv-bench',
  title: 'CV-Bench',
  dataset: 'CV-Bench',
  columns: ['type', 'task', 'question', 'choices', 'answer', 'source'],
  used: USED,
  fits: (record) =>
    KINDS[textOf(record['task']) ?? ''] !== undefined && /^\(?[A-F]\)?$/.test(textOf(record['answer']) ?? ''),
  toItem,
  macroBy: 'stratum',
});

function toItem(value: JsonObject, row: number): RawItem | Dropped {
  const question = textOf(value['question']);
  if (question === null) return missingField(row, ['question'], 'CV-Bench');
  const task = textOf(value['task']);
  const image = textOf(value['filename']);
  const stratum = stratumOf(value['type'], value['source']);
  return {
    ...blankItem(row),
    id: textOf(value['idx']),
    question,
    options: choicesOf(value['choices']),
    gold: textOf(value['answer']),
    kind: KINDS[task ?? ''] ?? null,
    task,
    frame: task === 'Relation' ? 'camera' : null,
    images: image === null ? [] : [image],
    meta: { ...remaining(value, USED), ...(stratum === null ? {} : { stratum }) },
  };
}

/** Choices are texts; the gold is the letter of one's place. */
function choicesOf(value: Json | undefined): readonly Option[] {
  const options = readOptions(value);
  return options.every(({ label }) => label === null) ? lettered(options) : options;
}

/** The part of the benchmark that an item counts in: "2D/COCO". Null where its type or source is not said. */
export function stratumOf(type: Json | undefined, source: Json | undefined): string | null {
  const [part, name] = [textOf(type), textOf(source)];
  return part === null || name === null ? null : `${part}/${name}`;
}
