import { type AnswerRule, parsedPolarity } from './rule.js';

/** "No", "not" or "no" among the words before the first full stop says no; everything else, an empty answer included, says yes. */
export const popeOfficial: AnswerRule = {
  id: 'pope-official',
  version: 1,
  title: 'POPE: no / not in the first sentence, else yes',
  source: 'AoiDragon/POPE @ 08d957b917e5, evaluate.py; the same in LLaVA, eval_pope.py',
  read(input) {
    const stop = input.text.indexOf('.');
    const end = stop < 0 ? input.text.length : stop;
    for (let start = 0; start <= end;) {
      const space = input.text.indexOf(' ', start);
      const next = space < 0 || space > end ? end : space;
      const word = input.text.slice(start, next).replaceAll(',', '');
      if (word === 'No' || word === 'not' || word === 'no') {
        return parsedPolarity(input, 'pope-official', 'no', { start, end: next });
      }
      start = next + 1;
    }
    return parsedPolarity(input, 'pope-official/otherwise-yes', 'yes', { start: 0, end: 0 });
  },
};
