import { stat } from 'node:fs/promises';
import { inlineImagesIn, inlineReference } from '../formats/inlineImages.js';
import { logSamples } from '../formats/inspect.js';
import { isDropped } from '../formats/format.js';
import { openSource, sniff } from '../formats/shape.js';
import type { Json } from '../model.js';
import { KeptBytes } from './keptBytes.js';

/** An image inside one record of one file, by the name that stands in the item. */
export interface InlineWanted {
  readonly reference: string;
  readonly file: string;
  /** The record's number, from 1; null where it is not known: an image that came from the benchmark's file. */
  readonly row: number | null;
}

interface Want {
  readonly reference: string;
  readonly row: number | null;
  readonly signal: AbortSignal | undefined;
  readonly done: (bytes: Buffer | null) => void;
  readonly failed: (error: unknown) => void;
}

/** A list asks for the thumbnails of a page one by one: they are looked for together. */
const GATHER_MS = 5;

/**
 * Reads images that stand in prediction files and logs themselves. The index holds none of their bytes: the file is read
 * again up to the row, once for all that is asked for at the same time.
 */
export class InlineImages {
  private readonly waiting = new Map<string, Want[]>();
  /** Images that were shown lately; walking through a list shows each in two sizes. */
  private readonly kept = new KeptBytes();

  /** Null where the file holds it no more. Throws a FlipsideError where the file cannot be read, or the signal's reason. */
  async find({ reference, file, row }: InlineWanted, signal?: AbortSignal): Promise<Buffer | null> {
    const info = await stat(file).catch(() => null);
    if (info?.isFile() !== true) return null;
    // The name holds a digest of the bytes: where the file has changed, what is kept is still what the item was read from.
    const known = this.kept.get(reference);
    if (known !== undefined) return known;
    const found = await this.look({ reference, file, row }, signal);
    if (found !== null) this.kept.keep(reference, found);
    return found;
  }

  /**
   * Whether a record holds the image that a text is, as it stands there. Throws a FlipsideError where the file cannot be read, or
   * the signal's reason.
   */
  async holds(text: string, { file, row }: Omit<InlineWanted, 'reference'>, signal?: AbortSignal): Promise<boolean> {
    const info = await stat(file).catch(() => null);
    if (info?.isFile() !== true) return false;
    for (const image of inlineImagesIn(text)) {
      if ((await this.look({ reference: inlineReference(image), file, row }, signal)) !== null) return true;
    }
    return false;
  }

  private look({ reference, file, row }: InlineWanted, signal: AbortSignal | undefined): Promise<Buffer | null> {
    return new Promise<Buffer | null>((done, failed) => {
      const want: Want = { reference, row, signal, done, failed };
      const queue = this.waiting.get(file);
      if (queue !== undefined) queue.push(want);
      else {
        this.waiting.set(file, [want]);
        setTimeout(() => void this.serve(file), GATHER_MS);
      }
    });
  }

  private async serve(file: string): Promise<void> {
    for (;;) {
      const wants = this.waiting.get(file) ?? [];
      if (wants.length === 0) break;
      this.waiting.set(file, []);
      await pass(file, wants);
    }
    this.waiting.delete(file);
  }
}

/** Goes through the file once and settles every want; leaves it as soon as none is open. */
async function pass(file: string, wants: readonly Want[]): Promise<void> {
  const open = new Set(wants);
  try {
    for await (const { row, value } of recordsOf(file, new Set(wants.map((want) => want.row)))) {
      for (const want of open) {
        if (want.signal?.aborted !== true) continue;
        open.delete(want);
        want.failed(want.signal.reason);
      }
      const here = [...open].filter((want) => want.row === null || row === null || want.row === row);
      if (here.length > 0) settle(value, here, open);
      for (const want of here) {
        if (want.row !== null && open.delete(want)) want.done(null);
      }
      if (open.size === 0) return;
    }
    for (const want of open) want.done(null);
  } catch (error) {
    for (const want of open) want.failed(error);
  }
}

function settle(value: Json, here: readonly Want[], open: Set<Want>): void {
  for (const image of inlineImagesIn(value)) {
    const reference = inlineReference(image);
    for (const want of here) {
      if (want.reference === reference && open.delete(want)) want.done(image.bytes);
    }
  }
}

interface Numbered {
  /** Null where several records stand in it, of whatever rows. */
  readonly row: number | null;
  readonly value: Json;
}

async function* recordsOf(file: string, rows: ReadonlySet<number | null>): AsyncGenerator<Numbered> {
  const shape = await sniff(file);
  const source = openSource(file, shape);
  if (shape.container === 'zip' || shape.container === 'json-object') {
    yield* logSamples(source, rows.has(null) ? null : rows);
    return;
  }
  for await (const batch of source.recordBatches()) {
    for (const record of batch) if (!isDropped(record)) yield record;
  }
}
