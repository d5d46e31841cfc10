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

export interface Piece {
  readonly text: string;
  /** These characters could not be seen; `text` stands for them. */
  readonly control: boolean;
}

/** A text with what cannot be seen made visible: control characters, and those that turn the direction of what follows. */
export function pieces(text: string): readonly Piece[] {
  const all: Piece[] = [];
  let plain = 0;
  for (let at = 0; at < text.length; at++) {
    const picture = pictureOf(text.charCodeAt(at));
    if (picture === null) continue;
    if (at > plain) all.push({ text: text.slice(plain, at), control: false });
    const before = all.at(-1);
    // Of a line end of two characters the second says all.
    if (picture !== '␍' || text[at + 1] !== '\n') {
      const joins = before?.control === true && plain === at;
      if (joins) all[all.length - 1] = { text: before.text + picture, control: true };
      else all.push({ text: picture, control: true });
    }
    plain = at + 1;
  }
  if (plain < text.length) all.push({ text: text.slice(plain), control: false });
  return all;
}

function pictureOf(code: number): string | null {
  if (code === 0x09 || code === 0x0a) return null;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  const turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  const hidden = (code >= 0x80 && code <= 0x9f) || turns || code === 0xfeff;
  return hidden ? `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧` : null;
}
