import type { Crop } from '../../protocol/analysis.js';
import type { Picture, RowKey } from '../../protocol/rows.js';

export interface PictureParams {
  readonly key: RowKey;
  readonly index: number;
  readonly size: number;
  readonly crop: Crop | null;
}

/** A picture that can be drawn at once: its bytes are behind `url`, decoded. */
export type Loaded = Omit<Extract<Picture, { ok: true }>, 'bytes'> & { readonly url: string };
export type Failed =
  Extract<Picture, { ok: false }> | { readonly ok: false; readonly reason: 'failed'; readonly message: string };
export type Result = Loaded | Failed;

/** Pictures are kept up to this many bytes; beyond, those not used for longest go. */
const MOST_BYTES = 48_000_000;

/** Asks for pictures, makes addresses of their bytes, and keeps the latest. */
export class Pictures {
  private readonly kept = new Map<string, { readonly picture: Loaded; readonly bytes: number }>();
  private bytes = 0;

  constructor(private readonly ask: (params: PictureParams, signal: AbortSignal) => Promise<Picture>) {}

  /** Null once `signal` has aborted. */
  async get(params: PictureParams, signal: AbortSignal): Promise<Result | null> {
    const id = JSON.stringify(params);
    const known = this.kept.get(id);
    if (known !== undefined) {
      this.kept.delete(id);
      this.kept.set(id, known);
      return known.picture;
    }
    try {
      const picture = await this.ask(params, signal);
      if (signal.aborted) return null;
      if (!picture.ok) return picture;
      return await this.take(id, picture);
    } catch (error) {
      if (signal.aborted) return null;
      return { ok: false, reason: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Forgets everything: what was not found may be there now. */
  clear(): void {
    for (const { picture } of this.kept.values()) URL.revokeObjectURL(picture.url);
    this.kept.clear();
    this.bytes = 0;
  }

  private async take(id: string, picture: Extract<Picture, { ok: true }>): Promise<Loaded> {
    const { bytes, ...rest } = picture;
    // A copy in a buffer of its own: what came may be a view into a larger, or a shared, one.
    const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: picture.mime }));
    try {
      // Decoded before it is shown, so that one picture gives way to the next without a blank between.
      const image = new Image();
      image.src = url;
      await image.decode();
    } catch {
      URL.revokeObjectURL(url);
      throw new Error('The picture was read, but cannot be drawn here.');
    }
    const loaded: Loaded = { ...rest, url };
    this.keep(id, loaded, bytes.byteLength);
    return loaded;
  }

  private keep(id: string, picture: Loaded, bytes: number): void {
    this.kept.set(id, { picture, bytes });
    this.bytes += bytes;
    for (const [oldest, entry] of this.kept) {
      if (this.bytes <= MOST_BYTES || oldest === id) break;
      this.kept.delete(oldest);
      this.bytes -= entry.bytes;
      // An <img> that shows it has it decoded and keeps showing it.
      URL.revokeObjectURL(entry.picture.url);
    }
  }
}
