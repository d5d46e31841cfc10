import type { Picture, RowKey } from '../../protocol/rows.js';

const BATCH = 12;
const MAX = 300;
/** How long the list must stand still, so that what flies past is not asked for. */
const DELAY = 60;
/** Pixels; twice the size that they are shown at. */
const SIZE = 96;

/** A thumbnail to be shown, or why there is none. */
export type Thumbnail = { readonly url: string; readonly bytes: Uint8Array } | { readonly message: string };

type Ask = (keys: readonly RowKey[], size: number, signal: AbortSignal) => Promise<readonly (Picture | null)[]>;

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
  /** Shown until the same is asked for anew: they may be of something else by now. */
  private readonly stale = new Set<string>();
  private contents: ReadonlyMap<string, string> = new Map();
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

  /**
   * Files changed: what was not found may be there now, and a row of a run whose content (by its id) is another may have
   * another picture.
   */
  renew(contents: ReadonlyMap<string, string>): void {
    const before = this.contents;
    this.contents = contents;
    this.stop();
    for (const [name, picture] of [...this.known]) {
      if ('message' in picture) this.forget(name);
      else if (before.get(runOf(name)) !== contents.get(runOf(name))) this.stale.add(name);
    }
  }

  /** Images may lie elsewhere now. What is shown stays until the new ones are there. */
  forgetAll(): void {
    this.stop();
    for (const [name, picture] of [...this.known]) {
      if ('message' in picture) this.forget(name);
      else this.stale.add(name);
    }
  }

  /** What is on its way was asked for before the change. */
  private stop(): void {
    for (const { abort } of this.batches) abort.abort();
    this.batches.clear();
  }

  private request(keys: readonly RowKey[]): void {
    const asked = new Set([...this.batches].flatMap(({ names }) => names));
    const isThere = (name: string): boolean => this.known.has(name) && !this.stale.has(name);
    const missing = keys.filter((key) => !isThere(nameOf(key)) && !asked.has(nameOf(key)));
    for (let at = 0; at < missing.length; at += BATCH) void this.load(missing.slice(at, at + BATCH));
  }

  private async load(keys: readonly RowKey[]): Promise<void> {
    const batch = { names: keys.map(nameOf), abort: new AbortController() };
    this.batches.add(batch);
    let alone: readonly RowKey[] = [];
    try {
      const pictures = await this.ask(keys, SIZE, batch.abort.signal);
      // Some take long to come, and are asked for one by one.
      alone = keys.length > 1 ? keys.filter((_, at) => pictures[at] === null) : [];
      pictures.forEach((picture, at) => {
        if (picture !== null) this.remember(batch.names[at] ?? '', thumbnailOf(picture));
      });
    } catch (error) {
      if (batch.abort.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      for (const name of batch.names) this.remember(name, { message });
    } finally {
      this.batches.delete(batch);
    }
    for (const key of alone) void this.load([key]);
    for (const name of [...this.known.keys()].slice(0, Math.max(0, this.known.size - MAX))) this.forget(name);
    this.onPictures();
  }

  private remember(name: string, picture: Thumbnail): void {
    const before = this.known.get(name);
    this.stale.delete(name);
    if (before !== undefined && isSame(before, picture)) {
      // The same picture under its old address: another one would be drawn anew, and flicker.
      if ('url' in picture) URL.revokeObjectURL(picture.url);
      return;
    }
    this.forget(name);
    this.known.set(name, picture);
  }

  private forget(name: string): void {
    const picture = this.known.get(name);
    if (picture !== undefined && 'url' in picture) URL.revokeObjectURL(picture.url);
    this.known.delete(name);
    this.stale.delete(name);
  }
}

function isSame(one: Thumbnail, other: Thumbnail): boolean {
  if (!('url' in one) || !('url' in other)) return false;
  return one.bytes.length === other.bytes.length && one.bytes.every((byte, at) => byte === other.bytes[at]);
}

function runOf(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}

function thumbnailOf(picture: Picture): Thumbnail {
  if (!picture.ok) return { message: picture.message };
  // A copy: bytes that were sent may be a view into something larger, or shared.
  const bytes = Uint8Array.from(picture.bytes);
  return { url: URL.createObjectURL(new Blob([bytes], { type: picture.mime })), bytes };
}
