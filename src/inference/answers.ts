import { FlipsideError } from '../core/model.js';
import type { BackendInfo, Generated, GenerateOptions, Score } from '../protocol/inference.js';
import type { InferenceBackend, Question } from './backend.js';
import { chatPrompt, optionLabel } from './prompts.js';
import { hashed, seeded } from './random.js';

/** What was sent to a model. */
export function sentPrompt({ prompt }: BackendInfo, question: Question): string {
  return prompt === 'chat' ? chatPrompt(question) : (question.prompt ?? question.question);
}

/**
 * Answers of a model: those it writes, where it writes any, else options chosen by their probabilities, as a file of predictions would state
 * them ("B. right"). At temperature 0 that is the likeliest one, the first of equals. Throws a FlipsideError where the model can only choose
 * and there is nothing to choose from.
 */
export async function answersOf(
  backend: InferenceBackend,
  question: Question,
  options: GenerateOptions,
  signal: AbortSignal,
): Promise<{ answers: readonly Generated[]; score: Score | null }> {
  const { capabilities } = await backend.probe(signal);
  const score =
    question.options.length > 0 && capabilities.includes('optionProbs')
      ? ((await backend.score([question], signal))[0] ?? null)
      : null;
  if (backend.generate !== undefined) {
    return { answers: await backend.generate(question, options, signal), score };
  }
  if (score === null) {
    throw new FlipsideError(
      'The model writes no answers and only chooses among options, and the item has none. Choose a model that writes.',
    );
  }
  return { answers: chosenOptions(question, score, options), score };
}

function chosenOptions(
  { question, options }: Question,
  { probabilities }: Score,
  asked: GenerateOptions,
): readonly Generated[] {
  const text = (index: number): string => {
    const { label = null, text: words = '' } = options[index] ?? {};
    return label === null ? words : `${optionLabel(options, index)}. ${words}`;
  };
  if (asked.temperature === 0) return [{ text: text(likeliest(probabilities)), seed: null }];
  // The same seed draws otherwise for every question: else samples of several would not be independent.
  const own = hashed([question, ...options.map(({ text: words }) => words)].join('\n'));
  return Array.from({ length: asked.n }, (_, sample) => {
    const seed = (asked.seed ?? 0) + sample;
    return { text: text(drawn(probabilities, asked.temperature, seeded(seed ^ own)())), seed };
  });
}

/** The place of the highest; the first of equals. */
export function likeliest(probabilities: Score['probabilities']): number {
  return probabilities.reduce<number>(
    (best, each, index) => ((each ?? -1) > (probabilities[best] ?? -1) ? index : best),
    0,
  );
}

/** A place drawn by p^(1/temperature); `at` from 0 to 1 decides. */
function drawn(probabilities: Score['probabilities'], temperature: number, at: number): number {
  const weights = probabilities.map((each) => (each === null ? 0 : each ** (1 / temperature)));
  const total = weights.reduce((sum, each) => sum + each, 0);
  let left = at * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return likeliest(probabilities);
}
