import { type Dropped, isJsonObject, type Json, type JsonObject, type RawItem } from '../model.js';
import type { Format, Shape } from './format.js';
import { answerText, blankItem, missingField, remaining } from './recordFields.js';
import { objectOf, textOf } from './recordValues.js';

const USED_BY_RESULT = new Set(['question', 'ground_truth', 'model_output', 'extracted_answer']);
const USED_BY_QUESTION = new Set(['question', 'image_path', 'ground_truth']);
const COUNT = /^\s*\d+\s*$/;

/**
 * Counting on CLEVR and SuperCLEVR as R1-V evaluates it: one object `{accuracy, results: [{question: {image_path, question,
 * ground_truth}, ground_truth, model_output, extracted_answer}]}`. The number between `<answer>` tags is the extracted answer, null
 * where there is none, which the script counts as wrong. Source: linkangheng/R1-V @ 261d27073001,
 * src/eval/test_qwen2vl_counting_superclevr.py.
 */
export const countResults: Format = {
  id: 'count-results',
  version: 1,
  title: 'CLEVR and SuperCLEVR counts',
  detect(shape) {
    const results = resultsOf(shape).filter(isJsonObject);
    const [first] = results;
    if (first === undefined || !('model_output' in first) || !('extracted_answer' in first)) return null;
    const counts = results.filter((result) => COUNT.test(textOf(result['ground_truth']) ?? '')).length;
    if (textOf(objectOf(first['question'])['image_path']) === null || counts < results.length * 0.9) return null;
    return {
      role: 'run',
      confidence: 0.95,
      reason:
        'A JSON object of results with the image, a number to count to, the output and the number read from it: R1-V.',
      model: null,
      dataset: datasetOf(results),
    };
  },
  async *read(source) {
    for (const [at, result] of resultsOf(source.shape).entries()) yield await Promise.resolve(toItem(result, at + 1));
  },
};

function resultsOf({ container, root }: Shape): readonly Json[] {
  const results = container === 'json-object' ? root?.['results'] : null;
  return Array.isArray(results) ? results : [];
}

/** The benchmark whose images are counted in, by how these are named. */
function datasetOf(results: readonly JsonObject[]): string | null {
  const images = results.map((result) => textOf(objectOf(result['question'])['image_path']) ?? '');
  if (images.every((image) => /superclevr/i.test(image))) return 'SuperCLEVR';
  return images.every((image) => /clevr/i.test(image)) ? 'CLEVR' : null;
}

function toItem(result: Json, row: number): RawItem | Dropped {
  if (!isJsonObject(result)) {
    const detail = `Result ${String(row)}: expected an object of question, ground_truth and model_output, found ${JSON.stringify(result).slice(0, 80)}. Remove it.`;
    return { row, reason: 'not an object', detail };
  }
  if (!('model_output' in result)) return missingField(row, ['model_output'], "R1-V's results");
  const asked = objectOf(result['question']);
  const image = textOf(asked['image_path']);
  return {
    ...blankItem(row),
    question: textOf(asked['question']),
    gold: textOf(result['ground_truth'] ?? asked['ground_truth']),
    extracted: answerText(result['extracted_answer'] ?? null),
    response: answerText(result['model_output']),
    kind: 'count',
    images: image === null ? [] : [image],
    meta: { ...remaining(asked, USED_BY_QUESTION), ...remaining(result, USED_BY_RESULT) },
  };
}
