import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FlipsideError } from '../../../core/model.js';

/** What a graph takes and gives, as the file beside it says (schemas/model.schema.json). */
export interface Manifest {
  readonly name: string;
  /** The graph, beside the manifest: one file, or one for each precision. */
  readonly graph: string | Readonly<Record<string, string>>;
  /** Which of several; the first one where it is not said. */
  readonly precision: string | null;
  readonly sha256: string | null;
  readonly notes: readonly string[];
  readonly image: ImageInput;
  /** Null for a model of images alone. */
  readonly text: TextInput | null;
  readonly output: ClassOutput | SimilarityOutput;
  readonly boxes: { readonly output: string; readonly form: 'centre-radius' } | null;
}

export interface ImageInput {
  readonly input: string;
  readonly width: number;
  readonly height: number;
  /** `fill` stretches both edges; `contain` adds bars of the mean colour; `cover` cuts what is too much. */
  readonly fit: 'fill' | 'contain' | 'cover';
  readonly layout: 'nchw' | 'nhwc';
  /** Of values from 0 to 1, for red, green and blue. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface TextInput {
  readonly input: string;
  /** An input of ones for words and zeros behind them; null where the graph has none. */
  readonly mask: string | null;
  readonly length: number;
  readonly type: 'int64' | 'int32';
  readonly tokenizer: WordList | TokenizerFile;
  /** The tensor that holds the words as vectors, [N, length, …]: their gradient tells which words matter. Null where unnamed. */
  readonly embedding: string | null;
  /** For outputs of similarity: what is compared with the image, with {question} and {option} in it. */
  readonly template: string;
}

/** Words and marks, each with its place in a list. */
export interface WordList {
  readonly kind: 'words';
  readonly vocabulary: readonly string[];
  readonly pad: number;
  readonly unknown: number;
}

/** A tokenizer of Hugging Face's library `tokenizers` in a file beside the manifest. */
export interface TokenizerFile {
  readonly kind: 'file';
  readonly file: string;
  /** Null for what the file says. */
  readonly pad: number | null;
}

/** One output for each of the words that the model knows. */
export interface ClassOutput {
  readonly kind: 'classes';
  readonly logits: string;
  readonly classes: readonly { readonly name: string; readonly words: readonly string[] }[];
}

/** An image against texts (as in CLIP): [images, texts]. */
export interface SimilarityOutput {
  readonly kind: 'similarity';
  readonly logits: string;
}

/** What ends a manifest's name does not matter; what is one begins so. */
const VERSION = 1;

/** Whether JSON is meant to be a manifest at all. */
export function isManifest(value: unknown): boolean {
  return isObject(value) && 'flipside' in value && 'graph' in value;
}

/** Reads a manifest. Throws a FlipsideError that names the file, the key, what stands there and what was expected. */
export async function readManifest(file: string): Promise<Manifest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new FlipsideError(`${file} cannot be read as JSON: ${messageOf(error)}`);
  }
  return new ManifestReader(file).read(value);
}

/** The file of the graph that a manifest means. Throws a FlipsideError where it is missing, or not the one the manifest states. */
export async function graphFile(file: string, manifest: Manifest): Promise<{ file: string; bytes: number }> {
  const graph = path.resolve(path.dirname(file), chosenGraph(file, manifest));
  const found = await stat(graph).catch(() => null);
  if (found?.isFile() === true) return { file: graph, bytes: found.size };
  const how = found === null ? 'is missing' : 'is no file';
  throw new FlipsideError(
    `The model file ${graph} ${how}; ${file} names it. Put it there, or correct "graph" in the manifest.`,
  );
}

/** The file of the tokenizer that a manifest means; null where it needs none. Throws a FlipsideError where it is missing. */
export async function tokenizerFile(file: string, { text }: Manifest): Promise<string | null> {
  if (text?.tokenizer.kind !== 'file') return null;
  const tokenizer = path.resolve(path.dirname(file), text.tokenizer.file);
  try {
    await stat(tokenizer);
    return tokenizer;
  } catch {
    throw new FlipsideError(
      `The tokenizer ${tokenizer} is missing; ${file} names it. Put the model's tokenizer.json there, or correct "text.tokenizer" in the manifest.`,
    );
  }
}

/** SHA-256 of a file, in hexadecimal. Throws a FlipsideError where the manifest states another one. */
export async function requireHash(graph: string, file: string, manifest: Manifest): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(graph), hash);
  const found = hash.digest('hex');
  if (manifest.sha256 === null || manifest.sha256.toLowerCase() === found) return found;
  throw new FlipsideError(
    `The model file ${graph} is not the one that ${file} describes: SHA-256 ${manifest.sha256} was expected, and it is ${found}. The file is damaged or another version; fetch it again, or correct "sha256".`,
  );
}

function chosenGraph(file: string, { graph, precision }: Manifest): string {
  if (typeof graph === 'string') return graph;
  const name = precision ?? Object.keys(graph)[0] ?? '';
  const chosen = graph[name];
  if (chosen !== undefined) return chosen;
  throw new FlipsideError(
    `${file}: "precision" is "${name}", and "graph" has ${Object.keys(graph).join(', ') || 'no entry'}.`,
  );
}

/** Reads values key by key, so that a message can say where it went wrong. */
class ManifestReader {
  constructor(private readonly file: string) {}

  read(value: unknown): Manifest {
    const top = this.object(value, 'the manifest');
    if (top['flipside'] !== VERSION) this.fail('"flipside"', String(VERSION), top['flipside']);
    const text = top['text'] === undefined || top['text'] === null ? null : this.text(top['text']);
    return {
      name: this.string(top['name'], '"name"', path.basename(this.file, '.json')),
      graph: this.graph(top['graph']),
      precision: this.nullable(top['precision'], '"precision"'),
      sha256: this.nullable(top['sha256'], '"sha256"'),
      notes: this.strings(top['notes'] ?? [], '"notes"'),
      image: this.image(top['image']),
      text,
      output: this.output(top['output']),
      boxes: this.boxes(top['boxes']),
    };
  }

  private graph(value: unknown): Manifest['graph'] {
    if (typeof value === 'string') return value;
    const files = Object.entries(this.object(value, '"graph"'));
    return Object.fromEntries(files.map(([name, each]) => [name, this.string(each, `"graph.${name}"`)]));
  }

  private image(value: unknown): ImageInput {
    const image = this.object(value, '"image"');
    return {
      input: this.string(image['input'], '"image.input"'),
      width: this.count(image['width'], '"image.width"'),
      height: this.count(image['height'], '"image.height"'),
      fit: this.oneOf(image['fit'] ?? 'fill', '"image.fit"', ['fill', 'contain', 'cover']),
      layout: this.oneOf(image['layout'] ?? 'nchw', '"image.layout"', ['nchw', 'nhwc']),
      mean: this.colour(image['mean'] ?? [0, 0, 0], '"image.mean"'),
      std: this.divisors(image['std'] ?? [1, 1, 1], '"image.std"'),
    };
  }

  private text(value: unknown): TextInput {
    const text = this.object(value, '"text"');
    return {
      input: this.string(text['input'], '"text.input"'),
      mask: this.nullable(text['mask'], '"text.mask"'),
      length: this.count(text['length'], '"text.length"'),
      type: this.oneOf(text['type'] ?? 'int64', '"text.type"', ['int64', 'int32']),
      tokenizer: this.tokenizer(text),
      embedding: this.nullable(text['embedding'], '"text.embedding"'),
      template: this.string(text['template'], '"text.template"', '{question} {option}'),
    };
  }

  private tokenizer({ tokenizer = 'words', ...text }: Record<string, unknown>): TextInput['tokenizer'] {
    if (typeof tokenizer === 'string' && tokenizer.endsWith('.json')) {
      const pad = text['pad'] ?? null;
      return { kind: 'file', file: tokenizer, pad: pad === null ? null : this.index(pad, '"text.pad"', Infinity) };
    }
    if (tokenizer !== 'words') this.fail('"text.tokenizer"', '"words" or a file of JSON', tokenizer);
    const vocabulary = this.strings(text['vocabulary'], '"text.vocabulary"');
    return {
      ...{ kind: 'words', vocabulary },
      pad: this.index(text['pad'] ?? 0, '"text.pad"', vocabulary.length),
      unknown: this.index(text['unknown'] ?? 1, '"text.unknown"', vocabulary.length),
    };
  }

  private output(value: unknown): Manifest['output'] {
    const output = this.object(value, '"output"');
    const logits = this.string(output['logits'], '"output.logits"');
    const kind = this.oneOf(output['kind'] ?? 'classes', '"output.kind"', ['classes', 'similarity']);
    if (kind === 'similarity') return { kind, logits };
    const classes = this.list(output['classes'], '"output.classes"').map((each, index) => {
      const at = `"output.classes[${index}]`;
      const { name, words } = this.object(each, `${at}"`);
      const own = this.string(name, `${at}.name"`);
      return { name: own, words: this.strings(words ?? [own], `${at}.words"`) };
    });
    return { kind, logits, classes };
  }

  private boxes(value: unknown): Manifest['boxes'] {
    if (value === undefined || value === null) return null;
    const boxes = this.object(value, '"boxes"');
    const output = this.string(boxes['output'], '"boxes.output"');
    return { output, form: this.oneOf(boxes['form'] ?? 'centre-radius', '"boxes.form"', ['centre-radius']) };
  }

  private object(value: unknown, at: string): Record<string, unknown> {
    return isObject(value) ? value : this.fail(at, 'an object', value);
  }

  private list(value: unknown, at: string): readonly unknown[] {
    return Array.isArray(value) && value.length > 0 ? value : this.fail(at, 'a list with something in it', value);
  }

  private strings(value: unknown, at: string): readonly string[] {
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
    return this.fail(at, 'a list of texts', value);
  }

  private string(value: unknown, at: string, fallback?: string): string {
    if (value === undefined && fallback !== undefined) return fallback;
    return typeof value === 'string' && value !== '' ? value : this.fail(at, 'a text', value);
  }

  private nullable(value: unknown, at: string): string | null {
    return value === undefined || value === null ? null : this.string(value, at);
  }

  private count(value: unknown, at: string): number {
    return Number.isInteger(value) && Number(value) > 0
      ? Number(value)
      : this.fail(at, 'a whole number above 0', value);
  }

  private index(value: unknown, at: string, length: number): number {
    const isInside = Number.isInteger(value) && Number(value) >= 0 && Number(value) < length;
    if (isInside) return Number(value);
    const most = length === Infinity ? 'a whole number, 0 or more' : `a place in the vocabulary (0 to ${length - 1})`;
    return this.fail(at, most, value);
  }

  private colour(value: unknown, at: string): readonly number[] {
    const isColour = Array.isArray(value) && value.length === 3 && value.every((each) => Number.isFinite(each));
    return isColour ? (value as readonly number[]) : this.fail(at, 'three numbers (red, green, blue)', value);
  }

  private divisors(value: unknown, at: string): readonly number[] {
    const colour = this.colour(value, at);
    return colour.every((each) => each > 0) ? colour : this.fail(at, 'three numbers above 0', value);
  }

  private oneOf<T extends string>(value: unknown, at: string, allowed: readonly T[]): T {
    return (
      allowed.find((each) => each === value) ?? this.fail(at, allowed.map((each) => `"${each}"`).join(' or '), value)
    );
  }

  private fail(at: string, expected: string, found: unknown): never {
    const shown = found === undefined ? 'is missing' : `is ${JSON.stringify(found).slice(0, 80)}`;
    throw new FlipsideError(`${this.file}: ${at} ${shown}; ${expected} was expected.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
