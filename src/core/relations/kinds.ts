import type { ItemKind, Option } from '../model.js';
import { remembered } from '../remembered.js';

const YES = new Set(['yes', 'true', 'correct']);
const NO = new Set(['no', 'false', 'incorrect']);

/** True for "yes", "true", "correct"; false for "no", "false", "incorrect"; null for any other text. */
export function yesNoOf(text: string | null): boolean | null {
  return text === null ? null : truthOf(text);
}

const truthOf = remembered((text): boolean | null => {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/[.!\s]+$/, '');
  if (YES.has(word)) return true;
  return NO.has(word) ? false : null;
});

const UP_TO_NINETEEN =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
/** "zero" to "ninety-nine", by their value. */
const NUMBER_WORDS = [
  ...UP_TO_NINETEEN,
  ...TENS.flatMap((ten) => UP_TO_NINETEEN.slice(0, 10).map((unit, value) => (value === 0 ? ten : `${ten}-${unit}`))),
];

/** The number that a text states ("3", "3.0", "three", "twenty-one", "12 cm"); null when it is not one. */
export function numberOf(text: string | null): number | null {
  return text === null ? null : numberIn(text);
}

const numberIn = remembered((text): number | null => {
  const trimmed = text.trim().toLowerCase();
  const word = NUMBER_WORDS.indexOf(trimmed.replace(/[.!]$/, '').replace(/\s+/, '-'));
  if (word >= 0) return word;
  const match = /^[-+]?\d+(?:\.\d+)?(?=$|[.!]?$|\s*[a-z]{1,12}\.?$)/.exec(trimmed);
  return match === null ? null : Number(match[0]);
});

const ASKS_COUNT = /\bhow\s+many\b|\bcount\s+(?:of\s+)?the\b|\bnumber\s+of\b|\bcount\s+how\b/i;
const ASKS_ORDER =
  /\b(?:closer|closest|nearer|nearest|farther|farthest|further|furthest|deeper|deepest)\b(?!\s+(?:north|south|east|west))/i;
/** The order is along the line of sight when it is measured from the viewer. */
const FROM_VIEWER =
  /\b(?:to|from)\s+(?:the\s+)?(?:camera|viewer|observer|photographer|you|me|us)\b|\bdeep|\bdepth\b|\bin\s+the\s+(?:image|picture|scene)\b/i;

/** The options of a yes/no item whose file prints none. */
export const YES_NO_OPTIONS: readonly Option[] = [
  { label: null, text: 'yes' },
  { label: null, text: 'no' },
];

/**
 * How an item is asked, from its options, gold answer and question, where its format does not settle it:
 * yes/no options (or a yes/no gold without options) → `yes-no`; a number asked for → `count`; "which is closer to the
 * camera" → `depth-order`, to something else → `distance-order` (two objects offered, none a direction or a number); options → `choice`; else `open`.
 */
export function kindOf(
  question: string | null,
  options: readonly Option[],
  gold: string | null,
  namesDirection: (text: string) => boolean,
): ItemKind {
  const texts = options.map((option) => option.text);
  if (texts.length === 2 && isYesNoPair(texts)) return 'yes-no';
  if (options.length === 0 && yesNoOf(gold) !== null) return 'yes-no';
  if (options.length === 0 && numberOf(gold) !== null) return 'count';
  const numeric = texts.length > 0 && texts.every((text) => numberOf(text) !== null);
  if (numeric && question !== null && ASKS_COUNT.test(question)) return 'count';
  if (question !== null && texts.length === 2 && ASKS_ORDER.test(question)) {
    if (!texts.some(namesDirection) && !numeric) return FROM_VIEWER.test(question) ? 'depth-order' : 'distance-order';
  }
  if (options.length > 0) return 'choice';
  return isLetter(gold) ? 'choice' : 'open';
}

/** Whether `kindOf` looks at the question: where numbers are offered, or two things that are no directions. */
export function questionDecidesKind(
  options: readonly Option[],
  gold: string | null,
  namesDirection: (text: string) => boolean,
): boolean {
  const words = ['how many', 'which is closer', 'which is closer to the camera'];
  return new Set([null, ...words].map((question) => kindOf(question, options, gold, namesDirection))).size > 1;
}

function isYesNoPair(texts: readonly string[]): boolean {
  const [first, second] = texts.map((text) => yesNoOf(text));
  return first !== null && second !== null && first !== second;
}

/** A bare option label such as "B", "(B)" or "B.", where the options themselves are not known. */
export function isLetter(text: string | null): boolean {
  return text !== null && /^\s*\(?[A-Z]\)?\s*[.):]?\s*$/.test(text);
}
