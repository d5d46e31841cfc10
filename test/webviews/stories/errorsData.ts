/** Rows made of their position, so that a million cost nothing. */
import type { Facet, Outcome, Query, Row } from '../../../src/protocol/rows.js';
import { RUNS } from './errorsOverview.js';

const QUESTIONS = [
  'Where is the banana relative to the table?',
  'In which direction is the apple from the point of view of the camera, once the chair is taken away?',
  'Imagine standing at the table looking towards the window: where is the lamp?',
  'From the perspective of the woman in red, where is the dog?',
  'Where does the man look?',
];
const CLASSES = [
  'horizontal-flip',
  'orthogonal',
  'depth-flip',
  'horizontal-flip',
  'vertical-flip',
  'opposite',
  'adjacent',
];
const PAIRS: readonly (readonly [string, string])[] = [
  ['left', 'right'],
  ['front', 'left'],
  ['front', 'back'],
  ['front-left', 'back-right'],
  ['above', 'below'],
  ['front-left', 'back-right'],
  ['front', 'front-left'],
];
export const TASKS = [
  'Camera perspective - Relative Direction',
  'Person perspective - Object View Orientation',
  'Scene',
];

export function rowAt(position: number): Row {
  const [gold, predicted] = PAIRS[position % PAIRS.length] ?? ['left', 'right'];
  const unanswered = position % 23 === 22;
  return {
    run: 'run-1',
    row: position,
    item: `item-${position}`,
    question: `#${position} ${QUESTIONS[position % QUESTIONS.length] ?? ''}`,
    outcome: unanswered ? 'unanswered' : 'wrong',
    class: unanswered ? null : (CLASSES[position % CLASSES.length] ?? null),
    drift: position % 5 === 3,
    gold: `To the ${gold}`,
    predicted: unanswered ? null : `To the ${predicted}`,
    goldDirection: gold,
    predictedDirection: unanswered ? null : predicted,
    task: TASKS[position % TASKS.length] ?? null,
    frame: 'camera',
    kind: 'choice',
    flags: [],
    images: 1,
  };
}

/** Rows that break layouts. */
export function oddRowAt(position: number): Row {
  const outcomes: readonly Outcome[] = ['wrong', 'unanswered', 'right', 'no gold'];
  const texts = [
    'Where is the very long thing? '.repeat(40),
    'أين توجد القطة بالنسبة إلى الطاولة في هذه الصورة، إلى اليمين أم إلى اليسار؟',
    '🍌👩‍🔬🏳️‍🌈 Where is the 🍌 of the 👩‍🔬? 左ですか、右ですか？',
    'Unbreakable'.repeat(60),
    '<b>not bold</b> <img src=x onerror=alert(1)> & \u202e"quotes"\u202c\u0007',
    '',
  ];
  const row = rowAt(position);
  const plain = position % 3 === 1;
  return {
    ...row,
    question: position === 6 ? null : (texts[position % texts.length] ?? null),
    outcome: outcomes[position % outcomes.length] ?? 'wrong',
    class: position % 4 === 0 ? 'a-class-of-a-lens-with-a-name-that-does-not-end' : null,
    gold: plain ? 'على اليسار من الطاولة الكبيرة' : 'A text answer without any direction that goes on '.repeat(4),
    predicted: position % 4 === 1 ? null : '\u202eSomething else, said at length, with reasons '.repeat(4),
    goldDirection: position % 2 === 0 ? 'back-right-above' : null,
    predictedDirection: position % 4 === 2 ? 'front-left-below' : null,
    task: 'A task whose name is a whole sentence and a half',
    images: position % 2,
  };
}

/** Rows of runs and tasks whose names do not end. */
export function longRowAt(position: number): Row {
  return {
    ...rowAt(position),
    task: 'ViewSpatial-Bench/person_perspective/relative_direction/multi_view/level-3 (validation, reworded twice)',
    class: position % 2 === 0 ? 'distance-order-swap' : 'horizontal-flip',
    drift: position % 3 === 0,
    goldDirection: 'front-left-above',
    predictedDirection: 'back-right-below',
  };
}

const COUNTS: Readonly<Record<string, readonly (readonly [string | boolean | null, number])[]>> = {
  // The most frequent first, as the index has them.
  outcome: [
    ['wrong', 540],
    ['right', 299],
    ['unanswered', 19],
  ],
  class: [
    ['horizontal-flip', 180],
    ['orthogonal', 174],
    ['depth-flip', 144],
    ['vertical-flip', 21],
    ['opposite', 21],
    ['adjacent', 19],
    [null, 19],
  ],
  drift: [
    [false, 410],
    [true, 130],
    [null, 19],
  ],
  run: RUNS.map(([id, , items]) => [id, items]),
};

function labelOf(value: string | boolean | null): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value ?? '(no value)';
}

/** Counts that say what was asked: choosing anything in another field halves them. */
export function facetOf(field: string, query: Query, limit: number, scale: number): Facet {
  const others = Object.keys(query.facets).filter((name) => name !== field && name !== 'outcome').length;
  const share = scale / 2 ** (others + (query.search === '' ? 0 : 1));
  const all = COUNTS[field] ?? Array.from({ length: 30 }, (_, at) => [`${field} ${at + 1}`, 120 - at * 3] as const);
  const values = all.map(([value, rows]) => ({
    value,
    label: labelOf(value),
    count: Math.ceil(rows * share),
  }));
  return { field, values: values.slice(0, limit), more: Math.max(0, values.length - limit) };
}
