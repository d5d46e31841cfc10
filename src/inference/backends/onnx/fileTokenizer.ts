import { readFile } from 'node:fs/promises';
import { FlipsideError } from '../../../core/model.js';
import { loadLibrary, type PreTrainedTokenizer } from '../transformersJs/library.js';
import type { TokenizerFile } from './manifest.js';
import { padded, type Tokenizer, type Tokens } from './tokens.js';

/** What is read of a file itself; the rest of it is the library's. */
interface FileContent {
  readonly model?: { readonly unk_token?: unknown; readonly unk_id?: unknown; readonly vocab?: unknown };
  readonly padding?: { readonly pad_id?: unknown } | null;
}

/**
 * A tokenizer of Hugging Face's library `tokenizers`, as its `tokenizer.json` describes it, with the special tokens that it adds. A BPE
 * vocabulary that lacks a letter, and has no token for what is unknown, leaves the letter out, as that library does.
 */
export class FileTokenizer implements Tokenizer {
  readonly units = 'tokens';
  readonly last: number;
  private readonly numbers: ReadonlyMap<string, number>;
  private readonly pad: number;
  private readonly unknown: number | null;

  private constructor(
    private readonly file: string,
    private readonly library: PreTrainedTokenizer,
    content: FileContent,
    private readonly text: { readonly length: number; readonly pad: number | null },
  ) {
    this.numbers = library.get_vocab();
    this.last = [...this.numbers.values()].reduce((most, each) => Math.max(most, each), 0);
    const { pad_id: stated } = content.padding ?? {};
    this.pad = text.pad ?? (typeof stated === 'number' ? stated : 0);
    const { unk_token: word, unk_id: place } = content.model ?? {};
    const unknown = typeof word === 'string' ? this.numbers.get(word) : place;
    this.unknown = typeof unknown === 'number' ? unknown : null;
  }

  /**
   * Reads a tokenizer's file. Throws a FlipsideError that names it where it is no tokenizer that Transformers.js reads, or where the padding is
   * no number of it.
   * @param length Numbers of a text, as many as the graph takes.
   */
  static async load(file: string, { pad }: TokenizerFile, length: number): Promise<FileTokenizer> {
    const content = await contentOf(file);
    const { PreTrainedTokenizer } = await loadLibrary();
    const tokenizer = (() => {
      try {
        return new FileTokenizer(file, new PreTrainedTokenizer(content, {}), content, { length, pad });
      } catch (error) {
        throw new FlipsideError(
          `${file} is no tokenizer that can be read (${messageOf(error)}). The tokenizer.json of the model was expected, as the Hugging Face library “tokenizers” writes it.`,
        );
      }
    })();
    if (tokenizer.pad <= tokenizer.last) return tokenizer;
    throw new FlipsideError(
      `"text.pad" is ${tokenizer.pad}, and the tokens of ${file} have numbers from 0 to ${tokenizer.last}. Give the number of its padding.`,
    );
  }

  /** Throws a FlipsideError for a text of which the tokenizer has no number for a part, nor one for what it does not know. */
  encode(text: string): Tokens {
    const { length } = this.text;
    const all = this.library.tokenize(text, { add_special_tokens: true });
    const tokens = shortened(all, this.library.tokenize(text), length);
    return {
      ...padded(
        tokens.map((token) => this.numberOf(token)),
        length,
        this.pad,
      ),
      words: tokens.map((token) => this.shown(token)),
      unknown: this.unknownIn(text, tokens),
      cut: all.length - tokens.length,
    };
  }

  private numberOf(token: string): number {
    const number = this.numbers.get(token) ?? this.unknown;
    if (number !== null) return number;
    throw new FlipsideError(
      `${this.file} has no number for ${JSON.stringify(token)}, and "model.unk_token" names none for what it does not know.`,
    );
  }

  /** Words of which a part is not known; the tokens where none is by itself. */
  private unknownIn(text: string, tokens: readonly string[]): readonly string[] {
    const isUnknown = (token: string): boolean => (this.numbers.get(token) ?? this.unknown) === this.unknown;
    if (!tokens.some(isUnknown)) return [];
    const words = text.split(/\s+/).filter((word) => this.library.tokenize(word).some(isUnknown));
    return [...new Set(words.length > 0 ? words : tokens.filter(isUnknown))];
  }

  /** A token as it stands in a text, without the signs for blanks and parts of words. */
  private shown(token: string): string {
    const number = this.numbers.get(token);
    const text = number === undefined ? token : this.library.decode([number], { skip_special_tokens: false }).trim();
    return text === '' ? token : text;
  }
}

/** Cuts the end of a text, and not the special tokens behind it: a model may read its answer at the last of them. */
function shortened(all: readonly string[], text: readonly string[], length: number): readonly string[] {
  if (all.length <= length) return all;
  const added = all.length - text.length;
  const starts = Array.from({ length: Math.max(0, added + 1) }, (_, start) => start);
  const start = starts.find((place) => text.every((token, at) => token === all[place + at]));
  if (start === undefined || added > length) return all.slice(0, length);
  return [...all.slice(0, start + length - added), ...all.slice(start + text.length)];
}

async function contentOf(file: string): Promise<FileContent> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new FlipsideError(
      `The tokenizer ${file} cannot be read as JSON: ${messageOf(error)}. Fetch the model's tokenizer.json again.`,
    );
  }
  // Of anything that is no such object the library says what it misses.
  return typeof value === 'object' && value !== null ? value : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
