import type { SliceInfo } from '../../protocol/rows.js';

/** Heights in pixels; errors.css has the same. A heading is as high as a row of the workbench's trees. */
export const ROW_HEIGHT = 44;
export const HEADING_HEIGHT = 22;
/** Browsers draw wrongly, or stop, somewhere above 16 million pixels; lists higher than this are scrolled in proportion. */
const MAX_HEIGHT = 8_000_000;

export interface Group {
  readonly label: string;
  readonly start: number;
  readonly count: number;
}

/** What stands at one place of the list: a row by its position, or the heading of a group by its index. */
export type Line =
  | { readonly kind: 'row'; readonly position: number; readonly top: number }
  | { readonly kind: 'heading'; readonly index: number; readonly group: Group; readonly top: number };

/** Where every row and heading of a slice stands, in pixels from the top of the whole list. */
export class Lines {
  private readonly groups: readonly Group[];
  readonly height: number;

  constructor(
    readonly total: number,
    groups: SliceInfo['groups'],
  ) {
    this.groups = groups ?? [];
    this.height = total * ROW_HEIGHT + this.groups.length * HEADING_HEIGHT;
  }

  get grouped(): boolean {
    return this.groups.length > 0;
  }

  /** The group that a row is in; -1 where rows are not grouped. */
  private groupAt(position: number): number {
    return lastWhere(this.groups.length, (index) => (this.groups[index]?.start ?? 0) <= position);
  }

  rowTop(position: number): number {
    return position * ROW_HEIGHT + (this.groupAt(position) + 1) * HEADING_HEIGHT;
  }

  private headingTop(index: number): number {
    return (this.groups[index]?.start ?? 0) * ROW_HEIGHT + index * HEADING_HEIGHT;
  }

  /** The group whose heading or rows stand at `y`; null where rows are not grouped. */
  heading(y: number): { readonly index: number; readonly group: Group; readonly top: number } | null {
    const index = lastWhere(this.groups.length, (at) => this.headingTop(at) <= y);
    const group = this.groups[index];
    return group === undefined ? null : { index, group, top: this.headingTop(index) };
  }

  /** The row at `y`, or the next one below a heading. */
  positionAt(y: number): number {
    const heading = this.heading(y);
    const above = heading === null ? 0 : (heading.index + 1) * HEADING_HEIGHT;
    const position = Math.floor((y - above) / ROW_HEIGHT);
    return Math.max(0, Math.min(this.total - 1, Math.max(position, heading?.group.start ?? 0)));
  }

  /** Everything that is seen between `from` and `to`, in order. */
  between(from: number, to: number): Line[] {
    if (this.total === 0) return [];
    const lines: Line[] = [];
    for (let position = this.positionAt(from); position < this.total; position++) {
      const top = this.rowTop(position);
      const index = this.groupAt(position);
      const group = this.groups[index];
      if (group?.start === position) lines.push({ kind: 'heading', index, group, top: this.headingTop(index) });
      if (top >= to) break;
      lines.push({ kind: 'row', position, top });
    }
    return lines;
  }
}

/** The last index for which `holds`, where it holds for all before; -1 where it holds for none. */
function lastWhere(count: number, holds: (index: number) => boolean): number {
  let low = -1;
  let high = count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Between the list's own pixels ("top") and those of the scrolled element, which may be lower than the list. Where both are
 * equal, `factor` is 1 and nothing is converted.
 */
export class ScrollScale {
  readonly physicalHeight: number;
  private readonly factor: number;

  constructor(
    readonly height: number,
    readonly viewport: number,
    limit = MAX_HEIGHT,
  ) {
    this.physicalHeight = Math.min(height, limit);
    const way = this.physicalHeight - viewport;
    this.factor = this.physicalHeight < height && way > 0 ? (height - viewport) / way : 1;
  }

  get exact(): boolean {
    return this.factor === 1;
  }

  toTop(scrollTop: number): number {
    return this.clamp(scrollTop * this.factor);
  }

  toScroll(top: number): number {
    return this.clamp(top) / this.factor;
  }

  clamp(top: number): number {
    return Math.max(0, Math.min(top, this.height - this.viewport));
  }
}
