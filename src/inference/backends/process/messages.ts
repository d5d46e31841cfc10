import { FlipsideError, type Json, type JsonObject } from '../../../core/model.js';
import type {
  BackendInfo,
  Capability,
  Detection,
  FoundModel,
  Generated,
  GridMap,
  Score,
  TokenWeight,
} from '../../../protocol/inference.js';
import type { ModelMaps, Question, RgbImage } from '../../backend.js';
import { encodedImage } from '../../images.js';
import { excerpt } from '../../plainText.js';
import { chatPrompt, optionLabel } from '../../prompts.js';

/** What is said to the program of a `process` model, and what its answers say: see docs/process-protocol.md. */

export const PROTOCOL = 1;

const CAPABILITIES: readonly Capability[] = [
  ...(['optionProbs', 'generate', 'seed', 'batch', 'inputGradient', 'tokenGradient', 'attention', 'detect'] as const),
];
/** Sums of single-precision numbers. */
const TOLERANCE = 1e-3;

export async function questionMessage(question: Question): Promise<JsonObject> {
  const { options } = question;
  return {
    question: question.question,
    prompt: chatPrompt(question),
    options: options.map(({ text }, index) => ({ label: optionLabel(options, index), text })),
    images: await Promise.all(question.images.map(imageMessage)),
  };
}

/** As PNG, whatever file it came from: upright, and readable everywhere. */
export async function imageMessage(image: RgbImage): Promise<JsonObject> {
  const { mime, bytes } = await encodedImage({ ...image, encoded: null });
  return { mime, base64: Buffer.from(bytes).toString('base64') };
}

/** Reads answers; each method throws a FlipsideError that says what the answer should have been. */
export class Answers {
  constructor(
    /** How messages call the program. */
    private readonly name: string,
  ) {}

  info(answer: JsonObject, { id, kind, name }: FoundModel): BackendInfo {
    if (answer['protocol'] !== PROTOCOL)
      throw new FlipsideError(
        `${this.name} speaks version ${excerpt(JSON.stringify(answer['protocol'] ?? null), 40)} of the protocol, and Flipside version ${PROTOCOL}. Use a program of the same version as Flipside.`,
      );
    const named = this.list(answer, 'capabilities');
    const size = answer['inputSize'] ?? null;
    const { memory, weights } = answer;
    return {
      id,
      kind,
      name: typeof answer['name'] === 'string' ? `${excerpt(answer['name'], 100)} (${name})` : name,
      device: typeof answer['device'] === 'string' ? excerpt(answer['device'], 100) : 'unknown',
      tried: [],
      capabilities: CAPABILITIES.filter((capability) => named.includes(capability)),
      prompt: answer['prompt'] === 'question' ? 'question' : 'chat',
      inputSize: size === null ? null : { width: this.size(size, 'width'), height: this.size(size, 'height') },
      weights: typeof weights === 'string' && /^[0-9a-f]{64}$/.test(weights) ? weights : null,
      memory: typeof memory === 'number' && memory >= 0 ? memory : null,
      notes: [
        ...this.notes(answer),
        ...named
          .filter((each) => !CAPABILITIES.some((capability) => capability === each))
          .map((each) => `The program names a capability that Flipside does not know: ${quoted(each)}.`),
      ],
    };
  }

  scores(answer: JsonObject, questions: readonly Question[]): readonly Score[] {
    const scores = this.list(answer, 'scores');
    if (scores.length !== questions.length)
      throw this.wrong(`a score for each of ${questions.length} questions`, answer);
    return questions.map(({ options }, index) => this.score(scores[index] ?? null, options.length));
  }

  generated(answer: JsonObject, n: number): readonly Generated[] {
    const answers = this.list(answer, 'answers');
    if (answers.length !== n) throw this.wrong(`${n} answers`, answer);
    return answers.map((each) => {
      const text = field(each, 'text');
      const seed = field(each, 'seed');
      if (typeof text !== 'string') throw this.wrong('answers with a “text”', each);
      return { text, seed: typeof seed === 'number' ? seed : null };
    });
  }

  maps(answer: JsonObject, images: number): ModelMaps {
    const maps = this.list(answer, 'maps');
    if (maps.length !== images) throw this.wrong(`a map for each of ${images} images`, answer);
    const tokens = answer['tokens'] ?? null;
    return {
      maps: maps.map((map) => this.map(map)),
      tokens: tokens === null ? null : this.list(answer, 'tokens').map((token) => this.token(token)),
    };
  }

  detections(answer: JsonObject): readonly Detection[] {
    return this.list(answer, 'detections').map((each) => {
      const phrase = field(each, 'phrase');
      if (typeof phrase !== 'string') throw this.wrong('detections with a “phrase”', each);
      const at = (name: string): number => this.number(each, name, 0);
      return { phrase, x: at('x'), y: at('y'), width: at('width'), height: at('height'), score: at('score') };
    });
  }

  private score(answer: Json, options: number): Score {
    const list = this.list(answer, 'probabilities');
    const read = list.map((value) => (typeof value === 'number' && value >= 0 ? value : null));
    if (list.length !== options || list.some((value, index) => value !== null && read[index] === null))
      throw this.wrong(`${options} probabilities, each a number or null`, answer);
    const sum = read.reduce<number>((total, value) => total + (value ?? 0), 0);
    if (Math.abs(sum - 1) > TOLERANCE) throw this.wrong('probabilities with sum 1', answer);
    const probabilities = read.map((value) => (value === null ? null : value / sum));
    return { probabilities, source: 'logits', notes: this.notes(answer) };
  }

  private map(map: Json): GridMap {
    const [width, height] = [this.size(map, 'width'), this.size(map, 'height')];
    const values = this.list(map, 'values');
    if (values.length !== width * height || !values.every((value) => typeof value === 'number' && value >= 0))
      throw this.wrong(`${width} × ${height} numbers, none negative`, map);
    return { width, height, values: Float32Array.from(values as number[]) };
  }

  private token(token: Json): TokenWeight {
    const text = field(token, 'text');
    if (typeof text !== 'string') throw this.wrong('tokens with a “text”', token);
    return { text, weight: this.number(token, 'weight', 0) };
  }

  private notes(answer: Json): string[] {
    const notes = field(answer, 'notes');
    return Array.isArray(notes)
      ? notes.map((note) => excerpt(typeof note === 'string' ? note : JSON.stringify(note)))
      : [];
  }

  private list(answer: Json, name: string): Json[] {
    const value = field(answer, name);
    if (!Array.isArray(value)) throw this.wrong(`a list “${name}”`, answer);
    return value;
  }

  private number(answer: Json, name: string, least: number): number {
    const value = field(answer, name);
    if (typeof value !== 'number' || value < least) throw this.wrong(`a number “${name}” of at least ${least}`, answer);
    return value;
  }

  private size(answer: Json, name: string): number {
    const value = this.number(answer, name, 1);
    if (!Number.isInteger(value)) throw this.wrong(`a whole number “${name}”`, answer);
    return value;
  }

  private wrong(expected: string, answer: Json): FlipsideError {
    return new FlipsideError(`${this.name} should have answered with ${expected}, and answered ${quoted(answer)}.`);
  }
}

function field(value: Json, name: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value[name] ?? null) : null;
}

function quoted(value: Json): string {
  return `“${excerpt(typeof value === 'string' ? value : JSON.stringify(value))}”`;
}
