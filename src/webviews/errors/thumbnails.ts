import type { Picture, RowKey } from '../../protocol/rows.js';

const BATCH = 12;
const MAX = 300;
/** How long the list must stand still, so that what flies past is not asked for. */
const DELAY = 60;
/** Pixels; twice the size that they are shown at. */
const SIZE = 96;

/** A thumbnail to be shown, or why there is none. */
export type Thumbnail = { readonly url: string } | { readonly message: string };

type Ask = (keys: readonly RowKey[], size: number, signal: AbortSignal) => Promise<readonly Picture[]>;

interface Batch {
  readonly names: readonly string[];
  readonly abort: AbortController;
}

export function nameOf({ run, row }: RowKey): string {
  return `${row} ${run}`;
}

/** Pictures of the rows in sight as blob URLs; the oldest are given back. */
export class Thumbnails {
  private readonly known = new Map<string, Thumbnail>();
  private readonly batches = new Set<Batch>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: Ask,
    private readonly onPictures: () => void,
  ) {}

  get(key: RowKey): Thumbnail | undefined {
    return this.known.get(nameOf(key));
  }

  /** These rows are in sight: asks for their pictures, and takes back what was asked for and is not. */
  want(keys: readonly RowKey[]): void {
    const names = new Set(keys.map(nameOf));
    for (const batch of this.batches) {
      if (batch.names.some((name) => names.has(name))) continue;
      this.batches.delete(batch);
      batch.abort.abort();
    }
    for (const name of names) {
      const picture = this.known.get(name);
      if (picture === undefined) continue;
      this.known.delete(name);
      this.known.set(name, picture);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.request(keys), DELAY);
  }

  /** Settings or files changed: what was not found may be there now. */
  retry(): void {
    for (const [name, picture] of [...this.known]) if ('message' in picture) this.forget(name);
  }

  private request(keys: readonly RowKey[]): void {
    const asked = new Set([...this.batches].flatMap(({ names }) => names));
    const missing = keys.filter((key) => !this.known.has(nameOf(key)) && !asked.has(nameOf(key)));
    for (let at = 0; at < missing.length; at += BATCH) void this.load(missing.slice(at, at + BATCH));
  }

  private async load(keys: readonly RowKey[]): Promise<void> {
    const batch = { names: keys.map(nameOf), abort: new AbortController() };
    this.batches.add(batch);
    try {
      const pictures = await this.ask(keys, SIZE, batch.abort.signal);
      pictures.forEach((picture, at) => this.remember(batch.names[at] ?? '', thumbnailOf(picture)));
    } catch (error) {
      if (batch.abort.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      for (const name of batch.names) this.remember(name, { message });
    } finally {
      this.batches.delete(batch);
    }
    for (const name of [...this.known.keys()].slice(0, Math.max(0, this.known.size - MAX))) this.forget(name);
    this.onPictures();
  }

  private remember(name: string, picture: Thumbnail): void {
    this.forget(name);
    this.known.set(name, picture);
  }

  private forget(name: string): void {
    const picture = this.known.get(name);
    if (picture !== undefined && 'url' in picture) URL.revokeObjectURL(picture.url);
    this.known.delete(name);
  }
}

function thumbnailOf(picture: Picture): Thumbnail {
  if (!picture.ok) return { message: picture.message };
  // A copy: bytes that were sent may be a view into something larger, or shared.
  return { url: URL.createObjectURL(new Blob([Uint8Array.from(picture.bytes)], { type: picture.mime })) };
}
