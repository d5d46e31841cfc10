import { randomBytes } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Analysis } from '../core/analysis.js';
import { AnnotationStore, lineOf, type AnnotationEvent } from '../core/analysis/annotations.js';
import type { Marks } from '../core/annotationModel.js';
import { FlipsideError } from '../core/model.js';
import type { AnalysisMethods } from '../protocol/analysis.js';
import type { AnnotationDone, AnnotationsSaved, AnnotationsState, AnnotationViewer } from '../protocol/annotations.js';
import type { RowKey } from '../protocol/rows.js';

/** Bytes of chance in the id of an event: two of a billion events share one once in 10^10. */
const ID_BYTES = 12;

/** Whoever works beside somebody else sees what they say soon enough; looking costs a listing and a few times of files. */
const LOOK_AGAIN_MS = 2000;

/** An answer has reached the page that waits for it. */
const ANSWER_MS = 40;

const NO_JUDGEMENT =
  'Blind annotating is on: give the item a label of your own before you judge between others, or end blind annotating.';

/** What is open, as far as annotating asks for it. */
export interface Annotatable {
  readonly analysis: Analysis;
  /** Digests of a row's images; null where they are not there. */
  images(key: RowKey): Promise<readonly string[] | null>;
  /** Rows that lists show may say something else now. */
  readonly changed: (rows: readonly RowKey[] | null) => void;
}

/** Keeps the annotations of what is open, whatever is opened anew, and writes those of this window. */
export class AnnotationDesk {
  private kept = new AnnotationStore([]);
  private refreshing: Promise<unknown> = Promise.resolve();
  /** Of these, fields do not say yet what the store knows. */
  private readonly behind = new WeakSet<Analysis['annotated']>();
  private viewer: AnnotationViewer = { name: null, blind: false };

  /**
   * The annotations beside what is being opened: those of the folders, or of what is opened alone those beside its first file. They take the place of those
   * of before once they are adopted.
   */
  storeFor(homes: readonly string[], paths: readonly string[]): AnnotationStore {
    const [first] = paths;
    const places = homes.length > 0 || first === undefined ? [...new Set(homes)] : [path.dirname(first)];
    return isDeepStrictEqual(places, this.kept.homes) ? this.kept : new AnnotationStore(places);
  }

  /** What was being opened is open. */
  adopt(store: AnnotationStore): void {
    if (store === this.kept) return;
    // What could not be written is not lost with the place where it could not.
    store.keep(this.kept.unsaved.map(lineOf).join(''));
    void this.kept.close();
    this.kept = store;
  }

  close(): Promise<void> {
    return this.kept.close();
  }

  /** Another annotator, or another way to look. The fields of rows follow. */
  async see(viewer: AnnotationViewer, open: Annotatable | null): Promise<void> {
    this.viewer = viewer;
    if (open === null) return;
    open.analysis.annotated.seenBy(viewer);
    await open.analysis.annotated.renew();
    open.changed(null);
  }

  async state(): Promise<AnnotationsState> {
    const { scheme, problems, unsaved } = this.kept;
    return { scheme, problems, readOnly: await this.kept.readOnly(), unsaved: unsaved.length };
  }

  /** Takes up what others wrote. One after another, so that fields are made anew no more often than is due. */
  refresh(open: Annotatable): Promise<void> {
    const next = this.refreshing.then(() => this.look(open));
    this.refreshing = next.catch(() => undefined);
    return next;
  }

  private async look({ analysis, changed }: Annotatable): Promise<void> {
    const { annotated } = analysis;
    const { store } = annotated;
    const before = JSON.stringify(store.problems);
    const { all, events } = await store.refresh();
    const isBehind = this.behind.has(annotated);
    if (!all && events.length === 0 && !isBehind) {
      // No row says anything else, but somebody is to hear of it.
      if (before !== JSON.stringify(store.problems)) changed([]);
      return;
    }
    // The store brings nothing twice: fields that cannot follow now are made anew at the next look.
    this.behind.add(annotated);
    const texts = [...new Set(events.map(({ content }) => content.text))];
    const ids = [...new Set(events.map(({ item }) => item.item))];
    const rows = all || isBehind ? await annotated.renew().then(() => null) : await annotated.renewOf(texts, ids);
    this.behind.delete(annotated);
    changed(rows);
  }

  /**
   * Looks at the files again and again until `signal` aborts: nobody is told of what others write on a network share, and watchers may lose a folder that
   * is taken away and made again, as git does. `open` holds what is open as long as somebody looks.
   */
  async heed(
    open: (look: (open: Annotatable) => Promise<void>) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    let last = '';
    while (await passed(LOOK_AGAIN_MS, signal)) {
      const why = await open((each) => this.refresh(each)).then(
        () => '',
        (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
      // Goes to the log; what fails each time is told once.
      if (why !== '' && why !== last && !signal.aborted)
        process.stderr.write(`Annotations were not looked at: ${why}\n`);
      last = why;
    }
  }

  /** Says something of rows, and answers once it is on the disk, or why it is not. Fields of rows follow, and are told when they are there. */
  async annotate(
    open: Annotatable,
    { changes, adjudicates, unsaved = '' }: Parameters<AnalysisMethods['annotate']>[0],
  ): Promise<AnnotationsSaved> {
    const { name } = this.viewer;
    if (name === null) throw new FlipsideError('Nobody has given a name for annotations yet.');
    const { annotated } = open.analysis;
    const { store } = annotated;
    store.keep(unsaved);
    const keys = changes.map(({ key }) => key);
    const byKey = new Map(changes.map((change) => [change.key, change]));
    const images = new Map<string, readonly string[] | null>();
    for (const key of keys) images.set(nameOf(key), await open.images(key));
    const judged = await annotated.judged(keys, (key) => images.get(nameOf(key)) ?? null);
    if (adjudicates && judged.some(({ hidden }) => hidden)) throw new FlipsideError(NO_JUDGEMENT);
    const done: AnnotationDone[] = [];
    const events: AnnotationEvent[] = [];
    for (const { key, item, content, before } of judged) {
      const change = byKey.get(key);
      if (change === undefined) continue;
      const { set, undoes } = change;
      const id = randomBytes(ID_BYTES).toString('base64url');
      const was = adjudicates ? before.own?.adjudication : before.own?.annotations.get(name);
      done.push({ key, set, undoes, id, before: valuesBefore(set, was?.marks ?? {}) });
      events.push({
        ...{ id, at: new Date().toISOString(), order: store.book.nextOrder, by: name },
        ...{ scheme: store.scheme.version, item, content, set, undoes },
        adjudicates: adjudicates ? [...(before.own?.annotations.values() ?? [])].map(({ event }) => event.id) : null,
      });
    }
    if (events.length === 0) throw new FlipsideError('The rows to annotate are not there any more.');
    const problem = await store.add(events).then(
      () => null,
      (error: unknown) => sentence(error),
    );
    await annotated.heard(keys);
    // Whoever waits for the disk does not wait for lists: the database would take all processors while the answer is on its way.
    void sleep(ANSWER_MS)
      .then(() => annotated.renewAt(keys))
      .then(open.changed, () => open.changed(null));
    return { done, problem, unsaved: store.unsaved.map(lineOf).join('') };
  }
}

/** True once the time is over, false as soon as `signal` aborts. Keeps no process alive. */
async function passed(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await sleep(milliseconds, undefined, { ref: false, signal }).catch(() => undefined);
  return !signal.aborted;
}

function valuesBefore(set: Marks, was: Marks): Marks {
  return Object.fromEntries(Object.keys(set).map((name) => [name, was[name as keyof Marks] ?? null]));
}

function sentence(error: unknown): string {
  if (error instanceof FlipsideError) return error.message;
  throw error;
}

function nameOf({ run, row }: RowKey): string {
  return `${run}\n${row}`;
}
