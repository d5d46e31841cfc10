import { mirrored, type Question } from './questions.js';
import type { Random } from './random.js';

/** The stated random rule of a run; README.md explains it. Shares are probabilities. */
export interface Rule {
  readonly model: string;
  readonly seed: number;
  /** The right option is chosen. */
  readonly right: number;
  /** Otherwise, where the left–right mirror image of the gold is offered, it is chosen … */
  readonly mirror: number;
  // … and otherwise every wrong option alike.
}

export const RULES: readonly Rule[] = [
  { model: 'synthetic-baseline', seed: 3, right: 0.45, mirror: 0.6 },
  { model: 'synthetic-mirror-augmented', seed: 13, right: 0.6, mirror: 0.2 },
  { model: 'synthetic-boxes', seed: 26, right: 0.52, mirror: 0.4 },
];

const UNPARSABLE = 0.03;
const UNPARSABLE_TEXTS = ['', 'It is hard to tell from this picture.', "I'm sorry, I can't determine that."] as const;
const LETTER_ONLY = 0.3;
/** The first parsed answer from this row on prints the text of another option beside its letter. */
const CONFLICT_FROM_ROW = 30;

export interface Prediction {
  readonly question: Question;
  readonly response: string;
  readonly correct: boolean;
  readonly outcome: 'right' | 'mirror' | 'other' | 'unparsable';
}

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

/** "B. right" */
export function printed(question: Question, option: number): string {
  return `${LETTERS[option] ?? ''}. ${question.options[option] ?? ''}`;
}

function choose(random: Random, rule: Rule, { gold, options }: Question): number {
  if (random.next() < rule.right) return options.indexOf(gold);
  const mirror = options.indexOf(mirrored(gold) ?? '');
  if (mirror >= 0 && random.next() < rule.mirror) return mirror;
  return random.pick(options.flatMap((word, index) => (word === gold ? [] : [index])));
}

/** One run over all questions, in order. */
export function predict(random: Random, rule: Rule, questions: readonly Question[]): Prediction[] {
  let conflictDue = true;
  return questions.map((question, row): Prediction => {
    if (random.next() < UNPARSABLE) {
      return { question, response: random.pick(UNPARSABLE_TEXTS), correct: false, outcome: 'unparsable' };
    }
    const option = choose(random, rule, question);
    const word = question.options[option];
    const correct = word === question.gold;
    const outcome = correct ? 'right' : word === mirrored(question.gold) ? 'mirror' : 'other';
    if (conflictDue && row >= CONFLICT_FROM_ROW) {
      conflictDue = false;
      const other = question.options[(option + 1) % question.options.length] ?? '';
      return { question, response: `${LETTERS[option] ?? ''}. ${other}`, correct, outcome };
    }
    const response = random.next() < LETTER_ONLY ? (LETTERS[option] ?? '') : printed(question, option);
    return { question, response, correct, outcome };
  });
}
