import type { Dropped, Json, JsonObject, Option, RawItem } from '../model.js';
import type { Detected, Format, Shape, Source } from './format.js';
import { stratumOf } from './cvBench.js';
import { letterAt } from './letters.js';
import { isMmeTask, mmeUnit } from './mmeTasks.js';
import { splitPrompt } from './promptOptions.js';
import { blankItem } from './recordFields.js';
import { YES_NO_OPTIONS, isYesNo, objectOf, textOf, truthOf } from './recordValues.js';
import { onlyRecord, readSamples } from './samples.js';
import { variantBase } from './variantGroups.js';

/** Keys of a sample that are the tool's own; every other key is a metric of the task. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...['doc_id', 'target', 'filtered_resps', 'resps', 'doc_hash', 'input', 'doc', 'arguments', 'filter', 'metrics'],
  ...['token_counts', 'input_media', 'prompt_hash', 'target_hash'],
]);

/** Keys that become fields of the item; the other own keys go to its meta. */
const FIELD_KEYS: ReadonlySet<string> = new Set(['doc_id', 'target', 'filtered_resps', 'input', 'doc', 'arguments']);

/** Metrics whose 1 and 0 mean right and wrong, the plainest first. */
const VERDICT_METRICS: readonly RegExp[] = [
  /^exact_match$/i,
  /^acc(?:uracy)?$/i,
  /(?:^|_)acc(?:uracy)?$/i,
  /(?:^|_)score$/i,
];

/** Figures that may well be 1 or 0 and yet say nothing about this answer being right. */
const NO_VERDICT = /ratio|precision|recall|f1|count|token|length|time|stderr/i;

/** Keys of a metric's submission object that hold the verdict. */
const VERDICT_KEYS = ['correct', 'is_correct', 'hit', 'exact_match', 'acc', 'accuracy', 'score'] as const;

const QUESTION_KEYS = ['question', 'question_text', 'prompt', 'text'] as const;
const OPTION_KEYS = ['options', 'choices', 'candidates', 'answer_options'] as const;
const IMAGE_KEYS = ['image_path', 'image', 'images', 'image_id'] as const;

/** What the path says: `{org}__{model}/{time}_samples_{task}.jsonl`. */
export interface LogName {
  readonly model: string | null;
  readonly task: string | null;
}

/**
 * lmms-eval's per-sample logs (EvolvingLMMs-Lab/lmms-eval @ 75571cfe0fa3): JSON lines of `doc_id`, `target`,
 * `filtered_resps`, metrics and, since mid-2025, the prompt as `input`; older logs keep the `doc` itself. The filtered
 * response is the prediction. Repeats of one request are samples, an item each; of several requests for one document the first
 * is read, and all stand in `meta.samples`.
 */
export const lmmsEval: Format = { id: 'lmms-eval', version: 3, title: 'lmms-eval samples', detect, read };

/** lmms-eval's `_results.json`: scores per task, of items that the `_samples_` files hold. */
export const lmmsEvalResults: Format = {
  id: 'lmms-eval-results',
  version: 1,
  title: 'lmms-eval results',
  detect: detectResults,
  async *read() {
    // Scores are of items that another file holds.
  },
};

function detect(shape: Shape): Detected | null {
  if (!isSampleShape(shape)) return null;
  const { model, task } = logName(shape.path);
  const reason = "lmms-eval's per-sample log: doc_id, target and filtered_resps on every line.";
  const found: Detected = { role: 'run', confidence: 0.95, reason, model, dataset: task };
  const sourced = shape.head.length > 0 && shape.head.every((value) => stratumIn(value) !== null);
  return sourced ? { ...found, macroBy: 'stratum' } : found;
}

/** A log of one sample is one JSON object, which the container layer cannot tell from any other single object. */
function isSampleShape({ container, columns, root }: Shape): boolean {
  const keys = container === 'json-object' ? Object.keys(root ?? {}) : columns;
  const isJson = container === 'json-lines' || container === 'json-array' || container === 'json-object';
  return isJson && ['doc_id', 'target', 'filtered_resps'].every((key) => keys.includes(key));
}

function logName(path: string): LogName {
  const parts = path.split(/[\\/]/);
  const task = /(?:^|_)samples_(.+?)\.jsonl?(?:\.(?:gz|zst))?$/.exec(parts.pop() ?? '')?.[1] ?? null;
  const folder = /^(.+?)__(.+)$/.exec(parts.pop() ?? '');
  return { model: folder === null ? null : `${folder[1]}/${folder[2]}`, task };
}

async function* read(source: Source): AsyncIterable<RawItem | Dropped> {
  const name = logName(source.path);
  const { container, root } = source.shape;
  const records = container === 'json-object' && root !== null ? onlyRecord(root) : source.records();
  yield* readSamples(records, (value, row) => sampleItems(value, row, name));
}

/** The items of one document's log: one, or one for each repeat of its request. */
export function sampleItems(value: JsonObject, row: number, name: LogName): (RawItem | Dropped)[] {
  const refused = refusal(value, row);
  return refused === null ? samplesOf(value).map((sample) => toItem(value, row, name, sample)) : [refused];
}

/** Which of the responses to one request; null where the request was answered once. */
type SampleNumber = number | null;

/** Repeats of one request: `filtered_resps` of the shape [["B", "A", "B"]]. Several requests are no repeats. */
function samplesOf(value: JsonObject): readonly SampleNumber[] {
  const listed = value['filtered_resps'];
  const [only, ...others] = Array.isArray(listed) ? listed : [];
  const repeated = Array.isArray(only) && others.length === 0 && only.length > 1;
  return repeated && only.every((entry) => typeof entry === 'string') ? only.map((_, at) => at) : [null];
}

function refusal(value: JsonObject, row: number): Dropped | null {
  if (value['filtered_resps'] === undefined || value['doc_id'] === undefined) {
    const detail = `Row ${row}: expected doc_id and filtered_resps; the line is no sample of lmms-eval. Check what wrote it.`;
    return { row, reason: 'not an lmms-eval sample', detail };
  }
  if (isLogLikelihood(value['filtered_resps'])) {
    const detail = `Row ${row}: expected an answer as text in filtered_resps, found log-likelihoods of the options. Run the task with generated answers.`;
    return { row, reason: 'log-likelihoods instead of an answer', detail };
  }
  return null;
}

function toItem(value: JsonObject, row: number, name: LogName, sample: SampleNumber): RawItem {
  const filtered = textsOf(value['filtered_resps']);
  const responses = value['resps'] === undefined ? [] : textsOf(value['resps']);
  const [gold, ...goldAliases] = textsOf(value['target']).filter((text) => text !== '');
  const asked = questionOf(value);
  const yesNo = asked.options.length === 0 && isYesNo(gold ?? null);
  const id = textOf(value['doc_id']);
  return {
    ...blankItem(row),
    id,
    question: asked.question,
    options: yesNo ? YES_NO_OPTIONS : asked.options,
    gold: gold ?? null,
    ...(goldAliases.length > 0 ? { goldAliases } : {}),
    extracted: filtered[sample ?? 0] ?? '',
    response: responses.length === filtered.length ? (responses[sample ?? 0] ?? null) : (responses[0] ?? null),
    // One verdict on several samples is nobody's in particular.
    storedCorrect: sample === null ? verdictOf(value) : null,
    kind: yesNo ? 'yes-no' : null,
    task: subTaskOf(value) ?? name.task,
    images: imagesOf(objectOf(value['doc'])),
    model: name.model,
    unit: sample === null ? unitOf(value) : id,
    sample: sample === null ? null : sample + 1,
    meta: metaOf(value, sample === null ? filtered : [], sample === null ? responses : []),
  };
}

/** The part of CV-Bench that the sample counts in, which its submission names. */
function stratumIn(value: JsonObject): string | null {
  const { type, source } = objectOf(value['cv_bench_acc']);
  return stratumOf(type, source);
}

/** The sub-task that the metric's submission names: MME's category, EmbSpatial's relation, CV-Bench's task. */
function subTaskOf(value: JsonObject): string | null {
  for (const [metric, submission] of Object.entries(value)) {
    if (OWN_KEYS.has(metric)) continue;
    const { sub_task: subTask, task, category } = objectOf(submission);
    const named = [subTask, task, category].find((each) => typeof each === 'string' && each !== '');
    if (named !== undefined) return textOf(named);
  }
  return null;
}

/**
 * What the sample is scored together with: the other question of its image in MME, the other variants of its question in 3DSRBench
 * (tasks/mme/utils.py and tasks/3dsrbench/utils.py, `process_results`). Both stand in the metric's submission.
 */
function unitOf(value: JsonObject): string | null {
  for (const [metric, submission] of Object.entries(value)) {
    if (OWN_KEYS.has(metric)) continue;
    const { question_id: image, category, qid } = objectOf(submission);
    const [id, task] = [textOf(image), textOf(category)];
    if (/^mme_(?:perception|cognition)_score$/.test(metric) && id !== null && isMmeTask(task)) return mmeUnit(task, id);
    const question = variantBase(textOf(qid));
    if (question !== null) return question;
  }
  return null;
}

/** The texts of a response, whichever way they are nested: "x", ["x"], [["x"]], [["x", "y"]]. Nulls are left out. */
function textsOf(value: Json | undefined): string[] {
  const texts: string[] = [];
  let level: Json[] = value === undefined ? [] : [value];
  while (level.length > 0) {
    const next: Json[] = [];
    for (const entry of level) {
      if (Array.isArray(entry)) next.push(...entry);
      else texts.push(...(entry === null ? [] : [textOf(entry) ?? '']));
    }
    level = next;
  }
  return texts;
}

/** Tasks that score options by likelihood store [log-likelihood, is greedy] pairs. */
function isLogLikelihood(value: Json | undefined): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const isPair = (entry: Json): boolean =>
    Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'number' && typeof entry[1] === 'boolean';
  return isPair(value) || value.every((entry) => isPair(entry) || (Array.isArray(entry) && entry.every(isPair)));
}

interface Asked {
  readonly question: string | null;
  readonly options: readonly Option[];
}

/** Question and options: from the document where the log keeps it, else from the prompt. */
function questionOf(value: JsonObject): Asked {
  const prompt = promptOf(value);
  const split: Asked = prompt === null ? { question: null, options: [] } : splitPrompt(prompt);
  const doc = objectOf(value['doc']);
  const key = QUESTION_KEYS.find((name) => typeof doc[name] === 'string');
  const options = docOptions(doc);
  if (key === undefined) return { question: split.question, options: options.length > 0 ? options : split.options };
  const asked = splitPrompt(textOf(doc[key]) ?? '');
  const printed = asked.options.length > 0 ? asked.options : split.options;
  return { question: asked.question, options: options.length > 0 ? options : printed };
}

/** The prompt: `input`, or in older logs the first argument of the request. Of a chat, the text of the last user message. */
function promptOf(value: JsonObject): string | null {
  const args = value['arguments'];
  const first = Array.isArray(args) ? args[0] : objectOf(objectOf(args)['gen_args_0'])['arg_0'];
  const input = value['input'] ?? (Array.isArray(first) ? first[0] : first);
  if (Array.isArray(input)) return chatText(input);
  return typeof input === 'string' ? input : null;
}

function chatText(messages: Json[]): string | null {
  const user = messages.map(objectOf).filter((message) => message['role'] === 'user');
  const content = user[user.length - 1]?.['content'];
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  return content.flatMap((part) => textOf(objectOf(part)['text']) ?? []).join('\n');
}

function docOptions(doc: JsonObject): Option[] {
  const key = OPTION_KEYS.find((name) => doc[name] !== undefined && doc[name] !== null);
  const listed = key === undefined ? undefined : doc[key];
  if (Array.isArray(listed)) return listed.map((entry, index) => labelled(textOf(entry) ?? '', index));
  const byLabel = objectOf(listed ?? doc);
  const labels = [...'ABCDEFGHIJ'].filter((label) => (textOf(byLabel[label]) ?? '') !== '');
  return labels.length < 2 ? [] : labels.map((label) => ({ label, text: textOf(byLabel[label]) ?? '' }));
}

/** An option of a document's list; "A. left" and "(A) left" carry their own label, the others the letter of their place. */
function labelled(text: string, index: number): Option {
  const own = /^\s*\(?([A-Z])[).:]\s+(\S.*)$/s.exec(text);
  return own === null ? { label: letterAt(index), text } : { label: own[1] ?? null, text: own[2] ?? '' };
}

/** Paths only: pictures themselves are never logged, and some logs hold their Python names ("<PIL.…>") instead. */
function imagesOf(doc: JsonObject): string[] {
  const key = IMAGE_KEYS.find((name) => textsOf(doc[name]).some((text) => text !== '' && !text.startsWith('<')));
  return key === undefined ? [] : textsOf(doc[key]).filter((text) => text !== '' && !text.startsWith('<'));
}

/** The verdict of the plainest metric that is 1 or 0; else what all remaining 1-or-0 metrics agree on; else null. */
function verdictOf(value: JsonObject): boolean | null {
  const verdicts = Object.keys(value)
    .filter((key) => !OWN_KEYS.has(key))
    .flatMap((metric) => {
      const verdict = metricVerdict(metric, value[metric]);
      return verdict === null ? [] : [{ metric, verdict }];
    });
  for (const plain of VERDICT_METRICS) {
    const found = verdicts.find(({ metric }) => plain.test(metric));
    if (found !== undefined) return found.verdict;
  }
  const first = verdicts[0];
  return first !== undefined && verdicts.every(({ verdict }) => verdict === first.verdict) ? first.verdict : null;
}

function metricVerdict(metric: string, value: Json | undefined): boolean | null {
  if (NO_VERDICT.test(metric)) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return truthOf(value);
  const submission = objectOf(value);
  const key = VERDICT_KEYS.find((name) => submission[name] !== undefined);
  return key === undefined ? null : truthOf(submission[key]);
}

function metaOf(value: JsonObject, filtered: readonly string[], responses: readonly string[]): JsonObject {
  const entries = Object.entries(value).filter(([key, entry]) => {
    if (key === 'resps') return false;
    return !FIELD_KEYS.has(key) && entry !== null;
  });
  const used: readonly string[] = [...QUESTION_KEYS, ...OPTION_KEYS, ...IMAGE_KEYS];
  const doc = Object.entries(objectOf(value['doc'])).filter(([key, entry]) => entry !== null && !used.includes(key));
  const samples: [string, Json][] = filtered.length > 1 ? [['samples', [...filtered]]] : [];
  const raw: [string, Json][] = responses.length > 1 ? [['responses', [...responses]]] : [];
  const stratum = stratumIn(value);
  const part: [string, Json][] = stratum === null ? [] : [['stratum', stratum]];
  return Object.fromEntries([...doc, ...entries, ...samples, ...raw, ...part]);
}

function detectResults(shape: Shape): Detected | null {
  const { root } = shape;
  if (shape.container !== 'json-object' || root === null) return null;
  const isResults = ['results', 'configs', 'versions'].every((key) => typeof root[key] === 'object');
  if (!isResults) return null;
  const tasks = Object.keys(objectOf(root['results']));
  const named = tasks.length === 0 ? 'no task' : tasks.slice(0, 8).join(', ') + (tasks.length > 8 ? ', …' : '');
  const reason = `lmms-eval's scores of ${named}; the items are in the _samples_ files beside it.`;
  const only = tasks.length === 1 ? (tasks[0] ?? null) : null;
  return { role: 'aggregate', confidence: 0.97, reason, model: textOf(root['model_name']), dataset: only };
}
