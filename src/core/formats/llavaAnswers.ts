import type { Dropped, JsonObject, Option, RawItem } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { splitPrompt } from './promptOptions.js';
import { answerText, blankItem, missingField, modelSplitter, pathParts, readItems, remaining } from './recordFields.js';
import { YES_NO_OPTIONS, textOf } from './recordValues.js';

const USED = new Set(['question_id', 'prompt', 'text', 'model_id']);
/** With one of these the file states right answers too, which LLaVA's layout never does. */
const GOLD_COLUMNS = ['label', 'answer', 'gold', 'gt', 'ground_truth', 'target', 'gt_answer'];

/**
 * Answer files of LLaVA's `model_vqa*.py`, which many other evaluation scripts write as well: JSON lines of
 * `question_id, prompt, text, answer_id, model_id, metadata`. No gold: it comes from the benchmark's definition by joining.
 */
export const llavaAnswers: Format = {
  id: 'llava-answers',
  version: 2,
  title: 'LLaVA answers',
  detect,
  read(source) {
    const split = modelSplitter(source.shape.head, 'model_id');
    return readItems(source, (value, row) => itemOf(value, row, split(value)));
  },
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'json-lines' && shape.container !== 'json-array') return null;
  const has = (column: string): boolean => shape.columns.includes(column);
  if (!has('question_id') || !has('text') || !has('model_id') || !(has('prompt') || has('answer_id'))) return null;
  if (GOLD_COLUMNS.some(has)) return null;
  const models = new Set(shape.head.map((record) => textOf(record['model_id'])));
  const [model = null] = models.size === 1 ? models : [];
  return {
    role: 'run',
    confidence: 0.9,
    reason: 'Records of question_id, prompt, text and model_id without right answers: LLaVA answers.',
    model,
    dataset: datasetOf(shape.path),
  };
}

/** LLaVA keeps answers in `eval/BENCHMARK/answers/…/MODEL.jsonl`. */
function datasetOf(path: string): string | null {
  const { folders } = pathParts(path);
  const name = folders[folders.lastIndexOf('answers') - 1];
  return name === undefined || !folders.includes('answers') ? null : /^pope$/i.test(name) ? 'POPE' : name;
}

function itemOf(value: JsonObject, row: number, split: string | null): RawItem | Dropped {
  if (!('text' in value)) return missingField(row, ['text'], 'LLaVA answers');
  const prompt = textOf(value['prompt']);
  const asked = prompt === null ? { question: null, options: [], yesNo: false } : readPrompt(prompt);
  return {
    ...blankItem(row),
    id: textOf(value['question_id']),
    question: asked.question,
    options: asked.options,
    response: answerText(value['text']),
    kind: asked.yesNo ? 'yes-no' : null,
    model: textOf(value['model_id']),
    split,
    meta: remaining(value, USED),
  };
}

interface Asked {
  readonly question: string;
  readonly options: readonly Option[];
  readonly yesNo: boolean;
}

/** Tells how to answer: "Answer the question using a single word or phrase.", "Please answer yes or no." */
const INSTRUCTION = /^\s*(?:please )?(?:answer|reply|respond)\b/i;
const INSTRUCTION_SENTENCE = /(?<=[?.]) (?:please )?(?:answer|reply|respond)\b/i;
const ASKS_YES_NO = /\b(?:answer|reply|respond)\b[^\n]*\byes\b['"]? or ['"]?\bno\b/i;
/** Begins as a yes/no question does. One with "or" in it may offer alternatives, so it is not taken for one. */
const POLAR = /^\s*(?:is|are|was|were|does|do|did|has|have|had)\b(?!\s+you\b)(?![^?]*\bor\b)[^?]*\?/i;

function readPrompt(prompt: string): Asked {
  const text = prompt.replace(/<image>\s*/g, '').trim();
  const { question, options } = splitPrompt(text);
  if (options.length > 0) return { question: withoutInstruction(question), options, yesNo: false };
  const plain = withoutInstruction(text);
  const yesNo = ASKS_YES_NO.test(text) || POLAR.test(plain);
  return { question: plain, options: yesNo ? YES_NO_OPTIONS : [], yesNo };
}

/** The prompt without an instruction in its last line. */
function withoutInstruction(text: string): string {
  const lineStart = text.lastIndexOf('\n') + 1;
  const line = text.slice(lineStart);
  if (lineStart > 0 && INSTRUCTION.test(line)) return text.slice(0, lineStart).trimEnd();
  const sentence = INSTRUCTION_SENTENCE.exec(line);
  return sentence === null ? text : text.slice(0, lineStart + sentence.index).trimEnd();
}
