import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Crop, ImagePrefix, ImageSettings } from '../protocol/analysis.js';
import type { Picture } from '../protocol/rows.js';
import { bytesOf, encode, type Encoded, type Wanted } from './decode.js';
import {
  asRefusal,
  FetchAlone,
  ImageSource,
  type FoundImage,
  type PictureRequest,
  type Refusal,
} from './imageSource.js';
import type { FetchLimits } from './fetchImage.js';
import { Limiter } from './limiter.js';
import { loadSharp } from './sharpLoader.js';
import { ThumbnailStore } from './thumbnailStore.js';

export type { PictureRequest } from './imageSource.js';

export interface PicturesOptions {
  readonly cacheDir: string;
  readonly settings: ImageSettings;
  /** Files under the opened paths, read or not: those that may carry images inside are looked at when one is needed. */
  readonly files: readonly string[];
  /** Absent: only public servers. Tests have one of their own. */
  readonly fetching?: FetchLimits;
}

/** An image as it lies there. `file`: the file that is the image; null where it lies inside another, or on the network. */
export interface OriginalImage {
  readonly ok: true;
  readonly bytes: Uint8Array;
  readonly from: string;
  readonly file: string | null;
}

/**
 * Pictures for pages: found, decoded, and encoded again, so that nothing of the data reaches a page as it is. Expected
 * trouble is an answer with `ok: false`; aborted requests throw the signal's reason. Close it.
 */
export class Pictures {
  private readonly source: ImageSource;
  private readonly kept: ThumbnailStore;
  private readonly decoders = new Limiter(availableParallelism());

  constructor(options: PicturesOptions) {
    this.source = new ImageSource(options.settings, options.files, options.fetching);
    this.kept = new ThumbnailStore(path.join(options.cacheDir, 'thumbnails'));
  }

  /** Takes other settings, and other files, and looks everything up anew. What unchanged files hold stays known. */
  configure(settings: ImageSettings, files?: readonly string[]): void {
    this.source.configure(settings, files);
  }

  /** Learns from one example where images lie. Throws a FlipsideError that says why nothing can be learned. */
  learn(request: PictureRequest, found: string): Promise<ImagePrefix> {
    return this.source.learn(request, found);
  }

  /** How many images other files hold of a prediction that names none itself. */
  embeddedCount(request: PictureRequest, signal?: AbortSignal): Promise<number> {
    return this.source.embeddedCount(request, signal);
  }

  /** Waits for thumbnails on their way to the disk, and closes what is open. */
  async close(): Promise<void> {
    await this.kept.flush();
    await this.source.close();
  }

  /**
   * Thumbnails of the requests, in order, at most `size` pixels wide and high. Of several, those that have to be fetched first are
   * null: a server that hangs would keep the others waiting. Ask for them one by one.
   */
  thumbnails(requests: readonly PictureRequest[], size: number, signal?: AbortSignal): Promise<(Picture | null)[]> {
    // All of them listen to one signal, and that is no leak.
    if (signal !== undefined) setMaxListeners(0, signal);
    const together = requests.length > 1;
    return Promise.all(
      requests.map((request) =>
        this.thumbnail({ ...request, together }, size, signal).catch((error: unknown) => {
          if (error instanceof FetchAlone) return null;
          throw error;
        }),
      ),
    );
  }

  async thumbnail(request: PictureRequest, size: number, signal?: AbortSignal): Promise<Picture> {
    return this.show(request, signal, async (found) => {
      const key = ThumbnailStore.key([found.key, size]);
      const known = await this.kept.get(key);
      if (known !== null) return known;
      const made = await this.make(found, { size, crop: null, use: 'thumbnail' }, signal);
      this.kept.put(key, made);
      return made;
    });
  }

  /** A picture, or with `crop` a part of it, at most `size` pixels wide and high and never larger than the original. */
  picture(request: PictureRequest, size: number, crop: Crop | null, signal?: AbortSignal): Promise<Picture> {
    return this.show(request, signal, (found) => this.make(found, { size, crop, use: 'picture' }, signal));
  }

  /** The image itself, as its file or what holds it has it; bitmaps as PNG, because few libraries read them. */
  async original(request: PictureRequest, signal?: AbortSignal): Promise<OriginalImage | Refusal> {
    signal?.throwIfAborted();
    let found: FoundImage | null = null;
    try {
      const place = await this.source.find(request, signal);
      if ('ok' in place) return place;
      found = place;
      const opened = await place.open();
      const bytes = await bytesOf(await loadSharp(), opened, place.from);
      return { ok: true, bytes: new Uint8Array(bytes), from: place.from, file: place.file };
    } catch (error) {
      signal?.throwIfAborted();
      return asRefusal(error, request.images[request.index] ?? '', found);
    }
  }

  private async show(
    request: PictureRequest,
    signal: AbortSignal | undefined,
    make: (found: FoundImage) => Promise<Encoded>,
  ): Promise<Picture> {
    signal?.throwIfAborted();
    let opened: FoundImage | null = null;
    try {
      const found = await this.source.find(request, signal);
      if ('ok' in found) return found;
      opened = found;
      const { from, file } = found;
      const { bytes, ...size } = await make(found);
      // A plain array: a Buffer turns itself into JSON on its way into a webview.
      return { ok: true, ...size, bytes: new Uint8Array(bytes), from, file };
    } catch (error) {
      signal?.throwIfAborted();
      return asRefusal(error, request.images[request.index] ?? '', opened);
    }
  }

  private make(
    found: FoundImage,
    wanted: Omit<Wanted, 'maxPixels'>,
    signal: AbortSignal | undefined,
  ): Promise<Encoded> {
    return this.decoders.run(async () => {
      const opened = await found.open();
      signal?.throwIfAborted();
      return encode(await loadSharp(), opened, found.from, { ...wanted, maxPixels: this.source.limits.maxPixels });
    }, signal);
  }
}
