import type { Relabel } from '../annotationModel.js';
import type { AnnotationStore } from '../annotations/annotationStore.js';
import { answerKey, type AnnotatedAnswer } from '../annotations/fold.js';
import type { ItemContent } from '../store/annotationTable.js';
import { relabelsOf } from './relabels.js';

/** What is said that concerns a row. */
export interface Matched {
  /** Of its answer to its item. */
  readonly own: AnnotatedAnswer | null;
  /** Of other answers to its item. */
  readonly others: readonly AnnotatedAnswer[];
  /** Of what stood under its id before. */
  readonly stale: readonly { readonly answer: AnnotatedAnswer; readonly changed: 'text' | 'image' }[];
}

/**
 * Which of what is said is of which row. An item is its text and its images; where the images of a row were not looked at, the row is taken to have
 * those of its id, or of a row that states the same ones, in the same run or benchmark.
 */
export class AnnotationMatches {
  private readonly said = new Map<string, readonly AnnotatedAnswer[]>();
  /** Digests of images that were looked at, by row. */
  private seen = new Map<string, readonly string[]>();
  /** The images that rows of an item state, by the item. */
  private readonly stated = new Map<string, Set<string>>();
  /** Texts that a run has, as "run\ntext". */
  private readonly present = new Set<string>();
  private readonly textsOfIds = new Map<string, Set<string>>();

  constructor(private readonly store: AnnotationStore) {}

  /** One that has met nothing yet, and knows what was seen of images. */
  emptied(): AnnotationMatches {
    const anew = new AnnotationMatches(this.store);
    anew.seen = this.seen;
    return anew;
  }

  /** Takes up rows, of which something else may be said than was taken up. */
  meetAnew(contents: readonly ItemContent[]): void {
    for (const { text } of contents) this.said.delete(text);
    this.meet(contents);
  }

  /** Takes up rows. */
  meet(contents: readonly ItemContent[]): void {
    for (const content of contents) {
      this.present.add(`${content.run}\n${content.text}`);
      for (const answer of this.ofText(content.text)) {
        if (!isMet(answer, content)) continue;
        const images = this.stated.get(answer.identity) ?? new Set<string>();
        this.stated.set(answer.identity, images.add(content.images));
      }
    }
  }

  sawImages(content: ItemContent, images: readonly string[] | null): void {
    if (images !== null && images.length > 0) this.seen.set(nameOf(content), images);
  }

  /** Whether anything is said of an item with this text. */
  concerns({ text }: ItemContent): boolean {
    return this.ofText(text).length > 0;
  }

  of(content: ItemContent): Matched {
    const images = this.seen.get(nameOf(content)) ?? null;
    const answers = this.ofText(content.text);
    const fitting = answers.filter((answer) => this.fits(answer, content, images));
    // Of an id that has had several images, what was judged last.
    const identity = fitting.reduce<AnnotatedAnswer | null>(
      (latest, each) => (latest === null || lastOrder(each) > lastOrder(latest) ? each : latest),
      null,
    )?.identity;
    const item = fitting.filter((each) => each.identity === identity);
    const own = item.find((each) => answerKey(each.answer) === answerKey(content.answer)) ?? null;
    return { own, others: item.filter((each) => each !== own), stale: this.staleOf(content, answers, images) };
  }

  private fits(answer: AnnotatedAnswer, content: ItemContent, images: readonly string[] | null): boolean {
    const judged = answer.content.images;
    if (images !== null && judged !== null) return isSame(images, judged);
    const isStated = content.images !== '' && this.stated.get(answer.identity)?.has(content.images) === true;
    return isStated || isMet(answer, content);
  }

  private staleOf(
    content: ItemContent,
    answers: readonly AnnotatedAnswer[],
    images: readonly string[] | null,
  ): Matched['stale'] {
    const otherImages = answers
      .filter(({ content: judged }) => images !== null && judged.images !== null && !isSame(images, judged.images))
      .filter((answer) => isMet(answer, content))
      .map((answer) => ({ answer, changed: 'image' as const }));
    // Rows of one id may differ in what they ask, as rotations do: a text that its run still has was not changed.
    const otherTexts = [...(this.textsOfIds.get(content.item) ?? [])]
      .filter((text) => text !== content.text && !this.present.has(`${content.run}\n${text}`))
      .flatMap((text) => this.ofText(text))
      .filter(({ met }) => met.some(({ run, item }) => run === content.run && item === content.item))
      .map((answer) => ({ answer, changed: 'text' as const }));
    return [...otherImages, ...otherTexts].filter(({ answer }) => answer.annotations.size > 0);
  }

  /** What is said of items with this text: the same objects as long as no row of it is met anew. */
  private ofText(text: string): readonly AnnotatedAnswer[] {
    const known = this.said.get(text);
    if (known !== undefined) return known;
    const answers = this.store.book.ofText(text);
    this.remember(text, answers);
    return answers;
  }

  /** Takes up what is said of a text. */
  remember(text: string, answers: readonly AnnotatedAnswer[]): void {
    this.said.set(text, answers);
    for (const { ids } of answers) {
      for (const id of ids) this.textsOfIds.set(id, (this.textsOfIds.get(id) ?? new Set<string>()).add(text));
    }
  }

  /** Texts and ids of everything that was taken up. */
  known(): { readonly texts: string[]; readonly ids: string[] } {
    return { texts: [...this.said.keys()], ids: [...this.textsOfIds.keys()] };
  }

  /** Everything that was taken up, and of which something is still said. */
  all(): AnnotatedAnswer[] {
    return [...this.said.values()]
      .flat()
      .filter(({ annotations, adjudication }) => annotations.size > 0 || adjudication !== null);
  }

  /** Right answers that are held to be wrong; `contents`: the rows that are open. */
  relabels(contents: readonly ItemContent[]): Relabel[] {
    const rows = new Map<string, ItemContent[]>();
    for (const content of contents) {
      const { own, others } = this.of(content);
      const identity = (own ?? others[0])?.identity;
      if (identity !== undefined) rows.set(identity, [...(rows.get(identity) ?? []), content]);
    }
    return relabelsOf(this.all(), rows);
  }
}

/** Whether the row is one of those that were judged, or its item in another run of the same benchmark. */
function isMet({ met }: AnnotatedAnswer, { item, run, dataset }: ItemContent): boolean {
  return met.some((each) => each.item === item && (each.run === run || each.dataset === dataset));
}

function lastOrder({ annotations, adjudication }: AnnotatedAnswer): number {
  return Math.max(adjudication?.event.order ?? 0, ...[...annotations.values()].map(({ event }) => event.order));
}

function nameOf({ run, row }: ItemContent): string {
  return `${run}\n${row}`;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
