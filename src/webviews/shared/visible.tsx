export interface Piece {
  readonly text: string;
  /** These characters could not be seen; `text` stands for them. */
  readonly control: boolean;
}

/**
 * A text with what cannot be seen made visible: control characters, those that turn the direction of what follows, and those
 * without width, behind which an answer may not be read as what it looks like.
 */
export function pieces(text: string): readonly Piece[] {
  const all: Piece[] = [];
  let plain = 0;
  for (let at = 0; at < text.length; at++) {
    const picture = isJoining(text, at) ? null : pictureOf(text.charCodeAt(at));
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
  const hidden = (code >= 0x80 && code <= 0x9f) || turns || isWithoutWidth(code);
  return hidden ? `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧` : null;
}

function isWithoutWidth(code: number): boolean {
  const joins = code >= 0x200b && code <= 0x200f;
  return joins || (code >= 0x2060 && code <= 0x2064) || [0xad, 0x61c, 0x180e, 0xfeff].includes(code);
}

/** Between letters beyond ASCII and parts of an emoji, a joiner or its opposite is spelling. */
function isJoining(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== 0x200c && code !== 0x200d) return false;
  return text.charCodeAt(at - 1) > 0x7f && text.charCodeAt(at + 1) > 0x7f;
}

/** A text as text, with what cannot be seen made visible. */
export function Visible({ text }: { readonly text: string }) {
  const all = pieces(text);
  if (all.length === 1 && all[0]?.control === false) return <>{text}</>;
  return (
    <>
      {all.map((piece, index) =>
        piece.control ? (
          <span key={index} class="control" title="Characters that cannot be seen, made visible">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
