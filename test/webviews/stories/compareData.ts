import type {
  ClassComparison,
  CompareRun,
  Comparison,
  DirectionComparison,
  TaskComparison,
  Treatment,
} from '../../../src/protocol/comparePage.js';

const run = (id: string, model: string | null, more: Partial<CompareRun> = {}): CompareRun => ({
  ...{ id, model, dataset: 'ViewSpatial-Bench', items: 554, baseline: false },
  ...more,
});

export const BASE = 'results/base/result_base.csv';
export const AUGMENTED = 'results/augmented/result_augmented.csv';
export const PROMPTED = 'results/prompted/result_prompted.csv';
export const FOREIGN = 'results/pope/answers.jsonl';

export const RUNS: readonly CompareRun[] = [
  run(BASE, 'vanilla', { baseline: true }),
  run(AUGMENTED, 'augmented'),
  run(PROMPTED, 'visual prompts'),
  run(FOREIGN, null, { dataset: 'POPE', items: 300 }),
];

const row = (joined: number, base: number, now: number, p: number | null, half = 0.05): TaskComparison => ({
  joined,
  ...{ baseCorrect: base, newCorrect: now, difference: (now - base) / joined },
  differenceCi95: [(now - base) / joined - half, (now - base) / joined + half],
  ...{ mcnemarP: p, mcnemarPHolm: p === null ? null : Math.min(1, 2 * p) },
});

const direction = (collapsed: boolean, ...of: Parameters<typeof row>): DirectionComparison => ({
  ...row(...of),
  collapsed,
});

const kind = (base: number, now: number, isRateless = false): ClassComparison => {
  const rate = (count: number): number | null => (isRateless ? null : count / 540);
  const rates = { baseRate: rate(base), newRate: rate(now), rateDifference: rate(now - base) };
  return { ...{ base, new: now, difference: now - base, of: 540 }, ...rates };
};

export function treatment(id: string, more: Partial<Treatment> = {}): Treatment {
  return {
    new: id,
    joined: { total: 554, byContent: 500, byPosition: 54, byId: 0, refused: 12 },
    ...{ baseRows: 560, newRows: 570, onlyBase: 6, onlyNew: 16, noGold: 14 },
    ...{ bothRight: 210, bothWrong: 200, fixed: 80, broken: 50 },
    ...{ difference: 30 / 540, differenceCi95: [0.014, 0.097] },
    differenceMethod: 'cluster-robust normal interval of the paired difference',
    ...{ clusters: 540, mcnemarP: 0.0105, mcnemarPHolm: 0.021, familySize: 2, bootstrap: null },
    byTask: {
      'Camera perspective - Relative Direction': row(180, 80, 114, 0.00001),
      'Camera perspective - Object View Orientation': row(120, 60, 66, 0.3),
      'Person perspective - Relative Direction': row(140, 70, 50, 0.002),
      'Person perspective - Scene Simulation Relative Direction': row(100, 50, 48, 0.9),
    },
    byTaskFamilySize: 4,
    byDirection: {
      left: direction(false, 130, 50, 90, 0.00001),
      right: direction(true, 130, 90, 60, 0.0001),
      'front-left': direction(false, 90, 40, 42, 0.8),
      'back-right': direction(false, 60, 30, 29, 1),
    },
    byDirectionFamilySize: 4,
    forgetting: {
      ...{ target: null, difference: 30 / 540, rose: true },
      fell: [
        { task: 'Person perspective - Relative Direction', difference: -20 / 140, significant: true },
        { task: 'Person perspective - Scene Simulation Relative Direction', difference: -0.02, significant: false },
      ],
    },
    classes: {
      'horizontal-flip': kind(120, 90),
      'depth-flip': kind(60, 70, true),
      adjacent: kind(40, 42),
      orthogonal: kind(30, 30),
    },
    transitions: {
      correct: { correct: 210, 'horizontal-flip': 30, 'depth-flip': 20 },
      'horizontal-flip': { correct: 60, 'horizontal-flip': 50, adjacent: 10 },
      'depth-flip': { correct: 10, 'depth-flip': 40, adjacent: 10 },
      adjacent: { correct: 5, adjacent: 22, 'depth-flip': 10, 'horizontal-flip': 3 },
      orthogonal: { orthogonal: 30, correct: 5, 'horizontal-flip': 7 },
      unparsed: { unparsed: 18 },
    },
    warnings: ['Accuracy rises overall, but on items whose answer is "right" it falls from 90/130 to 60/130.'],
    ...more,
  };
}

/** Nothing joined: the runs answer different benchmarks. */
export function foreign(id: string): Treatment {
  return treatment(id, {
    joined: { total: 0, byContent: 0, byPosition: 0, byId: 0, refused: 300 },
    ...{ baseRows: 560, newRows: 300, onlyBase: 560, onlyNew: 300, noGold: 0 },
    ...{ bothRight: 0, bothWrong: 0, fixed: 0, broken: 0, clusters: 0 },
    ...{ difference: null, differenceCi95: null, mcnemarP: null, mcnemarPHolm: null },
    ...{ byTask: {}, byDirection: {}, classes: {}, transitions: {} },
    ...{ byTaskFamilySize: 0, byDirectionFamilySize: 0 },
    forgetting: { target: null, difference: null, rose: false, fell: [] },
    warnings: ['No item is in both runs (base 560, new 300): there is nothing to compare.'],
  });
}

/** Joined, but nobody knows what is right. */
export function noGold(id: string): Treatment {
  return {
    ...foreign(id),
    joined: { ...foreign(id).joined, total: 300, byContent: 300, refused: 0 },
    noGold: 300,
    warnings: [],
  };
}

/** Several samples of each question. */
export function sampled(id: string): Treatment {
  const shares = { ...row(100, 50.25, 55.5, null), difference: 0.0525 };
  return treatment(id, {
    sampled: { baseRows: 560, newRows: 2280, partly: 90 },
    ...{ bothWrong: 110, mcnemarP: null, mcnemarPHolm: null },
    byTask: { mixed: shares },
    warnings: [
      'The new run has 2280 samples of 570 questions: each question counts with the share of its samples that is right.',
    ],
  });
}

/** The base again, under another name. */
export function same(id: string): Treatment {
  return treatment(id, {
    joined: { total: 560, byContent: 560, byPosition: 0, byId: 0, refused: 0 },
    ...{ newRows: 560, onlyBase: 0, onlyNew: 0, noGold: 0, bothRight: 300, bothWrong: 260, fixed: 0, broken: 0 },
    ...{ difference: 0, differenceCi95: [0, 0], mcnemarP: 1, mcnemarPHolm: 1, warnings: [] },
    byTask: { all: { ...row(560, 300, 300, 1), differenceCi95: [0, 0] } },
    byDirection: {},
    forgetting: { target: null, difference: 0, rose: false, fell: [] },
    classes: { 'horizontal-flip': kind(240, 240) },
    transitions: { correct: { correct: 300 }, 'horizontal-flip': { 'horizontal-flip': 260 } },
  });
}

/** A direction-turning sign in a name. */
export const TURNED = 'turned \u202etxet';

/** One item, of a class that is called like what every object has. */
export function oneItem(id: string): Treatment {
  const own = { ...row(1, 0, 1, 1), differenceCi95: null };
  return treatment(id, {
    joined: { total: 2, byContent: 2, byPosition: 0, byId: 0, refused: 0 },
    ...{ baseRows: 2, newRows: 2, onlyBase: 0, onlyNew: 0, noGold: 0 },
    ...{ bothRight: 0, bothWrong: 1, fixed: 1, broken: 0, clusters: 1 },
    ...{ difference: 0.5, differenceCi95: null, mcnemarP: 1, mcnemarPHolm: 1, familySize: 1, warnings: [] },
    ...{ byTask: { constructor: own }, byTaskFamilySize: 1, byDirection: {}, byDirectionFamilySize: 0 },
    forgetting: { target: null, difference: 0.5, rose: false, fell: [] },
    classes: { constructor: kind(0, 1), adjacent: kind(2, 0) },
    transitions: { adjacent: { constructor: 1, correct: 1 } },
  });
}

export const LONG = `the name of a thing that goes on ${'and on '.repeat(39)}`;

/** Two hundred tasks, and names without end. */
export function many(id: string): Treatment {
  const names = Array.from({ length: 200 }, (_, at) => (at === 3 ? LONG : `task ${at}`));
  const half = 0.08;
  return treatment(id, {
    byTask: Object.fromEntries(names.map((name, at) => [name, row(100, 50, 30 + ((at * 7) % 40), 0.01, half)])),
    byTaskFamilySize: 200,
    transitions: { [LONG]: { [LONG]: 1_234_567, '<b>x</b>': 3 }, correct: { correct: 2_345_678 } },
    classes: { [LONG]: kind(3, 4), '<b>x</b>': kind(1, 1) },
    warnings: [LONG],
  });
}

export function comparison(base: string, treatments: readonly Treatment[]): Comparison {
  return { base, lens: 'axes', lensVersion: '3', treatments };
}
