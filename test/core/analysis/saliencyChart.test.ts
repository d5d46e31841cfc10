import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/analysis.js';
import type { Chart, ChartAnswer, ChartMark, ChartsRequest } from '../../../src/core/chartModel.js';
import { withAnalysis } from './support.js';

const ASK: ChartsRequest = {
  ...{ kinds: ['saliency'], runs: [], filter: null, group: null, factors: {}, human: {}, terms: null },
};
const OPTIONS = ['left', 'right', 'above', 'below'];

interface Looked {
  readonly response: string;
  readonly inside?: unknown;
  readonly area?: number | null;
  /** Undefined: a rerun without a map. */
  readonly method?: string | undefined;
  readonly image?: string;
  readonly gold?: string | null;
}

/** A file of reruns, as `flipside rerun` writes them, of questions whose right answer is “left”. */
function rerun(model: string, rows: readonly Looked[]): string {
  return rows
    .map((row, at) =>
      JSON.stringify({
        ...{ flipside_rerun: 1, id: String(at), dataset: 'toy', question: `Where is cup ${at}?`, model },
        options: OPTIONS.map((text) => ({ label: null, text })),
        gold: row.gold === undefined ? 'left' : row.gold,
        ...{ kind: 'choice', images: [row.image ?? `${at}.png`], boxes: [], response: row.response },
        ...(row.method === undefined
          ? {}
          : { saliency_method: row.method, saliency_inside: row.inside ?? null, saliency_area: row.area ?? null }),
      }),
    )
    .join('\n');
}

const by = (method: string, response: string, inside: unknown, more: Partial<Looked> = {}): Looked => ({
  ...{ method, response, inside, area: 0.25 },
  ...more,
});

async function made(analysis: Analysis, request: Partial<ChartsRequest> = {}): Promise<readonly ChartAnswer[]> {
  return (await analysis.charts({ ...ASK, ...request })).charts;
}

function chartOf(answers: readonly ChartAnswer[], id: string): Chart {
  const found = answers.find((each) => each.id === id);
  assert.ok(found !== undefined && 'series' in found, JSON.stringify(answers));
  return found;
}

function markOf(chart: Chart, category: string, series = 0): ChartMark {
  const found = chart.series[series]?.marks[chart.categories.findIndex(({ name }) => name === category)];
  assert.ok(found, `${chart.id}: ${category}`);
  return found;
}

const missingIn = ([only]: readonly ChartAnswer[]): string =>
  only !== undefined && 'missing' in only ? only.missing : '';

/** Every mark opens as many rows as it is a mean of. */
async function opens(browsing: ReturnType<Analysis['browse']>, answers: readonly ChartAnswer[]): Promise<number> {
  let rows = 0;
  for (const { marks } of answers.flatMap((each) => ('series' in each ? each.series : []))) {
    for (const mark of marks) {
      if (mark === null) continue;
      assert.ok(mark.query !== null && mark.count === null && mark.of !== null);
      assert.deepEqual(await browsing.counts([mark.query]), [mark.of]);
      rows += mark.of;
    }
  }
  return rows;
}

const ROWS: readonly Looked[] = [
  by('gradient', 'left', 0.9, { area: 0.1 }),
  by('gradient', 'left', 0.5, { area: 0.3 }),
  by('gradient', 'right', 0.2, { image: 'one.png' }),
  by('gradient', 'right', 0.4, { image: 'one.png' }),
  by('gradient', 'right', 0.6, { image: 'two.png' }),
  by('gradient', 'above', 0.3),
  by('gradient', 'I cannot tell.', 0.7),
  by('gradient', 'left', null),
  by('gradient', 'right', null, { area: null }),
  by('gradient', 'right', 1.5),
  by('gradient', 'right', 0.8, { gold: null }),
  by('occlusion', 'right', 1),
  by('occlusion', 'left', 0),
  { response: 'left' },
];

describe('charts: saliency inside boxes', () => {
  it('is a chart for each method, of the mean share by class with its interval, its number and the area beside it', () =>
    withAnalysis({ 'a.jsonl': rerun('small', ROWS) }, async (analysis) => {
      const answers = await made(analysis);
      assert.deepEqual(
        answers.map(({ id }) => id),
        ['saliency gradient', 'saliency occlusion'],
      );
      const [gradient, occlusion] = ['gradient', 'occlusion'].map((name) => chartOf(answers, `saliency ${name}`));
      assert.ok(gradient && occlusion);
      assert.deepEqual(
        gradient.categories.map(({ name, class: own }) => [name, own]),
        [
          ['correct', null],
          ['horizontal-flip', 'horizontal-flip'],
          ['orthogonal', 'orthogonal'],
          ['unparsed', null],
        ],
      );
      const right = markOf(gradient, 'correct');
      assert.deepEqual([right.value, right.of, right.note], [0.7, 2, '2 clusters: the interval is too narrow']);
      assert.ok(Math.abs((right.reference ?? NaN) - 0.2) < 1e-12);
      const flip = markOf(gradient, 'horizontal-flip');
      assert.ok(Math.abs((flip.value ?? NaN) - 0.4) < 1e-12);
      assert.deepEqual([flip.of, flip.reference], [3, 0.25]);
      // Sums 0.6 of two and 0.6 of one, mean 0.4: √(2/1 · (0.2² + 0.2²)) / 3.
      const reach = (1.959963984540054 * Math.sqrt(2 * (0.2 ** 2 + 0.2 ** 2))) / 3;
      assert.ok(Math.abs((flip.high ?? NaN) - (0.4 + reach)) < 1e-9, 'rows of one image are one cluster');
      const alone = markOf(gradient, 'orthogonal');
      assert.deepEqual([alone.low, alone.high, alone.note], [null, null, '1 cluster: no interval']);
      assert.equal(markOf(occlusion, 'horizontal-flip').value, 1, 'methods are never one mean');
      assert.equal(markOf(occlusion, 'correct').value, 0, 'nothing inside is a share, too');
    }));

  it('opens the rows behind a mark, and tells where all others are', () =>
    withAnalysis({ 'a.jsonl': rerun('small', ROWS) }, async (analysis) => {
      const answers = await made(analysis);
      const rows = await opens(analysis.browse(), answers);
      const [gradient, occlusion] = ['gradient', 'occlusion'].map((name) => chartOf(answers, `saliency ${name}`));
      assert.deepEqual(gradient?.notes, [
        'small: 7 of 14 rows count; left out: 1 with a map that is zero everywhere, 1 without boxes, 1 with a share outside 0 to 1, 1 without a right answer, 2 with a map of another method, 1 without a map.',
      ]);
      assert.deepEqual(occlusion?.notes, [
        'small: 2 of 14 rows count; left out: 11 with a map of another method, 1 without a map.',
      ]);
      assert.equal(rows, 7 + 2);
    }));

  it('takes runs of a factor together, and counts what a filter keeps', () =>
    withAnalysis(
      {
        'a.jsonl': rerun('small', [by('gradient', 'right', 0.2), by('gradient', 'left', 0.6)]),
        'b.jsonl': rerun('large', [by('gradient', 'right', 0.4), by('gradient', 'right', 0.6)]),
      },
      async (analysis) => {
        const factors = { 'a.jsonl': { data: 'plain' }, 'b.jsonl': { data: 'plain' } };
        const browsing = analysis.browse();
        const answers = await made(analysis, { group: 'data', factors });
        const flip = markOf(chartOf(answers, 'saliency gradient'), 'horizontal-flip');
        assert.ok(Math.abs((flip.value ?? NaN) - 0.35) < 1e-12, 'the mean of 0.2 and 0.5');
        assert.match(flip.note ?? '', /^mean of 2 runs, standard deviation/);
        assert.equal(flip.of, 3);
        assert.equal(await opens(browsing, answers), 4);
        assert.match(
          chartOf(answers, 'saliency gradient').notes.join(' '),
          /All rows count: small \(2\), large \(2\)\./,
        );
        const filter = { field: 'question', op: 'contains', value: 'cup 0' } as const;
        const kept = await made(analysis, { filter });
        assert.equal(await opens(browsing, kept), 2);
      },
    ));

  it('says what is missing, and how to get it', async () => {
    await withAnalysis({ 'a.jsonl': rerun('small', [{ response: 'left' }]) }, async (analysis) => {
      assert.match(
        missingIn(await made(analysis)),
        /^No run states where its model looked\. .*flipside rerun .*--saliency gradient/,
      );
    });
    const without = [by('gradient', 'left', null, { area: null }), by('rise', 'right', null)];
    await withAnalysis({ 'a.jsonl': rerun('small', without) }, async (analysis) => {
      assert.equal(
        missingIn(await made(analysis)),
        'None of 2 rows with a map has a share inside boxes that counts: 1 without boxes, 1 with a map that is zero everywhere.',
      );
    });
    const unnamed = rerun('small', [by('', 'left', 0.5)]);
    await withAnalysis({ 'a.jsonl': unnamed }, async (analysis) => {
      assert.match(missingIn(await made(analysis)), /^1 row states a share .* by which method \(saliency_method\)/);
    });
  });

  it('leaves methods that are too many in words', () =>
    withAnalysis(
      {
        'a.jsonl': rerun(
          'small',
          Array.from({ length: 10 }, (_, at) => by(`own ${at}`, 'left', 0.5)),
        ),
      },
      async (analysis) => {
        const answers = await made(analysis);
        assert.equal(answers.length, 9);
        assert.match(missingIn(answers.slice(8)), /^2 more methods/);
      },
    ));
});
