import type { Marks } from '../annotationModel.js';
import { isJsonObject, type Json, type JsonObject } from '../model.js';

export type { MarkedPoint, Marks } from '../annotationModel.js';

/** The layout of the lines. */
const EVENT_VERSION = 1;

/** Which prediction was in sight, for people and for finding it again. */
export interface AnnotatedItem {
  readonly dataset: string | null;
  readonly item: string;
  readonly run: string;
  readonly row: number;
  /** The option that was chosen, as the data state it; `unread` and a digest of the response where no answer could be read. */
  readonly answer: string | null;
}

/** What was judged: digests of the normalised question, options and gold, and of the images' bytes; null where no image was there. */
export interface Content {
  readonly text: string;
  readonly images: readonly string[] | null;
}

/** One line of an annotator's file. */
export interface AnnotationEvent {
  /** Of its own, everywhere: a line that two files or two merges hold is one event. */
  readonly id: string;
  /** ISO 8601, by the annotator's clock: for people. */
  readonly at: string;
  /** One more than that of every event that was known when this was written: what comes later does so whatever the clocks say. */
  readonly order: number;
  readonly by: string;
  /** The scheme's version. */
  readonly scheme: number;
  readonly item: AnnotatedItem;
  readonly content: Content;
  readonly set: Marks;
  /** The event whose change this takes back; null for none. */
  readonly undoes: string | null;
  /** Ids of the events that were judged between; null where this is an annotation of its own. */
  readonly adjudicates: readonly string[] | null;
}

/** What is drawn, with the numbers that say where. */
const DRAWN = [
  ['boxes', ['x', 'y', 'width', 'height']],
  ['points', ['x', 'y']],
] as const;

const MARKER = /^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)/;

/** The event of a line, without its end; null for an empty line; in words why it is none. A byte order mark, as some editors put before the first, is none of it. */
export function readLine(line: string): AnnotationEvent | string | null {
  const text = line.replace(/^\uFEFF/, '').replace(/\r$/, '');
  if (text.trim() === '') return null;
  return MARKER.test(text) ? 'a mark of a merge conflict: what stands on both sides counts' : eventOf(text);
}

/** An event as its line, with the line's end. */
export function lineOf(event: AnnotationEvent): string {
  const { undoes, adjudicates, ...rest } = event;
  const more = { ...(undoes === null ? {} : { undoes }), ...(adjudicates === null ? {} : { adjudicates }) };
  return `${JSON.stringify({ v: EVENT_VERSION, ...rest, ...more })}\n`;
}

function eventOf(line: string): AnnotationEvent | string {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return 'no JSON';
  }
  if (!isJsonObject(value)) return 'an object was expected';
  if (value['v'] !== EVENT_VERSION)
    return `of the layout ${JSON.stringify(value['v'] ?? null)}; this version reads ${EVENT_VERSION}`;
  const { id, at, order, by, scheme, item, content, set } = value;
  if (!isText(id) || !isText(at) || !isText(by)) return '"id", "at" and "by" must be texts';
  if (!isCount(order) || !isCount(scheme)) return '"order" and "scheme" must be whole numbers';
  if (!isJsonObject(item) || typeof item['item'] !== 'string' || typeof item['run'] !== 'string')
    return '"item" names no item';
  if (!isJsonObject(content) || typeof content['text'] !== 'string') return '"content" holds no digest of the text';
  if (!isJsonObject(set)) return '"set" must be an object';
  const marks = marksOf(set);
  if (typeof marks === 'string') return marks;
  const { undoes, adjudicates } = value;
  return {
    ...{ id, at, order: Number(order), by, scheme: Number(scheme) },
    item: {
      dataset: typeof item['dataset'] === 'string' ? item['dataset'] : null,
      ...{ item: item['item'], run: item['run'], row: Number(item['row'] ?? 0) },
      answer: typeof item['answer'] === 'string' ? item['answer'] : null,
    },
    content: { text: content['text'], images: textsOf(content['images']) },
    set: marks,
    undoes: typeof undoes === 'string' ? undoes : null,
    adjudicates: textsOf(adjudicates),
  };
}

/** What a line sets; in words what of it is wrong. Fields that nobody knows yet stay in the file. */
function marksOf(set: JsonObject): Marks | string {
  for (const name of ['label', 'note', 'gold', 'class']) {
    const value = set[name];
    if (value !== undefined && value !== null && typeof value !== 'string')
      return `"set.${name}" must be a text or null`;
  }
  const { confidence } = set;
  const isShare = typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
  if (confidence !== undefined && confidence !== null && !isShare) return '"set.confidence" must lie between 0 and 1';
  return drawnProblem(set) ?? set;
}

/** What is wrong of boxes and points; null where nothing is. */
function drawnProblem(set: JsonObject): string | null {
  for (const [name, numbers] of DRAWN) {
    const value = set[name];
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) return `"set.${name}" must be a list or null`;
    const isWhole = value.every(
      (each) =>
        isJsonObject(each) && isCount(each['image']) && numbers.every((number) => Number.isFinite(each[number])),
    );
    if (!isWhole) return `each of "set.${name}" must have numbers ${numbers.join(', ')} and the number of its image`;
  }
  return null;
}

function textsOf(value: Json | undefined): readonly string[] | null {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
