import type { DepthConvention, Frame, ItemKind } from '../model.js';
import { decodeDirection, NO_DIRECTION_CODE } from '../relations/direction.js';
import type { LensInput } from '../relations/lens.js';

/**
 * A lens decides by few facts, so shards keep them packed in two integers. A query then meets a few hundred distinct
 * pairs instead of a million rows, and the lens runs once for each.
 */
export const KINDS: readonly ItemKind[] = ['choice', 'yes-no', 'count', 'depth-order', 'distance-order', 'open'];
export const FRAMES: readonly Frame[] = ['camera', 'person', 'object', 'imagined', 'unstated'];
export const CONVENTIONS: readonly DepthConvention[] = ['toward-viewer', 'away-from-viewer', 'facing', 'unstated'];

/** Packs kind, gold direction (code), frame and convention. */
export function packItemKey(kind: ItemKind, gold: number, frame: Frame, convention: DepthConvention): number {
  return ((KINDS.indexOf(kind) * 32 + gold) * 8 + FRAMES.indexOf(frame)) * 4 + CONVENTIONS.indexOf(convention);
}

/** The same facts of an item key in SQL; the depth convention as its place in CONVENTIONS. */
export const ITEM_KEY_SQL = {
  isYesNo: `("itemKey" // 1024 = ${KINDS.indexOf('yes-no')})`,
  isDirectional: `(("itemKey" // 32) % 32 <> ${NO_DIRECTION_CODE})`,
  convention: `("itemKey" % 4)`,
} as const;

/** The depth convention of that place. */
export function conventionAt(place: unknown): DepthConvention {
  return CONVENTIONS[Number(place)] ?? 'unstated';
}

/** Packs the predicted direction (code), the yes/no answer and the sign of the count's error. */
export function packAnswerKey(predicted: number, answeredYes: boolean | null, countError: number | null): number {
  const answered = answeredYes === null ? 0 : answeredYes ? 1 : 2;
  return (predicted * 3 + answered) * 3 + (Math.sign(countError ?? 0) + 1);
}

/** The facts of an item key: everything of a lens's input that does not depend on the prediction. */
export function unpackItemKey(key: number): Pick<LensInput, 'kind' | 'gold' | 'frame' | 'convention'> {
  return {
    convention: CONVENTIONS[key % 4] ?? 'unstated',
    frame: FRAMES[Math.floor(key / 4) % 8] ?? 'unstated',
    gold: decodeDirection(Math.floor(key / 32) % 32),
    kind: KINDS[Math.floor(key / 1024)] ?? 'open',
  };
}

/** The facts of an answer key. The count's error comes back as its sign. */
export function unpackAnswerKey(key: number): Pick<LensInput, 'predicted' | 'answeredYes' | 'countError'> {
  const answered = Math.floor(key / 3) % 3;
  return {
    countError: (key % 3) - 1,
    answeredYes: answered === 0 ? null : answered === 1,
    predicted: decodeDirection(Math.floor(key / 9)),
  };
}

/** An item key and an answer key, of one error or many. */
export type LensKeys = readonly [item: number, answer: number];

/** SQL for the distinct pairs of keys of a table's errors. */
export function distinctLensKeys(table: string): string {
  return `SELECT DISTINCT "itemKey", "answerKey" FROM ${table} WHERE "correct" = FALSE AND "answerKey" IS NOT NULL`;
}
