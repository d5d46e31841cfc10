import path from 'node:path';
import { Folders } from './folders.js';
import { readReference } from './reference.js';
import { isInside, mapped, takeApart, type StatedPath } from './statedPath.js';

/** Where the user says that images lie. */
export interface ImagePlaces {
  readonly roots: readonly string[];
  readonly prefixes: readonly { readonly from: string; readonly to: string }[];
}

/** What an item's stated path may be relative to. */
export interface ImageContext {
  readonly predictionFile: string;
  /** The benchmark definition that the item was joined to. */
  readonly definitionFile: string | null;
  /** What was opened: folders above it are not looked into. */
  readonly root: string;
}

export type LocatedImage =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'missing'; readonly tried: readonly string[] }
  | { readonly kind: 'unusable'; readonly why: string };

/** So many of the paths that were tried are kept for the message. */
const TRIED_SHOWN = 12;

/**
 * Finds the files that items name. Order: the user's mappings; the path itself; relative to the prediction file's folder
 * and its parents up to what was opened, to the definition's likewise, and to each image root. A path of another machine
 * is looked for there by ever shorter endings. Nothing is listed or searched.
 */
export class ImageLocator {
  private readonly places: ImagePlaces;
  private readonly bases = new Map<string, readonly string[]>();

  constructor(
    places: ImagePlaces,
    private readonly folders = new Folders(),
  ) {
    this.places = { ...places, roots: places.roots.map((root) => path.resolve(root)) };
  }

  /** The first candidate that is a regular file, or the bytes that the reference itself carries. Opens nothing. */
  async locate(stated: string, context: ImageContext): Promise<LocatedImage> {
    const reference = readReference(stated);
    if (reference.kind === 'url') return this.locateUrl(reference.url);
    return reference.kind === 'path' ? this.locatePath(reference.path, context) : reference;
  }

  /** A URL may be mapped to a folder; else it stays one. */
  private async locateUrl(url: string): Promise<LocatedImage> {
    const found = await this.first(mapped(url, this.places.prefixes));
    return found.kind === 'file' ? found : { kind: 'url', url };
  }

  private locatePath(text: string, context: ImageContext): Promise<LocatedImage> {
    return this.first(this.candidates(text, context));
  }

  private async first(candidates: Iterable<string>): Promise<LocatedImage> {
    const tried = new Set<string>();
    for (const candidate of candidates) {
      if (await this.folders.isFile(candidate)) return { kind: 'file', file: candidate };
      if (tried.size < TRIED_SHOWN) tried.add(candidate);
    }
    return { kind: 'missing', tried: [...tried] };
  }

  private *candidates(text: string, context: ImageContext): Generator<string> {
    yield* mapped(text, this.places.prefixes);
    if (path.isAbsolute(text)) yield path.normalize(text);
    const stated = takeApart(text);
    const bases = this.basesOf(context);
    for (const parts of endings(stated)) {
      for (const base of bases) {
        const candidate = path.resolve(base, ...parts);
        if (parts[0] !== '..' || this.isAllowed(candidate, context)) yield candidate;
      }
    }
  }

  /** `..` in the data must not lead out of what the user opened or named. */
  private isAllowed(candidate: string, context: ImageContext): boolean {
    const roots = [context.root, ...this.places.roots];
    if (context.definitionFile !== null) roots.push(path.dirname(context.definitionFile));
    return roots.some((root) => isInside(candidate, root));
  }

  /** Kept for each pair of files: a million rows have few. */
  private basesOf(context: ImageContext): readonly string[] {
    const key = `${context.predictionFile}\0${context.definitionFile ?? ''}\0${context.root}`;
    let bases = this.bases.get(key);
    if (bases === undefined) {
      const own = parentsOf(context.predictionFile, context.root);
      const definition = context.definitionFile === null ? [] : parentsOf(context.definitionFile, context.root);
      bases = [...new Set([...own, ...definition, ...this.places.roots])];
      this.bases.set(key, bases);
    }
    return bases;
  }
}

/** A path of this place is looked for whole; one of another machine whole, then without its first components. */
function endings({ absolute, parts }: StatedPath): (readonly string[])[] {
  if (parts.length === 0) return [];
  return absolute ? parts.map((_, index) => parts.slice(index)) : [parts];
}

/** A file's folder and those above it up to `root`; only its own where it does not lie in `root`. */
function parentsOf(file: string, root: string): string[] {
  const parents = [path.dirname(path.resolve(file))];
  const top = path.resolve(root);
  for (;;) {
    const last = parents.at(-1) ?? top;
    if (last === top || !isInside(last, top)) return parents;
    parents.push(path.dirname(last));
  }
}
