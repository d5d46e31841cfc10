import { optionNamed, plainWords } from './answerMatch.js';
import type { Shape } from './format.js';
import { JOINERS, readOptions } from './optionsValue.js';
import type { Joiner, OptionsReading } from './optionsValue.js';
import { cellText } from './recordValues.js';
import { namesSuggest } from './roleNames.js';
import { profile, valueAt } from './roleValues.js';
import type { Profile } from './roleValues.js';

/** So many of the rows must split alike before a character or a word that also stands inside texts counts as a separator. */
const PROVEN = 0.9;
/** A name that stands for a list of options and nothing else. */
const SURE_OPTIONS = 0.9;

/**
 * What joins the options in a column where no usual separator does: "left/right/in front", "left or right". Proven where nine rows
 * of ten split and nine golds of ten are, word for word or by letter, among the parts; null otherwise.
 */
export function joinerOf(options: Profile | undefined, gold: Profile | null): Joiner | null {
  if (options === undefined || gold === null || options.offers > 0.5) return null;
  return JOINERS.find((joiner) => proves(joiner, options, gold)) ?? null;
}

function proves(joiner: Joiner, options: Profile, gold: Profile): boolean {
  const rows = options.values.flatMap((value, row) => {
    const text = cellText(gold.values[row]);
    if (text === null || cellText(value) === null) return [];
    const parts = readOptions(value, { joiner });
    return [{ splits: parts.length > 1, among: parts.length > 1 && optionNamed(text, parts) !== null, text, parts }];
  });
  const share = (count: number): number => (rows.length === 0 ? 0 : count / rows.length);
  // Letters alone would prove any split: some gold must be a part as it is spelt, unless all are letters.
  const spelt = rows.some(({ text, parts }) => parts.some((part) => plainWords(part.text) === plainWords(text)));
  return (
    share(rows.filter((row) => row.splits).length) >= PROVEN &&
    share(rows.filter((row) => row.among).length) >= PROVEN &&
    (spelt || rows.every(({ text }) => /^\W*[A-Z]\W*$/i.test(text)))
  );
}

/** A column that is to hold the options and of which most values offer none, with the first of these; null where there is none. */
export function unsplitOptions(
  shape: Shape,
  named: readonly string[],
  used: ReadonlySet<string>,
  reading: OptionsReading,
): { readonly column: string; readonly value: string } | null {
  if (named.length > 1) return null;
  const columns =
    named.length === 1 ? named : shape.columns.filter((column) => !used.has(column) && meansOptions(column));
  for (const column of columns) {
    const p = profile(
      column,
      shape.head.map((record) => valueAt(record, column)),
    );
    const texts = p.values.filter((value) => cellText(value) !== null && readOptions(value, reading).length < 2);
    const [first] = texts;
    // A column of numbers beside other columns counts the options, or says which was chosen.
    const counts = named.length === 0 && (p.numeric > 0.5 || p.letters > 0.5);
    if (first !== undefined && !counts && texts.length > p.filled / 2) return { column, value: cellText(first) ?? '' };
  }
  return null;
}

function meansOptions(column: string): boolean {
  return namesSuggest(column).some((hit) => hit.as === 'options' && hit.weight > SURE_OPTIONS);
}
