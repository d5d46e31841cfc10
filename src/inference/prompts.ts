import type { Option } from '../core/model.js';
import type { Question } from './backend.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The letter by which a model that chats names an option: its own label, else A, B, C, …; from the 27th on its number. */
export function optionLabel(options: readonly Option[], index: number): string {
  return options[index]?.label ?? LETTERS[index] ?? String(index + 1);
}

/** What a model that chats is sent: the question's own prompt, else the question, its options, and what to answer with. */
export function chatPrompt({ prompt, question, options }: Question): string {
  if (prompt !== null) return prompt;
  if (options.length === 0) return question;
  const lines = options.map((option, index) => `${optionLabel(options, index)}. ${option.text}`);
  return [question, ...lines, 'Answer with the letter of the right option only.'].join('\n');
}
