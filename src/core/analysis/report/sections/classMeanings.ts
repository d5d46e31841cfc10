import type { Block } from '../../../export/html/document.js';
import type { Lens } from '../../../relations/lens.js';
import { conditionInWords } from '../../../relations/lensWords.js';

/** Classes that every reader should understand without the lens's rule, by the names that the lens `axes` gives them. */
const MEANINGS: Readonly<Record<string, string>> = {
  'horizontal-flip': 'left and right are exchanged, and nothing else is reversed: “left” where “right” is the answer',
  'depth-flip': 'front and back are exchanged, and nothing else is reversed',
  'vertical-flip': 'above and below are exchanged, and nothing else is reversed',
  opposite: 'two or more axes are reversed at once: “front-left” where “back-right” is the answer',
  adjacent: 'nothing is reversed, and the two share a sense: “front” where “front-left” is the answer',
  orthogonal: 'nothing is reversed, and the two share nothing: “front” where “left” is the answer',
  'same-direction': 'another option that says the same direction',
  'non-directional': 'the right or the chosen answer says no direction',
  'false-yes': '“yes” to what is not so',
  'false-no': '“no” to what is so',
  'over-count': 'too many were counted',
  'under-count': 'too few were counted',
  'depth-order-swap': 'the other object was said to be closer to the viewer',
  'distance-order-swap': 'the other object was said to be closer',
};

/** What the classes that occur mean: in plain words where there are some, else by the lens's own rules. */
export function classMeanings(lens: Lens, names: readonly string[]): Block[] {
  const used = new Set(names);
  const ordered = [...new Set([...lens.rules.map((rule) => rule.class), lens.otherwise])].filter((name) =>
    used.has(name),
  );
  const rows = ordered.map((name) => [{ data: name }, { data: meaningOf(lens, name) }]);
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: `What the classes mean: ${lens.title.toLowerCase()}`,
      columns: [{ name: 'class' }, { name: 'of a wrong answer' }],
      groups: [{ label: null, rows }],
      notes: ['The lens goes through them in this order; the first that holds gives the class.'],
    },
  ];
}

function meaningOf(lens: Lens, name: string): string {
  const plain = lens.name === 'axes' && Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  if (plain !== undefined) return plain;
  const rules = lens.rules.filter((rule) => rule.class === name).map(({ when }) => conditionInWords(when));
  return [...rules, ...(lens.otherwise === name ? ['no rule of the lens holds'] : [])].join('; or ');
}
