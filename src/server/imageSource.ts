import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  EmbeddedImages,
  identify,
  ImageLocator,
  ImageRefused,
  type ImageContext,
  type ImagePrefix,
  InlineImages,
  openBytes,
  openImage,
  parseInline,
  requireSize,
  shownReference,
  type LocatedImage,
  type OpenedImage,
} from '../core/analysis/images.js';
import { FlipsideError } from '../core/model.js';
import type { ImageSettings } from '../protocol/analysis.js';
import type { Picture } from '../protocol/rows.js';
import { FetchedImages } from './fetchedImages.js';
import type { FetchLimits } from './fetchImage.js';

/** One image of one prediction, as the data state it. */
export interface PictureRequest {
  /** The prediction file; stated paths are looked up from its folder upwards. */
  readonly file: string;
  /** The folders that were opened: those above them are not looked into. */
  readonly opened: readonly string[];
  /** The row's record in that file, from 1. */
  readonly row: number;
  /** The benchmark definition that the row was joined to. */
  readonly definition: string | null;
  readonly dataset: string | null;
  readonly images: readonly string[];
  /** Which of them, from 0. */
  readonly index: number;
  /** The row may be of several images, and these are they. */
  readonly ambiguous: boolean;
  readonly candidates: readonly string[];
  readonly id: string | null;
  readonly question: string | null;
  /** Asked for with others, which shall not wait for the network: an image that is to be fetched first throws a FetchAlone. */
  readonly together?: boolean;
}

/** The image has to be fetched, and others are waited for with it. */
export class FetchAlone extends Error {}

export type Refusal = Extract<Picture, { ok: false }>;

/** An image that was found and not opened yet. */
export interface FoundImage {
  /** What caches know it by: changes with its content. */
  readonly key: string;
  readonly stated: string;
  /** The file (or URL) that holds it. */
  readonly from: string;
  /** The file that is the image; null where it lies inside another, or on the network. */
  readonly file: string | null;
  open(): Promise<OpenedImage> | OpenedImage;
}

export type Found = FoundImage | Refusal;

const LOCATE = 'Use "Locate images…" to say where it lies.';

/** Finds the image of a prediction: on disk, in the data, inside another file, or (where allowed) behind a URL. */
export class ImageSource {
  private locator: ImageLocator;
  private readonly embedded: EmbeddedImages;
  private readonly fetched: FetchedImages;
  private readonly inline = new InlineImages();

  constructor(
    private settings: ImageSettings,
    embeddedFiles: readonly string[],
    fetching?: FetchLimits,
  ) {
    this.fetched = new FetchedImages(fetching);
    this.locator = new ImageLocator(settings);
    this.embedded = new EmbeddedImages(embeddedFiles);
  }

  get limits(): { readonly maxBytes: number; readonly maxPixels: number } {
    return this.settings;
  }

  /** Takes other settings, and forgets what was looked up under the former; `embeddedFiles`: where those files are others too. */
  configure(settings: ImageSettings, embeddedFiles?: readonly string[]): void {
    this.settings = settings;
    if (embeddedFiles !== undefined) this.embedded.lookIn(embeddedFiles);
    this.locator = new ImageLocator(settings);
    this.fetched.clear();
  }

  close(): Promise<void> {
    return this.embedded.close();
  }

  /** Throws an ImageRefused, or the signal's reason. */
  async find(request: PictureRequest, signal?: AbortSignal): Promise<Found> {
    const stated = request.images[request.index];
    if (stated === undefined) return this.unstated(request, signal);
    if (stated.trim() === '') return this.unstated(request, signal);
    if (isHeld(stated)) return this.held(request, stated, signal);
    const located = await this.locator.locate(stated, contextOf(request));
    if (located.kind === 'url' && this.settings.allowUrls) return this.fetch(located.url, request, signal);
    const found = await this.of(located, stated, () => this.holderOf(request, stated, signal));
    if (found !== null) return found;
    return (await this.inside(request, stated, signal)) ?? refusalOf(located, stated);
  }

  /** An image that stands in the record itself, or in that of the benchmark. */
  private async held(request: PictureRequest, stated: string, signal: AbortSignal | undefined): Promise<Found> {
    const { file, row, definition } = request;
    const image = parseInline(stated);
    if (image === null) {
      const message = `${shownReference(stated)} is kept in the log itself, and ${file} does not hold it. Write the log again with its images.`;
      return refused('missing', stated, message, [file]);
    }
    requireSize(image.size, this.settings.maxBytes);
    const places = [{ file, row }, ...(definition === null ? [] : [{ file: definition, row: null }])];
    for (const place of places) {
      const bytes = await this.inline.find({ reference: stated, ...place }, signal).catch(unreadable);
      if (bytes !== null) return this.bytes(bytes, hashOf(bytes), stated, place.file);
    }
    const message = `The image is held inside the data, and row ${row} of ${file} does not hold it any more: the file has changed since it was read. Refresh to read it again.`;
    return refused(
      'missing',
      stated,
      message,
      places.map((place) => place.file),
    );
  }

  private async unstated(request: PictureRequest, signal: AbortSignal | undefined): Promise<Found> {
    if (request.ambiguous) {
      const message =
        'Several questions of the benchmark fit this row, and their images differ: it is not known which one the model saw.';
      return refused('ambiguous', '', message, request.candidates);
    }
    const inside = await this.inside(request, '', signal);
    if (inside !== null) return inside;
    return refused('none', '', unnamed(request));
  }

  /** Learns from one example where images lie. Throws a FlipsideError that says why nothing can be learned from it. */
  async learn(request: PictureRequest, found: string): Promise<ImagePrefix> {
    const stated = request.images[request.index] ?? (await this.statedInside(request));
    const shown = stated === null ? '' : shownReference(stated);
    if (stated === null) throw new FlipsideError('The data name no image for this item, so nothing can be learned.');
    const learned = await this.locator.learn(stated, found, contextOf(request));
    if (learned !== null) return learned;
    if (path.resolve(stated) === path.resolve(found)) {
      throw new FlipsideError(`${found} is the very file that the data name: choose the one to be shown in its place.`);
    }
    throw new FlipsideError(
      `${path.basename(found)} has another name than ${shown}: choose the file that the data mean, so that the rest can be found from it.`,
    );
  }

  private async statedInside({ id, question, index, dataset }: PictureRequest): Promise<string | null> {
    if (id === null) return null;
    const found = await this.embedded.find({ id, question, index, dataset }, this.settings.maxBytes);
    return found?.kind === 'path' ? found.path : null;
  }

  private async of(
    located: LocatedImage,
    stated: string,
    holder: () => string | Promise<string>,
  ): Promise<FoundImage | null> {
    if (located.kind === 'file') return this.file(located.file, stated);
    return located.kind === 'bytes' ? this.bytes(located.bytes, hashOf(located.bytes), stated, await holder()) : null;
  }

  /** Which file the reference that is the image itself comes from: the row's own, or the benchmark's, from which rows are filled. */
  private async holderOf(
    { file, row, definition }: PictureRequest,
    stated: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    if (definition === null) return file;
    return (await this.inline.holds(stated, { file, row }, signal).catch(unreadable)) === true ? file : definition;
  }

  private async file(file: string, stated: string): Promise<FoundImage> {
    const { maxBytes } = this.settings;
    const { size, mtimeMs } = await identify(file, maxBytes).catch((error: unknown) => {
      throw error instanceof ImageRefused ? new ImageRefused(error.reason, error.message, file) : error;
    });
    return {
      key: JSON.stringify(['file', file, mtimeMs, size]),
      stated,
      from: file,
      file,
      open: () => openImage(file, maxBytes),
    };
  }

  private bytes(bytes: Buffer, key: string, stated: string, from: string): FoundImage {
    const { maxBytes } = this.settings;
    return { key, stated: shownReference(stated), from, file: null, open: () => openBytes(bytes, maxBytes) };
  }

  /** How many images other files hold of a prediction that names none itself. */
  async embeddedCount({ id, question, dataset }: PictureRequest, signal?: AbortSignal): Promise<number> {
    return id === null ? 0 : this.embedded.count({ id, question, dataset }, signal);
  }

  /** Looks the prediction up in files that carry images. What such a file states as a path lies relative to it. */
  private async inside(
    request: PictureRequest,
    stated: string,
    signal: AbortSignal | undefined,
  ): Promise<Found | null> {
    const { id, question, index, dataset } = request;
    if (id === null) return null;
    const found = await this.embedded.find({ id, question, index, dataset }, this.settings.maxBytes, signal);
    if (found === null) return null;
    if (found.kind === 'bytes') return this.bytes(found.bytes, found.key, stated, found.file);
    if (found.kind === 'contradicted') {
      // Of an image that is stated, its own places say more.
      if (stated !== '') return null;
      const message = `${found.files.join(', ')} ${found.files.length === 1 ? 'holds' : 'hold'} images, and under the id ${id} another question: it may be another benchmark, or another version of it. Open the one that was evaluated.`;
      return refused('none', stated, message, found.files);
    }
    if (found.kind === 'ambiguous') {
      const message = `Several questions have the id ${id}, and nothing tells which one this is. Open only the benchmark that was evaluated.`;
      return refused('ambiguous', stated, message, found.files);
    }
    const located = await this.locator.locate(found.path, { ...contextOf(request), definitionFile: found.file });
    if (located.kind === 'url' && this.settings.allowUrls) return this.fetch(located.url, request, signal);
    return (await this.of(located, found.path, () => found.file)) ?? refusalOf(located, found.path);
  }

  private async fetch(
    url: string,
    { together = false }: PictureRequest,
    signal: AbortSignal | undefined,
  ): Promise<FoundImage> {
    if (together && !this.fetched.has(url)) throw new FetchAlone();
    const bytes = await this.fetched.get(url, this.settings.maxBytes, signal);
    return this.bytes(bytes, hashOf(bytes), url, url);
  }
}

/** Why an image is not there that no file holds either. */
function unnamed({ images, index }: PictureRequest): string {
  if (images.length === 0) {
    return 'The data name no image for this item. Open the benchmark’s file, or the folder it lies in, together with the predictions.';
  }
  return index < images.length
    ? `The data leave this place empty: they give no picture for image ${index + 1} of ${images.length}.`
    : `The data name ${images.length} images for this item, and no number ${index + 1}.`;
}

/** Inside a record, or among the attachments of a log: no path, whatever it looks like. */
function isHeld(stated: string): boolean {
  return parseInline(stated) !== null || stated.startsWith('attachment://');
}

/** A file that cannot be read any more holds nothing. */
function unreadable(error: unknown): null {
  if (error instanceof FlipsideError) return null;
  throw error;
}

function contextOf(request: PictureRequest): ImageContext {
  return { predictionFile: request.file, definitionFile: request.definition, opened: request.opened };
}

function hashOf(bytes: Buffer): string {
  return `bytes ${createHash('sha256').update(bytes).digest('hex')}`;
}

function refused(reason: Refusal['reason'], stated: string, message: string, tried: readonly string[] = []): Refusal {
  return { ok: false, reason, stated: shownReference(stated), tried, file: null, message };
}

function refusalOf(located: LocatedImage, stated: string): Refusal {
  const shown = shownReference(stated);
  switch (located.kind) {
    case 'url':
      return refused(
        'remote',
        stated,
        `${shown} is on the network. Allow images from URLs in the settings to fetch it.`,
      );
    case 'unusable':
      return refused('corrupt', stated, `The data's reference cannot be used: it ${located.why}.`);
    case 'ambiguous': {
      const message = `${located.files.length} files fit ${shown} and differ, and nothing tells which one the model saw. Use "Locate images…" to say which, or correct the image roots in the settings.`;
      return refused('ambiguous', stated, message, located.files);
    }
    case 'missing': {
      const { tried, places, denied, noFiles, outside } = located;
      const where = places === 1 ? 'in the one place' : `in the ${places} places`;
      const looked = places === 0 ? '' : ` ${where} where it could be`;
      const [first] = denied;
      const closed = first === undefined ? '' : ` ${first} cannot be read (EACCES): permission is denied.`;
      const other = noFiles[0] === undefined ? '' : ` ${noFiles[0].file} is ${noFiles[0].what}, and no image file.`;
      // Where some place could be looked at, the others say little.
      const away = places > 0 || outside[0] === undefined ? '' : awayFrom(outside[0]);
      const message = `${shown} was not found${looked}.${closed}${other}${away} ${LOCATE}`;
      return { ...refused('missing', stated, message, tried), places };
    }
    default:
      return refused('missing', stated, `${shown} was not found. ${LOCATE}`);
  }
}

function awayFrom(file: string): string {
  return ` ${file} lies outside what is opened, where nothing is looked at: open its folder too, or name it among the image roots.`;
}

/** What a page shows for an image that was found and is refused. */
export function asRefusal(error: unknown, stated: string, found: Pick<FoundImage, 'from' | 'file'> | null): Refusal {
  if (!(error instanceof ImageRefused)) throw error;
  const from = found?.from ?? error.file ?? error.holder;
  const file = found === null ? error.file : found.file;
  const isInside = from !== null && file === null && !/^https?:/i.test(from);
  const name = isInside
    ? `What ${from} holds as the image`
    : (from ?? (stated === '' ? 'The image' : shownReference(stated)));
  const message = `${name} ${error.message}.${error.reason === 'missing' && from !== null ? ` ${LOCATE}` : ''}`;
  return { ...refused(error.reason, stated, message, from === null ? [] : [from]), file };
}
