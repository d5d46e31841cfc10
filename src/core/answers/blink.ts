import { type AnswerRule, notParsed, type Span } from './rule.js';
import { letterAnswer, nothingRead, toolLetters } from './toolAnswer.js';

/**
 * "A" or "(A)" as the whole answer; else the one "(X)" among the words of the last paragraph or of the whole. The tool
 * asks GPT where neither is decisive; that is unparsed here, as is "(Z)", its mark for no answer.
 */
export const blink: AnswerRule = {
  id: 'blink',
  version: 1,
  title: 'BLINK: "(A)" as a word',
  source: 'zeyofu/BLINK_Benchmark @ 0cca9a333306, eval/test_benchmark.py analyze_answer',
  read(input) {
    const { text } = input;
    const whole = /^\(?([A-E])\)?$/.exec(text);
    const plain = whole?.[1];
    if (plain !== undefined && (text.length === 1 || text.length === 3)) {
      return letterAnswer(input, 'blink', plain, { start: 0, end: text.length });
    }
    if (text.trim() === '(Z)')
      return notParsed(input, 'blink/Z', 'unparsed', { start: text.indexOf('('), end: text.indexOf(')') + 1 });
    const letters = input.options.length > 0 ? toolLetters(input) : ['A', 'B', 'C', 'D', 'E'];
    const paragraph = text.lastIndexOf('\n\n');
    const inLast = markedLetters(text, paragraph < 0 ? 0 : paragraph + 2, letters);
    const [last] = inLast.entries();
    if (inLast.size === 1 && last !== undefined) return letterAnswer(input, 'blink', ...last);
    const inAll = markedLetters(text, 0, letters);
    const [only] = inAll.entries();
    if (inAll.size === 1 && only !== undefined) return letterAnswer(input, 'blink', ...only);
    return nothingRead(input, 'blink/needs-a-judge');
  },
};

function markedLetters(text: string, from: number, letters: readonly string[]): Map<string, Span> {
  const found = new Map<string, Span>();
  for (const match of text.slice(from).matchAll(/(?<!\S)\(([A-Z])\)(?!\S)/g)) {
    const letter = match[1] ?? '';
    const start = from + match.index;
    if (letters.includes(letter) && !found.has(letter)) found.set(letter, { start, end: start + 3 });
  }
  return found;
}
