import type { Dropped, JsonObject, RawItem } from '../model.js';
import { benchmarkFormats } from './benchmarkRecords.js';
import { lettered, letterAt } from './letters.js';
import { readOptions } from './optionsValue.js';
import { blankItem, missingField, remaining } from './recordFields.js';
import { textOf } from './recordValues.js';

/** What its question types speak of (obj_movement, ego_movement, goal_aim, action_consequence, perspective, …). */
const TYPES = /movement|aim|action|perspective|relative|depth|count|other/u;
const USED = new Set(['question', 'answers', 'correct_answer', 'correct_answer_idx', 'question_type', 'image_bytes']);

/**
 * SAT's records (Ray et al. 2024; array/SAT on Hugging Face): `question, answers` (the offered texts), `correct_answer` (one of them)
 * or `correct_answer_idx`, `question_type, image_bytes`, alone or with a model's answers. Source:
 * EvolvingLMMs-Lab/lmms-eval @ aef4cb868e42, lmms_eval/tasks/sat/utils.py, and the data card.
 */
export const [satQuestions, satPredictions] = benchmarkFormats({
  id: 'sat',
  title: 'SAT',
  dataset: 'SAT',
  columns: ['question', 'answers', 'question_type'],
  used: USED,
  fits: (record) =>
    TYPES.test(textOf(record['question_type']) ?? '') &&
    offered(record).some(({ label, text }) => [label, text].includes(goldOf(record))),
  toItem,
});

function toItem(value: JsonObject, row: number): RawItem | Dropped {
  const question = textOf(value['question']);
  const options = offered(value);
  if (question === null || options.length < 2)
    return missingField(row, [question === null ? 'question' : 'answers'], 'SAT');
  return {
    ...blankItem(row),
    question,
    options,
    gold: goldOf(value),
    task: textOf(value['question_type']),
    meta: remaining(value, USED),
  };
}

function offered(value: JsonObject): RawItem['options'] {
  return lettered(readOptions(value['answers']).map(({ text }) => ({ label: null, text })));
}

/** The right text, or the letter of its place. */
function goldOf(value: JsonObject): string | null {
  const index = textOf(value['correct_answer_idx']);
  return textOf(value['correct_answer']) ?? (index !== null && /^\d$/.test(index) ? letterAt(Number(index)) : null);
}
