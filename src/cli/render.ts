import { textOf, visible, type Cell, type Report, type Section } from './report.js';
import { renderTable } from './table.js';

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
      return report.sections.map(forPeople).map(renderMarkdown).join('\n');
    case 'table':
      return report.sections
        .map(forPeople)
        .map((section) => renderTable(section, width))
        .join('\n');
  }
}

/** Without the columns that only CSV keeps. */
function forPeople(section: Section): Section {
  const kept = [...section.columns.keys()].filter((at) => section.columns[at]?.only === undefined);
  if (kept.length === section.columns.length) return section;
  return {
    ...section,
    columns: kept.flatMap((at) => section.columns[at] ?? []),
    rows: section.rows.map((row) => kept.map((at) => row[at] ?? null)),
  };
}

/** JSON escapes C0 controls by itself; the C1 ones (0x9b starts a terminal sequence too) are escaped here. */
function escapeC1(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** CSV keeps line ends inside cells; other controls would steer the terminal that it is printed on. */
function withoutControls(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join('');
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
