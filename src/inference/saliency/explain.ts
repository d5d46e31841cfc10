import type { GridMap, Saliency, SaliencyMethod, SaliencyTarget } from '../../protocol/inference.js';
import { GradientUnavailable } from '../autodiff/unavailable.js';
import type { InferenceBackend, ModelMaps, Question } from '../backend.js';
import type { MaskingTask } from './maskedScores.js';
import { occlusion } from './occlusion.js';
import { rise } from './rise.js';
import { checkExplainable, targetWeights } from './target.js';

export interface ExplainRequest {
  readonly method: SaliencyMethod;
  readonly target: SaliencyTarget;
  /** Of the masks of RISE. */
  readonly seed: number;
  /** See MaskingTask. */
  readonly batch?: number;
}

export type Explained = Pick<Saliency, 'method' | 'notes' | 'maps' | 'tokens' | 'forwards'>;

type OnPartial = MaskingTask['onPartial'];

/**
 * Where a model looked. A method that the model does not allow is replaced by occlusion, which every model allows, and `notes` say why.
 * Throws a FlipsideError where the question, the target or the model's numbers do not allow any, an AbortError once `signal` aborts.
 * @param onPartial Told maps that are still being refined; a gradient and attention come at once.
 */
export async function explain(
  backend: InferenceBackend,
  question: Question,
  request: ExplainRequest,
  onPartial: OnPartial,
  signal: AbortSignal,
): Promise<Explained> {
  const { method, target, seed } = request;
  checkExplainable(question, target);
  const batch = request.batch === undefined ? {} : { batch: request.batch };
  const task: MaskingTask = { backend, question, target, onPartial, signal, ...batch };
  if (method === 'rise') return { method, tokens: null, ...(await rise(task, seed)) };
  const notes: string[] = [];
  if (method !== 'occlusion') {
    const own = await ownMaps(backend, question, request, signal);
    if (typeof own !== 'string') return own;
    notes.push(`${own} Occlusion was used instead.`);
  }
  const covered = await occlusion(task);
  return { method: 'occlusion', tokens: null, ...covered, notes: [...notes, ...covered.notes] };
}

/** What the model itself says by a gradient or by its attention; in words why not, where it does not. */
async function ownMaps(
  backend: InferenceBackend,
  question: Question,
  { method, target }: ExplainRequest,
  signal: AbortSignal,
): Promise<Explained | string> {
  signal.throwIfAborted();
  if (method === 'attention') {
    if (backend.attention === undefined) return 'The model does not tell its attention.';
    const found = await backend.attention(question, signal);
    if (hasNoNumbers(found.maps)) return 'The attention that the model tells holds values that are no numbers.';
    return own(method, found, ['Attention is the same for every option: it does not say what it speaks for.']);
  }
  if (backend.gradient === undefined) return 'The model gives no gradients.';
  try {
    const found = await backend.gradient(question, targetWeights(target, question.options), signal);
    if (hasNoNumbers(found.maps)) return 'The gradient holds values that are no numbers.';
    const flat = found.maps.every(({ values }) => values.every((value) => value === 0));
    const note = 'The gradient is 0 everywhere: small changes of the images change nothing. Occlusion may tell more.';
    return own('gradient', found, flat ? [note] : []);
  } catch (error) {
    if (!(error instanceof GradientUnavailable)) throw error;
    return `Of this graph no gradient can be made: it has no rule for ${error.unsupported.join(', ')}.`;
  }
}

function own(method: SaliencyMethod, { maps, tokens }: ModelMaps, notes: readonly string[]): Explained {
  return { method, notes, maps, tokens, forwards: 1 };
}

function hasNoNumbers(maps: readonly GridMap[]): boolean {
  return maps.some(({ values }) => !values.every((value) => Number.isFinite(value)));
}
