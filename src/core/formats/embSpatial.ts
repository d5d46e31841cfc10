import type { Dropped, Json, JsonObject, RawItem } from '../model.js';
import { benchmarkFormats } from './benchmarkRecords.js';
import { lettered, letterAt } from './letters.js';
import { readOptions } from './optionsValue.js';
import { blankItem, missingField, remaining } from './recordFields.js';
import { textOf } from './recordValues.js';

/** Relations as seen from the camera; the last two ask which object is nearest or farthest. */
const RELATIONS: ReadonlySet<string> = new Set(['above', 'under', 'left', 'right', 'close', 'far']);
const ORDERS: ReadonlySet<string> = new Set(['close', 'far']);
const USED = new Set(['question_id', 'question', 'relation', 'answer', 'answer_options', 'image']);

/**
 * EmbSpatial-Bench's records (Du et al. 2024; mengfeidu/EmbSpatial-Bench, FlagEval/EmbSpatial-Bench on Hugging Face): `question_id,
 * question, relation, answer` (index from 0), `answer_options, data_source, objects`, alone or with a model's answers. Fields as
 * EvolvingLMMs-Lab/lmms-eval @ 2bb5e9852537, lmms_eval/tasks/embspatial/utils.py reads them, which prints the options as "A) …".
 */
export const [embSpatialQuestions, embSpatialPredictions] = benchmarkFormats({
  id: 'embspatial',
  title: 'EmbSpatial-Bench',
  dataset: 'EmbSpatial-Bench',
  columns: ['question', 'relation', 'answer', 'answer_options'],
  used: USED,
  fits: (record) => RELATIONS.has(textOf(record['relation']) ?? '') && indexOf(record['answer']) !== null,
  toItem,
});

function toItem(value: JsonObject, row: number): RawItem | Dropped {
  const question = textOf(value['question']);
  const options = lettered(readOptions(value['answer_options']));
  if (question === null || options.length < 2)
    return missingField(row, [question === null ? 'question' : 'answer_options'], 'EmbSpatial-Bench');
  const relation = textOf(value['relation']);
  const gold = indexOf(value['answer']);
  return {
    ...blankItem(row),
    id: textOf(value['question_id']),
    question,
    options,
    gold: gold === null || gold >= options.length ? textOf(value['answer']) : letterAt(gold),
    kind: ORDERS.has(relation ?? '') ? 'depth-order' : 'choice',
    task: relation,
    relation,
    frame: 'camera',
    meta: remaining(value, USED),
  };
}

function indexOf(value: Json | undefined): number | null {
  const text = textOf(value);
  return text !== null && /^\d{1,2}$/.test(text) ? Number(text) : null;
}
