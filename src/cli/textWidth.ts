const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Terminal columns of a text: East Asian and pictographic characters take two, combining marks none. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += /\p{M}|\u200d|\ufe0f/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Ids are told apart by their ends, so a long cell loses its middle. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const chars = [...text];
  const head = Math.ceil((width - 1) / 2);
  const tail = width - 1 - head;
  let start = chars.slice(0, head).join('');
  while (widthOf(start) > head) start = [...start].slice(0, -1).join('');
  let end = chars.slice(chars.length - tail).join('');
  while (widthOf(end) > tail) end = [...end].slice(1).join('');
  return `${start}…${end}`;
}

/** Fills a text up with blanks to a width. */
export function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

/** The lines of a sentence; further lines are set in. Words are never broken: a path stays one to copy. */
export function wrapNote(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The lines of a cell, none wider than `width` (of at least 2); words that are wider are broken. Blanks stay. */
export function wrapCell(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(' ')) {
    if (line !== null && widthOf(line) + 1 + widthOf(word) <= width) {
      line = `${line} ${word}`;
      continue;
    }
    if (line !== null) lines.push(line);
    const pieces = broken(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line ?? ''];
}

function broken(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const char of word) {
    const own = widthOf(char);
    if (used + own > width) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += char;
    used += own;
  }
  return [...pieces, piece];
}
