import type { AnnotatedItem, AnnotationEvent, Content, Marks } from './events.js';

/** What one annotator now says of one item. */
export interface Annotation {
  readonly by: string;
  readonly marks: Marks;
  /** Of the latest event. */
  readonly event: AnnotationEvent;
}

/** One answer to an item, with all that is said of it. */
export interface AnnotatedAnswer {
  readonly content: Content;
  /** The option that was chosen; null where the answer could not be read. */
  readonly answer: string | null;
  /** Names the item, whatever was answered to it: the same for all answers to one item. */
  readonly identity: string;
  /** Ids under which it was met, in datasets and files. */
  readonly ids: readonly string[];
  /** The predictions that were judged, each once. */
  readonly met: readonly AnnotatedItem[];
  /** By annotator; of those who took everything back there is none. */
  readonly annotations: ReadonlyMap<string, Annotation>;
  /** The latest judgement between annotators that differed; null where there is none. */
  readonly adjudication: Annotation | null;
}

/** Earlier events first: by what was known when they were written, then by clock, then by id, so that every machine has the same order. */
function inOrder(events: readonly AnnotationEvent[]): readonly AnnotationEvent[] {
  return [...events].sort(
    (one, other) => one.order - other.order || compare(one.at, other.at) || compare(one.id, other.id),
  );
}

/** Items by their content, with what each annotator's events, one after the other, have made of it. */
export function fold(events: readonly AnnotationEvent[]): readonly AnnotatedAnswer[] {
  const sorted =
    events.length === 1 ? events : inOrder([...new Map(events.map((event) => [event.id, event])).values()]);
  const identityOf = identities(sorted);
  const answers = new Map<string, Answer>();
  for (const event of sorted) {
    const identity = identityOf(event);
    const name = `${identity}\n${answerKey(event.item.answer)}`;
    const answer = answers.get(name) ?? beginning(identity, event);
    answers.set(name, answer);
    take(answer, event);
  }
  return [...answers.values()].map(({ met, content, answer, identity, byAnnotator, adjudication }) => ({
    ...{ content, answer, identity, annotations: byAnnotator, adjudication },
    ids: [...new Set(met.map(({ item }) => item))],
    met,
  }));
}

/** Answers are the same one where they differ in case and outer white space alone. */
export function answerKey(answer: string | null): string {
  return (answer ?? '').trim().toLowerCase();
}

interface Answer {
  content: Content;
  readonly identity: string;
  readonly answer: string | null;
  readonly met: AnnotatedItem[];
  readonly byAnnotator: Map<string, Annotation>;
  adjudication: Annotation | null;
}

function beginning(identity: string, { content, item: { answer } }: AnnotationEvent): Answer {
  return { content, identity, answer, met: [], byAnnotator: new Map(), adjudication: null };
}

function take(answer: Answer, event: AnnotationEvent): void {
  const { run, row } = event.item;
  if (!answer.met.some((each) => each.run === run && each.row === row)) answer.met.push(event.item);
  if (answer.content.images === null) answer.content = event.content;
  if (event.adjudicates !== null) {
    answer.adjudication = changed(answer.adjudication, event);
    return;
  }
  const after = changed(answer.byAnnotator.get(event.by) ?? null, event);
  if (after === null) answer.byAnnotator.delete(event.by);
  else answer.byAnnotator.set(event.by, after);
}

/** Fields that an event names have its values; null where nothing is left. */
function changed(before: Annotation | null, event: AnnotationEvent): Annotation | null {
  // Most events are the first of their annotator, and take nothing back.
  if (before === null && Object.values(event.set).every((value) => value !== null && value !== undefined)) {
    return Object.keys(event.set).length === 0 ? null : { by: event.by, marks: event.set, event };
  }
  const all = { ...before?.marks, ...event.set };
  const marks = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null && value !== undefined),
  ) as Marks;
  return Object.keys(marks).length === 0 ? null : { by: event.by, marks, event };
}

/**
 * Which events, in their order, are of one item: those with the same text and images, whatever file they were met in; where an image was not
 * there, those with the same text and id.
 */
function identities(events: readonly AnnotationEvent[]): (event: AnnotationEvent) => string {
  const byId = new Map<string, string>();
  for (const { content, item } of events) {
    if (content.images === null) continue;
    // Of an id that has had several images, the first: what lacks its image cannot say which it was.
    const id = nameOf(content.text, [item.item]);
    if (!byId.has(id)) byId.set(id, nameOf(content.text, content.images));
  }
  return ({ content, item }) => {
    const own = nameOf(content.text, content.images ?? [item.item]);
    return content.images === null ? (byId.get(own) ?? own) : own;
  };
}

function nameOf(text: string, parts: readonly string[]): string {
  return [text, ...parts].join('\n');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
