/** An id of 3DSRBench's questions: eight characters, "-flip" where the picture is mirrored, and the number of the rotation. */
const ID = /^([A-Z0-9]{8})(-flip)?(-\d+)?$/u;

/**
 * The question that a variant belongs to ("VIN6MS3J-flip-1" -> "VIN6MS3J"). All variants of a question are one unit: it is right
 * when every one is, in every rotation of the options and in the mirrored picture (CircularEval and FlipEval). Null where the id is
 * none of 3DSRBench's. Source: EvolvingLMMs-Lab/lmms-eval, lmms_eval/tasks/3dsrbench/utils.py `get_qid_key`,
 * `aggregate_flip_circular_accuracy`.
 */
export function variantBase(id: string | null): string | null {
  return id === null ? null : (ID.exec(id)?.[1] ?? null);
}

/** True for an id of a flipped or rotated variant. */
export function isVariant(id: string): boolean {
  const [, , flip, rotation] = ID.exec(id) ?? [];
  return flip !== undefined || rotation !== undefined;
}
