import type { RowKey } from '../../protocol/rows.js';
import { Ranges } from './ranges.js';

/** How a click or a key changes the selection. */
export type Grip = 'only' | 'extend' | 'toggle';

/** Which row is current, and which are selected: positions in the slice. */
export class Cursor {
  /** -1 where no row is current. */
  current = -1;
  /** The current row's key, as soon as it is known; of a row that this list lacks, which is current again in one that has it. */
  key: RowKey | null = null;
  selected = Ranges.EMPTY;
  /** Where a selection with Shift began. */
  private origin = -1;

  /** Makes a row current. */
  moveTo(position: number, grip: Grip): void {
    if (position !== this.current) this.key = null;
    this.current = position;
    if (grip === 'extend' && this.origin >= 0) {
      this.selected = Ranges.between(this.origin, position);
      return;
    }
    this.origin = position;
    this.selected = grip === 'toggle' ? this.selected.toggle(position) : Ranges.between(position, position);
  }

  selectAll(total: number): void {
    this.selected = Ranges.first(total);
  }

  /** Back to the current row alone. */
  collapse(): void {
    this.selected = this.current < 0 ? Ranges.EMPTY : Ranges.between(this.current, this.current);
    this.origin = this.current;
  }

  /** The rows moved to other positions. */
  place(current: number, key: RowKey | null, selected: Ranges): void {
    this.current = current;
    this.origin = current;
    this.key = key;
    this.selected = current >= 0 && selected.size === 0 ? Ranges.between(current, current) : selected;
  }

  /** Whether there is something that an action on several rows is meant for. */
  get several(): boolean {
    return this.selected.size > 1;
  }
}
