import type { Connection } from '../shared/host.js';
import type { InspectorEvents, InspectorHost } from '../../protocol/inspectorPage.js';
import { USUAL_CHOICES, type RerunChoices } from '../../protocol/rerunPage.js';
import type { RowKey } from '../../protocol/rows.js';
import type { Choices } from './layers/layer.js';
import type { View } from './viewport.js';

/** What survives hiding and reloading. */
export interface Kept {
  /** What was chosen of layers. */
  readonly layers: Choices;
  /** How items are asked again. */
  readonly choices: RerunChoices;
  /** Of maps over the picture, 0 to 1. */
  readonly opacity: number;
  /** The fields of an annotation that are folded where there is little room are open; null where nobody has chosen. */
  readonly more: boolean | null;
  /** The inspector stays with its item. */
  readonly pinned: boolean;
  /** The item that the rest is about; another item starts afresh. */
  readonly item: string | null;
  /** The item's own id: another item may stand in its row after the file was written anew. */
  readonly id: string | null;
  readonly index: number;
  readonly view: View | null;
  readonly scroll: number;
}

const START: Kept = {
  ...{ layers: {}, choices: USUAL_CHOICES, opacity: 0.65, more: null, pinned: false },
  ...{ item: null, id: null, index: 0, view: null, scroll: 0 },
};
/** Scrolling and zooming change the state with every frame; it is written when they rest. */
const REST = 200;

export function nameOf(key: RowKey): string {
  return `${key.run}\n${key.row}`;
}

/** The kept state, written with a delay. */
export class Keeper {
  private state: Kept;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connection: Connection<InspectorHost, InspectorEvents, Kept>) {
    this.state = { ...START, ...connection.state };
    // Choices that came later are not in what was kept before.
    this.state = { ...this.state, choices: { ...USUAL_CHOICES, ...this.state.choices } };
  }

  get now(): Kept {
    return this.state;
  }

  change(part: Partial<Kept>): void {
    this.state = { ...this.state, ...part };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connection.keep(this.state), REST);
  }

  /** For another item: what was chosen of layers and reruns stays as it is. */
  turnTo(item: string): void {
    if (this.state.item !== item) this.change({ item, index: 0, view: null, scroll: 0 });
  }
}
