import assert from 'node:assert/strict';
import { CHART_KINDS } from '../../src/core/chartModel.js';
import type { Chart, ChartMark } from '../../src/protocol/dashboardPage.js';
import { tableOf } from '../../src/webviews/dashboard/chartTable.js';
import { nextPlace } from '../../src/webviews/dashboard/places.js';
import { markIn, numberIn } from '../../src/webviews/dashboard/words.js';
import { toCsv, toLatex, toMarkdown } from '../../src/webviews/shared/copyTable.js';

const mark = (value: number | null, more: Partial<ChartMark> = {}): ChartMark => ({
  ...{ low: null, high: null, reference: null, count: null, of: null, query: null, note: null },
  value,
  ...more,
});

const CHART: Chart = {
  id: 'tasks',
  kind: 'bars',
  title: 'Accuracy by task',
  about: '2 runs',
  unit: 'share',
  axis: 'right / all',
  whiskers: '95 %',
  reference: null,
  categoryIs: 'task',
  seriesIs: 'run',
  categories: [
    { name: 'left|right, "quoted" & 50 %_$', at: null, class: null },
    { name: '=1+1', at: null, class: null },
  ],
  series: [
    { name: 'one', marks: [mark(0.6333333, { low: 0.5, high: 0.7, count: 114, of: 180 }), null] },
    { name: 'two', marks: [mark(0.5), mark(1, { note: '<b>' })] },
  ],
  levels: [{ name: 'people', values: [0.9, null] }],
  notes: [],
};

describe('charts: copied as text', () => {
  it('keeps every mark and level, each once', () => {
    assert.equal(tableOf(CHART).rows.length, 4);
  });

  it('is CSV that a spreadsheet reads as data', () => {
    const [header, first, , third] = toCsv(tableOf(CHART)).split('\r\n');
    assert.equal(header, 'task,run,value,low,high,reference,count,of,note,chart');
    assert.match(first ?? '', /^"left\|right, ""quoted"" & 50 %_\$",one,0\.6333333,0\.5,0\.7,,114,180,,/);
    assert.match(third ?? '', /^'=1\+1,two,1,/, 'no formula');
  });

  it('is Markdown of as many columns in every row, with nothing that ends a cell', () => {
    const lines = toMarkdown(tableOf(CHART))
      .split('\n')
      .filter((line) => line.startsWith('|'));
    assert.deepEqual([...new Set(lines.map((line) => line.replaceAll('\\|', '').split('|').length))], [11]);
    assert.ok(lines.some((line) => line.includes('left\\|right') && line.includes('0.6333')));
    assert.ok(!lines.some((line) => line.includes('<b>')));
  });

  it('is LaTeX without a sign that means something', () => {
    const text = toLatex(tableOf(CHART));
    assert.ok(
      text.includes('50 \\%\\_\\$') && text.includes('\\& 50') && text.includes('\\textless{}b\\textgreater{}'),
    );
    assert.match(text, /\\begin\{tabular\}\{llrrrrrrl\}/);
  });
});

describe('charts: words and keys', () => {
  it('says all that is known of a mark', () => {
    const [first] = CHART.series[0]?.marks ?? [];
    assert.equal(
      first === null || first === undefined ? '' : markIn(first, 'share'),
      '63.3 % [50.0, 70.0], 114 of 180',
    );
    const mean = mark(0.5, { low: 0.4, high: 0.6, of: 1200, reference: 0.25, note: '30 clusters' });
    assert.equal(markIn(mean, 'share'), '50.0 % [40.0, 60.0], n = 1,200, reference 25.0 %, 30 clusters');
    assert.equal(numberIn(null, 'share'), '–');
    assert.equal(numberIn(1234, 'count'), '1,234');
  });

  it('goes from mark to mark, past those that are not there, and round', () => {
    const start = nextPlace(CHART, null, 'ArrowRight');
    assert.deepEqual(start, { series: 0, at: 0 });
    assert.deepEqual(
      nextPlace(CHART, { series: 0, at: 0 }, 'ArrowRight'),
      { series: 0, at: 0 },
      'the only one of its series',
    );
    assert.deepEqual(nextPlace(CHART, { series: 0, at: 0 }, 'ArrowDown'), { series: 1, at: 0 });
    assert.deepEqual(nextPlace(CHART, { series: 1, at: 0 }, 'ArrowRight'), { series: 1, at: 1 });
    assert.deepEqual(nextPlace(CHART, { series: 1, at: 1 }, 'ArrowRight'), { series: 1, at: 0 });
    assert.equal(nextPlace(CHART, { series: 1, at: 1 }, 'x'), null);
    const empty = { ...CHART, series: [{ name: 'none', marks: [null, null] }] };
    assert.equal(nextPlace(empty, null, 'ArrowRight'), null);
  });
});

describe('charts: asked for in parts', () => {
  it('asks for every kind, each in one part', async () => {
    // Not by its name: what it imports needs the types of a browser, which tests do not have.
    const module = new URL('../../src/webviews/dashboard/useDashboard.ts', import.meta.url).href;
    const { PARTS } = (await import(module)) as { readonly PARTS: readonly (readonly string[])[] };
    assert.deepEqual(PARTS.flat().sort(), [...CHART_KINDS].sort());
  });
});
