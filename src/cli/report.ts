/** What a command has to say: one object for machines, tables for people. */
export interface Report {
  /** The JSON result; a string is printed as it is. */
  readonly json: unknown;
  readonly sections: readonly Section[];
  /** Exit code; 0 where absent. */
  readonly exitCode?: number;
}

export interface Section {
  readonly title: string;
  readonly columns: readonly ColumnSpec[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences under the table. */
  readonly notes?: readonly string[];
}

export interface ColumnSpec {
  readonly name: string;
  readonly align?: 'right';
}

export type Cell = string | number | boolean | null;

export type Format = 'json' | 'table' | 'csv' | 'md';
export const FORMATS: readonly Format[] = ['json', 'table', 'csv', 'md'];

/** The text of a report in a format. `csv` holds the first table only; the others hold everything. */
export function render(report: Report, format: Format, width: number): string {
  switch (format) {
    case 'json':
      return typeof report.json === 'string'
        ? `${report.json.trimEnd()}\n`
        : `${escapeC1(JSON.stringify(report.json, null, 2))}\n`;
    case 'csv':
      return report.sections.slice(0, 1).map(renderCsv).join('');
    case 'md':
      return report.sections.map(renderMarkdown).join('\n');
    case 'table':
      return report.sections.map((section) => renderTable(section, width)).join('\n');
  }
}

/** JSON escapes C0 controls by itself; the C1 ones (0x9b starts a terminal sequence too) are escaped here. */
function escapeC1(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Model output shown in a terminal must not steer it: controls become visible signs, line ends a sign too. */
export function visible(text: string): string {
  return text
    .replace(/\r\n|\r|\n/g, '⏎')
    .replace(/\p{Cc}/gu, (char) => (char < ' ' ? String.fromCodePoint(0x2400 + char.charCodeAt(0)) : '\uFFFD'))
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

/** CSV keeps line ends inside cells; other controls would steer the terminal that it is printed on. */
function withoutControls(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join('');
}

function textOf(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? cell : String(cell);
}

function renderCsv(section: Section): string {
  const quote = (cell: Cell): string => {
    const text = withoutControls(textOf(cell));
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [section.columns.map((column) => quote(column.name)), ...section.rows.map((row) => row.map(quote))];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

function renderMarkdown(section: Section): string {
  const escape = (cell: Cell): string =>
    visible(textOf(cell)).replace(/[|\\`*_<>[\]]/g, (char) =>
      char === '|' ? '\\|' : char === '<' ? '&lt;' : `\\${char}`,
    );
  const lines: string[] = [];
  if (section.title !== '') lines.push(`## ${escape(section.title)}`, '');
  if (section.rows.length > 0) {
    lines.push(`| ${section.columns.map((column) => escape(column.name)).join(' | ')} |`);
    lines.push(`| ${section.columns.map((column) => (column.align === 'right' ? '---:' : '---')).join(' | ')} |`);
    lines.push(...section.rows.map((row) => `| ${row.map(escape).join(' | ')} |`), '');
  }
  for (const note of section.notes ?? []) lines.push(escape(note), '');
  return `${lines.join('\n')}\n`;
}

const GAP = '  ';
/** Columns are cut no narrower than this, so that something stays readable. */
const NARROWEST = 12;

function renderTable(section: Section, width: number): string {
  const cells = section.rows.map((row) => row.map((cell) => visible(textOf(cell))));
  const widths = section.columns.map((column, index) =>
    Math.max(widthOf(column.name), ...cells.map((row) => widthOf(row[index] ?? ''))),
  );
  fit(widths, width);
  const line = (row: readonly string[]): string =>
    section.columns
      .map((column, index) => pad(cut(row[index] ?? '', widths[index] ?? 0), widths[index] ?? 0, column.align))
      .join(GAP)
      .trimEnd();
  const lines: string[] = [];
  if (section.title !== '') lines.push(visible(section.title));
  if (cells.length > 0) lines.push(line(section.columns.map((column) => column.name)), ...cells.map(line));
  for (const note of section.notes ?? []) lines.push(...wrap(visible(note), width));
  return `${lines.join('\n')}\n`;
}

/** Shrinks the widest columns until the line fits. */
function fit(widths: number[], width: number): void {
  const total = (): number => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) return;
    widths[widest] = Math.max(NARROWEST, (widths[widest] ?? 0) - (total() - width));
  }
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Terminal columns of a text: East Asian and pictographic characters take two, combining marks none. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += /\p{M}|\u200d|\ufe0f/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Ids are told apart by their ends, so a long cell loses its middle. */
function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const chars = [...text];
  const head = Math.ceil((width - 1) / 2);
  const tail = width - 1 - head;
  let start = chars.slice(0, head).join('');
  while (widthOf(start) > head) start = [...start].slice(0, -1).join('');
  let end = chars.slice(chars.length - tail).join('');
  while (widthOf(end) > tail) end = [...end].slice(1).join('');
  return `${start}…${end}`;
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
