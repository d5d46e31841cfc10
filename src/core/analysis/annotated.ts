import type { ItemAnnotations, JudgedAnswer, JudgedRows, Relabel, Scheme } from '../annotationModel.js';
import type { AnnotationStore } from '../annotations/annotationStore.js';
import type { FileProblem } from '../annotations/book.js';
import type { AnnotatedItem, Content } from '../annotations/events.js';
import type { AnnotatedAnswer } from '../annotations/fold.js';
import type { RowAnnotation, RowKey } from '../model.js';
import {
  annotationsAt,
  contentsAt,
  putAnnotations,
  rowsLike,
  rowsWith,
  type AnnotatedRow,
  type ItemContent,
} from '../store/annotationTable.js';
import type { Database } from '../store/database.js';
import type { Place } from '../store/fetchRows.js';
import { AnnotationMatches, type Matched } from './annotationMatches.js';
import { itemAnnotations, rowAnnotations, type Viewer } from './annotationViews.js';

export type { Viewer } from './annotationViews.js';

/** What an event says of the row that was judged. */
export interface JudgedRow {
  readonly item: AnnotatedItem;
  readonly content: Content;
  /** Blind: what others say of it is held back from the viewer. */
  readonly hidden: boolean;
}

/** Rows that are matched in one go, before others have their turn. */
const AT_ONCE = 1000;
const MOST_RECENT = 10_000;

const NOBODY: Viewer = { name: null, blind: false };

/** What people say, put to the rows that are open: as fields of theirs, and for each of them alone. */
export class Annotated {
  private viewer = NOBODY;
  private matches: AnnotationMatches;
  private last: Promise<unknown> = Promise.resolve();
  private isEmpty = true;
  /** What is asked in rows that somebody looked at. It never changes while this is open. */
  private readonly recent = new Map<string, ItemContent>();

  constructor(
    private readonly db: Database,
    private readonly runs: readonly { readonly id: string }[],
    readonly store: AnnotationStore,
  ) {
    this.matches = new AnnotationMatches(store);
  }

  /** Whose view the fields are: in blind mode they tell of others only where the viewer has chosen. Takes effect with the next `renew`. */
  seenBy(viewer: Viewer): void {
    this.viewer = viewer;
  }

  /** Makes the fields anew, from everything that is said. */
  renew(signal: AbortSignal | null = null): Promise<void> {
    return this.afterOthers(() => this.renewAll(signal));
  }

  private async renewAll(signal: AbortSignal | null): Promise<void> {
    const matches = this.matches.emptied();
    for (const part of this.store.book.texts()) {
      for (const [text, answers] of part) matches.remember(text, answers);
      await othersFirst(signal);
    }
    const rows: AnnotatedRow[] = [];
    const { texts, ids } = matches.known();
    if (texts.length > 0) {
      const found = await this.aside(signal, (db) => gathered(rowsWith(db, texts, ids)));
      matches.meet(found);
      for (const [at, content] of found.entries()) {
        const row = rowAnnotations(content, matches.of(content), this.store.scheme, this.viewer);
        if (row !== null) rows.push(row);
        if (at % AT_ONCE === AT_ONCE - 1) await othersFirst(signal);
      }
    }
    this.matches = matches;
    await this.aside(signal, (db) => putAnnotations(db, rows, 'all'));
    this.isEmpty = rows.length === 0;
  }

  /** Takes up what was just said of these rows, for whoever asks for one of them; their fields follow with `renewAt`. */
  async heard(keys: readonly RowKey[]): Promise<void> {
    this.matches.meetAnew(await this.contents(keys));
  }

  /** Looks up what is asked in these rows, so that annotating one of them does not wait for it. */
  async prepare(keys: readonly RowKey[]): Promise<void> {
    await this.contents(keys);
  }

  /** Makes the fields of these rows anew, and of all that ask the same. Returns the keys of those whose fields may have changed. */
  renewAt(keys: readonly RowKey[]): Promise<RowKey[]> {
    const places = this.placesOf(keys);
    return this.afterOthers(() => this.renewSome((db) => rowsLike(db, places)));
  }

  /** The same for all rows that ask what has one of these digests, or have one of these ids. */
  renewOf(texts: readonly string[], ids: readonly string[]): Promise<RowKey[]> {
    return this.afterOthers(() => this.renewSome((db) => gathered(rowsWith(db, texts, ids))));
  }

  private renewSome(find: (db: Database) => Promise<ItemContent[]>): Promise<RowKey[]> {
    return this.aside(null, async (db) => {
      const found = await find(db);
      this.matches.meetAnew(found);
      const rows = found.map(
        (content) =>
          rowAnnotations(content, this.matches.of(content), this.store.scheme, this.viewer) ??
          ({ runIndex: content.runIndex, row: content.row } satisfies Place),
      );
      await putAnnotations(db, rows, 'these');
      this.isEmpty &&= rows.every((row) => !('status' in row));
      return found.map(({ run, row }) => ({ run, row }));
    });
  }

  /** The table is made by one at a time: what was read before would else take the place of what was read after. */
  private afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }

  /**
   * What is said of a row. `images` gives digests of its images, null where they are not there; it is asked where something is said of such an item:
   * then another image under the same name is told.
   */
  async of(key: RowKey, images: () => Promise<readonly string[] | null>): Promise<ItemAnnotations> {
    const [content] = await this.contents([key]);
    if (content === undefined) return NOTHING_SAID;
    if (this.matches.concerns(content)) this.matches.sawImages(content, await images());
    return itemAnnotations(this.matches.of(content), this.store.scheme, this.viewer);
  }

  /** The rows that were judged with their images, as far as their runs are open. */
  judgedImages(): RowKey[] {
    const open = new Set(this.runs.map(({ id }) => id));
    const judged = this.matches.all().filter(({ content }) => content.images !== null);
    return judged.flatMap(({ met }) => met.filter(({ run }) => open.has(run)).map(({ run, row }) => ({ run, row })));
  }

  /** Takes up digests of images that were looked at. Returns the rows of which something else is said by them: their images are others by now. */
  async sawImages(seen: readonly { readonly key: RowKey; readonly images: readonly string[] }[]): Promise<RowKey[]> {
    const contents = new Map((await this.contents(seen.map(({ key }) => key))).map((each) => [nameOf(each), each]));
    return seen.flatMap(({ key, images }) => {
      const content = contents.get(nameOf(key));
      if (content === undefined) return [];
      const before = this.matches.of(content);
      this.matches.sawImages(content, images);
      const after = this.matches.of(content);
      const isSame = before.own === after.own && before.stale.length === after.stale.length;
      return isSame ? [] : [key];
    });
  }

  /** What is said of these rows, in short, by "run\nrow"; of those of which nothing is said there is none. */
  async inShort(keys: readonly RowKey[]): Promise<ReadonlyMap<string, RowAnnotation>> {
    if (this.isEmpty) return new Map();
    const found = await annotationsAt(this.db, this.placesOf(keys));
    return new Map(
      found.map(({ runIndex, row, ...said }) => [`${this.runs[runIndex]?.id ?? ''}\n${row}`, said] as const),
    );
  }

  /** Somebody annotates here, by name. */
  get isUsed(): boolean {
    return this.viewer.name !== null;
  }

  /** The class of an item is held back from the viewer until a label is chosen. */
  get isBlind(): boolean {
    return this.viewer.blind;
  }

  /** What events say of these rows, in the order of the keys; `images`: digests by row. Rows that are not there are left out. */
  async judged(
    keys: readonly RowKey[],
    images: (key: RowKey) => readonly string[] | null,
  ): Promise<readonly (JudgedRow & { readonly key: RowKey; readonly before: Matched })[]> {
    const found = await this.contents(keys);
    const byKey = new Map(found.map((content) => [nameOf(content), content]));
    return keys.flatMap((key) => {
      const content = byKey.get(nameOf(key));
      if (content === undefined) return [];
      const { dataset, item, run, row, answer, text, hasQuestion } = content;
      const seen = images(key);
      this.matches.sawImages(content, seen);
      // Without a question, nothing but its id tells an item from others of the same image.
      const digests = hasQuestion ? seen : null;
      const before = this.matches.of(content);
      const { hidden } = itemAnnotations(before, this.store.scheme, this.viewer);
      const judged = { item: { dataset, item, run, row, answer }, content: { text, images: digests } };
      return [{ key, ...judged, hidden, before }];
    });
  }

  /** What is said of each answer that anybody judged, with the class that the lens gives it. */
  async answers(): Promise<readonly JudgedAnswer[]> {
    const rowsOf = new Map<AnnotatedAnswer, { keys: RowKey[]; class: string | null }>();
    const found = await this.everyRow();
    for (const content of found) {
      const { own } = this.matches.of(content);
      if (own === null) continue;
      const rows = rowsOf.get(own) ?? { keys: [], class: content.class };
      rows.keys.push({ run: content.run, row: content.row });
      rowsOf.set(own, rows);
    }
    return this.matches.all().map((answer) => {
      const rows = rowsOf.get(answer);
      return {
        rows: rows?.keys ?? [],
        item: answer.ids[0] ?? '',
        labels: labelsOf(answer),
        adjudicated: answer.adjudication?.marks.label ?? null,
        class: rows?.class ?? null,
      };
    });
  }

  /** What is said of each open row, as its fields say it to whoever is not blind; of rows of which nothing is said there is none. */
  async rowsJudged(): Promise<readonly JudgedRows[]> {
    const found = await this.everyRow();
    return found.flatMap((content): readonly JudgedRows[] => {
      const { others, adjudication } = itemAnnotations(this.matches.of(content), this.store.scheme, NOBODY);
      if (others.length === 0 && adjudication === null) return [];
      const labels = new Map(
        others.flatMap(({ by, marks }) => (typeof marks.label === 'string' ? [[by, marks.label]] : [])),
      );
      const { run, row } = content;
      return [{ rows: [{ run, row }], labels, adjudicated: adjudication?.marks.label ?? null }];
    });
  }

  /** How many rows are said something of that no longer holds. */
  async stale(): Promise<number> {
    const [found] = await this.db.all(
      `SELECT count(*)::INTEGER AS "count" FROM memory.main.annotations WHERE "annotation.status" = 'stale'`,
    );
    return Number(found?.['count'] ?? 0);
  }

  /** Right answers that somebody holds to be wrong: by a label that says so, or by a corrected one. */
  async relabels(): Promise<readonly Relabel[]> {
    return this.matches.relabels(await this.everyRow());
  }

  private async everyRow(): Promise<ItemContent[]> {
    const { texts, ids } = this.matches.known();
    return this.aside(null, (db) => gathered(rowsWith(db, texts, ids)));
  }

  get scheme(): Scheme {
    return this.store.scheme;
  }

  get problems(): readonly FileProblem[] {
    return this.store.problems;
  }

  /** What is asked in these rows, those of them that are there; of rows that were asked for not long ago it is remembered. */
  private async contents(keys: readonly RowKey[]): Promise<ItemContent[]> {
    const unknown = keys.filter((key) => !this.recent.has(nameOf(key)));
    const places = this.placesOf(unknown);
    if (places.length > 0) {
      for (const content of await this.aside(null, (db) => contentsAt(db, places))) {
        this.recent.set(nameOf(content), content);
      }
    }
    const found = keys.flatMap((key) => this.recent.get(nameOf(key)) ?? []);
    for (const [oldest] of this.recent) {
      if (this.recent.size <= MOST_RECENT) break;
      this.recent.delete(oldest);
    }
    return found;
  }

  private placesOf(keys: readonly RowKey[]): Place[] {
    const indexes = new Map(this.runs.map(({ id }, index) => [id, index]));
    return keys.flatMap(({ run, row }) => {
      const runIndex = indexes.get(run);
      return runIndex === undefined ? [] : [{ runIndex, row }];
    });
  }

  private async aside<T>(signal: AbortSignal | null, work: (db: Database) => Promise<T>): Promise<T> {
    const db = await this.db.another(signal);
    try {
      return await work(db);
    } finally {
      db.close();
    }
  }
}

function nameOf({ run, row }: RowKey): string {
  return `${run}\n${row}`;
}

const NOTHING_SAID: ItemAnnotations = { mine: null, others: [], adjudication: null, stale: [], hidden: false };

function labelsOf({ annotations }: AnnotatedAnswer): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [by, { marks }] of annotations) if (typeof marks.label === 'string') labels.set(by, marks.label);
  return labels;
}

async function gathered<T>(parts: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(...part);
  return all;
}

/** Whoever waits for something short has it before the next part. */
async function othersFirst(signal: AbortSignal | null): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
