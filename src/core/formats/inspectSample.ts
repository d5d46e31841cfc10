import { isJsonObject, type Json, type JsonObject, type Option, type RawItem } from '../model.js';
import { inlineReference, inlineText } from './inlineImages.js';
import { letterAt } from './letters.js';
import { splitPrompt } from './promptOptions.js';
import { blankItem } from './recordFields.js';
import { YES_NO_OPTIONS, isYesNo, objectOf, textOf, truthOf } from './recordValues.js';

const ATTACHMENT = 'attachment://';

/** What the log's header says about all of its samples. */
export interface LogHeader {
  readonly model: string | null;
  readonly task: string | null;
  readonly dataset: string | null;
}

/** Where a sample stands in its log. */
export interface SamplePlace {
  readonly row: number;
  /** True when the log asks some question more than once, so that samples of one id are one unit. */
  readonly epochs: boolean;
  readonly flags: RawItem['flags'];
}

/**
 * One sample of an Inspect AI log as an item (UKGovernmentBEIS/inspect_ai @ 499e6152e7b8, log/_log.py: EvalSample).
 *
 * `choices` become options A, B, C…; without them, options printed in the question are read from it. The prediction is the
 * answer that the scorer stored, from the first scorer that has one; without scores it is null and the completion is the
 * response. Data URIs are replaced by their short name. The transcript (messages, events, store, attachments) and the
 * run's costs stay in the log. Pure; never throws.
 */
export function sampleItem(sample: JsonObject, header: LogHeader, place: SamplePlace): RawItem {
  const id = textOf(sample['id']);
  const epoch = sample['epoch'];
  const asked = askedOf(sample);
  const [gold, ...goldAliases] = goldsOf(sample['target']);
  const yesNo = asked.options.length === 0 && isYesNo(gold ?? null);
  const scored = scoreOf(sample);
  const output = outputOf(sample);
  return {
    ...blankItem(place.row),
    id,
    question: asked.question,
    options: yesNo ? YES_NO_OPTIONS : asked.options,
    gold: gold ?? null,
    ...(goldAliases.length > 0 ? { goldAliases } : {}),
    extracted: scored.answer,
    response: output.text,
    storedCorrect: scored.correct,
    kind: yesNo ? 'yes-no' : null,
    task: header.task,
    images: asked.images,
    model: header.model,
    unit: place.epochs ? id : null,
    sample: place.epochs && typeof epoch === 'number' ? epoch : null,
    meta: metaOf(sample, header, scored, output),
    flags: place.flags,
  };
}

interface Asked {
  readonly question: string | null;
  readonly options: readonly Option[];
  readonly images: readonly string[];
}

function askedOf(sample: JsonObject): Asked {
  const input = sample['input'];
  const attachments = objectOf(sample['attachments']);
  const messages = Array.isArray(input) ? input.map(objectOf).filter((message) => message['role'] !== 'system') : [];
  const user = messages.filter((message) => message['role'] === 'user');
  const content = Array.isArray(input) ? user[user.length - 1]?.['content'] : input;
  const text = contentText(content, attachments);
  const images = messages.flatMap((message) => imagesOf(message['content'], attachments));
  const choices = sample['choices'];
  if (!Array.isArray(choices) || choices.length === 0) {
    const printed = text === null ? { question: null, options: [] } : splitPrompt(text);
    return { ...printed, images };
  }
  return {
    question: text,
    options: choices.map((choice, index) => ({ label: letter(index), text: textOf(choice) ?? '' })),
    images,
  };
}

/** Inspect's own labels: A to Z, then numbers from 1 (solver/_multiple_choice.py, answer_character). */
function letter(index: number): string {
  return index < 26 ? letterAt(index) : String(index - 25);
}

/** Text of a message: a string, or its parts of type text in order; null where there is none. */
function contentText(content: Json | undefined, attachments: JsonObject): string | null {
  if (typeof content === 'string') return attachedText(content, attachments);
  if (!Array.isArray(content)) return null;
  const texts = content
    .map((part) =>
      typeof part === 'string' ? part : objectOf(part)['type'] === 'text' ? objectOf(part)['text'] : null,
    )
    .flatMap((text) => (typeof text === 'string' ? attachedText(text, attachments) : []));
  return texts.length === 0 ? null : texts.join('\n');
}

/** Long texts may be kept once, as attachments; pictures stay references. */
function attachedText(text: string, attachments: JsonObject): string {
  if (!text.startsWith(ATTACHMENT)) return text;
  const attached = attachments[text.slice(ATTACHMENT.length)];
  return typeof attached === 'string' && !attached.startsWith('data:') ? attached : text;
}

function imagesOf(content: Json | undefined, attachments: JsonObject): string[] {
  if (!Array.isArray(content)) return [];
  return content
    .map(objectOf)
    .filter((part) => part['type'] === 'image')
    .flatMap((part) => {
      const image = part['image'];
      return typeof image === 'string' ? shortReference(image, attachments) : [];
    });
}

/** A picture in the log, there or among the attachments, by its short name: no picture is copied into the items. */
function shortReference(reference: string, attachments: JsonObject): string {
  const attached = reference.startsWith(ATTACHMENT) ? attachments[reference.slice(ATTACHMENT.length)] : undefined;
  const held = typeof attached === 'string' ? attached : reference;
  const inline = held.startsWith('data:') ? inlineText(held, 0) : null;
  return inline === null ? reference : inlineReference(inline);
}

function goldsOf(target: Json | undefined): string[] {
  const listed = Array.isArray(target) ? target : [target];
  return listed.map((gold) => (textOf(gold) ?? '').trim()).filter((gold) => gold !== '');
}

interface Output {
  readonly text: string | null;
  readonly reasoning: string | null;
}

/** The completion, or the first choice's message, whose reasoning parts are kept apart. */
function outputOf(sample: JsonObject): Output {
  const output = objectOf(sample['output']);
  const choices = output['choices'];
  const first = Array.isArray(choices) ? objectOf(choices[0]) : {};
  const content = objectOf(first['message'])['content'];
  const attachments = objectOf(sample['attachments']);
  const completion = output['completion'];
  const text = typeof completion === 'string' && completion !== '' ? completion : contentText(content, attachments);
  const parts = Array.isArray(content) ? content.map(objectOf) : [];
  const reasoning = parts.flatMap((part) => (part['type'] === 'reasoning' ? (textOf(part['reasoning']) ?? []) : []));
  const noText = typeof completion === 'string' ? completion : null;
  return { text: text ?? noText, reasoning: reasoning.length === 0 ? null : reasoning.join('\n') };
}

interface Scored {
  readonly scorer: string | null;
  readonly answer: string | null;
  readonly correct: boolean | null;
  readonly explanation: string | null;
  readonly all: JsonObject;
}

/** The first scorer that stored an answer, else the first one. Very old logs have one unnamed `score`. */
function scoreOf(sample: JsonObject): Scored {
  const single = sample['score'];
  const all = sample['scores'] === undefined && single !== undefined ? { score: single } : objectOf(sample['scores']);
  const names = Object.keys(all).filter((name) => isJsonObject(all[name]));
  const scorer = names.find((name) => textOf(objectOf(all[name])['answer']) !== null) ?? names[0] ?? null;
  const score = scorer === null ? {} : objectOf(all[scorer]);
  return {
    scorer,
    answer: textOf(score['answer']),
    correct: correctOf(score['value']),
    explanation: textOf(score['explanation']),
    all,
  };
}

/** value_to_float's certain values: C, 1, yes, true are right; I, N, 0, no, false are wrong. P and shares are neither. */
function correctOf(value: Json | undefined): boolean | null {
  if (typeof value !== 'string') return truthOf(value);
  const text = value.trim();
  if (text === 'C' || /^yes$/i.test(text)) return true;
  if (text === 'I' || text === 'N' || /^no$/i.test(text)) return false;
  return truthOf(text);
}

function metaOf(sample: JsonObject, header: LogHeader, scored: Scored, output: Output): JsonObject {
  const own: [string, Json | null][] = [
    ['eval.dataset', header.dataset],
    ['scorer', scored.scorer],
    ['explanation', scored.explanation === output.text ? null : scored.explanation],
    ['reasoning', output.reasoning],
    ['error', errorOf(sample['error'])],
    ['limit', textOf(objectOf(sample['limit'])['type'])],
    ...otherScores(scored),
  ];
  const entries = new Map<string, Json>(own.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
  for (const [key, value] of flatten(objectOf(sample['metadata']))) {
    entries.set(entries.has(key) ? `metadata.${key}` : key, value);
  }
  return Object.fromEntries(entries);
}

/** Verdicts that did not become a field: those of further scorers, and one that is neither right nor wrong. */
function otherScores({ all, scorer, correct }: Scored): [string, Json][] {
  return Object.entries(all).flatMap(([name, score]) => {
    const value = objectOf(score)['value'];
    return value === undefined || value === null || (name === scorer && correct !== null)
      ? []
      : [[`score.${name}`, value]];
  });
}

function errorOf(error: Json | undefined): string | null {
  return isJsonObject(error) ? textOf(error['message']) : textOf(error);
}

/** One level: {a: {b: 1}} becomes "a.b"; what lies deeper stays as it is. */
function flatten(metadata: JsonObject): [string, Json][] {
  return Object.entries(metadata).flatMap(([key, value]): [string, Json][] => {
    if (value === null) return [];
    if (!isJsonObject(value)) return [[key, value]];
    return Object.entries(value).flatMap(([inner, entry]) => (entry === null ? [] : [[`${key}.${inner}`, entry]]));
  });
}
