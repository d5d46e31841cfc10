import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analysis } from '../../../src/core/analysis.js';
import type { Chart, ChartAnswer, ChartMark, ChartsRequest } from '../../../src/core/chartModel.js';
import { CHART_KINDS } from '../../../src/core/chartModel.js';
import { CHARTS } from '../../../src/core/analysis/charts/index.js';
import { FlipsideError } from '../../../src/core/model.js';
import { describeReal, realData } from '../../support/realData.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const ALL: ChartsRequest = { kinds: null, runs: [], filter: null, group: null, factors: {}, human: {}, terms: null };

async function withAnalysis<T>(paths: readonly string[], use: (analysis: Analysis) => Promise<T>): Promise<T> {
  const cacheDir = await mkdtemp(path.join(os.tmpdir(), 'flipside-charts-'));
  const analysis = await Analysis.open(paths, { cacheDir });
  try {
    return await use(analysis);
  } finally {
    analysis.close();
    await rm(cacheDir, { recursive: true, force: true });
  }
}

const isChart = (answer: ChartAnswer): answer is Chart => 'series' in answer;

function chartOf(answers: readonly ChartAnswer[], id: string): Chart {
  const found = answers.find((each) => each.id === id);
  assert.ok(found !== undefined && isChart(found), `${id}: ${JSON.stringify(found)}`);
  return found;
}

function markOf(chart: Chart, category: string, series: string): ChartMark {
  const at = chart.categories.findIndex(({ name }) => name === category);
  const found = chart.series.find(({ name }) => name === series)?.marks[at];
  assert.ok(found, `${chart.id}: no mark at ${category}, ${series}`);
  return found;
}

/** How many rows a mark must open: what it counts, or what that is out of. */
function rowsExpected(chart: Chart, category: string, mark: ChartMark): number | null {
  const kind = CHART_KINDS.find((each) => chart.id === each || chart.id.startsWith(`${each} `)) ?? chart.id;
  if (['classes', 'class-ratios', 'class-rates', 'directions', 'rose', 'step-rates'].includes(kind)) return mark.count;
  if (chart.id === 'yes-no') return ['share of yes', 'yes is right'].includes(category) ? mark.count : mark.of;
  if (['tasks', 'vocabulary', 'reliability', 'objects', 'terms', 'saliency'].includes(kind)) return mark.of;
  return null;
}

/** All of a mark but the rows that it opens. */
const numbersOf = (mark: ChartMark | null) => (mark === null ? null : { ...mark, query: null });

const FOLDERS = [
  ...['vsr', 'plain', 'viewspatial-csv', 'spatialmqa', 'mme', 'cv-bench', 'inspect', 'lmms-eval', 'vlmevalkit'].map(
    (name) => `test/fixtures/${name}`,
  ),
  'test/fixtures/room',
  'test/fixtures/reruns',
];

describe('charts: what marks stand for', () => {
  it('has a maker for every kind, in one order', () => {
    assert.deepEqual(
      CHARTS.map(({ kind }) => kind),
      [...CHART_KINDS],
    );
  });

  for (const folder of FOLDERS) {
    it(`opens exactly the rows that a mark counts: ${folder}`, () =>
      withAnalysis([path.join(root, folder)], async (analysis) => {
        const { charts } = await analysis.charts(ALL);
        const browsing = analysis.browse();
        // Where several rows are one unit, a mark is out of units.
        const { runs } = await analysis.summary();
        const hasUnits = runs.some((run) => run.units !== run.items - run.noGold);
        let looked = 0;
        for (const chart of charts.filter(isChart)) {
          for (const { name, marks } of chart.series) {
            for (const [at, mark] of marks.entries()) {
              const category = chart.categories[at]?.name ?? '';
              const expected = mark === null ? null : rowsExpected(chart, category, mark);
              if (mark === null || mark.query === null || expected === null) continue;
              const [rows = NaN] = await browsing.counts([mark.query]);
              if (hasUnits && ['tasks', 'vocabulary'].includes(chart.id)) {
                assert.ok(rows >= expected, `${chart.id}, ${category}, ${name}`);
                continue;
              }
              assert.equal(rows, expected, `${chart.id}, ${category}, ${name}`);
              looked += 1;
            }
          }
        }
        assert.ok(looked > 0, `marks were looked at: ${looked}`);
      }));
  }

  for (const folder of FOLDERS) {
    it(`counts the same in cells as row by row: ${folder}`, () =>
      withAnalysis([path.join(root, folder)], async (analysis) => {
        const frame = { field: 'frame', op: 'eq', value: 'camera' } as const;
        // Cells know of no rows: a condition on these has every row counted, and keeps all of them.
        const everyRow = { field: 'row', op: 'ge', value: 0 } as const;
        for (const conditions of [[], [frame]]) {
          const [inCells, byRows] = [
            await analysis.charts({ ...ALL, filter: conditions.length === 0 ? null : { and: conditions } }),
            await analysis.charts({ ...ALL, filter: { and: [...conditions, everyRow] } }),
          ];
          const numbers = ({ charts, kept, of }: typeof inCells) => [
            ...[kept, of],
            ...charts.map((each) =>
              isChart(each)
                ? [
                    each.id,
                    each.categories,
                    each.notes,
                    each.series.map(({ name, marks }) => [name, marks.map(numbersOf)]),
                  ]
                : each,
            ),
          ];
          assert.deepEqual(numbers(inCells), numbers(byRows));
        }
      }));
  }

  it('has shares of classes that add up to all errors that could be read', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const { charts } = await analysis.charts({ ...ALL, kinds: ['classes'] });
      const { series } = chartOf(charts, 'classes');
      assert.ok(series.length > 1);
      for (const { name, marks } of series) {
        const sum = marks.reduce((total, mark) => total + (mark?.value ?? 0), 0);
        assert.ok(Math.abs(sum - 1) < 1e-9, `${name}: ${sum}`);
      }
    }));

  it('agrees with the summary', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const { runs } = await analysis.summary();
      const { charts, kept, of } = await analysis.charts(ALL);
      assert.equal(kept, of);
      const [tasks, rates] = [chartOf(charts, 'tasks'), chartOf(charts, 'class-rates')];
      const shares = chartOf(charts, 'classes');
      for (const [at, run] of runs.entries()) {
        for (const [place, { name }] of shares.categories.entries()) {
          const [mark, own] = [shares.series[at]?.marks[place] ?? null, run.classes[name]];
          assert.equal(mark?.count ?? 0, own?.count ?? 0, name);
          if (mark === null || mark.reference === null) continue;
          // Whole parts are added up there cluster by cluster, and here at once.
          assert.ok(Math.abs(mark.reference * (mark.of ?? NaN) - (own?.expected ?? NaN)) < 1e-9, name);
        }
        const all = tasks.series[at]?.marks[0];
        assert.equal(all?.value, run.accuracy);
        assert.deepEqual([all?.low, all?.high], [...(run.ci95 ?? [])]);
        assert.equal(all?.reference, run.chance);
        for (const [place, { name }] of rates.categories.entries())
          assert.equal(rates.series[at]?.marks[place]?.value ?? null, run.classes[name]?.rate ?? null, name);
      }
    }));
});

describe('charts: what is asked for', () => {
  it('counts the items that a filter keeps, and refuses conditions on answers', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const { runs } = await analysis.summary('frame');
      const filter = { field: 'frame', op: 'eq', value: 'camera' } as const;
      const { charts, kept, of } = await analysis.charts({ ...ALL, filter });
      assert.ok(kept < of && kept > 0);
      const tasks = chartOf(charts, 'tasks');
      for (const [at, run] of runs.entries())
        assert.equal(tasks.series[at]?.marks[0]?.value, run.by?.groups['camera']?.accuracy);
      assert.match(tasks.about, /items with frame = camera/);
      const wrong = analysis.charts({ ...ALL, filter: { field: 'class', op: 'eq', value: 'adjacent' } });
      await assert.rejects(
        wrong,
        (error) => error instanceof FlipsideError && /cannot be filtered by them/.test(error.message),
      );
    }));

  it('takes runs together by a factor: mean and standard deviation, the runs without it apart', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const [one, two, three] = (await analysis.summary()).runs;
      assert.ok(one && two && three);
      const factors = { [one.id]: { data: 'plain' }, [two.id]: { data: 'plain' } };
      const { charts } = await analysis.charts({ ...ALL, kinds: ['tasks'], group: 'data', factors });
      const tasks = chartOf(charts, 'tasks');
      assert.deepEqual(
        tasks.series.map(({ name }) => name),
        ['plain', 'no data'],
      );
      const [a, b] = [one.accuracy ?? NaN, two.accuracy ?? NaN];
      const mark = markOf(tasks, 'all', 'plain');
      assert.ok(Math.abs((mark.value ?? NaN) - (a + b) / 2) < 1e-12);
      const sd = Math.abs(a - b) / Math.SQRT2;
      assert.ok(Math.abs((mark.high ?? NaN) - (mark.value ?? NaN) - sd) < 1e-12);
      assert.equal(markOf(tasks, 'all', 'no data').value, three.accuracy);
      assert.match(tasks.whiskers ?? '', /standard deviation/);
    }));

  it('draws templates with their spread, training steps in order, and the gap out of distribution', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const runs = (await analysis.summary()).runs;
      const ids = runs.map(({ id }) => id);
      const given = (values: readonly Record<string, string>[]) =>
        Object.fromEntries(ids.map((id, at) => [id, values[at] ?? {}]));
      const templates = given([{ template: 'short' }, { template: 'long' }]);
      const spread = chartOf(
        (await analysis.charts({ ...ALL, kinds: ['templates'], factors: templates })).charts,
        'templates',
      );
      assert.deepEqual(
        spread.categories.map(({ name }) => name),
        ['long', 'short'],
      );
      assert.match(spread.notes.join(' '), /over 2 templates; standard deviation/);
      const steps = given([{ step: '1000' }, { step: '200' }, { step: '90' }]);
      const line = chartOf((await analysis.charts({ ...ALL, kinds: ['steps'], factors: steps })).charts, 'steps');
      assert.deepEqual(
        line.categories.map(({ at }) => at),
        [90, 200, 1000],
      );
      const rates = chartOf((await analysis.charts({ ...ALL, kinds: ['steps'], factors: steps })).charts, 'step-rates');
      assert.equal(rates.seriesIs, 'class');
      const browsing = analysis.browse();
      const order = [2, 1, 0].map((at) => runs[at]);
      for (const { name, marks } of rates.series) {
        assert.deepEqual(
          marks.map((mark) => mark?.value ?? null),
          order.map((run) => run?.classes[name]?.rate ?? null),
          name,
        );
        for (const [at, mark] of marks.entries()) {
          if (mark === null || mark.query === null) continue;
          assert.deepEqual([mark.low, mark.high], [...(order[at]?.classes[name]?.rateCi95 ?? [])]);
          assert.deepEqual(await browsing.counts([mark.query]), [mark.count], name);
        }
      }
      const sides = given([{ distribution: 'in' }, { distribution: 'out' }]);
      const group = { ...ALL, kinds: ['distribution' as const], group: 'family' };
      const family = Object.fromEntries(Object.entries(sides).map(([id, own]) => [id, { ...own, family: 'one' }]));
      const gap = chartOf((await analysis.charts({ ...group, factors: family })).charts, 'distribution');
      const [inside, outside] = [runs[0]?.accuracy ?? NaN, runs[1]?.accuracy ?? NaN];
      assert.ok(Math.abs((markOf(gap, 'gap: in − out', 'one').value ?? NaN) - (inside - outside)) < 1e-12);
    }));

  it('takes the step of a run from a column of its rows, of which a file may have several', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-steps-'));
    const rows = (steps: readonly number[]): string =>
      steps
        .map((step, at) =>
          JSON.stringify({
            id: at,
            question: 'Where is the cup?',
            options: ['left', 'right'],
            answer: 'left',
            prediction: at % 2 === 0 ? 'left' : 'right',
            step,
          }),
        )
        .join('\n');
    try {
      await writeFile(path.join(folder, 'a.jsonl'), rows([100, 100, 100]));
      await writeFile(path.join(folder, 'b.jsonl'), rows([20, 20]));
      await writeFile(path.join(folder, 'c.jsonl'), rows([1, 2, 3, 4]));
      await withAnalysis([folder], async (analysis) => {
        const { charts } = await analysis.charts({ ...ALL, kinds: ['steps'] });
        const line = chartOf(charts, 'steps');
        const [places, counts] = [line.categories.map(({ at }) => at), line.series[0]?.marks.map((mark) => mark?.of)];
        assert.deepEqual(places, [1, 2, 3, 4, 20, 100]);
        assert.deepEqual(counts, [1, 1, 1, 1, 2, 3]);
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('shows accuracy by how often a term occurs, with the rank correlation, and opens the items that mention it', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const counts = {
        left: 900,
        RIGHT: 1000,
        'front-left': 20,
        camera: 5000,
        'from the': 70,
        eft: 3,
        nowhere: 4,
        never: 0,
      };
      const terms = { terms: Object.entries(counts).map(([term, count]) => ({ term, count })), problem: null };
      const { charts } = await analysis.charts({ ...ALL, kinds: ['terms'], terms });
      const chart = chartOf(charts, 'terms');
      const browsing = analysis.browse();
      assert.equal(chart.kind, 'points');
      const names = chart.categories.map(({ name }) => name);
      assert.ok(names.includes('RIGHT') && names.includes('front-left'), names.join());
      assert.ok(!names.includes('eft') && !names.includes('nowhere') && !names.includes('never'), 'whole words alone');
      const places = chart.categories.map(({ at }) => at ?? NaN);
      assert.deepEqual(
        places,
        [...places].sort((one, other) => one - other),
      );
      assert.equal(chart.categories.find(({ name }) => name === 'RIGHT')?.at, 3);
      const page = await analysis.page({ limit: 100_000, offset: 0 });
      const words = (text: string): string =>
        ` ${text
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
          .trim()} `;
      for (const [series, { name: run }] of chart.series.entries()) {
        for (const [at, mark] of (chart.series[series]?.marks ?? []).entries()) {
          if (mark === null) continue;
          const term = words(names[at] ?? '');
          const own = page.records.filter(
            ({ record }) =>
              record.correct !== null &&
              analysis.runs[series]?.id === record.run &&
              [
                record.question ?? '',
                record.gold ?? '',
                ...record.options.map((each) => (typeof each === 'string' ? each : each.text)),
              ].some((text) => words(text).includes(term)),
          );
          assert.equal(mark.of, own.length, `${run}, ${term}`);
          assert.equal(mark.count, own.filter(({ record }) => record.correct).length, `${run}, ${term}`);
          assert.deepEqual(
            await browsing.counts(mark.query === null ? [] : [mark.query]),
            [mark.of],
            `${run}, ${term}`,
          );
        }
      }
      assert.match(chart.notes.join(' '), /Spearman’s rank correlation −?[01]\.\d\d, n = [3-5] terms/);
      assert.match(chart.notes.join(' '), /1 terms with the count 0/);
    }));

  it('says what is wrong with the table of terms, or that no item mentions one', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const said = async (terms: ChartsRequest['terms']): Promise<string> => {
        const [made] = (await analysis.charts({ ...ALL, kinds: ['terms'], terms })).charts;
        return made !== undefined && 'missing' in made ? made.missing : '';
      };
      assert.match(await said(null), /terms\.csv/);
      assert.equal(
        await said({ terms: [], problem: 'terms.csv, line 2: expected a number.' }),
        'terms.csv, line 2: expected a number.',
      );
      assert.match(await said({ terms: [], problem: null }), /mention no term of the 0/);
      assert.match(await said({ terms: [{ term: 'xylophone', count: 3 }], problem: null }), /mention no term of the 1/);
    }));

  describe('where the data are odd', () => {
    let folder: string;
    before(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-odd-'))));
    after(() => rm(folder, { recursive: true, force: true }));

    /** The charts of one file of these rows, alone. */
    async function chartsOf(rows: readonly object[]): Promise<readonly ChartAnswer[]> {
      const file = path.join(await mkdtemp(path.join(folder, 'of-')), 'run.jsonl');
      await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'));
      return withAnalysis([file], async (analysis) => (await analysis.charts(ALL)).charts);
    }
    const row = (at: number, more: object = {}) => ({
      ...{ id: at, question: `Where is cup ${at}?`, options: ['left', 'right'], answer: 'left' },
      ...{ prediction: at % 2 === 0 ? 'left' : 'right' },
      ...more,
    });
    const missingOf = (answers: readonly ChartAnswer[], id: string): string => {
      const found = answers.find((each) => each.id === id);
      assert.ok(found !== undefined && 'missing' in found, id);
      return found.missing;
    };

    it('has a bar for each of two hundred tasks', async () => {
      const charts = await chartsOf(
        Array.from({ length: 400 }, (_, at) => row(at, { task: `${'t'.repeat(40)}${at % 200}` })),
      );
      const tasks = chartOf(charts, 'tasks');
      assert.equal(tasks.categories.length, 201);
      assert.ok(tasks.series.every(({ marks }) => marks.every((mark) => mark !== null)));
    });

    it('says of predictions without right answers why each chart is not there', async () => {
      const charts = await chartsOf(Array.from({ length: 6 }, (_, at) => row(at, { answer: undefined })));
      assert.match(missingOf(charts, 'classes'), /nothing wrong could be read/);
      assert.match(missingOf(charts, 'tasks'), /No item has a right answer/);
      assert.match(missingOf(charts, 'directions'), /No right answer/);
      assert.deepEqual(charts.filter(isChart), []);
      assert.ok(charts.every((each) => 'missing' in each && each.missing.length > 20));
    });

    it('draws a single class, and of a run that is right throughout none', async () => {
      const one = await chartsOf(Array.from({ length: 6 }, (_, at) => row(at)));
      assert.deepEqual(
        chartOf(one, 'classes').categories.map(({ name }) => name),
        ['horizontal-flip'],
      );
      assert.equal(chartOf(one, 'classes').series[0]?.marks[0]?.value, 1);
      const right = await chartsOf(Array.from({ length: 6 }, (_, at) => row(2 * at)));
      assert.match(missingOf(right, 'classes'), /nothing wrong could be read/);
      assert.equal(chartOf(right, 'tasks').series[0]?.marks[0]?.value, 1);
    });

    it('tells a run without items by name, and draws the others', async () => {
      const own = await mkdtemp(path.join(folder, 'empty-'));
      await writeFile(
        path.join(own, 'full.jsonl'),
        Array.from({ length: 6 }, (_, at) => JSON.stringify(row(at))).join('\n'),
      );
      // Every record is dropped: nothing of it is an item.
      await writeFile(path.join(own, 'empty.csv'), 'id,question,options,answer,prediction\n');
      await withAnalysis([own], async (analysis) => {
        const { charts } = await analysis.charts(ALL);
        assert.equal(chartOf(charts, 'tasks').series.length, 1);
        const emptyRun = analysis.runs.find(({ id }) => id.startsWith('empty'));
        if (emptyRun === undefined) return;
        const alone = await analysis.charts({ ...ALL, runs: [emptyRun.id] });
        assert.deepEqual(alone.charts.filter(isChart), []);
        assert.deepEqual([alone.kept, alone.of], [0, 0]);
      });
    });

    it('counts nothing where a filter keeps no item, and says so of each chart', () =>
      withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
        const filter = { field: 'relation', op: 'eq', value: 'no such relation' } as const;
        const { charts, kept, of } = await analysis.charts({ ...ALL, filter });
        assert.equal(kept, 0);
        assert.ok(of > 0);
        assert.deepEqual(charts.filter(isChart), []);
      }));
  });

  it('says why there is nothing to draw', () =>
    withAnalysis([path.join(root, 'test', 'fixtures', 'room')], async (analysis) => {
      const { charts } = await analysis.charts(ALL);
      for (const kind of ['yes-no', 'objects', 'pairs', 'pass-at-k', 'steps', 'templates', 'distribution']) {
        const found = charts.find(({ id }) => id === kind);
        assert.ok(found !== undefined && 'missing' in found && found.missing.length > 20, kind);
      }
    }));
});

describeReal('charts: the published study', () => {
  it('shows its treatments task by task', () =>
    withAnalysis([realData('wurf2026')], async (analysis) => {
      const { charts } = await analysis.charts({ ...ALL, kinds: ['tasks'] });
      const tasks = chartOf(charts, 'tasks');
      const percent = (task: string, run: string): string => (100 * (markOf(tasks, task, run).value ?? NaN)).toFixed(1);
      assert.equal(percent('Camera perspective - Relative Direction', 'mvsm_aug_flip_v1_merged'), '63.3');
      assert.equal(percent('Camera perspective - Relative Direction', 'mvsm_visual_prompt_merged'), '58.9');
      assert.equal(
        percent('Person perspective - Scene Simulation Relative Direction', 'mvsm_visual_prompt_merged'),
        '56.9',
      );
    }));
});
