import type { Option } from '../model.js';
import { remembered, rememberedOf } from '../remembered.js';
import { encodeDirection, NO_DIRECTION_CODE } from './direction.js';
import { yesNoOf } from './kinds.js';
import { directionOf } from './phrases.js';

export interface GoldMatch {
  /** Index into the options; null where the gold is none of them or there are no options. */
  readonly option: number | null;
  /** True where the gold's letter and its text name different options. The letter is followed. */
  readonly conflict: boolean;
}

const LABELLED = /^\s*\(?\s*([A-Za-z]|\d{1,2})\s*(?:[).:]\s*|$)([\s\S]*)$/;

/** Compared form of an option's or a gold's text: case, white space and closing punctuation do not count. */
export const comparable = remembered((text) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_]+/g, ' ')
    .replace(/^[\s"'“”]+|[\s"'“”.,;!]+$/g, ''),
);

/**
 * Finds the option that a gold answer names: by letter ("C", "(C)", "C. back-right"), by the same text, by yes/no
 * meaning, and last by the same direction where exactly one option has it ("Left" among "To the left", …).
 */
export function matchGold(gold: string | null, options: readonly Option[]): GoldMatch {
  return gold === null || options.length === 0 ? NO_MATCH : matcherOf(options)(gold);
}

const NO_MATCH: GoldMatch = { option: null, conflict: false };
/** A list that several items share is matched once for each gold. */
const matcherOf = rememberedOf((options: readonly Option[]) => remembered((gold) => matchIn(gold, options)));

function matchIn(gold: string, options: readonly Option[]): GoldMatch {
  const labelled = LABELLED.exec(gold);
  // The letter first: among options "A. B", "B. C" the gold "B" is a label, not a text.
  const index = labelled === null ? -1 : findLabel(labelled[1] ?? '', options);
  const rest = labelled?.[2]?.trim() ?? '';
  if (index < 0)
    return {
      option: findText(gold, options) ?? findText(rest, options) ?? findMeaning(gold, options),
      conflict: false,
    };
  const whole = findText(gold, options);
  if (whole !== null && rest !== '') return { option: whole, conflict: false };
  const named = rest === '' ? null : findText(rest, options);
  const sameText = named !== null && options[named]?.text === options[index]?.text;
  return { option: index, conflict: named !== null && named !== index && !sameText };
}

/** Labels are compared without case: some files print "a." and state "A". */
function findLabel(label: string, options: readonly Option[]): number {
  const wanted = label.toUpperCase();
  return options.findIndex((option) => option.label?.toUpperCase() === wanted);
}

function findText(text: string, options: readonly Option[]): number | null {
  const wanted = comparable(text);
  if (wanted === '') return null;
  const found = options.flatMap((option, index) => (comparable(option.text) === wanted ? [index] : []));
  return found.length === 1 ? (found[0] ?? null) : null;
}

function findMeaning(gold: string, options: readonly Option[]): number | null {
  const truth = yesNoOf(gold);
  if (truth !== null) {
    const index = options.findIndex((option) => yesNoOf(option.text) === truth);
    if (index >= 0) return index;
  }
  const code = encodeDirection(directionOf(gold));
  if (code === NO_DIRECTION_CODE) return null;
  const same = options.flatMap((option, index) => (encodeDirection(directionOf(option.text)) === code ? [index] : []));
  return same.length === 1 ? (same[0] ?? null) : null;
}
