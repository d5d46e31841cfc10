/** A table to be copied: numbers as they are, not as they are shown. */
export interface Table {
  readonly caption: string;
  /** What the caption speaks of, as the name of a column: "chart". */
  readonly captionIs: string;
  readonly columns: readonly string[];
  /** Places of the columns that hold words; all others hold numbers. */
  readonly texts: readonly number[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** RFC 4180. The caption stands in the last column: a line above the header would be read as one. */
export function toCsv({ caption, captionIs, columns, rows }: Table): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : String(value);
    // A spreadsheet would take such a text for a formula.
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [
    [...columns, captionIs].map(cell).join(','),
    ...rows.map((row) => [...row, caption].map(cell).join(',')),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A pipe table under its caption. */
export function toMarkdown({ caption, columns, texts, rows }: Table): string {
  const cell = (value: string | number | null): string =>
    shown(value)
      .replaceAll(/[|\\`*_~[\]#]/g, (sign) => `\\${sign}`)
      .replaceAll(/\s+/g, ' ')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    cell(caption),
    '',
    line(columns.map(cell)),
    line(columns.map((_, at) => (texts.includes(at) ? '---' : '---:'))),
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
  '|': '\\textbar{}',
  // Letters of formulas, which fonts of text do not have.
  '−': '$-$',
  '′': "$'$",
};

/** A table environment with booktabs' rules. */
export function toLatex({ caption, columns, texts, rows }: Table): string {
  const cell = (value: string | number | null): string =>
    shown(value)
      .replaceAll(/[\\~^<>|−′]|[&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`)
      .replaceAll(/\s+/g, ' ');
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`;
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    `  \\caption{${cell(caption)}}`,
    `  \\begin{tabular}{${columns.map((_, at) => (texts.includes(at) ? 'l' : 'r')).join('')}}`,
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
