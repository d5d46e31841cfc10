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

/** A text as text, with control characters made visible. */
export function Visible({ text }: { readonly text: string }) {
  const all = pieces(text);
  if (all.length === 1 && all[0]?.control === false) return <>{text}</>;
  return (
    <>
      {all.map((piece, index) =>
        piece.control ? (
          <span key={index} class="control" title="Control characters, made visible">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
