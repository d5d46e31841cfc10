import assert from 'node:assert/strict';
import type { Chart, ChartMark } from '../../src/protocol/dashboardPage.js';
import { isLying, linesOf, rangeOf } from '../../src/webviews/dashboard/layout.js';
import { toLatex, toMarkdown, type Table } from '../../src/webviews/shared/copyTable.js';

const mark = (value: number, more: Partial<ChartMark> = {}): ChartMark => ({
  ...{ low: null, high: null, reference: null, count: null, of: null, query: null, note: null },
  value,
  ...more,
});

const CHART: Chart = {
  ...{ id: 'tasks', kind: 'bars', title: 'Accuracy by task', about: '1 run', unit: 'share', axis: 'right / all' },
  ...{ whiskers: '95 %', reference: null, categoryIs: 'task', seriesIs: 'run', notes: [] },
  categories: [{ name: 'all', at: null, class: null }],
  series: [{ name: 'one', marks: [mark(0.6, { low: 0.5, high: 0.7 })] }],
  levels: [{ name: 'people', values: [0.95] }],
};

describe('charts: layout', () => {
  const named = (...names: string[]): Chart => ({
    ...CHART,
    categories: names.map((name) => ({ name, at: null, class: null })),
  });

  it('has room for whiskers that reach beyond all, and ends at 100 % without', () => {
    const series = [{ name: 'two seeds', marks: [mark(0.8, { low: 0.5, high: 1.08 })] }];
    assert.ok((rangeOf({ ...CHART, series }).max ?? 0) >= 1.08);
    assert.equal(rangeOf(CHART).max, 1);
  });

  it('lays bars where names would cover each other', () => {
    const chart = named('horizontal-flip', 'depth-flip', 'orthogonal', 'vertical-flip', 'adjacent');
    assert.deepEqual([isLying(chart), isLying(chart, 270)], [false, true]);
  });

  it('cuts no character in two', () => {
    const [line = ''] = linesOf('🙂'.repeat(40), 10, 1);
    assert.doesNotMatch(line, /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });
});

describe('charts: names with signs that mean something', () => {
  const table: Table = {
    ...{ caption: 'one', captionIs: 'chart', columns: ['run'], texts: [0] },
    rows: [['*bold* [link](javascript:1) `code` &lt;b> ~~gone~~ a_b']],
  };

  it('stay as they are in Markdown', () => {
    const text = toMarkdown(table);
    const cell = '\\*bold\\* \\[link\\](javascript:1) \\`code\\` &amp;lt;b> \\~\\~gone\\~\\~ a\\_b';
    assert.ok(text.includes(cell), text);
  });

  it('stay as they are in LaTeX, also those that its fonts of text have not', () => {
    const text = toLatex({ ...table, rows: [['a|b −135° d′']] });
    assert.ok(text.includes("a\\textbar{}b $-$135° d$'$"), text);
  });
});
