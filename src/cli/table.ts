import { textOf, visible, type ColumnSpec, type Section } from './report.js';
import { cut, pad, widthOf, wrapCell, wrapNote } from './textWidth.js';

const GAP = '  ';
/** Columns are cut no narrower than this, so that something stays readable. */
const NARROWEST = 12;
/** Names with a line of their own at need are cut only while they stay apart at a width from the first to the second. */
const NAME_WIDTHS = [24, 48] as const;
/** Texts with lines of their own at need stay in their column only while it is so wide. */
const TEXT_WIDTH = 40;
/** Longer cells are texts, which may look alike when cut; shorter ones are names, which may not. */
const LONGEST_NAME = 160;

type Rows = readonly (readonly string[])[];

/** The columns of a table that stand side by side, and how wide each is. */
interface Grid {
  /** Places of the columns in the section. */
  readonly at: readonly number[];
  readonly widths: readonly number[];
  /** Columns whose cells stand on lines of their own. */
  readonly above: number | null;
  readonly below: number | null;
}

/**
 * A section as text for a terminal. What does not fit gives way in this order: headers run over several lines, texts lose
 * their middle or wrap, names and long texts move to lines of their own, and columns move to a further table below.
 * Numbers stay whole, and names that differ never look alike.
 */
export function renderTable(section: Section, width: number): string {
  const cells = section.rows.map((row) => section.columns.map((_, at) => visible(textOf(row[at] ?? null))));
  const lines: string[] = [];
  if (section.title !== '') lines.push(...wrapNote(visible(section.title), width));
  if (cells.length > 0) {
    const grids = layOut(section.columns, cells, width).map((grid) => renderGrid(section.columns, cells, grid, width));
    lines.push(grids.map((grid) => grid.join('\n')).join('\n\n'));
  }
  for (const note of section.notes ?? []) lines.push(...wrapNote(visible(note), width));
  return `${lines.join('\n')}\n`;
}

function layOut(columns: readonly ColumnSpec[], cells: Rows, width: number): Grid[] {
  const all = [...columns.keys()];
  const placeOf = (own: 'above' | 'below'): number | null => {
    const at = columns.findIndex((column) => column.own === own);
    return at < 0 ? null : at;
  };
  const [above, below] = [placeOf('above'), placeOf('below')];
  // A name is cut only where that alone makes room: nothing else is cut for its sake.
  const cutName = above === null ? null : fit(columns, cells, all, width, [above]);
  if (cutName !== null && total(cutName) <= width) return [{ at: all, widths: cutName, above: null, below: null }];
  const names = above === null ? [] : cells.map((row) => widthOf(row[above] ?? ''));
  const stay = Math.max(0, ...names) <= NAME_WIDTHS[0] ? [{ above: null, below: null }] : [];
  for (const moved of [...stay, { above, below: null }, { above, below }]) {
    const at = all.filter((place) => place !== moved.above && place !== moved.below);
    const room = moved.above === null ? width : width - GAP.length;
    const widths = fit(columns, cells, at, room);
    if (at.length > 0 && total(widths) <= room) return [{ at, widths, ...moved }];
  }
  const [first = 0, ...others] = fit(columns, cells, all, width);
  const label = Math.max(widthOf(columns[0]?.name ?? ''), ...cells.map((row) => widthOf(row[0] ?? '')));
  const wanted = Math.max(Math.min(first, NAME_WIDTHS[1]), Math.min(label, NAME_WIDTHS[0], Math.floor(width / 2)));
  const moved = above === 0 && collide(cells, 0, wanted);
  return moved ? inParts([0, ...others], width, above) : inParts([wanted, ...others], width, null);
}

/**
 * As many tables as it takes; each begins with the first column, which says what its rows are, or has it on lines of its
 * own (`above`).
 */
function inParts(widths: readonly number[], width: number, above: 0 | null): Grid[] {
  const [first = 0, ...others] = widths;
  if (others.length === 0) return [{ at: [0], widths, above: null, below: null }];
  const parts: number[][] = [];
  let room = 0;
  others.forEach((own, index) => {
    room -= GAP.length + own;
    if (room < 0 || parts.length === 0) {
      parts.push(above === null ? [0] : []);
      room = width - first - GAP.length - own;
    }
    parts.at(-1)?.push(index + 1);
  });
  return parts.map((at) => ({ at, widths: at.map((each) => widths[each] ?? 0), above, below: null }));
}

function renderGrid(columns: readonly ColumnSpec[], cells: Rows, grid: Grid, width: number): string[] {
  const { above, below } = grid;
  const indent = above === null ? '' : GAP;
  const names = columns.map((column) => column.name);
  const header = grid.at.map((at, index) => wrapCell(names[at] ?? '', grid.widths[index] ?? 0));
  const highest = Math.max(1, ...header.map((lines) => lines.length));
  // Short headers stand next to their numbers, at the bottom.
  const settled = header.map((lines) => [...Array<string>(highest - lines.length).fill(''), ...lines]);
  const under = (row: readonly string[]): string[] => {
    const deeper = `${indent}${GAP}${GAP}`;
    const text = below === null ? '' : (row[below] ?? '');
    return text === '' ? [] : wrapCell(text, Math.max(NARROWEST, width - deeper.length)).map((line) => deeper + line);
  };
  const lines = above === null ? [] : [names[above] ?? ''];
  lines.push(...block(columns, grid, settled, indent), ...under(names));
  let last: string | null = null;
  const wrapped = grid.at.map((at, index) => {
    const { wrap, own } = columns[at] ?? {};
    return wrap === true || (own !== 'below' && collide(cells, at, grid.widths[index] ?? 0));
  });
  for (const row of cells) {
    if (above !== null && row[above] !== last) lines.push((last = row[above] ?? ''));
    const texts = grid.at.map((at, index) => {
      const own = grid.widths[index] ?? 0;
      return wrapped[index] === true ? wrapCell(row[at] ?? '', own) : [cut(row[at] ?? '', own)];
    });
    lines.push(...block(columns, grid, texts, indent), ...under(row));
  }
  return lines;
}

/** The lines of one row, whose cells may have several. */
function block(columns: readonly ColumnSpec[], grid: Grid, texts: Rows, indent: string): string[] {
  const height = Math.max(1, ...texts.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const padded = grid.at.map((at, index) =>
      pad(texts[index]?.[line] ?? '', grid.widths[index] ?? 0, columns[at]?.align),
    );
    return (indent + padded.join(GAP)).trimEnd();
  });
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
}

/**
 * Widths of the columns at these places: natural ones where they fit, else the texts share what the numbers leave. `only`
 * names the columns that may be cut; all texts where absent.
 */
function fit(
  columns: readonly ColumnSpec[],
  cells: Rows,
  at: readonly number[],
  width: number,
  only?: readonly number[],
): number[] {
  const contents = at.map((place) => cells.map((row) => row[place] ?? ''));
  const widest = contents.map((own) => Math.max(0, ...own.map(widthOf)));
  const names = at.map((place) => columns[place]?.name ?? '');
  const natural = widest.map((own, index) => Math.max(own, widthOf(names[index] ?? '')));
  if (total(natural) <= width) return natural;
  const widths = widest.map((own, index) => Math.max(own, ...(names[index] ?? '').split(' ').map(widthOf)));
  const least = widths.map((own, index) => {
    const place = at[index] ?? 0;
    const { align, own: line } = columns[place] ?? {};
    if (align === 'right' || only?.includes(place) === false) return own;
    return Math.min(own, line === 'above' ? apart(contents[index] ?? []) : line === 'below' ? TEXT_WIDTH : NARROWEST);
  });
  const weights = at.map((place) => columns[place]?.weight ?? 1);
  return share(widths, least, weights, width);
}

/** Takes from the widest by weight until the line fits or every column is at its least. */
function share(
  widths: readonly number[],
  least: readonly number[],
  weights: readonly number[],
  width: number,
): number[] {
  const shared = [...widths];
  const weighed = (index: number): number => (shared[index] ?? 0) / (weights[index] ?? 1);
  for (let excess = total(shared) - width; excess > 0; excess -= 1) {
    const open = [...shared.keys()].filter((index) => (shared[index] ?? 0) > (least[index] ?? 0));
    if (open.length === 0) break;
    const widest = open.reduce((best, index) => (weighed(index) > weighed(best) ? index : best));
    shared[widest] = (shared[widest] ?? 0) - 1;
  }
  return shared;
}

/** The least width at which different names still look different when cut; where there is none, that of the longest. */
function apart(texts: readonly string[]): number {
  const [from, to] = NAME_WIDTHS;
  for (let width = from; width <= to; width += 1) if (!alike(texts, width)) return width;
  return Math.max(to, ...texts.map(widthOf));
}

/** True where different texts are cut to the same. */
function alike(texts: readonly string[], width: number): boolean {
  const different = [...new Set(texts)];
  return new Set(different.map((text) => cut(text, width))).size < different.length;
}

/** True where names in a column would be cut to the same. */
function collide(cells: Rows, at: number, width: number): boolean {
  const names = cells.map((row) => row[at] ?? '').filter((text) => text.length <= LONGEST_NAME);
  return alike(names, width);
}
