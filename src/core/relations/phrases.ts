import type { Axis, Direction, Sign } from '../model.js';

/** A direction word or phrase in a text. Offsets are UTF-16 units. */
export interface PhraseSpan {
  readonly start: number;
  readonly end: number;
  readonly axis: Axis | null;
  readonly sign: Sign;
  /** True for "on" and "on top of", which say that the objects touch. */
  readonly contact: boolean;
  /** The same for phrases that mean the same component ("behind", "back"). */
  readonly key: string;
}

/** What a text says about direction. */
export interface PhraseReading {
  /** Null where the text names no direction, or names both senses of one axis ("left to right"). */
  readonly direction: Direction | null;
  readonly contact: boolean;
  readonly spans: readonly PhraseSpan[];
}

/** Raised when the lexicon reads any text differently: part of the cache key. */
export const LEXICON_VERSION = 3;

type Entry = readonly [pattern: string, axis: Axis | null, sign: Sign, contact?: boolean];

const SEP = '[\\s_-]+';
/** "to the", "on the", "at the": belongs to the side that follows, so that its "on" is never read as height. */
const AT_THE = `(?:(?:to|on|at|in|from)${SEP}(?:the|your|its|his|her|their)${SEP})?(?:far${SEP}|immediate${SEP})?`;
const SIDE = `(?:${SEP}hand)?(?:${SEP}sides?)?(?:${SEP}of)?`;

/** "upper left", "lower right-hand corner", "left lower", "the upper part"; by itself at the end only, so that "the lower shelf" is no direction. */
const BESIDE_SIDE = `(?=${SEP}(?:left|right|part|half|side|corner|portion|section|area|region|edge)(?![\\p{L}\\p{N}])|[^\\p{L}\\p{N}]*$)`;

/**
 * The direction words of three axes (ARCHITECTURE.md, "Directions"), longest phrase first; the first alternative that matches at a place wins.
 * An axis of null marks a phrase that carries no direction but hides a word that would ("on the other side of").
 */
const LEXICON: readonly Entry[] = [
  [`(?:on|at)${SEP}(?:the${SEP})?(?:other|opposite|same|either|both|far|near)${SEP}sides?(?:${SEP}of)?`, null, 0],
  [`(?:on|at|by)${SEP}the${SEP}(?:side|edge|corner)s?(?:${SEP}of)?`, null, 0],
  [`(?:left|right)${SEP}handed`, null, 0],
  [`(?:on|at)${SEP}the${SEP}top${SEP}of`, 'vertical', 1, true],
  [`on${SEP}top(?:${SEP}of)?`, 'vertical', 1, true],
  [`${AT_THE}left${SIDE}`, 'lateral', -1],
  [`${AT_THE}right${SIDE}`, 'lateral', 1],
  [`in${SEP}(?:the${SEP})?front(?:${SEP}of)?`, 'depth', 1],
  [`${AT_THE}front(?:${SEP}of)?`, 'depth', 1],
  [`(?:in${SEP}the${SEP})?foreground(?:${SEP}of)?`, 'depth', 1],
  [`(?:in${SEP}the${SEP})?background(?:${SEP}of)?`, 'depth', -1],
  [`${AT_THE}back(?:${SEP}of)?`, 'depth', -1],
  ['behind', 'depth', -1],
  [`${AT_THE}bottom(?:${SEP}of)?`, 'vertical', -1],
  [`${AT_THE}top(?:${SEP}of)?`, 'vertical', 1],
  [`${AT_THE}upper${BESIDE_SIDE}`, 'vertical', 1],
  [`${AT_THE}lower${BESIDE_SIDE}`, 'vertical', -1],
  ['below|underneath|beneath|under|down', 'vertical', -1],
  ['above|over|up', 'vertical', 1],
  ['on', 'vertical', 1, true],
];

/** An apostrophe after a letter is inside a word; any other is a quotation mark ("'left'"). Group n + 1 is entry n. */
const PATTERN = new RegExp(
  `(?<![\\p{L}\\p{N}]|[\\p{L}\\p{N}]['’])(?:${LEXICON.map(([pattern]) => `(${pattern})`).join('|')})(?![\\p{L}\\p{N}])`,
  'iuy',
);
/** The first words of all phrases. Finding these first and trying the long pattern only there takes a fifth of the time. */
const FIRST_WORD =
  /(?<![a-z0-9])(?:on|at|by|in|to|from|far|immediate|left|right|front|foreground|back|background|behind|bottom|top|below|under|underneath|beneath|down|above|over|up|upper|lower)(?![a-z0-9])/gi;

/**
 * Every direction phrase of a text, in order: whole words, longest phrase first, "in front of" before "front", "on the
 * left of" before "on". Hyphens and underscores separate words, so "front-left" holds two phrases.
 */
export function findPhrases(text: string): PhraseSpan[] {
  const spans: PhraseSpan[] = [];
  FIRST_WORD.lastIndex = 0;
  for (let first = FIRST_WORD.exec(text); first !== null; first = FIRST_WORD.exec(text)) {
    PATTERN.lastIndex = first.index;
    const match = PATTERN.exec(text);
    if (match === null) continue;
    const end = first.index + match[0].length;
    FIRST_WORD.lastIndex = end;
    const entry = LEXICON[match.findIndex((group, index) => index > 0 && group !== undefined) - 1];
    if (entry === undefined || entry[1] === null) continue;
    const [, axis, sign, contact = false] = entry;
    spans.push({ start: first.index, end, axis, sign, contact, key: `${axis} ${sign}` });
  }
  return spans;
}

const readings = new Map<string, PhraseReading>();
const REMEMBERED = 50_000;

/**
 * The direction that a phrase or short text names: the union of its phrases' components. Readings of short texts are
 * remembered, since a benchmark has few distinct options.
 */
export function readPhrase(text: string): PhraseReading {
  const known = readings.get(text);
  if (known !== undefined) return known;
  const reading = composeSpans(findPhrases(text));
  if (text.length <= 80) {
    if (readings.size >= REMEMBERED) readings.clear();
    readings.set(text, reading);
  }
  return reading;
}

/** The direction of a text; null where it names none or contradicts itself. */
export function directionOf(text: string): Direction | null {
  return readPhrase(text).direction;
}

function composeSpans(spans: readonly PhraseSpan[]): PhraseReading {
  const parts: Record<Axis, Sign> = { lateral: 0, depth: 0, vertical: 0 };
  let contact = false;
  let contradiction = false;
  for (const span of spans) {
    if (span.axis === null) continue;
    if (parts[span.axis] !== 0 && parts[span.axis] !== span.sign) contradiction = true;
    parts[span.axis] = span.sign;
    contact ||= span.contact;
  }
  const direction = spans.length === 0 || contradiction ? null : parts;
  return { direction, contact: contact && direction !== null, spans };
}
