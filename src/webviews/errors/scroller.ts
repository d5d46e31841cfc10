import { HEADING_HEIGHT, Lines, ROW_HEIGHT, ScrollScale } from './lines.js';

/** Rows drawn beyond the visible ones on either side. */
const OVERSCAN = 6 * ROW_HEIGHT;

/**
 * Where the list is scrolled to. `top` is in the list's own pixels and exact; the element's scrollTop may be a fraction of
 * it, and rounded.
 */
export class Scroller {
  lines = new Lines(0, null);
  scale = new ScrollScale(0, 0);
  top = 0;
  viewport = 0;
  /** The element's scrollTop as we know it: another value means that the user moved it. */
  private known = 0;
  /** We moved the list, and the element is to follow. */
  private ahead = false;

  show(lines: Lines, top: number): void {
    this.lines = lines;
    this.scale = new ScrollScale(lines.height, this.viewport);
    this.moveTo(top);
  }

  resize(viewport: number): void {
    this.viewport = viewport;
    this.scale = new ScrollScale(this.lines.height, viewport);
    this.moveTo(this.top);
  }

  by(delta: number): void {
    this.moveTo(this.top + delta);
  }

  /** The element was scrolled, by us or by the user. False where nothing moved. */
  scrolled(scrollTop: number): boolean {
    if (this.ahead || Math.abs(scrollTop - this.known) < 1) return false;
    this.known = scrollTop;
    this.top = this.scale.toTop(scrollTop);
    return true;
  }

  /** Where the element is to be scrolled to: a whole pixel where it stands for another one of the list. */
  get physicalTop(): number {
    const exact = this.scale.toScroll(this.top);
    return this.scale.exact ? exact : Math.round(exact);
  }

  /** Where in the scrolled element a place of the list is drawn, so that it is seen where it belongs. */
  drawnAt(top: number): number {
    return top - this.top + this.physicalTop;
  }

  /**
   * Brings the element to where the list is, unless the user has moved it since: an element is elsewhere before it tells so,
   * and whatever is drawn in between must not take the movement back.
   */
  apply(element: { scrollTop: number }): void {
    if (!this.ahead && Math.abs(element.scrollTop - this.known) >= 1) return;
    this.ahead = false;
    const wanted = this.physicalTop;
    if (Math.abs(element.scrollTop - wanted) >= 1) element.scrollTop = wanted;
    this.known = element.scrollTop;
  }

  /** Scrolls as little as needed to see a row whole. */
  reveal(position: number): void {
    const row = this.lines.rowTop(position);
    const covered = this.lines.grouped ? HEADING_HEIGHT : 0;
    if (row - covered < this.top) this.moveTo(row - covered);
    else if (row + ROW_HEIGHT > this.top + this.viewport) this.moveTo(row + ROW_HEIGHT - this.viewport);
  }

  private moveTo(top: number): void {
    this.top = this.scale.clamp(top);
    this.ahead = true;
  }

  /** The first row that is seen whole, and how far below the upper edge it stands. */
  anchor(): { readonly position: number; readonly offset: number } {
    const covered = this.lines.grouped ? HEADING_HEIGHT : 0;
    const position = this.lines.positionAt(this.top + covered + ROW_HEIGHT - 1);
    return { position, offset: this.lines.rowTop(position) - this.top };
  }

  sees(position: number): boolean {
    const row = this.lines.rowTop(position);
    return row + ROW_HEIGHT > this.top && row < this.top + this.viewport;
  }

  /** Rows in sight, `end` excluded. */
  visible(): { readonly start: number; readonly end: number } {
    if (this.lines.total === 0) return { start: 0, end: 0 };
    const start = this.lines.positionAt(this.top);
    return { start, end: this.lines.positionAt(this.top + Math.max(this.viewport, ROW_HEIGHT)) + 1 };
  }

  drawn() {
    return this.lines.between(this.top - OVERSCAN, this.top + this.viewport + OVERSCAN);
  }

  /** Rows that PageUp and PageDown pass over. */
  get page(): number {
    return Math.max(1, Math.floor(this.viewport / ROW_HEIGHT) - 1);
  }
}
