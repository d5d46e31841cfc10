import path from 'node:path';
import { decoded, readReference } from './reference.js';

/** Where what begins with `from` lies on this machine. */
export interface ImagePrefix {
  readonly from: string;
  readonly to: string;
  /**
   * Learned from a relative path, which other files state of other images: it holds for the predictions of this folder, or
   * for those that were joined to this definition file. Absent where it holds for all.
   */
  readonly within?: string;
}

/** A path as data states it, whatever machine it is of. */
export interface StatedPath {
  readonly text: string;
  /** Absolute somewhere: here, on another machine (`C:\…` on Linux), or in a store (`s3://…`). */
  readonly absolute: boolean;
  /** Its components, `.` and resolvable `..` taken out; leading `..` remain. */
  readonly parts: readonly string[];
}

/** Takes a stated path apart. Backslashes separate where the text has no slash: elsewhere they may be part of a name. */
export function takeApart(text: string): StatedPath {
  const separator = text.includes('/') ? (/^[A-Za-z]:|^\\\\/.test(text) ? /[\\/]+/ : /\/+/) : /[\\/]+/;
  const store = /^[A-Za-z][A-Za-z0-9+.-]+:\/\//.exec(text)?.[0] ?? '';
  const drive = store === '' ? (/^[A-Za-z]:(?=[\\/])/.exec(text)?.[0] ?? '') : '';
  const rest = text.slice(store.length + drive.length);
  const rooted = /^[\\/]/.test(rest);
  const parts: string[] = [];
  for (const part of rest.split(separator)) {
    if (part === '' || part === '.') continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  return { text, absolute: store !== '' || drive !== '' || rooted, parts };
}

/** Whether `file` is `folder` or lies in it. Both are absolute and normalised. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

/**
 * Learns from one example where images lie: the ending that both paths share says nothing, and what stands before it is
 * mapped. Null where not even the file's name agrees, or where nothing differs.
 */
export function learnPrefix(stated: string, found: string): ImagePrefix | null {
  const reference = readReference(stated);
  if (reference.kind !== 'path' && reference.kind !== 'url') return null;
  const isUrl = reference.kind === 'url';
  const text = isUrl ? withoutQuery(reference.url) : reference.path;
  const from = spans(text);
  const to = spans(found);
  const agree = (back: number): boolean => isSameName(from.at(-back)?.name, to.at(-back)?.name, isUrl);
  let shared = 0;
  while (shared < from.length && shared < to.length && agree(shared + 1)) shared += 1;
  if (shared === 0) return null;
  const before = (whole: string, all: readonly Span[]): string => whole.slice(0, all.at(-shared)?.start ?? 0);
  const prefix = { from: before(text, from), to: before(found, to) };
  return prefix.from === prefix.to ? null : prefix;
}

interface Span {
  readonly name: string;
  readonly start: number;
}

/** The components of a path with the places where they begin, so that what stands before them keeps its spelling. */
function spans(text: string): Span[] {
  const body = /^[A-Za-z][A-Za-z0-9+.-]*:[\\/]*/.exec(text)?.[0].length ?? 0;
  const names = text.includes('/') && !/^[A-Za-z]:\\|^\\\\/.test(text) ? /[^/]+/g : /[^\\/]+/g;
  return [...text.slice(body).matchAll(names)]
    .map((match) => ({ name: match[0], start: body + match.index }))
    .filter(({ name }) => name !== '.');
}

function isSameName(stated = '', found = '', isUrl: boolean): boolean {
  const name = found.normalize('NFC');
  return stated.normalize('NFC') === name || (isUrl && decoded(stated).normalize('NFC') === name);
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** Ways in which file systems write the same name: as it is stated, composed, and decomposed. */
export function spellings(text: string): string[] {
  return [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])];
}

/**
 * Where the stated path lies under the mappings: the longest `from` first, and together what equally long ones say. A prefix
 * ends where a component does; a whole path may be mapped to its file.
 */
export function mapped(text: string, prefixes: readonly ImagePrefix[]): string[][] {
  const byLength = new Map<number, string[]>();
  for (const prefix of prefixes) {
    if (prefix.to === '') continue;
    // Learned from a relative path: what is absolute does not begin with nothing.
    if (prefix.from === '' && takeApart(text).absolute) continue;
    const length = comparable(prefix.from).replace(/\/+$/, '').length;
    byLength.set(length, [...(byLength.get(length) ?? []), ...under(text, prefix)]);
  }
  return [...byLength].sort(([one], [other]) => other - one).map(([, files]) => files);
}

function under(text: string, { from, to }: ImagePrefix): string[] {
  const found = new Set<string>();
  const isUrl = /^https?:/i.test(text);
  for (const form of [null, 'NFC', 'NFD'] as const) {
    const rest = form === null ? behind(text, from) : behind(text.normalize(form), from.normalize(form));
    if (rest === null) continue;
    if (rest === '') found.add(path.resolve(to));
    for (const each of isUrl ? [rest, ...spellings(decoded(withoutQuery(rest)))] : [rest]) {
      const inside = takeApart(each).parts;
      // `..` behind the prefix would lead out of the folder that the user named.
      if (inside.length > 0 && inside[0] !== '..') found.add(path.resolve(to, ...inside));
    }
  }
  return [...found];
}

function behind(text: string, from: string): string | null {
  const begin = comparable(from);
  if (!comparable(text).startsWith(begin)) return null;
  const rest = text.slice(from.length);
  return begin !== '' && !begin.endsWith('/') && rest !== '' && !/^[\\/]/.test(rest) ? null : rest;
}

function comparable(text: string): string {
  return text.replaceAll('\\', '/');
}
