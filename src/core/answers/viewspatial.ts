import type { AnswerRule } from './rule.js';
import { groupSpan, letterAnswer, nothingRead } from './toolAnswer.js';

/** A letter between word boundaries as Python's `\b` sees them. Case does not matter, so that the article "a" reads A. */
const LETTER = /(?<![\p{L}\p{N}_])([A-D])(?![\p{L}\p{N}_])/iu;

function lastLineLetter(id: string, title: string, source: string): AnswerRule {
  return {
    id,
    version: 1,
    title,
    source,
    read(input) {
      const from = input.text.lastIndexOf('\n') + 1;
      const found = groupSpan(LETTER.exec(input.text.slice(from)), from);
      return found === null ? nothingRead(input, id) : letterAnswer(input, id, found.letter.toUpperCase(), found);
    },
  };
}

/** The first free-standing A–D of the last line, in either case. */
export const viewspatial = lastLineLetter(
  'viewspatial',
  'ViewSpatial-Bench: first A–D of the last line',
  'ZJU-REAL/ViewSpatial-Bench @ 2e85a5e41a29, evaluate.py extract_option',
);

/** The same rule as lmms-eval copied it. */
export const lmmsViewspatial = lastLineLetter(
  'lmms-eval/viewspatial',
  'lmms-eval viewspatial: first A–D of the last line',
  'EvolvingLMMs-Lab/lmms-eval @ 75571cfe0fa3, tasks/viewspatial/utils.py',
);
