import type { ItemKind, Option, ParsedAnswer } from '../../../src/core/model.js';
import { answerRule } from '../../../src/core/answers/index.js';
import { findPhrases } from '../../../src/core/relations/phrases.js';

/** Options lettered A, B, C … in the order given. */
export function lettered(...texts: string[]): Option[] {
  return texts.map((text, index) => ({ label: String.fromCharCode(65 + index), text }));
}

/** Options without labels. */
export function plain(...texts: string[]): Option[] {
  return texts.map((text) => ({ label: null, text }));
}

/** Reads `text` as the response to an item with these options, by the rule of that name. */
export function read(
  text: string,
  options: readonly Option[],
  rule = 'default',
  kind: ItemKind = 'choice',
): ParsedAnswer {
  return answerRule(rule).read({ options, kind, text, source: 'response', spatialPhrases: findPhrases });
}

/** A reading in short: the option's number, "value:…", or the status; "!" marks a letter that its text contradicts. */
export function short(answer: ParsedAnswer): string {
  if (answer.status !== 'parsed') return answer.status;
  const flag = answer.flags.includes('letterTextConflict') ? '!' : '';
  return answer.option === null ? `value:${answer.value ?? ''}` : `${answer.option}${flag}`;
}
