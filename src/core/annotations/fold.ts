import type { AnnotationEvent, Content, Marks } from './events.js';

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
  /** Ids under which it was met, in datasets and files. */
  readonly ids: readonly string[];
  /** By annotator; of those who took everything back there is none. */
  readonly annotations: ReadonlyMap<string, Annotation>;
  /** The latest judgement between annotators that differed; null where there is none. */
  readonly adjudication: Annotation | null;
}

/** Earlier events first: by what was known when they were written, then by clock, then by id, so that every machine has the same order. */
export function inOrder(events: readonly AnnotationEvent[]): readonly AnnotationEvent[] {
  return [...events].sort(
    (one, other) => one.order - other.order || compare(one.at, other.at) || compare(one.id, other.id),
  );
}

/** Items by their content, with what each annotator's events, one after the other, have made of it. */
export function fold(events: readonly AnnotationEvent[]): readonly AnnotatedAnswer[] {
  const unique = new Map(events.map((event) => [event.id, event]));
  const items = new Map<string, Item>();
  const names = identities([...unique.values()]);
  for (const event of inOrder([...unique.values()])) {
    const name = names.get(event.id) ?? event.id;
    const item: Item = items.get(name) ?? {
      content: event.content,
      answer: event.item.answer,
      ids: new Set(),
      byAnnotator: new Map(),
      adjudication: null,
    };
    items.set(name, item);
    item.ids.add(event.item.item);
    if (item.content.images === null) item.content = event.content;
    if (event.adjudicates !== null) {
      item.adjudication = changed(item.adjudication, event);
      continue;
    }
    const after = changed(item.byAnnotator.get(event.by) ?? null, event);
    if (after === null) item.byAnnotator.delete(event.by);
    else item.byAnnotator.set(event.by, after);
  }
  return [...items.values()].map(({ content, answer, ids, byAnnotator, adjudication }) => ({
    ...{ content, answer, ids: [...ids], annotations: byAnnotator, adjudication },
  }));
}

interface Item {
  content: Content;
  readonly answer: string | null;
  readonly ids: Set<string>;
  readonly byAnnotator: Map<string, Annotation>;
  adjudication: Annotation | null;
}

/** Fields that an event names have its values; null where nothing is left. */
function changed(before: Annotation | null, event: AnnotationEvent): Annotation | null {
  const all = { ...before?.marks, ...event.set };
  const marks = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null && value !== undefined),
  ) as Marks;
  return Object.keys(marks).length === 0 ? null : { by: event.by, marks, event };
}

/**
 * Which events are of one answer to one item: those with the same text, images and answer, whatever file they were met in; where an image was not there,
 * those with the same text and id.
 */
function identities(events: readonly AnnotationEvent[]): ReadonlyMap<string, string> {
  const byImages = new Map<string, string>();
  const byId = new Map<string, string>();
  for (const { content, item } of events) {
    if (content.images === null) continue;
    const name = nameOf(content.text, content.images);
    byImages.set(name, name);
    // Of an id that has had several images, the first: what lacks its image cannot say which it was.
    const id = nameOf(content.text, [item.item]);
    if (!byId.has(id)) byId.set(id, name);
  }
  return new Map(
    events.map(({ id, content, item }) => {
      const own = nameOf(content.text, content.images ?? [item.item]);
      const name = content.images === null ? (byId.get(own) ?? own) : own;
      return [id, `${name}\n${(item.answer ?? '').trim().toLowerCase()}`];
    }),
  );
}

function nameOf(text: string, parts: readonly string[]): string {
  return [text, ...parts].join('\n');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
