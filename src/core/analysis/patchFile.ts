import { isJsonObject, type Json } from '../model.js';
import { comparable } from '../relations/gold.js';

/** The layout of the lines. */
export const PATCH_VERSION = 1;

/** One corrected item of a benchmark: a line of a patch. */
export interface PatchItem {
  /** As runs name their benchmark; null where they name none. */
  readonly dataset: string | null;
  readonly item: string;
  /** Digests of what was judged, as annotations state them; null in a patch that was written by other means. */
  readonly content: { readonly text: string; readonly images: readonly string[] | null } | null;
  /** The right answer that the data state, and the corrected one: texts of options. */
  readonly from: string;
  readonly to: string;
  /** Who says so, and why. */
  readonly by: readonly string[];
  readonly notes: readonly string[];
  /** By the judgement between annotators; null where there is none yet. */
  readonly accepted: boolean | null;
}

/** A line of a patch that does not count as it stands. */
export interface PatchProblem {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/** An item with the line in which it stands. */
export interface PatchLine extends PatchItem {
  readonly line: number;
}

/**
 * What a correction is of: an item of a benchmark, and the right answer that is stated. Ids without a benchmark are a file's own, so that there what
 * is asked tells items apart, where the patch says it.
 */
export function correctedItem({ dataset, item, from, content }: PatchItem): string {
  return JSON.stringify([dataset, item, comparable(from), dataset === null ? (content?.text ?? null) : null]);
}

/** The items as a file's text: one JSON object a line. */
export function patchText(items: readonly PatchItem[]): string {
  return items.map((item) => `${JSON.stringify({ v: PATCH_VERSION, ...item })}\n`).join('');
}

/** The items of a patch, in its order. What is none is told by its line, and hides none of the others. */
export function readPatch(text: string): {
  readonly items: readonly PatchLine[];
  readonly problems: readonly PatchProblem[];
} {
  const items: PatchLine[] = [];
  const problems: PatchProblem[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((content, at) => {
      if (content.trim() === '') return;
      const item = itemOf(content);
      if (typeof item === 'string') problems.push({ line: at + 1, reason: item });
      else items.push({ ...item, line: at + 1 });
    });
  return { items, problems };
}

function itemOf(line: string): PatchItem | string {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return 'no JSON: one object was expected';
  }
  if (!isJsonObject(value)) return 'one object was expected';
  const { v, item, from, to, accepted = null } = value;
  if (v !== PATCH_VERSION) return `"v" is ${JSON.stringify(v ?? null)}: this version reads ${PATCH_VERSION}`;
  if (!isText(item)) return '"item" must be a text: the id of an item';
  if (!isText(from) || !isText(to))
    return '"from" and "to" must be texts: the stated right answer and the corrected one';
  if (accepted !== null && typeof accepted !== 'boolean') return '"accepted" must be true, false or null';
  const dataset = value['dataset'] ?? null;
  if (dataset !== null && typeof dataset !== 'string') return '"dataset" must be a text or null';
  return {
    ...{ dataset, item, from, to, accepted, content: contentOf(value['content']) },
    ...{ by: textsOf(value['by']) ?? [], notes: textsOf(value['notes']) ?? [] },
  };
}

function contentOf(value: Json | undefined): PatchItem['content'] {
  if (!isJsonObject(value) || typeof value['text'] !== 'string') return null;
  return { text: value['text'], images: textsOf(value['images']) };
}

function textsOf(value: Json | undefined): readonly string[] | null {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
