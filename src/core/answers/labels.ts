import { compact, type OptionSet } from './optionSet.js';
import type { Span } from './rule.js';
import { isAlphanumeric, isSpace } from './visible.js';

/** A label read at the beginning of a range. */
export interface LabelHit extends Span {
  /** The option it names; null where nothing of that label was offered. */
  readonly option: number | null;
  /** The label in upper case. */
  readonly label: string;
  /** Nothing but closing punctuation follows it. */
  readonly alone: boolean;
}

const OPENERS = new Set('"\'“”‘’`*_$([{<>#~|=:（【「《');
const CLOSERS = new Set(')]}>*_"`:;,!?|\\$<=”»）】」》。，：、…');
const LATEX = /\\(?:text|textbf|mathbf|mathrm|mathit|boxed|rm)\s?\{|\\[([]/y;
const NAMING_WORD = /(?:the\s)?(?:option|choice|letter|answer)\b/iy;
/** What may follow an "A" or an "I" that is a label and not a word of the sentence. */
const AFTER_WORDLIKE = /\s+(?:is|because|since|as|seems|would|looks|and|or|[-–—(=])(?![\p{L}\p{N}])/uy;
const LONGEST_LABEL = 3;

/** Skips quotes, brackets, emphasis and LaTeX wrappers. Returns the first position in [from, to] that is none of these. */
export function skipOpeners(text: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const char = text[at] ?? '';
    if (OPENERS.has(char) || isSpace(text.charCodeAt(at)) || char === '\u200b') at++;
    else if ((char === '-' || char === '•') && isSpace(text.charCodeAt(at + 1))) at++;
    else if (char === '\\') {
      LATEX.lastIndex = at;
      const wrapper = LATEX.exec(text);
      if (wrapper === null) break;
      at += wrapper[0].length;
    } else break;
  }
  return Math.min(at, to);
}

/**
 * Reads an option's label where [from, to) begins: "B", "(B)", "**B**", "B. right", "Option B", "\boxed{B}". An article
 * ("A dog …") is no label; neither is a letter inside a word. Null where no label stands there.
 */
export function labelAt(text: string, from: number, to: number, set: OptionSet): LabelHit | null {
  if (set.labels.size === 0 && !set.unknown) return null;
  let start = skipOpeners(text, from, to);
  NAMING_WORD.lastIndex = start;
  const named = NAMING_WORD.exec(text);
  if (named !== null) {
    const after = skipOpeners(text, start + named[0].length, to);
    if (after > start + named[0].length) start = after;
  }
  let end = start;
  while (end < to && end - start <= LONGEST_LABEL && isAlphanumeric(text.charCodeAt(end))) end++;
  if (end === start || end - start > LONGEST_LABEL) return null;
  const label = text.slice(start, end).toUpperCase();
  const alone = onlyClosers(text, end, to);
  const option = set.labels.get(label);
  if (option !== undefined) {
    if (!alone && !endsLabel(text, { start, end }, to, set, option, named !== null)) return null;
    return { start, end, label, option, alone };
  }
  return unofferedLabel(text, { start, end }, to, set, alone);
}

/** A letter that reads as an answer but names nothing offered. "Z" is how several tools write "no answer", so it is none. */
function unofferedLabel(text: string, span: Span, to: number, set: OptionSet, alone: boolean): LabelHit | null {
  const written = text.slice(span.start, span.end);
  const label = written.toUpperCase();
  const hit = { ...span, label, option: null, alone };
  if (set.numbered) return alone && /^\d+$/.test(written) ? hit : null;
  if (!/^[A-Za-z]$/.test(written) || label === 'Z') return null;
  if (!set.lettered && !set.unknown) return null;
  if (alone) return hit;
  if (written !== label) return bracketed(text, span) ? hit : null;
  if (set.unknown) return endsLabel(text, span, to, set, -1, false) ? hit : null;
  const next = text[span.end] ?? '';
  const closed = next === '.' || CLOSERS.has(next) || next === '\n';
  return closed && !isAlphanumeric(text.charCodeAt(span.end + 1)) ? hit : null;
}

function bracketed(text: string, span: Span): boolean {
  return /[([{（]/.test(text[span.start - 1] ?? '') && /[)\]}）]/.test(text[span.end] ?? '');
}

/** True where the characters after a label say that it stands for itself. `option` is −1 where no options are known. */
function endsLabel(text: string, span: Span, to: number, set: OptionSet, option: number, named: boolean): boolean {
  const next = text[span.end] ?? '';
  const code = text.charCodeAt(span.end);
  const second = text.charCodeAt(span.end + 1);
  if (next === '\n' || next === '\r' || next === '\t') return true;
  if (CLOSERS.has(next)) return true;
  if (next === "'" || next === '’') return !isAlphanumeric(second);
  if (next === '.') {
    if (second >= 48 && second <= 57) return !/^\d/.test(text.slice(span.start, span.end));
    return !isAlphanumeric(second) || ownTextFollows(text, span.end + 1, to, set, option);
  }
  if ('-–—/&+'.includes(next)) return !isAlphanumeric(second) || ownTextFollows(text, span.end, to, set, option);
  if (!isSpace(code)) return false;
  if (named) return true;
  const written = text.slice(span.start, span.end);
  if (/^[B-HJ-Z]$/.test(written)) return true;
  if (ownTextFollows(text, span.end, to, set, option)) return true;
  AFTER_WORDLIKE.lastIndex = span.end;
  return /^[AI]$/.test(written) && AFTER_WORDLIKE.test(text);
}

function ownTextFollows(text: string, from: number, to: number, set: OptionSet, option: number): boolean {
  return optionTextAt(text, from, to, set)?.options.includes(option) ?? false;
}

/** Separators that may stand between a label and its text. */
const BETWEEN = new Set(' .):,;=-–—*_"\'`]}>$“”‘’（）：，、\u00a0\t\n\r');

/** The offered text that stands at `from`, after separators; null where none does. */
export function optionTextAt(
  text: string,
  from: number,
  to: number,
  set: OptionSet,
): (Span & { options: readonly number[] }) | null {
  let at = from;
  while (at < to && at - from < 40 && BETWEEN.has(text[at] ?? '')) at++;
  const end = set.texts.endAt(text, at);
  if (end === null || end > to) return null;
  const key = compact(text.slice(at, end));
  return { start: at, end, options: set.exact.get(key) ?? set.forms.get(key) ?? [] };
}

function onlyClosers(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const char = text[at] ?? '';
    if (char !== '.' && char !== "'" && char !== '’' && !CLOSERS.has(char) && !isSpace(text.charCodeAt(at))) {
      return /^(?:<\/|\\[)\]])/.test(text.slice(at, at + 2));
    }
    if (char === '<' && text[at + 1] === '/') return true;
  }
  return true;
}

/** Where a second label is joined to the first ("A or B", "A, B", "A/B"), its end; null where there is none. */
export function joinedLabel(text: string, hit: LabelHit, to: number, set: OptionSet): number | null {
  const rest = text.slice(hit.end, Math.min(to, hit.end + 24));
  const joined =
    /^[\s"'*)\].]{0,4}(?:,|\/|&|\band\b|\bor\b)[\s"'*([]{0,4}(?:or\s|and\s)?[\s"'*([]{0,2}([A-Za-z0-9]{1,3})(?![\p{L}\p{N}])/u.exec(
      rest,
    );
  const other = joined?.[1];
  if (other === undefined || joined === null) return null;
  const upper = other.toUpperCase();
  if (upper === hit.label || (other !== upper && hit.label !== other)) return null;
  const after = rest.slice(joined[0].length);
  if (
    !set.labels.has(upper) ||
    (/^[AI]$/.test(upper) && /^\s+[\p{L}]/u.test(after) && !/^\s+(?:are|both)\b/.test(after))
  )
    return null;
  return /^\s+(?:is|isn|was|are\s+(?:not|wrong|incorrect))\b/.test(after) ? null : hit.end + joined[0].length;
}
