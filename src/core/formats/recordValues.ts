import type { Json, JsonObject, Option } from '../model.js';

/** How Python writes a missing value into a text cell when pandas is asked for strings. */
const MISSING_TEXT = /^(?:nan|<na>)$/i;
const MISSING_LENGTH = 4;

/** How people and scripts write that there is no value: "None", "null", "N/A", "-", "?". */
const NO_VALUE = /^(?:none|null|n\/a|nan|<na>|-+|[—–]|\?+)$/i;
/** The same for what a model gave: spelt as programs print it, for a model may well answer "none" or "?". */
const NO_OUTPUT = /^(?:None|null|NULL|nan|NaN|N\/A|n\/a|<NA>)$/;

const TRUE_TEXT = /^(?:true|1(?:\.0+)?)$/i;
const FALSE_TEXT = /^(?:false|0(?:\.0+)?)$/i;
const YES_NO_TEXT = /^\s*(?:yes|no)\s*$/i;

/** The two answers of a yes/no question; they carry no labels. */
export const YES_NO_OPTIONS: readonly Option[] = [
  { label: null, text: 'yes' },
  { label: null, text: 'no' },
];

/**
 * A value of a record as text: strings as they stand, numbers in their shortest form, booleans as Python prints them
 * ("True"), lists and objects as JSON. Null for null and for an absent key.
 */
export function textOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value);
}

/** The value where it is an object, else an empty one: logs leave out what they have nothing to say about. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A table cell as text; null where the cell is empty or says "nan", which is how pandas writes an empty cell as text. */
export function cellText(value: Json | undefined): string | null {
  const text = textOf(value);
  if (text === null) return null;
  const trimmed = text.trim();
  return trimmed === '' || (trimmed.length <= MISSING_LENGTH && MISSING_TEXT.test(trimmed)) ? null : text;
}

/** True where a cell for the right answer says that there is none. An option of that text has the first word. */
export function saysMissing(text: string): boolean {
  return NO_VALUE.test(text.trim());
}

/** True where a cell for a prediction says that there is none. Its words are short: see CARRIABLE in store/recordTable.ts. */
export function saysNoOutput(text: string): boolean {
  return NO_OUTPUT.test(text.trim());
}

/** A stored verdict as true or false: booleans, 1 and 0, and the same as text. Null for shares, labels and anything else. */
export function truthOf(value: Json | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1) return true;
  if (value === 0) return false;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (TRUE_TEXT.test(text)) return true;
  return FALSE_TEXT.test(text) ? false : null;
}

/** True where the right answer of a question without options is "Yes" or "No", in any case. */
export function isYesNo(gold: string | null): boolean {
  return gold !== null && YES_NO_TEXT.test(gold);
}
