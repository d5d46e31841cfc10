import type { Option } from '../model.js';
import { affinity, optionNamed, optionsByRow, plainWords } from './answerMatch.js';
import { JOINERS, readOptions } from './optionsValue.js';
import { cellText } from './recordValues.js';
import { namesSuggest } from './roleNames.js';
import type { RoleGuess } from './roleNames.js';
import type { Profile } from './roleValues.js';

/** What stands beside columns that may be named after models. */
export interface ModelContext {
  readonly options: readonly Profile[];
  readonly question: Profile | null;
  readonly gold: Profile;
}

export interface ModelColumns {
  /** The prediction, where one column alone can be it. Its name is the model's. */
  readonly taken: RoleGuess | null;
  /** The columns that look like answers, where none was taken. */
  readonly suspects: readonly string[];
}

/** Names of model families, as columns of predictions carry them. */
const MODEL_NAME =
  /gpt|claude|gemini|gemma|qwen|llava|llama|internvl|idefics|blip|cogvlm|deepseek|pixtral|smolvlm|molmo|mplug|minicpm|ovis|spatialvlm|spatialbot|spacemantis|(?<![a-z\d])\d+(?:\.\d+)?b(?![a-z\d])/i;

/** So many of a column's values must be answers for it to look like predictions, and so many for it to be taken as them. */
const LOOKS = 0.8;
const CLEAR = 0.9;

/**
 * Finds predictions in columns that are named after models ("gpt-4o") or say nothing by their name, in a file that would else be
 * questions and right answers. `free` are the columns without a role. One is taken where it is the only one, its values are answers,
 * and it is known to be a model's: by its name, or because it agrees with the gold in some rows and not in others, which neither
 * another form of the gold nor a list of wrong options does.
 */
export function modelColumns(free: readonly Profile[], context: ModelContext): ModelColumns {
  const offered = offeredBy(context);
  const found = free.filter((p) => isSuspect(p, offered, context.gold));
  const [only] = found;
  const clear = only !== undefined && found.length === 1 && answersShare(only, offered, context.gold) >= CLEAR;
  if (!clear || !(MODEL_NAME.test(only.column) || agreesInPart(only, offered, context.gold)))
    return { taken: null, suspects: found.map((p) => p.column) };
  const reasons = ['the only column besides the right answer whose values are answers', 'its name is the model'];
  return { taken: { role: 'prediction', column: only.column, confidence: 0.6, reasons }, suspects: [] };
}

function isSuspect(p: Profile, offered: readonly (readonly Option[])[], gold: Profile): boolean {
  const texts = p.filled >= gold.filled / 2 && p.filled > 0 && p.images === 0 && p.lists === 0;
  if (!texts || p.numeric > 0.5) return false;
  if (MODEL_NAME.test(p.column)) return answersShare(p, offered, gold) > 0;
  // A column of few words that recur may as well be an attribute of the question where no options tell.
  const told = offered.some((options) => options.length > 1) || (p.boolish < 0.5 && p.distinct > 1 && p.meanWords <= 4);
  return namesSuggest(p.column).length === 0 && told && answersShare(p, offered, gold) >= LOOKS;
}

/** The share of a column's values that answer: as an option or, from a model, as a sentence that names one. */
function answersShare(p: Profile, offered: readonly (readonly Option[])[], gold: Profile): number {
  const fits = affinity(p, offered, [gold]) ?? 0;
  if (!MODEL_NAME.test(p.column) || p.filled === 0) return fits;
  const naming = p.values.filter((value, row) => {
    const words = ` ${plainWords(cellText(value) ?? '')} `;
    return (offered[row] ?? []).some(({ text }) => plainWords(text) !== '' && words.includes(` ${plainWords(text)} `));
  });
  return Math.max(fits, naming.length / p.filled);
}

function agreesInPart(p: Profile, offered: readonly (readonly Option[])[], gold: Profile): boolean {
  const verdicts = p.values.flatMap((value, row) => {
    const [said, right] = [cellText(value), cellText(gold.values[row])];
    if (said === null || right === null) return [];
    const options = offered[row] ?? [];
    const at = optionNamed(said, options);
    return [plainWords(said) === plainWords(right) || (at !== null && at === optionNamed(right, options))];
  });
  return verdicts.includes(true) && verdicts.includes(false);
}

/** The options of each record; here a character that may stand inside one too is enough to take them apart. */
function offeredBy({ options, question }: ModelContext): readonly (readonly Option[])[] {
  const [only] = options;
  if (options.length !== 1 || only === undefined || only.offers > 0.5) return optionsByRow(options, question);
  const readings = [{ commas: true }, ...JOINERS.map((joiner) => ({ joiner }))];
  return only.values.map((value) => {
    const lists = readings.map((reading) => readOptions(value, reading));
    return lists.find((list) => list.length > 1) ?? [];
  });
}
