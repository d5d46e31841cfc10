import type { BackendInfo, GenerateOptions, Score } from '../../../src/protocol/inference.js';
import type { InferenceBackend, Question } from '../../../src/inference/backend.js';

export const TINY: BackendInfo = {
  id: 'bundled:tiny',
  kind: 'bundled',
  name: 'Tiny',
  device: 'CPU',
  tried: [],
  capabilities: ['optionProbs'],
  prompt: 'question',
  inputSize: null,
  weights: null,
  memory: null,
  notes: [],
};

/** A model that only scores: by how red the picture is, it says the first option, else the others alike. */
export function scoring(over: Partial<InferenceBackend> = {}): InferenceBackend & { readonly seen: Question[] } {
  const seen: Question[] = [];
  return {
    seen,
    probe: () => Promise.resolve(TINY),
    score: (questions) => {
      seen.push(...questions);
      return Promise.resolve(questions.map(scoreOf));
    },
    dispose: () => Promise.resolve(),
    ...over,
  };
}

/** A model that chats: it writes its prompt's first word and the seed. */
export function writing(): InferenceBackend & { readonly seen: Question[] } {
  const seen: Question[] = [];
  return {
    ...scoring(),
    seen,
    probe: () => Promise.resolve({ ...TINY, id: 'onnx:writer', prompt: 'chat' }),
    generate: (question: Question, { n, seed, maxTokens }: GenerateOptions) => {
      seen.push(question);
      const word = (question.prompt ?? '').split(' ')[0] ?? '';
      return Promise.resolve(
        Array.from({ length: n }, (_, index) => ({ text: `${word} ${(seed ?? 0) + index} of ${maxTokens}`, seed })),
      );
    },
  };
}

export function scoreOf({ options, images }: Question): Score {
  const [image] = images;
  const red = image === undefined ? 0.5 : (image.data[0] ?? 0) / 255;
  const first = 0.2 + 0.6 * red;
  const others = (1 - first) / Math.max(1, options.length - 1);
  return { probabilities: options.map((_, at) => (at === 0 ? first : others)), source: 'logits', notes: [] };
}
