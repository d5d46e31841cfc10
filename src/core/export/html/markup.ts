import type { Inline, Text } from './document.js';

const SPECIAL: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is no markup, wherever it stands: between tags or in a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SPECIAL[sign] ?? sign);
}

/** Controls but tabs and line ends, marks that turn the direction of what follows, characters without width, half characters. */
const UNSEEN =
  /(?![\t\n])[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;

/** Text as markup in which nothing hides: characters that cannot be seen are named, as the pages of the extension do. */
export function visible(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n');
  let markup = '';
  let from = 0;
  for (const { index, 0: unseen } of lines.matchAll(UNSEEN)) {
    markup += `${escaped(lines.slice(from, index))}<span class="unseen">${nameOf(unseen)}</span>`;
    from = index + unseen.length;
  }
  return markup + escaped(lines.slice(from));
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\r\n|\r|\n/g, ' ⏎ '));
}

/** Unseen characters named, without markup: for attributes. */
export function plainLine(text: string): string {
  return escaped(text.replace(/\r\n|\r|\n/g, ' ⏎ ').replace(UNSEEN, nameOf));
}

function nameOf(unseen: string): string {
  const code = unseen.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`;
}

/** A sentence as markup. */
export function inline(text: Text): string {
  return isList(text) ? text.map(piece).join('') : piece(text);
}

/** A sentence as plain text, for attributes and titles. */
export function plainText(text: Text): string {
  return isList(text) ? text.map(wordsOf).join('') : wordsOf(text);
}

function isList(text: Text): text is readonly Inline[] {
  return Array.isArray(text);
}

function piece(part: Inline): string {
  if (typeof part === 'string') return visibleLine(part);
  // Letters that run from right to left must not move the words around them.
  if ('data' in part) return `<bdi>${breakable(visibleLine(part.data))}</bdi>`;
  if ('strong' in part) return `<strong>${visibleLine(part.strong)}</strong>`;
  if ('code' in part) return `<code>${visibleLine(part.code)}</code>`;
  return `<a href="#${escaped(part.to)}">${visibleLine(part.link)}</a>`;
}

/** Names of files and runs are long and have no spaces: they may break after a part, and nothing is added to what is copied. */
function breakable(markup: string): string {
  return markup.replace(/(?<=[\p{L}\p{N}])[_/](?=[\p{L}\p{N}])/gu, '$&<wbr>');
}

function wordsOf(part: Inline): string {
  if (typeof part === 'string') return part;
  if ('data' in part) return part.data;
  if ('strong' in part) return part.strong;
  return 'code' in part ? part.code : part.link;
}
