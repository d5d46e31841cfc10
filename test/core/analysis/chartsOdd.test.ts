import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/analysis.js';
import type { Chart, ChartAnswer, ChartMark, ChartsRequest, Factors } from '../../../src/core/chartModel.js';
import { predictions, withAnalysis, type Record } from './support.js';

const ALL: ChartsRequest = { kinds: null, runs: [], filter: null, group: null, factors: {}, human: {}, terms: null };
const OPTIONS = ['left', 'right', 'above', 'below'];

/** A question with the answer that comes `off` places after the right one: 0 is right, 1 is wrong. */
function row(at: number, off: number, more: object = {}): Record {
  const [gold, response] = [OPTIONS[at % 4] ?? '', OPTIONS[(at + off) % 4] ?? ''];
  return { id: at, question: `Where is cup ${at}?`, options: OPTIONS, gold, response, ...more };
}

/** So many rows, the first of them right. */
function rows(count: number, right: number, more: (at: number) => object = () => ({})): string {
  return predictions(Array.from({ length: count }, (_, at) => row(at, at < right ? 0 : 1, more(at))));
}

async function chart(analysis: Analysis, request: Partial<ChartsRequest>, id: string): Promise<Chart> {
  const found = (await analysis.charts({ ...ALL, ...request })).charts.find((each) => each.id === id);
  assert.ok(found !== undefined && 'series' in found, JSON.stringify(found));
  return found;
}

const missingIn = (answers: readonly ChartAnswer[], id: string): string => {
  const found = answers.find((each) => each.id === id);
  assert.ok(found !== undefined && 'missing' in found, id);
  return found.missing;
};

function markOf({ id, categories, series }: Chart, category: string, name: string): ChartMark {
  const at = categories.findIndex((each) => each.name === category);
  const found = series.find((each) => each.name === name)?.marks[at];
  assert.ok(found, `${id}: ${category}, ${name}`);
  return found;
}

const near = (one: number | null, other: number, what = ''): void =>
  assert.ok(one !== null && Math.abs(one - other) < 1e-9, `${what} ${one}, not ${other}`);

/** Factors by the names of files. */
const given = (factors: { readonly [file: string]: Factors }): ChartsRequest['factors'] => factors;

describe('charts: tasks, whatever they are called', () => {
  const names = ['all', '(none)', 'constructor', '__proto__', undefined];
  const file = predictions(Array.from({ length: 40 }, (_, at) => row(at, at % 3, { task: names[at % 5] })));

  it('keeps the total, tasks of its name and questions without one apart, and opens the rows of each', () =>
    withAnalysis({ 'a.jsonl': file }, async (analysis) => {
      const tasks = await chart(analysis, { kinds: ['tasks'], human: { '': 0.9, all: 0.5 } }, 'tasks');
      const called = tasks.categories.map(({ name }) => name);
      assert.deepEqual(called, ['(all)', '(none)', '__proto__', 'all', 'constructor', '((none))']);
      assert.deepEqual(tasks.levels, [{ name: 'people', values: [0.9, null, null, 0.5, null, null] }]);
      const browsing = analysis.browse();
      for (const mark of tasks.series[0]?.marks ?? []) {
        assert.ok(mark?.query);
        assert.deepEqual(await browsing.counts([mark.query]), [mark.of]);
      }
      assert.deepEqual(
        tasks.series[0]?.marks.map((mark) => mark?.of),
        [40, 8, 8, 8, 8, 8],
      );
    }));

  it('names the only task, with what people reach in it, and says of tasks that no item has', () =>
    withAnalysis({ 'a.jsonl': rows(8, 4, () => ({ task: 'only' })) }, async (analysis) => {
      const human = { '': 0.9, only: 0.8, ony: 0.7 };
      const tasks = await chart(analysis, { kinds: ['tasks'], human }, 'tasks');
      assert.deepEqual(
        tasks.categories.map(({ name }) => name),
        ['only'],
      );
      assert.deepEqual(tasks.levels, [{ name: 'people', values: [0.8] }]);
      assert.deepEqual(tasks.notes, ['What people reach is also stated for tasks that no item here has: “ony”.']);
    }));
});

describe('charts: several runs', () => {
  it('draws a line for each model that has several templates, and never their mean', () =>
    withAnalysis(
      {
        'a.jsonl': rows(40, 8, () => ({ model: 'small' })),
        'b.jsonl': rows(40, 12, () => ({ model: 'small' })),
        'c.jsonl': rows(40, 32, () => ({ model: 'large' })),
        'd.jsonl': rows(40, 36, () => ({ model: 'large' })),
      },
      async (analysis) => {
        const [short, long] = [{ template: 'short' }, { template: 'long' }];
        const factors = given({ 'a.jsonl': short, 'b.jsonl': long, 'c.jsonl': short, 'd.jsonl': long });
        const templates = await chart(analysis, { kinds: ['templates'], factors }, 'templates');
        assert.deepEqual(
          templates.series.map(({ name, marks }) => [name, marks.map((mark) => mark?.value)]),
          [
            ['small', [0.3, 0.2]],
            ['large', [0.9, 0.8]],
          ],
        );
      },
    ));

  it('draws one line of models that are called by their step', () =>
    withAnalysis(
      { 'a.jsonl': rows(8, 2, () => ({ model: 'at 1' })), 'b.jsonl': rows(8, 4, () => ({ model: 'at 2' })) },
      async (analysis) => {
        const factors = given({ 'a.jsonl': { step: '1' }, 'b.jsonl': { step: '2' } });
        const steps = await chart(analysis, { kinds: ['steps'], factors }, 'steps');
        assert.deepEqual(
          steps.series.map(({ name, marks }) => [name, marks.map((mark) => mark?.value)]),
          [['all runs', [0.25, 0.5]]],
        );
      },
    ));

  it('shows the gap of what is shown: of means, with whiskers where both sides have them alike', () =>
    withAnalysis(
      {
        'a.jsonl': rows(10, 9, () => ({ model: 'M' })),
        'b.jsonl': rows(100, 50, () => ({ model: 'M' })),
        'c.jsonl': rows(50, 20, () => ({ model: 'M' })),
        'd.jsonl': rows(50, 30, () => ({ model: 'M' })),
        'e.jsonl': rows(50, 30, () => ({ model: 'N' })),
        'f.jsonl': rows(50, 30, () => ({ model: 'O' })),
      },
      async (analysis) => {
        const [inside, outside] = [{ distribution: 'in' }, { distribution: 'Out' }];
        const marked = { 'a.jsonl': inside, 'b.jsonl': inside, 'c.jsonl': outside, 'e.jsonl': inside };
        const one = await chart(
          analysis,
          { kinds: ['distribution'], factors: given({ ...marked, 'f.jsonl': { distribution: 'ID' } }) },
          'distribution',
        );
        const gap = markOf(one, 'gap: in − out', 'M');
        near(gap.value, 0.7 - 0.4);
        assert.deepEqual([gap.low, gap.high], [null, null]);
        assert.deepEqual(one.notes, [
          'O is marked “ID”, which is neither in nor out.',
          'On one side alone, and without a gap: N.',
        ]);
        const both = given({ ...marked, 'd.jsonl': outside });
        const two = markOf(
          await chart(analysis, { kinds: ['distribution'], factors: both }, 'distribution'),
          'gap: in − out',
          'M',
        );
        near(two.value, 0.7 - 0.5);
        near(two.high, 0.2 + Math.sqrt(0.2 ** 2 * 2 + 0.1 ** 2 * 2));
      },
    ));

  it('says of whiskers that a single run among several has its interval', () =>
    withAnalysis(
      { 'a.jsonl': rows(20, 8, () => ({ task: 'a' })), 'b.jsonl': rows(20, 4, () => ({ task: 'b' })) },
      async (analysis) => {
        const factors = given({ 'a.jsonl': { data: 'x' }, 'b.jsonl': { data: 'x' } });
        const tasks = await chart(analysis, { kinds: ['tasks'], group: 'data', factors }, 'tasks');
        assert.equal(markOf(tasks, 'a', 'x').note, null);
        assert.equal(tasks.whiskers, 'mean ± 1 standard deviation of runs; of a single run 95 % interval (Wilson)');
      },
    ));

  it('shows confidence of several runs as the mean of theirs', () =>
    withAnalysis(
      {
        'a.jsonl': rows(20, 8, () => ({ confidence: 0.55 })),
        'b.jsonl': rows(40, 4, () => ({ confidence: 0.55 })),
        'c.jsonl': rows(10, 4),
      },
      async (analysis) => {
        const factors = given({ 'a.jsonl': { data: 'x' }, 'b.jsonl': { data: 'x' }, 'c.jsonl': { data: 'x' } });
        const own = await chart(analysis, { kinds: ['reliability'], group: 'data', factors }, 'reliability');
        const mark = markOf(own, '0.5 to 0.6', 'x');
        near(mark.value, (0.4 + 0.1) / 2);
        near(mark.high, 0.25 + 0.3 / Math.SQRT2);
        assert.deepEqual([mark.count, mark.of], [12, 60]);
        assert.deepEqual(await analysis.browse().counts(mark.query === null ? [] : [mark.query]), [60]);
        assert.equal(own.notes[0], 'x: 60 answers of 2 runs, expected calibration error 0.300 ± 0.212.');
        assert.match(own.whiskers ?? '', /standard deviation/);
      },
    ));

  it('keeps a value apart that is called as runs without one are', () =>
    withAnalysis({ 'a.jsonl': rows(8, 2), 'b.jsonl': rows(8, 4) }, async (analysis) => {
      const factors = given({ 'a.jsonl': { data: 'no data' } });
      const tasks = await chart(analysis, { kinds: ['tasks'], group: 'data', factors }, 'tasks');
      assert.deepEqual(
        tasks.series.map(({ name }) => name),
        ['no data', '(no data)'],
      );
    }));

  it('counts a class that was expected and never happened as 0 of them, and takes it into the mean', () =>
    withAnalysis(
      {
        'a.jsonl': predictions(Array.from({ length: 40 }, (_, at) => row(4 * at, 1 + (at % 3)))),
        'b.jsonl': predictions(Array.from({ length: 40 }, (_, at) => row(4 * at, 2))),
      },
      async (analysis) => {
        const alone = await chart(analysis, { kinds: ['class-ratios'] }, 'class-ratios');
        const none = markOf(alone, 'horizontal-flip', 'b.jsonl');
        assert.deepEqual([none.value, none.low, none.count], [0, null, 0]);
        const factors = given({ 'a.jsonl': { data: 'x' }, 'b.jsonl': { data: 'x' } });
        const both = await chart(analysis, { kinds: ['class-ratios'], group: 'data', factors }, 'class-ratios');
        const first = markOf(alone, 'horizontal-flip', 'a.jsonl').value ?? NaN;
        near(markOf(both, 'horizontal-flip', 'x').value, first / 2);
      },
    ));
});

describe('charts: nothing left out in silence', () => {
  it('names runs that a chart has nothing of', () =>
    withAnalysis(
      { 'a.jsonl': rows(20, 8, (at) => ({ confidence: at / 20 })), 'b.jsonl': rows(20, 8) },
      async (analysis) => {
        const { notes } = await chart(analysis, { kinds: ['reliability'] }, 'reliability');
        assert.ok(notes.includes('Nothing to count here: b.jsonl.'), notes.join(' '));
      },
    ));

  it('says that no item is left, and what to do, where that is why', () =>
    withAnalysis({ 'a.jsonl': rows(20, 8, () => ({ task: 'a' })) }, async (analysis) => {
      const filter = { and: [{ field: 'kind', op: 'eq', value: 'yes-no' }] } as const;
      const { charts } = await analysis.charts({ ...ALL, filter });
      for (const { id } of charts) assert.match(missingIn(charts, id), /^None of the 20 items of these runs is left/);
    }));

  it('opens the questions after an object however it is written', () => {
    const asked = ['Dog', 'dog', 'Traffic Light'];
    const file = Array.from({ length: 60 }, (_, at) => ({
      ...{ question_id: at, image: `im${at % 10}.jpg`, text: `Is there a ${asked[at % 3] ?? ''} in the image?` },
      ...{ object: asked[at % 3], label: at % 2 === 0 ? 'yes' : 'no', answer: at % 5 < 3 ? 'yes' : 'no' },
    }));
    return withAnalysis({ 'a.jsonl': file.map((each) => JSON.stringify(each)).join('\n') }, async (analysis) => {
      const objects = await chart(analysis, { kinds: ['objects'] }, 'objects');
      const browsing = analysis.browse();
      for (const [object, count] of [
        ['dog', 20],
        ['traffic light', 10],
      ] as const) {
        const { of, query } = markOf(objects, object, 'a.jsonl');
        assert.equal(of, count);
        assert.deepEqual(await browsing.counts(query === null ? [] : [query]), [count]);
      }
    });
  });
});
