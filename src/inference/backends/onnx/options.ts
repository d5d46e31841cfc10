import { FlipsideError } from '../../../core/model.js';
import type { Score } from '../../../protocol/inference.js';
import type { Question } from '../../backend.js';
import type { Manifest } from './manifest.js';
import { classOf } from './words.js';

/** For each option the place of the graph's output that stands for it; null where none does. */
export type OptionPlaces = readonly (number | null)[];

/** Which of the graph's outputs stands for each option. */
export function optionOutputs(options: Question['options'], output: Manifest['output']): OptionPlaces {
  return options.map(({ text }, index) => (output.kind === 'similarity' ? index : classOf(text, output.classes)));
}

/**
 * Probabilities over the options: the softmax of their outputs alone, as of a model that must choose one of them. Throws a FlipsideError where
 * the model has a word for none of them, or an output is no number.
 */
export function scoreOf(
  question: Question,
  { places, output }: { readonly places: OptionPlaces; readonly output: Manifest['output'] },
  logits: Float32Array,
  notes: readonly string[],
): Score {
  const values = places.map((place) => (place === null ? null : (logits[place] ?? NaN)));
  const known = values.filter((value) => value !== null);
  if (known.length === 0) throw nothingKnown(question, output);
  if (known.some((value) => !Number.isFinite(value))) throw notNumbers(question, values);
  const top = Math.max(...known);
  const sum = known.reduce((total, value) => total + Math.exp(value - top), 0);
  const unknown = question.options.filter((_, index) => places[index] === null).map(({ text }) => `"${text}"`);
  return {
    probabilities: values.map((value) => (value === null ? null : Math.exp(value - top) / sum)),
    source: 'logits',
    notes: unknown.length === 0 ? notes : [...notes, `The model has no word for ${unknown.join(', ')}.`],
  };
}

function nothingKnown({ options }: Question, output: Manifest['output']): FlipsideError {
  const words = output.kind === 'classes' ? output.classes.map(({ name }) => name).join(', ') : 'any text';
  const asked =
    options.length === 0 ? 'the item has no options' : `the options are ${options.map(({ text }) => text).join(', ')}`;
  return new FlipsideError(`The model answers with ${words}, and ${asked}. Choose another model for this item.`);
}

function notNumbers({ options }: Question, values: readonly (number | null)[]): FlipsideError {
  const index = values.findIndex((value) => value !== null && !Number.isFinite(value));
  const option = options[index]?.text ?? String(index);
  return new FlipsideError(
    `The model's output for "${option}" is ${String(values[index])}, which is no number. The weights are damaged, or the graph overflows at this precision: try fp32.`,
  );
}
