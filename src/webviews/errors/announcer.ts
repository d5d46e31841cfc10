import type { Row } from '../../protocol/rows.js';

/** A held arrow key passes over many rows; the extension hears of the one where it stops. */
const DELAY = 50;

/** Tells the extension which row is current: soon where one moves on, at once where one opens. */
export class Announcer {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private latest = 0;

  constructor(private readonly tell: (position: number, row: Row, open: boolean) => void) {}

  announce(position: number, open: boolean, rowAt: (position: number) => Promise<Row | undefined>): void {
    clearTimeout(this.timer);
    const own = ++this.latest;
    const send = async (): Promise<void> => {
      const row = await rowAt(position).catch(() => undefined);
      if (row !== undefined && own === this.latest) this.tell(position, row, open);
    };
    if (open) void send();
    else this.timer = setTimeout(() => void send(), DELAY);
  }

  /** The row it was about is no longer meant. */
  stop(): void {
    clearTimeout(this.timer);
    this.latest++;
  }
}
