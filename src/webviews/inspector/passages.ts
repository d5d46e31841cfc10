/** A text around the characters that were read, with as much hidden as was asked. */
export interface Excerpt {
  readonly before: string;
  readonly mark: string;
  readonly after: string;
  readonly hiddenBefore: number;
  readonly hiddenAfter: number;
}

/** Parts less than this hidden are shown: a button that reveals two words is worse than two words. */
const NOT_WORTH_HIDING = 200;

/** Splits `text` at the mark (UTF-16 offsets); with `around`, keeps about that many characters on each side of it. */
export function excerpt(text: string, start: number, end: number, around: number | null): Excerpt {
  const from = Math.min(Math.max(start, 0), text.length);
  const to = Math.min(Math.max(end, from), text.length);
  let first = around === null ? 0 : from - around;
  let last = around === null ? text.length : to + around;
  if (first < NOT_WORTH_HIDING) first = 0;
  if (last > text.length - NOT_WORTH_HIDING) last = text.length;
  first = whole(text, first);
  last = whole(text, last);
  return {
    before: text.slice(first, from),
    mark: text.slice(from, to),
    after: text.slice(to, last),
    hiddenBefore: first,
    hiddenAfter: text.length - last,
  };
}

/** An offset that does not cut a pair of surrogates in two. */
function whole(text: string, at: number): number {
  const isPair =
    /^[\uDC00-\uDFFF]/.test(text.slice(at, at + 1)) && /[\uD800-\uDBFF]$/.test(text.slice(0, at).slice(-1));
  return isPair ? at + 1 : at;
}
