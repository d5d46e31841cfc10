import { bare, compact, type OptionSet, unordered } from './optionSet.js';
import type { AnswerInput, Span } from './rule.js';

/** An offered text found in a range. `options` has several members where the text is offered twice. */
export interface Mention extends Span {
  readonly options: readonly number[];
}

/** What a range says about the options. */
export interface Mentions {
  /** Offered texts, in text order; denied ones ("not left") left out. */
  readonly offered: readonly Mention[];
  /** Directions that no option offers. */
  readonly foreign: readonly Span[];
}

/** One direction phrase, or several that make one direction ("front-left", "above and to the right"). */
interface Compound extends Span {
  readonly phrases: number;
  readonly key: string | null;
}

const NONE: Mentions = { offered: [], foreign: [] };
const JOINED = /^(?:[\s_-]{1,3}|,?\s{1,3}and\s{1,3}(?:to\s{1,3}the\s{1,3}|slightly\s{1,3})?)$/u;
/** One phrase for each axis and one to spare; more are a list, and reading it again for every member would take quadratic time. */
const LARGEST_COMPOUND = 4;
/** Prepositions and adverbs of running prose, which make no compound with a neighbour. */
const LOOSE = /^(?:on|up|down|over)$/i;
/** "on" within "on the left" is not the option "on". */
const PREPOSITION = /^(?:on|in|at)$/i;
/** "none of the above" names no direction. */
const REFERS_BACK = /\b(?:(?:of|see|in|from|with)\s{1,3}the|as|mentioned|shown|listed|described|see)\s{1,3}$/iu;
const DENIED =
  /(?:\bnot|n['’]t|\brather\s{1,3}than|\binstead\s{1,3}of|\bneither|\bnor|\bcannot\s{1,3}be)\s{1,3}(?:(?:to|on|in|at|the|be|a|an|directly)\s{1,3}){0,3}$/iu;
/** Spares most mentions the long pattern. */
const DENIAL_HINT = /no[rt]|n['’]t|neither|rather|instead/i;
/** "right behind", "right next to": the word strengthens what follows. */
const STRENGTHENS =
  /^\s{1,3}(?:behind|in\s{1,3}front|next|beside|above|below|under|beneath|on\s{1,3}top|near|at|here|there|away)\b/iu;
const PROSE_BEFORE =
  /\b(?:based|depend(?:s|ing)?|focus(?:es|ing)?|relying|relies|so|later|going|move[sd]?|moving)\s{1,3}$/iu;
const PROSE_AFTER =
  /^\s{1,3}(?:the\s{1,3})?(?:image|picture|photo|other\s{1,3}hand|contrary|question|following|given|provided)\b/iu;

/** Finds the offered texts in a range, whole words and longest first, and the directions that were not offered. */
export function findMentions(input: AnswerInput, range: Span, set: OptionSet): Mentions {
  if (set.texts.empty || range.start >= range.end) return NONE;
  const part = input.text.slice(range.start, range.end);
  const compounds = findCompounds(part, input);
  const offered: Mention[] = [];
  const used = new Set<Compound>();
  let next = 0;
  for (const { index, end } of set.texts.all(part)) {
    const span = { start: index, end };
    if (isProse(part, span)) continue;
    while ((compounds[next]?.end ?? part.length) < end) next++;
    const around = compounds[next];
    const compound = around !== undefined && around.start <= index && wider(around, span) ? around : undefined;
    const found =
      compound === undefined
        ? { ...span, options: textOf(set, part.slice(index, end)) }
        : withinCompound(part, compound, span, set, input);
    if (compound !== undefined) used.add(compound);
    if (found.options.length === 0 || isDenied(part, found.start)) continue;
    if (compound?.start !== found.start || !offered.some((one) => one.start === range.start + found.start)) {
      offered.push({ start: range.start + found.start, end: range.start + found.end, options: found.options });
    }
  }
  addCompounds(
    part,
    range,
    compounds.filter((one) => !used.has(one)),
    offered,
    set,
    input,
  );
  offered.sort((a, b) => a.start - b.start);
  const foreign = compounds
    .filter((one) => !isDenied(part, one.start))
    .map((one) => ({ start: range.start + one.start, end: range.start + one.end }))
    .filter((one) => !offered.some((mention) => mention.start < one.end && one.start < mention.end));
  return { offered, foreign };
}

/** Adds the directions that name an option in other words than its own ("left-front" for "front-left"). */
function addCompounds(
  part: string,
  range: Span,
  compounds: readonly Compound[],
  offered: Mention[],
  set: OptionSet,
  input: AnswerInput,
): void {
  for (const compound of compounds) {
    const options = compoundOptions(part, compound, set, input);
    const span = { start: range.start + compound.start, end: range.start + compound.end };
    const taken = offered.some((one) => one.start < span.end && span.start < one.end);
    if (options.length > 0 && !taken && !isDenied(part, compound.start)) offered.push({ ...span, options });
  }
}

function wider(compound: Compound, span: Span): boolean {
  return compound.end - compound.start > span.end - span.start;
}

function textOf(set: OptionSet, text: string): readonly number[] {
  const key = compact(text);
  return set.exact.get(key) ?? set.forms.get(key) ?? [];
}

/** "left" within "on the left side of" is that option; "on" within it, or "left" within "front left", is not. */
function withinCompound(part: string, compound: Compound, span: Span, set: OptionSet, input: AnswerInput): Mention {
  const own = { ...span, options: textOf(set, part.slice(span.start, span.end)) };
  const text = part.slice(compound.start, compound.end);
  const nothing = { ...span, options: [] };
  if (compound.phrases === 1) {
    const named = set.exact.get(compact(text)) ?? set.forms.get(bare(text)) ?? set.exact.get(bare(text)) ?? [];
    if (named.length > 0)
      return named.every((option) => own.options.includes(option)) ? own : { ...compound, options: named };
    return PREPOSITION.test(part.slice(span.start, span.end)) ? nothing : own;
  }
  const named = compoundOptions(part, compound, set, input);
  if (named.length > 0) return { ...compound, options: named };
  return /\sand\s/iu.test(text) && partsOffered(part, compound, set, input) ? own : nothing;
}

/** True where every phrase of a compound is offered by itself: then "left and front" names two options, not a third. */
function partsOffered(part: string, compound: Compound, set: OptionSet, input: AnswerInput): boolean {
  const text = part.slice(compound.start, compound.end);
  return input.spatialPhrases(text).every((one) => {
    const phrase = text.slice(one.start, one.end);
    return textOf(set, phrase).length > 0 || textOf(set, bare(phrase)).length > 0;
  });
}

/** The one option that says what a compound says: the same words in any order, or the same direction by its key. */
function compoundOptions(part: string, compound: Compound, set: OptionSet, input: AnswerInput): readonly number[] {
  const words = unordered(part.slice(compound.start, compound.end));
  const same = indices(set, (text) => unordered(text) === words);
  if (same.length > 0) return same;
  if (compound.key === null) return [];
  const alike = optionKeys(set, input).flatMap((key, index) => (key === compound.key ? [index] : []));
  return alike.length === 1 ? alike : [];
}

/** By the finder of phrases, since options have other keys under another. */
const keysOf = new WeakMap<AnswerInput['spatialPhrases'], WeakMap<OptionSet, readonly (string | null)[]>>();

/** The options' directions by their keys; the same few lists are asked for at every phrase of every response. */
function optionKeys(set: OptionSet, input: AnswerInput): readonly (string | null)[] {
  const known = keysOf.get(input.spatialPhrases) ?? new WeakMap<OptionSet, readonly (string | null)[]>();
  keysOf.set(input.spatialPhrases, known);
  const keys = known.get(set) ?? set.options.map((option) => compoundKey(option.text, input));
  known.set(set, keys);
  return keys;
}

function indices(set: OptionSet, holds: (text: string) => boolean): number[] {
  return set.options.flatMap((option, index) => (holds(option.text) ? [index] : []));
}

function compoundKey(text: string, input: AnswerInput): string | null {
  const all = findCompounds(text, input);
  return all.length === 1 ? (all[0]?.key ?? null) : null;
}

function findCompounds(part: string, input: AnswerInput): Compound[] {
  const phrases = input.spatialPhrases(part).filter((one) => !isProse(part, one));
  const found: Compound[] = [];
  for (const phrase of phrases) {
    const last = found.at(-1);
    const next = { start: phrase.start, end: phrase.end, phrases: 1, key: phrase.key ?? null };
    if (last !== undefined && joins(part, last, phrase)) {
      const key = last.key === null || next.key === null ? null : [...last.key.split('+'), next.key].sort().join('+');
      found[found.length - 1] = { start: last.start, end: phrase.end, phrases: last.phrases + 1, key };
    } else found.push(next);
  }
  return found;
}

function joins(part: string, last: Compound, phrase: Span): boolean {
  if (last.phrases >= LARGEST_COMPOUND) return false;
  const gap = part.slice(last.end, phrase.start);
  if (gap.length > 20 || !JOINED.test(gap)) return false;
  if (/[-_]/.test(gap)) return true;
  return !LOOSE.test(part.slice(last.start, last.end)) && !LOOSE.test(part.slice(phrase.start, phrase.end));
}

function isDenied(part: string, start: number): boolean {
  const before = part.slice(Math.max(0, start - 40), start);
  return DENIAL_HINT.test(before) && DENIED.test(before);
}

function isProse(part: string, span: Span): boolean {
  const word = part.slice(span.start, span.end).toLowerCase();
  if (word === 'right') return STRENGTHENS.test(part.slice(span.end, span.end + 16));
  if (word === 'above') return REFERS_BACK.test(part.slice(Math.max(0, span.start - 16), span.start));
  if (!PREPOSITION.test(word)) return false;
  return (
    PROSE_BEFORE.test(part.slice(Math.max(0, span.start - 16), span.start)) ||
    PROSE_AFTER.test(part.slice(span.end, span.end + 32))
  );
}

/** True where some option names a direction, so that another direction is an answer that was not offered. */
export function offersDirections(input: AnswerInput): boolean {
  return input.options.some((option) => input.spatialPhrases(option.text).length > 0);
}

/** Where `range` or a part of it begins with an offered text, that mention: "Left, because …", "To the left." */
export function leadingMention(input: AnswerInput, range: Span, mentions: readonly Mention[]): Mention | null {
  const first = mentions[0];
  if (first === undefined) return null;
  const before = input.text.slice(range.start, first.start);
  if (
    !/^[\s"'“”‘’*_`([{<>#$:：\\-]*(?:(?:it['’]?s?|is|yes|to|on|at|in|the|a|an|its|located|positioned|directly)\b[\s,:"'“*_`]*){0,6}$/iu.test(
      before,
    )
  )
    return null;
  const after = input.text.slice(first.end, first.end + 24);
  if (/^["'”*_`)\]\s]{0,3}(?:\b(?:or|and)\b|\/|&)/iu.test(after)) return null;
  const next = mentions[1];
  if (next !== undefined && /^\s*,\s*(?:or\s+|and\s+)?$/iu.test(input.text.slice(first.end, next.start))) return null;
  const closes = /^(?:$|["'”*_`)\]}]{0,3}\s{0,2}(?:$|[.,;:!?<\n\\—–-]|(?:because|since|as|of|relative|from|side)\b))/iu;
  return closes.test(after) ? first : null;
}
