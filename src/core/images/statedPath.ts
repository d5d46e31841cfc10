import path from 'node:path';
import { readReference } from './reference.js';

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
export function learnPrefix(stated: string, found: string): { from: string; to: string } | null {
  const reference = readReference(stated);
  if (reference.kind !== 'path' && reference.kind !== 'url') return null;
  const text = reference.kind === 'path' ? reference.path : reference.url;
  const from = spans(text);
  const to = spans(found);
  let shared = 0;
  while (shared < from.length && shared < to.length && from.at(-1 - shared)?.name === to.at(-1 - shared)?.name) {
    shared += 1;
  }
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

/** The stated path under the user's mappings, the longest `from` first. A prefix ends where a component does. */
export function mapped(text: string, prefixes: readonly { readonly from: string; readonly to: string }[]): string[] {
  const comparable = (path: string): string => path.replaceAll('\\', '/');
  return [...prefixes]
    .sort((one, other) => other.from.length - one.from.length)
    .flatMap(({ from, to }) => {
      const begin = comparable(from);
      // Learned from a relative path: what is absolute does not begin with nothing.
      if (begin === '' && takeApart(text).absolute) return [];
      if (to === '' || !comparable(text).startsWith(begin)) return [];
      const rest = text.slice(from.length);
      if (begin !== '' && !begin.endsWith('/') && rest !== '' && !/^[\\/]/.test(rest)) return [];
      const inside = takeApart(rest).parts;
      // `..` behind the prefix would lead out of the folder that the user named.
      return inside.length === 0 || inside[0] === '..' ? [] : [path.resolve(to, ...inside)];
    });
}
