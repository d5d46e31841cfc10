import type { Json, JsonObject } from '../model.js';
import { isDropped, type Record_ } from './format.js';
import { isMmeTask, mmeUnit } from './mmeTasks.js';
import { cellText, isYesNo } from './recordValues.js';
import { variantBase, isVariant } from './variantGroups.js';

/** Which rows are scored as one: the rotations of a question, its flipped and circular variants, or both questions of an image. */
export type Grouping = 'rotations' | 'variants' | 'mme';

/** The rotations of one question of a circular set have indices that differ by multiples of this. */
const ROTATION_STEP = 1_000_000;

/**
 * How a file's rows belong together; null where each stands alone. Rotations: every index of a million or more has a smaller one in
 * the same file that it is a rotation of (the main rows come first, so that the head alone cannot tell; sets with large indices of
 * their own have no such partner). Variants: 3DSRBench's question ids, some of them flipped or rotated. MME: yes/no questions all of
 * whose categories are its sub-tasks.
 */
export async function groupingOf(records: AsyncIterable<Record_>): Promise<Grouping | null> {
  const main = new Set<number>();
  const rotated = new Set<number>();
  let rows = 0;
  let mmeRows = 0;
  let ids = 0;
  let variants = 0;
  for await (const record of records) {
    if (isDropped(record)) continue;
    rows++;
    const index = integerOf(record.value['index']);
    if (index !== null) (index < ROTATION_STEP ? main : rotated).add(index % ROTATION_STEP);
    if (isMmeRow(record.value)) mmeRows++;
    const id = questionId(record.value);
    if (id !== null) ids++;
    if (id !== null && isVariant(id)) variants++;
  }
  if (rotated.size > 0 && [...rotated].every((index) => main.has(index))) return 'rotations';
  if (variants > 0 && ids === rows) return 'variants';
  return mmeRows > 0 && mmeRows === rows ? 'mme' : null;
}

/** The name of the unit that a row belongs to; null where it names none. */
export function unitOf(value: JsonObject, grouping: Grouping): string | null {
  if (grouping === 'variants') return variantBase(questionId(value));
  const index = integerOf(value['index']);
  if (grouping === 'rotations') return index === null ? null : String(index % ROTATION_STEP);
  const image = cellText(value['image_path']);
  return image === null ? null : mmeUnit(cellText(value['category']), image);
}

/** 3DSRBench's id of a question; null for any other. */
function questionId(value: JsonObject): string | null {
  const id = cellText(value['qid']) ?? cellText(value['index']);
  return variantBase(id) === null ? null : id;
}

function isMmeRow(value: JsonObject): boolean {
  return (
    isMmeTask(cellText(value['category'])) &&
    isYesNo(cellText(value['answer'])) &&
    cellText(value['image_path']) !== null
  );
}

function integerOf(value: Json | undefined): number | null {
  const text = cellText(value);
  if (text === null) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}
