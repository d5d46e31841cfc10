import type { OptionSet } from './optionSet.js';
import type { Span } from './rule.js';

/** A label named in running text. */
export interface Letter extends Span {
  readonly label: string;
  readonly option: number | null;
}

/** "(B)", "option B", "**B**" or a capital that is no word. */
const LETTER =
  /[([]\s?([A-Za-z0-9]{1,3})\s?[)\]]|\b(?:option|choice|letter)s?\s{1,3}["'“*(]{0,3}([A-Za-z0-9]{1,3})(?![\p{L}\p{N}])|\*\*\s?\(?([A-Za-z0-9]{1,3})[).:]?\s?\*\*|(?<![\p{L}\p{N}'’._-])([A-Z])(?![\p{L}\p{N}'’_-])/gu;
/** "point A", "person B": the name of something in the picture. */
const NAME_BEFORE =
  /\b(?:points?|objects?|person|people|box(?:es)?|cars?|images?|views?|figures?|frames?|marks?|marked|labell?ed|circles?|region|camera|position|location|room)\s{1,3}["'(]?$/iu;
const DENIED_BEFORE =
  /(?:\bnot|n['’]t(?:\s{1,3}be)?|\brather\s{1,3}than|\binstead\s{1,3}of|\bneither|\bnor|\bunlike)\s{1,3}(?:(?:option|choice)\s{1,3})?["'(*]{0,2}$/iu;
const DENIED_AFTER =
  /^["')*.\]]{0,3}\s{0,3}(?:is|are|was|seems|would\s{1,3}be|can\s{1,3}be|could\s{1,3}be)?(?:\s{0,3}(?:clearly|definitely|also|therefore))?\s{0,3}(?:not\b|n['’]t\b|isn['’]t\b|cannot\b|can['’]t\b|wrong\b|incorrect\b|false\b|ruled\s{1,3}out\b|eliminated\b)/iu;
/** After a capital "A" or "I": what shows that it is a label and not the article or the pronoun. */
const AFTER_WORDLIKE =
  /^(?:$|["'”*_`)\]]|[.,;:!?](?:\s|$)|\s{0,3}\n|\s{1,3}(?:is|because|since|as|seems|would|looks|and|or)\b|\s{1,3}[(–—=-])/u;

/** The labels named in a range, in text order, without those that are denied ("not B", "A is wrong"). Linear. */
export function findLetters(text: string, range: Span, set: OptionSet): Letter[] {
  if (set.labels.size === 0 && !set.unknown) return [];
  const part = text.slice(range.start, range.end);
  const found: Letter[] = [];
  for (const match of part.matchAll(LETTER)) {
    const written = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    const label = written.toUpperCase();
    const option = set.labels.get(label) ?? null;
    if (option === null && !(set.unknown && /^[A-Y]$/.test(written))) continue;
    const start = match.index + match[0].lastIndexOf(written);
    const end = start + written.length;
    if (!standsForOption(part, { start, end }, match[4] !== undefined)) continue;
    found.push({ start: range.start + start, end: range.start + end, label, option });
  }
  return found;
}

function standsForOption(part: string, span: Span, plain: boolean): boolean {
  const before = part.slice(Math.max(0, span.start - 32), span.start);
  const after = part.slice(span.end, span.end + 40);
  if (
    plain &&
    (NAME_BEFORE.test(before) || (/^[AI]$/.test(part.slice(span.start, span.end)) && !AFTER_WORDLIKE.test(after)))
  )
    return false;
  return !DENIED_BEFORE.test(before) && !DENIED_AFTER.test(after);
}
