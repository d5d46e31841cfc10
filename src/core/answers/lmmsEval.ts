import { type AnswerRule, parsedPolarity } from './rule.js';
import { groupSpan, letterAnswer, mapUnits, nothingRead, toolLetters } from './toolAnswer.js';
import { trim } from './visible.js';

const COMMIT = 'EvolvingLMMs-Lab/lmms-eval @ 75571cfe0fa3';

const FIRST_LETTER = /[(\s]*([A-Za-z])/y;

/** The first letter of the response, whatever word it begins: "Based on …" reads B. */
function firstLetter(task: string): AnswerRule {
  const id = `lmms-eval/${task}`;
  return {
    id,
    version: 1,
    title: `lmms-eval ${task}: first letter of the response`,
    source: `${COMMIT}, tasks/${task}/utils.py`,
    read(input) {
      FIRST_LETTER.lastIndex = input.text.length - input.text.trimStart().length;
      const found = groupSpan(FIRST_LETTER.exec(input.text));
      return found === null ? nothingRead(input, id) : letterAnswer(input, id, found.letter.toUpperCase(), found);
    },
  };
}

export const lmmsCvBench = firstLetter('cv_bench');
export const lmmsBlink = firstLetter('blink');
export const lmmsEmbspatial = firstLetter('embspatial');

/** The response, lower-cased and stripped, must equal "yes" or "no": "yes." is neither. */
export const lmmsPope: AnswerRule = {
  id: 'lmms-eval/pope',
  version: 1,
  title: 'lmms-eval pope: exactly "yes" or "no"',
  source: `${COMMIT}, tasks/pope/utils.py`,
  read(input) {
    const start = input.text.length - input.text.trimStart().length;
    const word = input.text.trim();
    const polarity = word.length > 3 ? '' : word.toLowerCase();
    if (polarity !== 'yes' && polarity !== 'no') return nothingRead(input, 'lmms-eval/pope');
    return parsedPolarity(input, 'lmms-eval/pope', polarity, { start, end: start + word.length });
  },
};

/** In this order, each over the whole response, first hit. Capitals only. */
const SRBENCH: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['leading-letter', /^([A-D])[.\s)]/],
  ['only-letter', /^([A-D])$/],
  ['answer', /[Aa]nswer[:\s]+([A-D])/],
  ['the-answer-is', /[Tt]he answer is[:\s]+([A-D])/],
  ['my-answer-is', /[Mm]y answer is[:\s]+([A-D])/],
  ['parentheses', /\(([A-D])\)/],
  ['full-stop', /([A-D])\./],
  ['word', /(?<![\p{L}\p{N}_])([A-D])(?![\p{L}\p{N}_])/u],
];

/** 3DSRBench's ordered patterns ("Answer: Because" reads B). */
export const lmms3dsrbench: AnswerRule = {
  id: 'lmms-eval/3dsrbench',
  version: 1,
  title: 'lmms-eval 3dsrbench: ordered patterns, first hit',
  source: `${COMMIT}, tasks/3dsrbench/utils.py`,
  read(input) {
    const offset = input.text.length - input.text.trimStart().length;
    const text = input.text.trim();
    for (const [name, pattern] of SRBENCH) {
      const found = groupSpan(pattern.exec(text), offset);
      if (found !== null) return letterAnswer(input, `lmms-eval/3dsrbench/${name}`, found.letter, found);
    }
    return nothingRead(input, 'lmms-eval/3dsrbench');
  },
};

/** A choice's text in the response without its punctuation, case kept; else the first word, which may be a letter. */
export const lmmsSat: AnswerRule = {
  id: 'lmms-eval/sat',
  version: 1,
  title: 'lmms-eval sat: choice text, else first word',
  source: `${COMMIT}, tasks/sat/utils.py MultiChoiceRegexFilter`,
  read(input) {
    const cleaned = mapUnits(input.text, (unit) => (/[\p{L}\p{N}_\s\ud800-\udfff]/u.test(unit) ? unit : ''));
    const letters = toolLetters(input);
    let best: { at: number; index: number; length: number } | null = null;
    input.options.forEach((option, index) => {
      const text = option.text.trim();
      const at = text === '' ? -1 : cleaned.text.indexOf(text);
      const same = best !== null && at === best.at && text === input.options[best.index]?.text.trim();
      if (at >= 0 && (best === null || at < best.at || same)) best = { at, index, length: text.length };
    });
    const found = best as { at: number; index: number; length: number } | null;
    if (found !== null) {
      const span = { start: cleaned.origin(found.at), end: cleaned.origin(found.at + found.length - 1) + 1 };
      return letterAnswer(input, 'lmms-eval/sat/text', letters[found.index] ?? '', span);
    }
    const { start, end } = trim(cleaned.text, 0, cleaned.text.length);
    const space = cleaned.text.indexOf(' ', start);
    const stop = space < 0 ? end : Math.min(space, end);
    const word = cleaned.text.slice(start, stop);
    if (!/^[A-Za-z]$/.test(word)) return nothingRead(input, 'lmms-eval/sat/first-word');
    const span = { start: cleaned.origin(start), end: cleaned.origin(stop - 1) + 1 };
    return letterAnswer(input, 'lmms-eval/sat/first-word', word.toUpperCase(), span);
  },
};

const OMNISPATIAL = /Answer\s*:\s*([A-D])(?![\p{L}\p{N}_])/giu;

/** The last "Answer: X"; else A, even for no answer at all. The letter's case is kept, so that "answer: b" equals no gold. */
export const lmmsOmnispatial: AnswerRule = {
  id: 'lmms-eval/omnispatial',
  version: 1,
  title: 'lmms-eval omnispatial: last "Answer: X", else A',
  source: `${COMMIT}, tasks/omnispatial/utils.py, eval_type "re"`,
  read(input) {
    let found = null;
    for (const match of input.text.matchAll(OMNISPATIAL)) found = groupSpan(match);
    if (found === null) return letterAnswer(input, 'lmms-eval/omnispatial/default', 'A', { start: 0, end: 0 });
    return letterAnswer(input, 'lmms-eval/omnispatial', found.letter, found);
  },
};
