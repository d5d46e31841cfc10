import { FlipsideError } from '../../core/model.js';
import type { BackendInfo, Score } from '../../protocol/inference.js';
import type { InferenceBackend, Question } from '../backend.js';
import { decodeImage } from '../images.js';
import { seeded } from '../random.js';
import { readOptions, type ChatRequest } from './chatRequest.js';
import { RequestFailure } from './failure.js';

/** A label of an option, and the logarithm of its probability. */
export interface LabelLogprob {
  readonly token: string;
  readonly logprob: number;
}

export interface Answer {
  readonly text: string;
  /** Of the text, which is one label then, and of all labels, likeliest first; null where the answer was not chosen among options. */
  readonly logprobs: { readonly chosen: LabelLogprob; readonly all: readonly LabelLogprob[] } | null;
}

/**
 * Answers a request with a model. One that only scores, and any that is asked for log-probabilities, answers with the label of an option
 * that the prompt lists, drawn from their probabilities: those are then the model's own. Others write.
 */
export async function answersOf(
  backend: InferenceBackend,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const info = await backend.probe(signal);
  if (request.model !== null && request.model !== '' && request.model !== info.id)
    throw new RequestFailure(404, `There is no model of this name here. This server runs ${info.id}.`);
  const question = await questionOf(request, info);
  const { n, temperature, seed, maxTokens } = request;
  const chooses = question.options.length > 0 && (backend.generate === undefined || request.logprobs);
  if (chooses) {
    const [score] = await backend.score([question], signal);
    if (score === undefined) throw new RequestFailure(500, 'The model gave no answer.');
    return drawn(question, score, request);
  }
  if (backend.generate === undefined)
    throw new RequestFailure(
      400,
      'This model chooses among options and writes nothing else: list them in the prompt, in lines “A. text”.',
    );
  const answers = await backend.generate(question, { n, temperature, seed, maxTokens }, signal);
  return answers.map(({ text }) => ({ text, logprobs: null }));
}

async function questionOf(request: ChatRequest, info: BackendInfo): Promise<Question> {
  const { question, options } = readOptions(request.prompt);
  const images = await Promise.all(
    request.images.map(async (bytes) => {
      try {
        return await decodeImage(bytes);
      } catch (error) {
        if (error instanceof FlipsideError) throw new RequestFailure(400, error.message);
        throw error;
      }
    }),
  );
  // A model that chats gets what was written; one that takes the question alone could do nothing with the rest.
  return { question, options, images, prompt: info.prompt === 'chat' ? request.prompt : null };
}

function drawn({ options }: Question, { probabilities }: Score, request: ChatRequest): readonly Answer[] {
  const all = options
    .flatMap(({ label }, index) => {
      const probability = probabilities[index] ?? null;
      return probability === null ? [] : [{ token: label ?? '', logprob: Math.log(probability) }];
    })
    .sort((a, b) => b.logprob - a.logprob);
  const [likeliest] = all;
  if (likeliest === undefined)
    throw new RequestFailure(400, 'The model knows none of the options: it was made for other words.');
  if (all.some(({ logprob }) => Number.isNaN(logprob)))
    throw new RequestFailure(500, 'The model’s outputs are no numbers (NaN): it cannot answer this question.');
  const random = seeded(request.seed ?? Math.floor(Math.random() * 2 ** 32));
  return Array.from({ length: request.n }, () => {
    const chosen = request.temperature === 0 ? likeliest : sample(all, request.temperature, random());
    return { text: chosen.token, logprobs: { chosen, all } };
  });
}

function sample(all: readonly LabelLogprob[], temperature: number, random: number): LabelLogprob {
  const best = all[0]?.logprob ?? 0;
  const weights = all.map(({ logprob }) => Math.exp((logprob - best) / temperature));
  let rest = random * weights.reduce((total, weight) => total + weight, 0);
  const index = weights.findIndex((weight) => (rest -= weight) < 0);
  return all[index < 0 ? 0 : index] ?? { token: '', logprob: 0 };
}
