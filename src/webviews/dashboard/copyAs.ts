import type { Chart } from '../../protocol/dashboardPage.js';

/** A chart as a table: a row for every mark, so that nothing of it is lost. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const NUMBERS = ['value', 'low', 'high', 'reference', 'count', 'of'] as const;

/** All marks of a chart with what they count. Fractions stay fractions. */
export function tableOf(chart: Chart): Table {
  const rows = chart.categories.flatMap(({ name }, at) =>
    chart.series.flatMap((series) => {
      const mark = series.marks[at] ?? null;
      return mark === null
        ? []
        : [[name, series.name, ...NUMBERS.map((key) => mark[key]), ...(mark.note === null ? [null] : [mark.note])]];
    }),
  );
  const levels = chart.levels.flatMap((level) =>
    level.values.flatMap((value, at) =>
      value === null ? [] : [[chart.categories[at]?.name ?? '', level.name, value, null, null, null, null, null, null]],
    ),
  );
  return {
    caption: [chart.title, chart.about, chart.axis, chart.whiskers, chart.reference]
      .filter((part) => part !== null)
      .join('. '),
    columns: [chart.categoryIs, chart.seriesIs, ...NUMBERS, 'note'],
    rows: [...rows, ...levels],
  };
}

/** RFC 4180. What the chart says of itself stands in the last column: a line above the header would be read as one. */
export function toCsv({ caption, columns, rows }: Table): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : String(value);
    // A spreadsheet would take such a text for a formula.
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [
    [...columns, 'chart'].map(cell).join(','),
    ...rows.map((row) => [...row, caption].map(cell).join(',')),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A pipe table under its caption. */
export function toMarkdown({ caption, columns, rows }: Table): string {
  const cell = (value: string | number | null): string =>
    shown(value).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').replaceAll('<', '&lt;');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    cell(caption),
    '',
    line(columns.map(cell)),
    line(columns.map((_, at) => (at < 2 ? '---' : '---:'))),
    ...rows.map((row) => line(row.map(cell))),
    '',
  ].join('\n');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
};

/** A table environment with booktabs' rules. */
export function toLatex({ caption, columns, rows }: Table): string {
  const cell = (value: string | number | null): string =>
    shown(value)
      .replaceAll(/[\\~^<>]|[&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`)
      .replaceAll(/\s+/g, ' ');
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`;
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    `  \\caption{${cell(caption)}}`,
    `  \\begin{tabular}{ll${'r'.repeat(columns.length - 3)}l}`,
    '  \\toprule',
    line(columns.map(cell)),
    '  \\midrule',
    ...rows.map((row) => line(row.map(cell))),
    '  \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** Numbers with four digits: a table for reading. CSV keeps all. */
function shown(value: string | number | null): string {
  if (value === null) return '';
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}
