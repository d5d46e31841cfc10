import { FlipsideError, type Option } from '../../core/model.js';
import type { SaliencyTarget, Score } from '../../protocol/inference.js';
import type { Question } from '../backend.js';
import { optionLabel } from '../prompts.js';

/**
 * Throws a FlipsideError where the question has no image, or lacks an option of the target, or where one is held against itself.
 */
export function checkExplainable({ images, options }: Question, { option, against }: SaliencyTarget): void {
  if (images.length === 0) {
    throw new FlipsideError('The question has no image, so there is nowhere that a model could look. Choose another.');
  }
  const meant = against === null ? [option] : [option, against];
  const lacking = meant.find((index) => options[index] === undefined);
  if (lacking !== undefined) {
    throw new FlipsideError(
      `Option ${lacking + 1} is to be explained, and the question has ${options.length}. Choose one that it has.`,
    );
  }
  if (option === against) {
    throw new FlipsideError(`Option ${named(options, option)} is held against itself. Choose two different options.`);
  }
}

/**
 * What is explained, as a number: the option's probability, less that of the one that it is held against. Throws a FlipsideError where the
 * model gives none.
 */
export function targetScore({ probabilities }: Score, target: SaliencyTarget, options: readonly Option[]): number {
  const { option, against } = target;
  const probability = checked(probabilities, option, options);
  return against === null ? probability : probability - checked(probabilities, against, options);
}

/** One weight for each option, as gradients take them. */
export function targetWeights({ option, against }: SaliencyTarget, options: readonly Option[]): number[] {
  return options.map((_, index) => (index === option ? 1 : index === against ? -1 : 0));
}

function checked(probabilities: Score['probabilities'], index: number, options: readonly Option[]): number {
  const probability = probabilities[index] ?? null;
  if (probability === null) {
    throw new FlipsideError(
      `The model gives no probability for option ${named(options, index)}, so that nobody can tell what moves it. Choose another option.`,
    );
  }
  if (!Number.isFinite(probability)) {
    throw new FlipsideError(
      `The model gives ${probability} as the probability of option ${named(options, index)}: its outputs are no numbers. ` +
        'Most often they overflow in half precision: take its weights in float32.',
    );
  }
  return probability;
}

function named(options: readonly Option[], index: number): string {
  return `${optionLabel(options, index)} (${JSON.stringify(options[index]?.text ?? '')})`;
}
