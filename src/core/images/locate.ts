import path from 'node:path';
import { Folders, type NoFile } from './folders.js';
import { readReference } from './reference.js';
import { Contents } from './sameContent.js';
import {
  isInside,
  learnPrefix,
  mapped,
  spellings,
  takeApart,
  type ImagePrefix,
  type StatedPath,
} from './statedPath.js';

/** Where the user says that images lie. */
export interface ImagePlaces {
  readonly roots: readonly string[];
  readonly prefixes: readonly ImagePrefix[];
}

/** What an item's stated path may be relative to. */
export interface ImageContext {
  readonly predictionFile: string;
  /** The benchmark definition that the item was joined to. */
  readonly definitionFile: string | null;
  /** The folders that were opened: those above them are not looked into. */
  readonly opened: readonly string[];
}

export type LocatedImage =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'url'; readonly url: string }
  /** Files of different content that fit equally well. */
  | { readonly kind: 'ambiguous'; readonly files: readonly string[] }
  | {
      readonly kind: 'missing';
      /** The first of the places that were looked at. */
      readonly tried: readonly string[];
      /** How many they were in all. */
      readonly places: number;
      /** Those that may not be looked at, for want of permission. */
      readonly denied: readonly string[];
      /** Those where something else than a file stands. */
      readonly noFiles: readonly { readonly file: string; readonly what: NoFile }[];
      /** Where `..` leads from the folder of the file that states it, out of what was opened: nothing is looked at there. */
      readonly outside: readonly string[];
    }
  | { readonly kind: 'unusable'; readonly why: string };

/** So many of the paths that were tried are kept for the message. */
const TRIED_SHOWN = 12;

/**
 * Finds the files that items name. Places are looked at in groups, the most certain first: the user's mappings; the path
 * itself, or relative to the prediction file's own folder; what was learned for this file's relative paths; the definition's
 * folder; the parents of both up to what was opened and the image roots, all alike. A path of another machine is looked for
 * there by ever shorter endings, never by its last name alone. Where files of one group differ, none of them is chosen.
 * Nothing is listed or searched.
 */
export class ImageLocator {
  private readonly places: ImagePlaces;
  private readonly contents = new Contents();
  private readonly bases = new Map<string, Bases>();

  constructor(
    places: ImagePlaces,
    private readonly folders = new Folders(),
  ) {
    this.places = { ...places, roots: places.roots.map((root) => path.resolve(root)) };
  }

  /** The one regular file that the path means, or the bytes that the reference itself carries. Shows nothing of a file. */
  async locate(stated: string, context: ImageContext): Promise<LocatedImage> {
    const reference = readReference(stated);
    if (reference.kind === 'url') return this.locateUrl(reference.url, context);
    if (reference.kind !== 'path') return reference;
    const outside = new Set<string>();
    return this.first(this.groups(reference.path, context, outside), outside);
  }

  /**
   * Learns from one example where images lie. Where the folder alone would not lead to the example, the mapping is of its
   * whole path. Null where the file has another name than the data state.
   */
  async learn(stated: string, found: string, context: ImageContext): Promise<ImagePrefix | null> {
    const prefix = learnPrefix(stated, found);
    if (prefix === null) return null;
    const learned = bound(prefix, context);
    const prefixes = [learned, ...this.places.prefixes];
    const now = await new ImageLocator({ ...this.places, prefixes }, this.folders).locate(stated, context);
    if (now.kind === 'file' && now.file === path.resolve(found)) return learned;
    const reference = readReference(stated);
    const whole = reference.kind === 'path' ? reference.path : reference.kind === 'url' ? reference.url : null;
    return whole === null ? null : bound({ from: whole, to: found }, context);
  }

  /** A URL may be mapped to a folder; else it stays one. */
  private async locateUrl(url: string, context: ImageContext): Promise<LocatedImage> {
    const found = await this.first(mapped(url, this.prefixesOf(url, context).certain));
    return found.kind === 'missing' ? { kind: 'url', url } : found;
  }

  private async first(
    groups: Iterable<readonly string[]>,
    outside: ReadonlySet<string> = new Set(),
  ): Promise<LocatedImage> {
    const tried = new Set<string>();
    const denied = new Set<string>();
    const noFiles = new Map<string, NoFile>();
    for (const group of groups) {
      const there: string[] = [];
      for (const file of new Set(group)) {
        const standing = await this.folders.look(file);
        if (standing === 'file') there.push(file);
        else if (standing === 'denied') denied.add(file);
        else if (standing !== 'none') noFiles.set(file, standing);
        tried.add(file);
      }
      const files = await this.contents.distinct(there);
      const [file] = files;
      if (file !== undefined) return files.length === 1 ? { kind: 'file', file } : { kind: 'ambiguous', files };
    }
    const first = (files: ReadonlySet<string>): string[] => [...files].slice(0, TRIED_SHOWN);
    return {
      kind: 'missing',
      tried: first(tried),
      places: tried.size,
      denied: first(denied),
      noFiles: [...noFiles].slice(0, TRIED_SHOWN).map(([file, what]) => ({ file, what })),
      outside: first(outside),
    };
  }

  private *groups(text: string, context: ImageContext, outside: Set<string>): Generator<readonly string[]> {
    const { certain, learned } = this.prefixesOf(text, context);
    yield* mapped(text, certain);
    const { own, definition, all } = this.basesOf(context);
    if (path.isAbsolute(text)) for (const each of spellings(text)) yield [path.normalize(each)];
    const stated = takeApart(text);
    if (!stated.absolute) {
      yield* this.at(stated.parts, [own], context, outside);
      yield* mapped(text, learned);
      yield* this.at(stated.parts, definition, context, outside);
    }
    for (const parts of endings(stated)) yield* this.at(parts, all, context);
  }

  /** The path under each of the folders, first as it is spelled. */
  private *at(
    parts: readonly string[],
    bases: readonly string[],
    context: ImageContext,
    outside = new Set<string>(),
  ): Generator<string[]> {
    if (parts.length === 0) return;
    for (const spelled of spellings(parts.join('\0'))) {
      const files = bases.map((base) => path.resolve(base, ...spelled.split('\0')));
      const isOutside = (file: string): boolean => parts[0] === '..' && !this.isAllowed(file, context);
      files.filter(isOutside).forEach((file) => outside.add(file));
      yield files.filter((file) => !isOutside(file));
    }
  }

  /** The mappings that hold for a file: those of the user and of this very path, and those of relative paths near it. */
  private prefixesOf(text: string, context: ImageContext): { certain: ImagePrefix[]; learned: ImagePrefix[] } {
    const here = new Set([context.definitionFile, path.dirname(context.predictionFile)]);
    const holding = this.places.prefixes.filter(({ within }) => within === undefined || here.has(within));
    const certain = holding.filter(({ within, from }) => within === undefined || from === text);
    return { certain, learned: holding.filter((prefix) => !certain.includes(prefix)) };
  }

  /** `..` in the data must not lead out of what the user opened or named. */
  private isAllowed(candidate: string, context: ImageContext): boolean {
    const roots = [...context.opened.map((each) => path.resolve(each)), ...this.places.roots];
    if (context.definitionFile !== null) roots.push(path.dirname(context.definitionFile));
    return roots.some((root) => isInside(candidate, root));
  }

  /** Kept for each pair of files: a million rows have few. */
  private basesOf(context: ImageContext): Bases {
    const key = [context.predictionFile, context.definitionFile ?? '', ...context.opened].join('\0');
    let bases = this.bases.get(key);
    if (bases === undefined) {
      const near = parentsOf(context.predictionFile, context.opened);
      const far = context.definitionFile === null ? [] : parentsOf(context.definitionFile, context.opened);
      const all = [...new Set([...near, ...far, ...this.places.roots])];
      bases = { own: path.dirname(path.resolve(context.predictionFile)), definition: far.slice(0, 1), all };
      this.bases.set(key, bases);
    }
    return bases;
  }
}

/** Folders that stated paths may be relative to. */
interface Bases {
  readonly own: string;
  /** The definition's folder, where there is one. */
  readonly definition: readonly string[];
  readonly all: readonly string[];
}

/** What was learned from a relative path says nothing about the same path elsewhere. */
function bound(prefix: ImagePrefix, context: ImageContext): ImagePrefix {
  if (takeApart(prefix.from).absolute) return prefix;
  return { ...prefix, within: context.definitionFile ?? path.dirname(context.predictionFile) };
}

/** A path of this place is looked for whole; one of another machine whole, then without its first components. */
function endings({ absolute, parts }: StatedPath): (readonly string[])[] {
  if (parts.length === 0) return [];
  // A last name alone (`1.png`) is that of other images, too.
  return absolute ? parts.slice(0, Math.max(1, parts.length - 1)).map((_, index) => parts.slice(index)) : [parts];
}

/** A file's folder and those above it up to the opened one that it lies in; only its own where there is none. */
function parentsOf(file: string, opened: readonly string[]): string[] {
  const parents = [path.dirname(path.resolve(file))];
  const holding = opened.map((each) => path.resolve(each)).filter((each) => isInside(parents[0] ?? '', each));
  const top = holding.sort((one, other) => one.length - other.length)[0];
  for (;;) {
    const last = parents.at(-1);
    if (top === undefined || last === undefined || last === top) return parents;
    parents.push(path.dirname(last));
  }
}
