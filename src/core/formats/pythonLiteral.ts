import type { Json } from '../model.js';

/** Deeper or longer texts are prose or data, not a list of options. */
const MAX_DEPTH = 6;
const MAX_LENGTH = 65_536;

/**
 * Reads what Python's `repr` and NumPy print for lists, tuples and dictionaries of plain values: `['left', "it's"]`, `('a', 'b')`,
 * `{'A': 'left'}`, `['a' 'b']` (NumPy leaves the commas out), `array(['a'], dtype=object)`. JSON is a subset except for its escapes.
 * Returns undefined for anything else; never throws.
 * Source of the string escapes: Python language reference, "String and Bytes literals".
 */
export function parsePythonLiteral(text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH || !/^(?:array\s*\(|[[({])/.test(trimmed)) return undefined;
  const reader = new LiteralReader(trimmed);
  const value = reader.value(0);
  return value !== undefined && reader.atEnd() ? value : undefined;
}

const CLOSING: { readonly [open: string]: string } = { '[': ']', '(': ')' };
const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const WORDS: { readonly [word: string]: Json } = {
  True: true,
  False: false,
  None: null,
  nan: null,
  true: true,
  false: false,
  null: null,
};

class LiteralReader {
  private at = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    this.skipSpace();
    return this.at === this.text.length;
  }

  value(depth: number): Json | undefined {
    this.skipSpace();
    const char = this.text[this.at];
    if (char === undefined || depth > MAX_DEPTH) return undefined;
    if (char === '[' || char === '(') return this.sequence(CLOSING[char] ?? ']', depth);
    if (char === '{') return this.dictionary(depth);
    if (char === "'" || char === '"') return this.string(char);
    return this.word(depth);
  }

  private sequence(close: string, depth: number): Json[] | undefined {
    const items: Json[] = [];
    this.at++;
    for (;;) {
      this.skipSpace();
      if (this.take(close)) return items;
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      this.skipSpace();
      this.take(',');
    }
  }

  private dictionary(depth: number): Json | undefined {
    const entries: [string, Json][] = [];
    this.at++;
    for (;;) {
      this.skipSpace();
      if (this.take('}')) return Object.fromEntries(entries);
      const key = this.value(depth + 1);
      this.skipSpace();
      if (key === undefined || typeof key === 'object' || !this.take(':')) return undefined;
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      entries.push([String(key), item]);
      this.skipSpace();
      this.take(',');
    }
  }

  private string(quote: string): string | undefined {
    let out = '';
    for (let i = this.at + 1; i < this.text.length; i++) {
      const char = this.text.charAt(i);
      if (char === quote) {
        this.at = i + 1;
        return out;
      }
      if (char !== '\\') {
        out += char;
        continue;
      }
      const coded = /^(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/.exec(this.text.slice(i + 1, i + 6))?.[0];
      if (coded !== undefined) {
        out += String.fromCharCode(parseInt(coded.slice(1), 16));
        i += coded.length;
      } else {
        const next = this.text.charAt(++i);
        out += ESCAPES[next] ?? `\\${next}`;
      }
    }
    return undefined;
  }

  private word(depth: number): Json | undefined {
    const word = /^[\w.+-]+/.exec(this.text.slice(this.at, this.at + 64))?.[0];
    if (word === undefined) return undefined;
    this.at += word.length;
    if (word === 'array') return this.array(depth);
    if (Object.hasOwn(WORDS, word)) return WORDS[word];
    const number = Number(word);
    return Number.isFinite(number) ? number : undefined;
  }

  private array(depth: number): Json | undefined {
    this.skipSpace();
    if (!this.take('(')) return undefined;
    const items = this.value(depth + 1);
    const tail = /^\s*(?:,\s*dtype\s*=\s*[\w<>'"]+\s*)?\)/.exec(this.text.slice(this.at, this.at + 80))?.[0];
    if (tail === undefined) return undefined;
    this.at += tail.length;
    return items;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at++;
  }
}
