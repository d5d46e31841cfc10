import type { Dropped, JsonObject, Option, RawItem } from '../model.js';
import type { Container, Format } from './format.js';
import { answerText, blankItem, missingField, pathParts, readItems, remaining } from './recordFields.js';
import { YES_NO_OPTIONS, isYesNo, textOf } from './recordValues.js';

const RECORDS: readonly Container[] = ['json-array', 'json-lines'];
const USED = new Set(['Prompt', 'Generation', 'Golden']);

/**
 * AdaptVis' generations: a JSON array of `Prompt, Generation, Golden` (and `Uncertainty`, for VSR). The offered words stand in the
 * prompt: "Answer with left, right, on or under." Source: shiqichen17/AdaptVis @ 3b413999cdb5, model_zoo/llava15.py
 * `get_out_scores_wh_batched`, `get_judge_scores_vsr_batched`, and prompts/. The script counts an answer as right that contains the
 * gold word, unless that is "on" and the answer says "front".
 */
export const adaptVis: Format = {
  id: 'adaptvis',
  version: 1,
  title: 'AdaptVis generations',
  detect(shape) {
    const fields = ['Prompt', 'Generation', 'Golden'];
    if (!RECORDS.includes(shape.container) || !fields.every((field) => shape.columns.includes(field))) return null;
    const { model, dataset } = namesIn(shape.path);
    return {
      role: 'run',
      confidence: 0.95,
      reason: 'Records of Prompt, Generation and Golden: AdaptVis.',
      model,
      dataset,
    };
  },
  read: (source) => readItems(source, toItem),
};

/** The scores that it appends beside them, line by line. */
export const adaptVisScores: Format = {
  id: 'adaptvis-scores',
  version: 1,
  title: 'AdaptVis scores',
  detect(shape) {
    const keys = shape.container === 'json-object' ? Object.keys(shape.root ?? {}) : shape.columns;
    const isScores = ['dataset', 'method', 'Individual accuracy'].every((key) => keys.includes(key));
    if (!isScores) return null;
    const reason = "AdaptVis' scores by dataset, method and weight: the answers are in the results file beside it.";
    return { role: 'aggregate', confidence: 0.9, reason, model: null, dataset: null };
  },
  async *read() {
    // Scores are of items that another file holds.
  },
};

const DATASETS: readonly (readonly [RegExp, string])[] = [
  [/Controlled_Images_[AB]/, "What'sUp"],
  [/COCO_QA_(?:one|two)_obj/, 'COCO-spatial'],
  [/VG_QA_(?:one|two)_obj/, 'GQA-spatial'],
  [/VSR/, 'VSR'],
];

/** `results1.5_{dataset}_{method}_{weight}_{n}option_{test}.json`: the number is LLaVA's version. */
function namesIn(path: string): { readonly model: string | null; readonly dataset: string | null } {
  const { stem } = pathParts(path);
  const version = /^results(1\.[56])_/.exec(stem)?.[1];
  return {
    model: version === undefined ? null : `llava${version}`,
    dataset: DATASETS.find(([pattern]) => pattern.test(stem))?.[1] ?? null,
  };
}

/** "Answer with left, right, on or under." */
const OFFERED = /\bAnswer with ([a-z][a-z ]{0,30}(?:, [a-z][a-z ]{0,30}){0,8},? or [a-z][a-z ]{0,30}?)[.:]/iu;

function toItem(value: JsonObject, row: number): RawItem | Dropped {
  if (!('Generation' in value)) return missingField(row, ['Generation'], "AdaptVis' generations");
  const prompt = textOf(value['Prompt']) ?? '';
  const gold = textOf(value['Golden']);
  const offered = OFFERED.exec(prompt);
  const words = offered?.[1]?.split(/, or | or |, /u).map((word) => word.trim()) ?? [];
  const yesNo = isYesNo(gold);
  return {
    ...blankItem(row),
    question: questionIn(prompt, offered?.index ?? prompt.length),
    options: yesNo ? YES_NO_OPTIONS : words.map((text): Option => ({ label: null, text })),
    gold,
    response: answerText(value['Generation']),
    kind: yesNo ? 'yes-no' : words.length > 1 ? 'choice' : null,
    frame: 'camera',
    convention: 'toward-viewer',
    meta: remaining(value, USED),
  };
}

/** What stands between the chat's marks and the offer. */
function questionIn(prompt: string, end: number): string | null {
  const asked = prompt
    .slice(0, end)
    .replace(/<image>/gu, '')
    .replace(/^\s*USER:/iu, '')
    .trim();
  return asked === '' ? null : asked;
}
