import { isJsonObject, type Json, type Option } from '../model.js';
import { plainWords } from './answerMatch.js';
import { literalIn } from './optionsValue.js';
import type { Profile } from './roleValues.js';

/** What the scores of a question's options say: the option that leads, or that several do. */
export type Leader = { readonly option: Option } | 'tie';

/** Names of measures in which the smallest is the best. */
const COSTS = /loss|nll|neg(?:ative)?_?log|ppl|perplexit|distance/i;

/**
 * The option to which a value gives the highest score (the lowest, where the column's name says that it holds losses). Scores are
 * a list of numbers, one for each option, or an object from labels or texts of the options to numbers; also as text. Null where the value
 * is anything else, or does not fit the options. Without options an object from letters to numbers says its letter.
 */
export function leaderOf(value: Json, options: readonly Option[], column = ''): Leader | null {
  const given = typeof value === 'string' ? literalIn(value) : value;
  if (given === undefined || typeof given !== 'object' || given === null) return null;
  const scored = Array.isArray(given) ? byPlace(given, options) : isJsonObject(given) ? byKey(given, options) : null;
  if (scored === null || scored.length < 2) return null;
  const sign = COSTS.test(column) ? -1 : 1;
  const best = Math.max(...scored.map(({ score }) => sign * score));
  const [first, ...others] = scored.filter(({ score }) => sign * score === best);
  if (first === undefined) return null;
  return others.length > 0 ? 'tie' : { option: first.option };
}

/** What a leader is as an answer: the option's label, or its text where it has none. A tie is no option's. */
export function leaderText(leader: Leader): string {
  return leader === 'tie' ? 'tie' : (leader.option.label ?? leader.option.text);
}

interface Scored {
  readonly option: Option;
  readonly score: number;
}

function byPlace(list: readonly Json[], options: readonly Option[]): Scored[] | null {
  const [only] = list;
  // A batch of one.
  if (list.length === 1 && Array.isArray(only)) return byPlace(only, options);
  if (list.length !== options.length || !list.every(isScore)) return null;
  return list.flatMap((score, i) => {
    const option = options[i];
    return option === undefined ? [] : [{ option, score }];
  });
}

function byKey(value: { readonly [key: string]: Json }, options: readonly Option[]): Scored[] | null {
  const entries = Object.entries(value).filter((entry): entry is [string, number] => isScore(entry[1]));
  if (entries.length < 2 || entries.length !== Object.keys(value).length) return null;
  const scored = entries.flatMap(([key, score]) => {
    const option = optionOf(key, options);
    return option === null ? [] : [{ option, score }];
  });
  return scored.length === entries.length ? scored : null;
}

function optionOf(key: string, options: readonly Option[]): Option | null {
  const letter = /^\s*\(?([A-Z])\)?[.:]?\s*$/i.exec(key)?.[1]?.toUpperCase();
  if (options.length === 0) return letter === undefined ? null : { label: letter, text: letter };
  const words = plainWords(key);
  const named = options.find(({ label, text }) => label === (letter ?? key.trim()) || plainWords(text) === words);
  if (named !== undefined || letter === undefined || options.some(({ label }) => label !== null)) return named ?? null;
  return options[letter.charCodeAt(0) - 65] ?? null;
}

function isScore(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** So many of a column's values must be scores for it to be a column of them. */
const MOSTLY = 0.9;

/** True where a column holds scores of the options in its record. */
export function holdsScores(p: Profile, options: readonly (readonly Option[])[]): boolean {
  const leaders = p.values.filter((value, row) => value !== undefined && leaderAt(p, options, row) !== null);
  return p.filled > 0 && leaders.length >= MOSTLY * p.filled;
}

/** The column with the leading option in place of each vector of scores, for comparing it with columns of answers. */
export function leadersOf(p: Profile, options: readonly (readonly Option[])[]): (Json | undefined)[] {
  return p.values.map((value, row) => {
    const leader = leaderAt(p, options, row);
    return leader === null ? value : leaderText(leader);
  });
}

function leaderAt(p: Profile, options: readonly (readonly Option[])[], row: number): Leader | null {
  return leaderOf(p.values[row] ?? null, options[row] ?? [], p.column);
}
