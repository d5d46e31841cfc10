import type { Chart, ChartAnswer, ChartMark, ChartsAsk } from '../../../src/protocol/dashboardPage.js';
import type { DashboardEvents, DashboardHost, DashboardState } from '../../../src/protocol/dashboardPage.js';
import type { Query } from '../../../src/protocol/rows.js';
import { tell } from './stub.js';

const QUERY: Query = { facets: {}, search: '', ids: null, filter: null, sort: [], group: null };
const ITEMS = 180;

/** A share with whiskers that look like what they are. */
function mark(share: number, more: Partial<ChartMark> = {}): ChartMark {
  const count = Math.round(share * ITEMS);
  const [low, high] = [Math.max(0, share - 0.07), Math.min(1, share + 0.07)];
  return { value: count / ITEMS, low, high, reference: null, count, of: ITEMS, query: QUERY, note: null, ...more };
}

/** The same one of many for the same place. */
const shareAt = (series: number, at: number): number => 0.15 + 0.6 * Math.abs(Math.sin(1 + 3 * series + 7 * at));

interface Shape {
  readonly categories: readonly string[];
  readonly series: readonly string[];
}

function chart(shape: Shape, more: Partial<Chart> & Pick<Chart, 'id' | 'title'>): Chart {
  return {
    kind: 'bars',
    about: `${shape.series.length} runs; lens axes, version 1`,
    unit: 'share',
    axis: 'right units / units with a right answer',
    whiskers: '95 % interval (Wilson)',
    reference: 'by guessing among the options',
    categoryIs: 'task',
    seriesIs: 'run',
    categories: shape.categories.map((name) => ({ name, at: null, class: null })),
    series: shape.series.map((name, series) => ({
      name,
      marks: shape.categories.map((_, at) => mark(shareAt(series, at), { reference: 0.25 })),
    })),
    levels: [],
    notes: [],
    ...more,
  };
}

const CLASSES = ['horizontal-flip', 'depth-flip', 'orthogonal', 'vertical-flip', 'adjacent'];
const ANGLES = ['0°', '+45°', '+90°', '+135°', '180°', '−135°', '−90°', '−45°'];

function usual(runs: readonly string[], tasks: readonly string[]): Readonly<Record<string, ChartAnswer[]>> {
  const byClass = { categories: CLASSES, series: runs };
  const classes = CLASSES.map((name) => ({ name, at: null, class: name }));
  const steps = [100, 200, 400, 800].map((at) => ({ name: String(at), at, class: null }));
  const looked = [{ name: 'correct', at: null, class: null }, ...classes];
  const terms = ['left', 'right', 'above', 'behind', 'in front of', 'beneath'].map((name, at) => ({
    name,
    ...{ at: 3 + 0.7 * at, class: null },
  }));
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  const people = tasks.map((_, at) => (at % 3 === 0 ? 0.95 : null));
  return {
    classes: [
      chart(byClass, { id: 'classes', title: 'Kinds of errors', categories: classes, categoryIs: 'class' }),
      chart(byClass, { id: 'class-rates', title: 'Conditional rates of errors', categories: classes, reference: null }),
    ],
    tasks: [
      chart(
        { categories: tasks, series: runs },
        { id: 'tasks', title: 'Accuracy by task', levels: [{ name: 'people', values: people }] },
      ),
    ],
    directions: [matrix(runs[0] ?? '')],
    rose: [
      chart(
        { categories: ANGLES, series: runs },
        { id: 'rose', kind: 'rose', title: 'Angles of errors', whiskers: null },
      ),
    ],
    saliency: [chart({ categories: names(looked), series: runs }, saliency(runs, looked))],
    terms: [
      chart(
        { categories: names(terms), series: runs },
        {
          ...{
            id: 'terms',
            kind: 'points',
            title: 'Accuracy by frequency of terms',
            categories: terms,
            reference: null,
          },
          ...{
            places: 'log₁₀ of the term’s count in the table',
            notes: [`${runs[0] ?? ''}: Spearman’s rank correlation −0.31, n = 6 terms.`],
          },
        },
      ),
    ],
    steps: [
      chart(
        { categories: names(steps), series: ['all runs'] },
        { id: 'steps', kind: 'lines', title: 'Accuracy over training', categories: steps, categoryIs: 'step' },
      ),
      chart(
        { categories: names(steps), series: CLASSES },
        {
          id: 'step-rates',
          kind: 'lines',
          title: 'Rates of errors over training',
          categories: steps,
          categoryIs: 'step',
          seriesIs: 'class',
          reference: null,
        },
      ),
    ],
  };
}

/** Means, and no shares: each says of how many, and one has too little for an interval. */
function saliency(
  runs: readonly string[],
  categories: Chart['categories'],
): Partial<Chart> & Pick<Chart, 'id' | 'title'> {
  return {
    ...{ id: 'saliency gradient', title: 'Saliency inside boxes: gradient', categories, categoryIs: 'class' },
    ...{
      axis: 'mean share of the map inside the boxes of all named objects',
      whiskers: '95 % interval (normal, robust to clusters)',
      reference: 'mean share of the image that the boxes cover: what an even map has',
    },
    series: runs.map((name, series) => ({
      name,
      marks: categories.map((_, at) => {
        const isAlone = at === categories.length - 1;
        const more = { reference: 0.2 + 0.01 * at, count: null, of: isAlone ? 1 : 90 - 14 * at };
        const ends = isAlone ? { low: null, high: null } : {};
        return mark(shareAt(series, at), {
          ...{ ...more, ...ends },
          note: isAlone ? '1 cluster: no interval' : `${60 - 9 * at} clusters`,
        });
      }),
    })),
    notes: runs.map(
      (name) => `${name}: 176 of 180 rows count; left out: 3 without boxes, 1 with a map that is zero everywhere.`,
    ),
  };
}

/** Which direction was taken for which. */
function matrix(run: string): Chart {
  const names = ['front', 'front-right', 'right', 'back', 'left', 'above'];
  return chart(
    { categories: names, series: names },
    {
      ...{ id: `directions ${run}`, kind: 'matrix', title: `Confusion of directions: ${run}`, unit: 'count' },
      ...{
        categoryIs: 'chosen',
        seriesIs: 'right',
        whiskers: null,
        reference: null,
        axis: 'answers that could be read',
      },
      series: names.map((name, series) => ({
        name,
        marks: names.map((_, at) =>
          (series + at) % 3 === 1 ? null : mark(0, { value: 3 * series + at, count: 3 * series + at, of: 40 }),
        ),
      })),
    },
  );
}

const LONG = `a run whose name goes on ${'and on, and further still, '.repeat(11)}to its end`.slice(0, 300);
const UNBROKEN = 'results_of_the_run_without_a_blank'.repeat(9).slice(0, 300);

interface Story {
  readonly runs: readonly string[];
  readonly charts: Readonly<Record<string, readonly ChartAnswer[]>>;
}

const TASKS = ['all', 'Relative direction', 'Camera perspective', 'Person perspective', 'Counting'];
const FEW = ['baseline', 'mirrored images', 'visual prompt'];
const MANY = Array.from(
  { length: 200 },
  (_, at) => `Task number ${at + 1} of two hundred, which has a name of some length`,
);
const nothing = (id: string, title: string, missing: string): ChartAnswer => ({ id, title, missing });

const NO_GOLD = {
  classes: [
    nothing('classes', 'Kinds of errors', 'No error has a class: nothing wrong could be read.'),
    nothing(
      'class-rates',
      'Conditional rates of errors',
      'No error is eligible: directions of right answers are not known.',
    ),
  ],
  tasks: [nothing('tasks', 'Accuracy by task', 'No item has a right answer: predictions alone have no accuracy.')],
};

function host({ runs, charts }: Story): () => DashboardHost {
  const state: DashboardState = {
    ...{ id: 'one', emptiness: null, message: null, lens: 'axes, version 1', keys: {} },
    ...{ human: {}, terms: 0, problem: null },
    runs: runs.map((name, at) => ({
      ...{ id: `${name}.jsonl`, model: null, dataset: 'toy', items: ITEMS },
      ...{ factors: { step: String(100 * (at + 1)) }, baseline: at === 0 },
    })),
  };
  const done = (): Promise<null> => Promise.resolve(null);
  return () => ({
    start: () => Promise.resolve(state),
    charts: ({ kinds, filter }: ChartsAsk) => {
      const made = (kinds ?? []).flatMap((kind) =>
        kind in charts ? (charts[kind] ?? []) : [nothing(kind, kind, 'There is nothing of this kind in a story.')],
      );
      return Promise.resolve({ charts: made, kept: filter === null ? 540 : 90, of: 540 });
    },
    values: ({ field }) => Promise.resolve({ values: field === 'task' ? TASKS.slice(1) : [], more: 0 }),
    open: done,
    setFactor: done,
    copy: done,
    save: ({ name }) => Promise.resolve(`/work/toy/${name}`),
    command: done,
  });
}

const one = usual(['baseline'], ['all']);
const onlyClass = (answers: readonly ChartAnswer[] = []): ChartAnswer[] =>
  answers.map((each) =>
    'series' in each
      ? {
          ...each,
          categories: each.categories.slice(0, 1),
          series: each.series.map((own) => ({ ...own, marks: own.marks.slice(0, 1) })),
        }
      : each,
  );

tell<DashboardHost, DashboardEvents>({
  usual: host({ runs: FEW, charts: usual(FEW, TASKS) }),
  one: host({ runs: ['baseline'], charts: one }),
  many: host({ runs: FEW, charts: usual(FEW, MANY) }),
  long: host({
    runs: [LONG, UNBROKEN, '\u202eevil\u202c <b>run</b>'],
    charts: usual([LONG, UNBROKEN, '\u202eevil\u202c <b>run</b>'], [LONG, UNBROKEN, 'שמאל וימין', ...TASKS]),
  }),
  oneClass: host({ runs: ['baseline'], charts: { classes: onlyClass(one['classes']), tasks: one['tasks'] ?? [] } }),
  noGold: host({ runs: ['baseline'], charts: NO_GOLD }),
});
