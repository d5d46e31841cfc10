/**
 * Names of VLMEvalKit's files: `{model}_{dataset}.xlsx`, in `{model}/T…/` or in `{model}/`, with a suffix once judged.
 * Source: open-compass/VLMEvalKit @ e8e78f05f308, smp/file.py and dataset/utils.
 */

/** Suffixes that a judged copy adds to the prediction file's name. A judge's tag has no underscore but for "exact_matching". */
const JUDGED_SUFFIXES: readonly RegExp[] = [
  /_(?:exact_matching|[^_]+)_result$/,
  /_(?:extract_matching|llm_.+)$/,
  /_auxmatch$/,
  /_result$/,
];

/** How names of datasets begin: they tell where the model's name ends when no folder does. */
const DATASET_START =
  /_(?=(?:3DSRBench|A-OKVQA|AI2D|BLINK|CCBench|CV-?Bench|EmbSpatial|HallusionBench|MindCube|MMBench|MME|MMMU|MMStar|MMVP|OmniSpatial|POPE|RealWorldQA|ScienceQA|SEEDBench|SpatialEval|VSR|VStarBench|ViewSpatial)(?:[^a-z]|$|Bench))/;

const CIRCULAR = /mmbench|ccbench|circular|mmcr/i;

export interface PredictionName {
  readonly model: string | null;
  readonly dataset: string | null;
  /** Path of the prediction file that a judged copy repeats, in the same folder; null when the name has no judge's suffix. */
  readonly judges: string | null;
}

/**
 * Model, dataset and, for a judged copy, the prediction file, from a path as the user would write it. Where neither a
 * folder named after the model nor a known dataset tells where the model's name ends, and the name has not exactly one
 * underscore, both are null.
 */
export function predictionName(path: string, judged: boolean): PredictionName {
  const parts = path.split(/[\\/]/);
  const file = parts.pop() ?? '';
  const extension = /(?<=.)(?:\.[^.]*?)?(?:\.(?:gz|zst))?$/i.exec(file)?.[0] ?? '';
  const stem = file.slice(0, file.length - extension.length);
  const folder = parts.reverse().find((part) => part !== '' && stem.startsWith(`${part}_`));
  const base = judged ? withoutJudge(stem, folder ?? null) : stem;
  const judges = base === stem ? null : path.slice(0, path.length - file.length) + base + extension;
  const end = folder === undefined ? modelEnd(base) : folder.length;
  if (end === null) return { model: null, dataset: null, judges };
  return { model: base.slice(0, end), dataset: base.slice(end + 1) || null, judges };
}

/** True for datasets that VLMEvalKit scores in circular groups, by the words that its own code looks for. */
export function isCircularName(dataset: string | null): boolean {
  return dataset !== null && CIRCULAR.test(dataset);
}

function withoutJudge(stem: string, model: string | null): string {
  for (const suffix of JUDGED_SUFFIXES) {
    const base = stem.replace(suffix, '');
    const leavesDataset = model === null ? base.includes('_') : base.length > model.length + 1;
    if (base !== stem && leavesDataset) return base;
  }
  return stem;
}

function modelEnd(base: string): number | null {
  const known = base.search(DATASET_START);
  if (known > 0) return known;
  const only = base.indexOf('_');
  return only > 0 && only === base.lastIndexOf('_') ? only : null;
}
