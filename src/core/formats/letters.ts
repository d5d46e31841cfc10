import type { Option } from '../model.js';
import { rememberedOf } from '../remembered.js';
import { letterIn, plainWords } from './answerMatch.js';

/** The letter of a place in a list: A for 0. */
export function letterAt(index: number): string {
  return String.fromCharCode(65 + index);
}

/** The options with the letters of their places as labels. */
export const lettered = rememberedOf((options: readonly Option[]): readonly Option[] =>
  options.map((option, i) => ({ label: letterAt(i), text: option.text })),
);

/**
 * For layouts that list options without labels and may answer by letter: the options with the letters of their places where one of
 * the answers (gold, prediction) is such a letter, else as they are. Options that have labels keep them, and where an option is itself
 * a letter ("point A"), a letter is a text. Without labels an answer "B" would be none of the options.
 */
export function letteredFor(options: readonly Option[], answers: readonly (string | null)[]): readonly Option[] {
  const bare = options.every(({ label, text }) => label === null && !/^[A-Z]$/i.test(text.trim()));
  if (options.length < 2 || options.length > 26 || !bare) return options;
  const counts = (answer: string): boolean => {
    const letter = letterIn(answer);
    const isText = options.some((option) => plainWords(option.text) === plainWords(answer));
    return letter !== null && !isText && letter.charCodeAt(0) - 65 < options.length;
  };
  return answers.some((answer) => answer !== null && counts(answer)) ? lettered(options) : options;
}
