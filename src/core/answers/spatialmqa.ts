import { type AnswerRule, notParsed, parsedOption, parsedValue, type Span } from './rule.js';
import { nothingRead } from './toolAnswer.js';

/** Substrings in the order in which they are tried, and the relation each stands for; "on" is also found in other words. */
const ORDER: readonly (readonly [part: string, relation: string])[] = [
  ['front', 'in front of'],
  ['behind', 'behind'],
  ['left', 'left of'],
  ['right', 'right of'],
  ['below', 'below'],
  ['on', 'on/above'],
  ['above', 'on/above'],
];

/** The relation of the first substring that a text contains, in the order above; case matters. */
export const spatialmqa: AnswerRule = {
  id: 'spatialmqa',
  version: 1,
  title: 'SpatialMQA: substrings in a fixed order',
  source: 'ziyan-xiaoyu/SpatialMQA @ 8363b0170b55, Code/eval/calculate_xyz.py change_output',
  read(input) {
    const found = relationIn(input.text);
    if (found === null) return nothingRead(input, 'spatialmqa');
    if (input.options.length === 0) return parsedValue(input, 'spatialmqa', found.relation, found);
    const own = input.options.findIndex((option) => option.text === found.relation);
    const option = own >= 0 ? own : input.options.findIndex((one) => relationIn(one.text)?.relation === found.relation);
    return option < 0
      ? notParsed(input, 'spatialmqa', 'off-list', found)
      : parsedOption(input, 'spatialmqa', option, found);
  },
};

function relationIn(text: string): (Span & { relation: string }) | null {
  for (const [part, relation] of ORDER) {
    const start = text.indexOf(part);
    if (start >= 0) return { start, end: start + part.length, relation };
  }
  return null;
}
