import type { Option, RawItem } from '../model.js';
import { comparable, matchGold } from '../relations/gold.js';
import { yesNoOf } from '../relations/kinds.js';
import { FrameIndex } from './frameSwap.js';

/** Items of a definition that a row may be. */
export interface Candidates {
  /** Those that nothing stated by both contradicts. */
  readonly indexes: readonly number[];
  /** All with the same question and options: if their images differ, gold is no ground to pick one of them. */
  readonly sameQuestion: readonly number[];
}

const NONE: Candidates = { indexes: [], sameQuestion: [] };

/** How a row was found in a definition. */
export type JoinMethod = 'content' | 'position' | 'id';

/** A benchmark definition (questions, options, images, gold) in memory, indexed for joining. */
export class Definition {
  private readonly byQuestionOptions = new Map<string, number[]>();
  private readonly byQuestion = new Map<string, number[]>();
  private readonly byId = new Map<string, number[]>();
  private frameIndex: FrameIndex | null = null;

  constructor(
    readonly file: string,
    readonly dataset: string | null,
    readonly items: readonly RawItem[],
  ) {
    items.forEach((item, index) => {
      if (item.question !== null) {
        push(this.byQuestion, comparable(item.question), index);
        push(this.byQuestionOptions, questionOptionsKey(item.question, item.options), index);
      }
      if (item.id !== null) push(this.byId, item.id, index);
    });
  }

  /** The definition's questions by image, objects and frame; built on first use. */
  frames(): FrameIndex {
    if (this.frameIndex === null) {
      this.frameIndex = new FrameIndex();
      for (const item of this.items) this.frameIndex.add(item);
    }
    return this.frameIndex;
  }

  /**
   * The items that this row may be, by one method. Content: same question and options (without options: same question,
   * told apart by image or id), and the same gold where both have one. Position: the item at the row's place, only with
   * the same options and gold, or, for rows without options or with yes and no alone, the same task and gold. Id: only where nothing that both
   * state (question, options, gold) differs.
   */
  candidates(row: RawItem, method: JoinMethod): Candidates {
    if (method === 'content') return this.byContent(row);
    const places = method === 'position' ? [row.row - 1] : row.id === null ? [] : (this.byId.get(row.id) ?? []);
    const indexes = places.filter((index) => {
      const item = this.items[index];
      if (item === undefined) return false;
      return method === 'position' ? agreesAtPosition(row, item) : agreesOnAll(row, item);
    });
    return { indexes, sameQuestion: indexes };
  }

  private byContent(row: RawItem): Candidates {
    if (row.question === null) return NONE;
    const found =
      row.options.length > 0 ? this.byQuestionOptions.get(questionOptionsKey(row.question, row.options)) : undefined;
    const asked = (found ?? this.byQuestion.get(comparable(row.question)) ?? []).filter((index) => {
      const item = this.items[index];
      return item !== undefined && agreesOnOptions(row, item);
    });
    const sameQuestion = narrow(asked, [
      (index) => row.images.length > 0 && sameImages(row.images, this.items[index]?.images ?? []),
      (index) => row.id !== null && this.items[index]?.id === row.id,
    ]);
    const indexes = sameQuestion.filter((index) => {
      const item = this.items[index];
      return item !== undefined && agreesOnGold(row, item);
    });
    return { indexes, sameQuestion };
  }
}

function push(map: Map<string, number[]>, key: string, index: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [index]);
  else list.push(index);
}

function questionOptionsKey(question: string, options: readonly Option[]): string {
  return JSON.stringify([comparable(question), ...options.map((option) => comparable(option.text))]);
}

/** Keeps what a test singles out; a test that holds for none says nothing. */
function narrow(indexes: readonly number[], tests: readonly ((index: number) => boolean)[]): readonly number[] {
  if (indexes.length <= 1) return indexes;
  let left = indexes;
  for (const test of tests) {
    const kept = left.filter(test);
    if (kept.length > 0) left = kept;
  }
  return left;
}

/** Compared form of an item's gold: its option's text where it names one, else the stated text. */
export function goldKey(item: Pick<RawItem, 'gold' | 'options'>): string | null {
  if (item.gold === null) return null;
  const { option } = matchGold(item.gold, item.options);
  return comparable(option === null ? item.gold : (item.options[option]?.text ?? item.gold));
}

function agreesOnGold(row: RawItem, item: RawItem): boolean {
  if (row.gold === null || item.gold === null) return true;
  // A row without options may state a bare letter or "B. front": read it against the item's options.
  const options = row.options.length > 0 ? row.options : item.options;
  return goldKey({ gold: row.gold, options }) === goldKey(item);
}

function agreesOnOptions(row: RawItem, item: RawItem): boolean {
  if (row.options.length === 0 || item.options.length === 0) return true;
  return (
    row.options.length === item.options.length &&
    row.options.every((option, index) => comparable(option.text) === comparable(item.options[index]?.text ?? ''))
  );
}

function agreesOnAll(row: RawItem, item: RawItem): boolean {
  const sameQuestion =
    row.question === null || item.question === null || comparable(row.question) === comparable(item.question);
  return sameQuestion && agreesOnOptions(row, item) && agreesOnGold(row, item);
}

function agreesAtPosition(row: RawItem, item: RawItem): boolean {
  if (row.gold === null || item.gold === null || !agreesOnGold(row, item)) return false;
  if (row.images.length > 0 && item.images.length > 0 && !sameImages(row.images, item.images)) return false;
  // Every statement offers yes and no, and benchmarks alternate them: agreeing on those shows nothing.
  const tells = row.options.some((option) => yesNoOf(option.text) === null);
  if (tells) return item.options.length > 0 && agreesOnOptions(row, item);
  return row.question === null && row.task !== null && row.task === item.task;
}

function sameImages(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((image, index) => baseName(image) === baseName(other[index] ?? ''));
}

function baseName(image: string): string {
  return image.split(/[\\/]/).pop() ?? image;
}
