import type { AnswerRule, Span } from './rule.js';
import { groupSpan, letterAnswer, nothingRead } from './toolAnswer.js';

type Found = Span & { letter: string };

const FULL_STOP = /([A-E])\./g;
const WORD = /(?<![\p{L}\p{N}_])([A-E])(?![\p{L}\p{N}_])/gu;
const SECTION: readonly RegExp[] = [/[Mm]y answer is ([A-E])/g, /[Tt]he answer is ([A-E])/g, WORD];
const ANYWHERE: readonly RegExp[] = [
  /(?:^|\n)(?:Answer: )?([A-E])(?:$|\s)/g,
  /[*"]([A-E])[*"]/g,
  /\bAnswer:?\s*([A-E])\b/g,
  /[Mm]y answer is ([A-E])/g,
  /answer is ([A-E])/g,
];

/**
 * MindCube's patterns by priority, the last match of the first that matches. The tool's patterns that need a full stop
 * after the letter are left out after the first step: that step has already taken every such letter.
 */
export const lmmsMindcube: AnswerRule = {
  id: 'lmms-eval/mindcube',
  version: 1,
  title: 'lmms-eval mindcube: last match by priority',
  source: 'EvolvingLMMs-Lab/lmms-eval @ 75571cfe0fa3, tasks/mindcube/utils.py extract_answer',
  read(input) {
    const offset = input.text.length - input.text.trimStart().length;
    const text = input.text.trim();
    const stop = last(text, FULL_STOP, offset);
    if (stop !== null) return letterAnswer(input, 'lmms-eval/mindcube/full-stop', stop.letter, stop);
    const section = inSection(text, offset);
    if (section !== null) return letterAnswer(input, 'lmms-eval/mindcube/section', section.letter, section);
    for (const pattern of ANYWHERE) {
      const found = last(text, pattern, offset);
      if (found !== null) return letterAnswer(input, 'lmms-eval/mindcube/pattern', found.letter, found);
    }
    const found = firstOfLastLine(text, offset);
    if (found !== null) return letterAnswer(input, 'lmms-eval/mindcube/line', found.letter, found);
    return nothingRead(input, 'lmms-eval/mindcube');
  },
};

function last(text: string, pattern: RegExp, offset: number): Found | null {
  let found: Found | null = null;
  for (const match of text.matchAll(pattern)) found = groupSpan(match, offset);
  return found;
}

function inSection(text: string, offset: number): Found | null {
  const tag = text.indexOf('<Answer>');
  if (tag < 0) return null;
  const start = tag + '<Answer>'.length;
  const end = text.indexOf('<', start);
  const section = text.slice(start, end < 0 ? text.length : end);
  for (const pattern of SECTION) {
    const found = last(section, pattern, offset + start);
    if (found !== null) return found;
  }
  return null;
}

/** The first free-standing letter of the last line that has one. */
function firstOfLastLine(text: string, offset: number): Found | null {
  let found: Found | null = null;
  let line = -1;
  for (const match of text.matchAll(WORD)) {
    const begin = text.lastIndexOf('\n', match.index) + 1;
    if (begin === line) continue;
    line = begin;
    found = groupSpan(match, offset);
  }
  return found;
}
