import type { Dropped, Json, JsonObject, RawItem } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { letterAt } from './letters.js';
import { blankItem, pathParts, readItems } from './recordFields.js';

/** Captions for each image in the datasets that are scored so. */
const CAPTIONS: ReadonlySet<number> = new Set([2, 4]);

/**
 * The score arrays of What'sUp, COCO-spatial and GQA-spatial (amitakamath/whatsup_vlms @ 447c169df272,
 * dataset_zoo/aro_datasets.py `evaluate_scores`, model_zoo/clip_models.py `get_retrieval_scores_batched`): N×1×4 or N×1×2, one
 * score for each caption of an image. The prediction is the first of the highest, as NumPy's argmax takes it. The captions, and
 * that the first of them is right, stand in the caption file, which has as many items; the array names neither.
 */
export const whatsupScores: Format = {
  id: 'whatsup-scores',
  version: 1,
  title: "What'sUp score array",
  detect,
  read: (source) => readItems(source, scoreItem),
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'npy' || shape.root === null || !shape.columns.includes('values')) return null;
  const sizes = Array.isArray(shape.root['shape']) ? shape.root['shape'] : [];
  const [rows, images, options] = sizes;
  if (sizes.length !== 3 || images !== 1 || typeof rows !== 'number' || typeof options !== 'number') return null;
  if (!CAPTIONS.has(options) || rows === 0) return null;
  const { model, dataset } = namesIn(shape.path);
  return {
    role: 'run',
    confidence: 0.8,
    reason: `An array of ${String(rows)}×1×${String(options)} scores, one for each caption of an image: What'sUp's layout.`,
    model,
    dataset,
    places: { rows, options },
  };
}

/** `{dataset}--{text perturbation}--{image perturbation}--{model}--{seed}--…` (misc/__init__.py `save_scores`). */
function namesIn(path: string): { readonly model: string | null; readonly dataset: string | null } {
  const parts = pathParts(path).stem.split('--');
  return parts.length < 5 ? { model: null, dataset: null } : { model: parts[3] ?? null, dataset: parts[0] ?? null };
}

function scoreItem(value: JsonObject, row: number): RawItem | Dropped {
  const scores = numbersIn(value['values']);
  const meta: JsonObject = { scores: [...scores] };
  const best = bestOf(scores);
  if (best === null) return { ...blankItem(row), kind: 'choice', extracted: '', meta };
  const tied = scores.filter((score) => score === scores[best]).length > 1;
  return {
    ...blankItem(row),
    kind: 'choice',
    extracted: letterAt(best),
    meta: tied ? { ...meta, tied: true } : meta,
  };
}

function numbersIn(value: Json | undefined): readonly (number | null)[] {
  const row = Array.isArray(value) ? value.flat() : [];
  return row.map((score) => (typeof score === 'number' ? score : typeof score === 'boolean' ? Number(score) : null));
}

/** The first of the highest scores; null where one is missing, for then nothing says which is the highest. */
function bestOf(scores: readonly (number | null)[]): number | null {
  let best: number | null = null;
  for (const [at, score] of scores.entries()) {
    if (score === null) return null;
    if (best === null || score > (scores[best] ?? Number.NEGATIVE_INFINITY)) best = at;
  }
  return best;
}
