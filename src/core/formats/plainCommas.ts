import { letterIn } from './answerMatch.js';
import { readOptions } from './optionsValue.js';
import { cellText } from './recordValues.js';
import { integerIn } from './roleValues.js';
import type { Profile } from './roleValues.js';

/** A part with more words is a piece of a sentence, not an option. */
const LONGEST_OPTION = 5;

/**
 * Commas separate options where every row has the same number of short parts and the answers are letters or positions of them:
 * "left, right, front" with gold "B". Sentences with commas give other numbers of parts, and longer ones.
 */
export function countedByCommas(
  options: Profile | undefined,
  gold: Profile | null,
  predictions: readonly Profile[],
): boolean {
  if (options === undefined || options.filled === 0 || options.offers > 0.5) return false;
  const rows = options.values.flatMap((value) =>
    cellText(value) === null ? [] : [readOptions(value, { commas: true }).map((option) => option.text)],
  );
  const count = rows[0]?.length ?? 0;
  const alike = rows.every(
    (parts) => parts.length === count && parts.every((part) => part.split(/\s+/).length <= LONGEST_OPTION),
  );
  if (!alike || count < 2 || count > 26) return false;
  const answers = gold === null || gold.filled === 0 ? predictions : [gold];
  return (
    answers.some(({ filled }) => filled > 0) && answers.every(({ texts }) => texts.every((text) => counts(text, count)))
  );
}

function counts(text: string, count: number): boolean {
  const letter = letterIn(text);
  if (letter !== null) return letter.charCodeAt(0) - 65 < count;
  const number = integerIn(text);
  return number !== null && number >= 0 && number <= count;
}
