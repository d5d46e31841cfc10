import { closeSync, openSync, writeSync } from 'node:fs';
import { seeded, type Random } from '../samples/random.js';

const WORDS =
  'lamp chair table mirror window shelf bicycle bottle kettle basket ladder carpet curtain bucket guitar helmet'.split(
    ' ',
  );
const DIRECTIONS = ['left', 'right', 'front', 'back', 'front-left', 'front-right', 'back-left', 'back-right'];
const LETTERS = 'ABCD';
/** Lines are handed to the file in pieces of about this many characters. */
const PIECE = 4 << 20;
/** How many different images the rows name. */
export const IMAGES = 500;

/** The image of a row, relative to the file; the same one again after IMAGES rows. */
export function imageOf(index: number): string {
  return `scenes/${String(index % IMAGES).padStart(5, '0')}/frame_${index % 10}0.png`;
}

/**
 * One prediction, about 413 bytes as JSON with its line end; question and response differ from row to row. `answers`: another run of the same
 * questions, which gives some other answers.
 */
function row(index: number, random: Random, answers: Random | null): object {
  const word = () => random.pick(WORDS);
  const first = random.below(DIRECTIONS.length);
  const options = Array.from({ length: 4 }, (_, i) => DIRECTIONS[(first + i * 2 + (i > 1 ? 1 : 0)) % 8] ?? '');
  const gold = random.below(4);
  const usual = random.next() < 0.5 ? gold : random.below(4);
  const chosen = answers !== null && answers.next() < 0.3 ? answers.below(4) : usual;
  const [a, b] = [word(), word()];
  const letter = LETTERS[chosen] ?? '';
  return {
    id: index,
    image: imageOf(index),
    question: `In picture ${index}, where is the ${a} relative to the ${b} from the camera's viewpoint?`,
    options,
    answer: LETTERS[gold],
    prediction: letter,
    response: `Looking at the ${a} and the ${b} (${index}), the ${a} clearly lies on the other side. The answer is ${letter}. ${options[chosen]}`,
    task: `Relative direction ${index % 7}`,
    confidence: Math.round(random.next() * 1e4) / 1e4,
  };
}

/**
 * Writes `rows` predictions as JSON lines to `file` and returns its size in bytes. Another seed gives other questions, another `run` other
 * answers to the same ones.
 */
export function writeRows(file: string, rows: number, seed = 1, run = 0): number {
  const random = seeded(seed);
  const answers = run === 0 ? null : seeded(run);
  const descriptor = openSync(file, 'w');
  let bytes = 0;
  let piece = '';
  try {
    for (let index = 0; index < rows; index++) {
      piece += `${JSON.stringify(row(index, random, answers))}\n`;
      if (piece.length < PIECE && index < rows - 1) continue;
      bytes += writeSync(descriptor, piece);
      piece = '';
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
