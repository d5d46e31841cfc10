import { isJsonObject, type Json, type JsonObject } from '../model.js';
import type { Shape } from './format.js';
import { inlineObject, inlineReference, inlineText, printedValue } from './inlineImages.js';
import { literalIn, readOptions } from './optionsValue.js';
import { namesSuggest } from './roleNames.js';
import { cellText } from './recordValues.js';

/** Enough of a cell to see what it is; a response may be megabytes long. */
const SEEN = 2000;
/** Objects are opened this deep: `doc.question`, `doc.meta.id`. */
const DEPTH = 2;

/** What the head's values of one column look like. Shares are of the filled cells, 0 when there is none. */
export interface Profile {
  readonly column: string;
  /** One value per record of the head; undefined where the record has no such key. */
  readonly values: readonly (Json | undefined)[];
  /** The filled values as text, trimmed and cut to a few thousand characters. */
  readonly texts: readonly string[];
  readonly filled: number;
  readonly distinct: number;
  readonly meanLength: number;
  readonly meanWords: number;
  readonly letters: number;
  /** Values that are an option letter with or without its text: "B", "(B)", "B. right". */
  readonly leadingLetters: number;
  readonly yesNo: number;
  /** Yes/no, true/false, right/wrong, 1/0. */
  readonly boolish: number;
  /** Lists of such values: the verdicts on several samples. */
  readonly verdictLists: number;
  readonly zeroOne: number;
  readonly numeric: number;
  readonly integers: number;
  /** Numbers from 0 to 1. */
  readonly unit: number;
  readonly questions: number;
  readonly images: number;
  /** Lists, also as text. */
  readonly lists: number;
  /** Values that offer two options or more. */
  readonly offers: number;
}

const LETTER = /^[([]?[A-Z][)\].:]?$/;
const LEADING_LETTER = /^(?:[([][A-Z][)\]]|[A-Z]\s?[.):])(?:\s|$|\w)|^[A-Z]$/;
const YES_NO = /^(?:yes|no)\.?$/i;
const BOOLISH = /^(?:true|false|yes|no|1(?:\.0+)?|0(?:\.0+)?|correct|incorrect|right|wrong)$/i;
const ZERO_ONE = /^(?:0|1)(?:\.0+)?$/;
const INTEGER = /^[+-]?\d+(?:\.0+)?$/;
const IMAGE = /\.(?:jpe?g|png|gif|webp|bmp|tiff?|avif|mp4)(?:[?#].*)?$|^data:image\/|^inline:(?!data;)/i;

const known = new WeakMap<Shape, Map<string, Profile>>();

/** The profiles of all columns of a shape, nested ones as dotted names, in file order. */
export function profilesOf(shape: Shape): Profile[] {
  return columnsOf(shape).map((column) => profileOf(shape, column));
}

/** The profile of one column of a shape, made once: several steps ask for it. */
export function profileOf(shape: Shape, column: string): Profile {
  const own = known.get(shape) ?? new Map<string, Profile>();
  known.set(shape, own);
  const before = own.get(column);
  if (before !== undefined) return before;
  const values = shape.head.map((record) => valueAt(record, column));
  const made = profile(column, values);
  own.set(column, made);
  return made;
}

/** What one column's values look like. */
export function profile(column: string, values: readonly (Json | undefined)[]): Profile {
  return new LookedAt(column, values);
}

/** Each share is counted when it is first asked for: most columns are told by few of them. */
class LookedAt implements Profile {
  readonly texts: readonly string[];
  private readonly filledValues: readonly (Json | undefined)[];
  private readonly counted = new Map<string, number>();

  constructor(
    readonly column: string,
    readonly values: readonly (Json | undefined)[],
  ) {
    const [filled, texts]: [(Json | undefined)[], string[]] = [[], []];
    for (const value of values) {
      const shown = shownText(value);
      if (shown === null) continue;
      filled.push(value);
      texts.push(shown.slice(0, SEEN).trim());
    }
    [this.filledValues, this.texts] = [filled, texts];
  }

  get filled(): number {
    return this.texts.length;
  }

  get distinct(): number {
    return this.once('distinct', () => new Set(this.texts).size);
  }

  get meanLength(): number {
    return this.once('meanLength', () => mean(this.texts.map((text) => text.length)));
  }

  get meanWords(): number {
    return this.once('meanWords', () => mean(this.texts.map((text) => text.split(/\s+/).length)));
  }

  get letters(): number {
    return this.share('letters', (text) => LETTER.test(text));
  }

  get leadingLetters(): number {
    return this.share('leadingLetters', (text) => LEADING_LETTER.test(text));
  }

  get yesNo(): number {
    return this.share('yesNo', (text) => YES_NO.test(text));
  }

  get boolish(): number {
    return this.share('boolish', (text) => BOOLISH.test(text));
  }

  get verdictLists(): number {
    return this.once('verdictLists', () => shareOf(this.filledValues, isVerdictList));
  }

  get zeroOne(): number {
    return this.share('zeroOne', (text) => ZERO_ONE.test(text) || /^(?:true|false)$/i.test(text));
  }

  get numeric(): number {
    return this.share('numeric', isNumber);
  }

  get integers(): number {
    return this.share('integers', (text) => INTEGER.test(text));
  }

  get unit(): number {
    return this.share('unit', (text) => isNumber(text) && Number(text) >= 0 && Number(text) <= 1);
  }

  get questions(): number {
    return this.share('questions', (text) => /[?？]/.test(text));
  }

  get images(): number {
    const isImage = (value: Json | undefined): boolean => imageRefs(value).some((ref) => IMAGE.test(ref));
    return this.once('images', () => shareOf(this.filledValues, isImage));
  }

  get lists(): number {
    const isList = (value: Json | undefined): boolean =>
      Array.isArray(value) || (typeof value === 'string' && Array.isArray(literalIn(value)));
    return this.once('lists', () => shareOf(this.filledValues, isList));
  }

  get offers(): number {
    const first = this.filledValues.slice(0, 50);
    return this.once('offers', () => shareOf(first, (value) => readOptions(value).length > 1));
  }

  private share(name: string, test: (text: string) => boolean): number {
    return this.once(name, () => shareOf(this.texts, test));
  }

  private once(name: string, count: () => number): number {
    const known = this.counted.get(name) ?? count();
    this.counted.set(name, known);
    return known;
  }
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

function isVerdictList(value: Json | undefined): boolean {
  const list = typeof value === 'string' ? literalIn(value) : value;
  return Array.isArray(list) && list.length > 0 && list.every((item) => BOOLISH.test(shownText(item) ?? ''));
}

/** A cell's text for looking at; a value nested too deeply to be written out says nothing. */
export function shownText(value: Json | undefined): string | null {
  try {
    return cellText(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function shareOf<T>(values: readonly T[], test: (value: T) => boolean): number {
  return values.length === 0 ? 0 : values.filter(test).length / values.length;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A whole number written with or without a decimal part (pandas writes 1 as "1.0" beside empty cells); null for anything else. */
export function integerIn(text: string | null): number | null {
  return text !== null && INTEGER.test(text.trim()) ? Math.trunc(Number(text)) : null;
}

/** Nested values that are one value: options by label, an image with its path. They are not opened into columns. */
function isOneValue(key: string, value: JsonObject): boolean {
  if (/^(?:options?|choices?|candidates)$/i.test(key)) return true;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((name) => /^[A-Z]$/i.test(name))) return true;
  return (
    keys.includes('bytes') || (keys.includes('path') && keys.length <= 2) || (keys.length === 1 && keys[0] === 'url')
  );
}

/** The leaves of one record as [dotted name, value], objects opened up to two levels; lists are leaves. */
export function leavesOf(record: JsonObject): [string, Json][] {
  const leaves: [string, Json][] = [];
  const open = (value: JsonObject, prefix: string, depth: number): void => {
    for (const [key, item] of Object.entries(value)) {
      const name = prefix === '' ? key : `${prefix}.${key}`;
      if (depth < DEPTH && isJsonObject(item) && Object.keys(item).length > 0 && !isOneValue(key, item))
        open(item, name, depth + 1);
      else leaves.push([name, item]);
    }
  };
  open(record, '', 0);
  return leaves;
}

function columnsOf(shape: Shape): string[] {
  const printed = printedColumns(shape);
  const opened = new Set([
    ...shape.head.flatMap((record) => Object.keys(record).filter((key) => isJsonObject(record[key]))),
    ...printed,
  ]);
  if (opened.size === 0) return [...new Set(shape.columns)];
  const seen = new Map<string, number>();
  for (const record of shape.head) {
    for (const [name, value] of leavesOf(printed.length === 0 ? record : withObjects(record, printed))) {
      const says = value !== null && !isJsonObject(value);
      seen.set(name, (seen.get(name) ?? 0) + (says ? 1 : 0));
    }
  }
  for (const column of shape.columns) if (!opened.has(column)) seen.set(column, seen.get(column) ?? 0);
  const below = new Map<string, number>();
  for (const [name, count] of seen) {
    for (const owner of ownersOf(name)) below.set(owner, Math.max(below.get(owner) ?? 0, count));
  }
  // A value that is plain in some records and an object in others (`prediction` beside `prediction.answer`) is one column, in
  // the commoner form. The reader takes each record's own form (plainReading.ts), so one odd record takes no role away.
  return [...seen].flatMap(([name, own]) => {
    const plain = Math.max(0, ...ownersOf(name).map((owner) => seen.get(owner) ?? 0));
    return (plain > 0 && plain >= own) || (below.get(name) ?? 0) > own ? [] : [name];
  });
}

/** Columns whose every cell is a JSON object written as text, under a name that promises neither a question nor an answer. */
function printedColumns({ columns, head }: Shape): readonly string[] {
  const isRecord = (cell: Json): boolean => typeof cell === 'string' && printedObject(cell) !== null;
  return columns.filter((column) => {
    // Most columns are told by their first cell.
    const first = head.find((record) => isFilled(record[column]))?.[column];
    if (first === undefined || !isRecord(first) || namesSuggest(column).length > 0) return false;
    return head.every((record) => !isFilled(record[column]) || isRecord(record[column] ?? null));
  });
}

function isFilled(cell: Json | undefined): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}

function withObjects(record: JsonObject, printed: readonly string[]): JsonObject {
  const opened = printed.map((column): [string, Json] => {
    const cell = record[column];
    return [column, (typeof cell === 'string' ? printedObject(cell) : null) ?? cell ?? null];
  });
  return { ...record, ...Object.fromEntries(opened) };
}

/** The last texts that were read: the roles of one record lie in the same cell. */
const lately: { text: string; object: JsonObject | null }[] = [];
const LATELY = 4;

function printedObject(text: string): JsonObject | null {
  if (!text.trimStart().startsWith('{')) return null;
  const known = lately.find((each) => each.text === text);
  if (known !== undefined) return known.object;
  const value = literalIn(text);
  const object = isJsonObject(value) ? value : null;
  lately.unshift({ text, object });
  lately.length = Math.min(lately.length, LATELY);
  return object;
}

/** "a" and "a.b" of "a.b.c". Objects are opened two levels deep, so a name of a hundred thousand dots is no path. */
function ownersOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1, 2 * DEPTH + 1).map((_, i) => parts.slice(0, i + 1).join('.'));
}

/** The value under a column's name: a key that is spelt so, else the path that its dots describe, also into JSON written as text. */
export function valueAt(record: JsonObject, column: string): Json | undefined {
  if (Object.hasOwn(record, column)) return record[column];
  let at: Json | undefined = record;
  for (const part of column.split('.')) {
    if (typeof at === 'string') at = printedObject(at) ?? undefined;
    if (!isJsonObject(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

/** As long as this, a printed object may hold an image; a shorter one is left as it stands. */
const LONG_OBJECT = 1024;

/**
 * References to the images of one value: a path, a URL, a list of them (also as text), `{path}`/`{url}` objects. An image that is
 * held inline is named by its kind, size and digest only ("inline:png;2048 bytes;0a1b2c3d4e5f6071"), an empty place of a list by ''.
 */
export function imageRefs(value: Json | undefined, depth = 0): string[] {
  if (depth > 4) return [];
  // The usual cell: one short reference that is no list. CARRIABLE in store/recordTable.ts knows such cells, too.
  if (typeof value === 'string' && value.length > 3 && value.length < 300 && /^[\w./][^\s(]*$/.test(value))
    return [value];
  if (Array.isArray(value)) return refsOfList(value, depth);
  if (isJsonObject(value)) return refsOfObject(value, depth);
  const text = cellText(value)?.trim() ?? null;
  if (text === null) return [];
  const inline = inlineText(text);
  if (inline !== null) return [inlineReference(inline)];
  const printed = printedValue(text);
  if (isJsonObject(printed) && text.length > LONG_OBJECT) return refsOfObject(printed, depth);
  return Array.isArray(printed) ? refsOfList(printed, depth) : [text];
}

/** A place without a picture keeps its place, so that the others keep theirs; a list of nothing else names no image. */
function refsOfList(list: readonly Json[], depth: number): string[] {
  const each = list.map((item) => imageRefs(item, depth + 1));
  return each.some((refs) => refs.length > 0) ? each.flatMap((refs) => (refs.length === 0 ? [''] : refs)) : [];
}

function refsOfObject(value: JsonObject, depth: number): string[] {
  const inline = inlineObject(value);
  if (inline !== null) return [inlineReference(inline)];
  const key = ['path', 'url', 'image_path', 'file_name', 'filename', 'image_url', 'image'].find(
    (name) => cellText(value[name]) !== null,
  );
  return key === undefined ? [] : imageRefs(value[key], depth + 1);
}
