import { FlipsideError } from '../../../core/model.js';
import type { BackendInfo, FoundModel, Generated, GenerateOptions, Score } from '../../../protocol/inference.js';
import type { InferenceBackend, Question } from '../../backend.js';
import { dataUri } from '../../images.js';
import { chatPrompt } from '../../prompts.js';
import { chat, type ChatRequest, type Choice } from './chat.js';
import { tryFeatures, type Features } from './features.js';
import type { OpenAiServer } from './http.js';
import { fromLogprobs, fromSamples } from './optionProbabilities.js';

/** Answers that are sampled where a server tells no log-probabilities: a share is then known to about 12 points (one standard error). */
const SAMPLES = 16;
const SAMPLE_TOKENS = 16;
/** Questions on their way at a time: servers that can, answer them together. */
const AT_ONCE = 4;

/** A model behind an OpenAI-compatible server. */
export class OpenAiModel implements InferenceBackend {
  private known: { readonly features: Features; readonly info: BackendInfo } | null = null;

  constructor(
    private readonly server: OpenAiServer,
    private readonly found: FoundModel,
    private readonly model: string,
    /** Known before anything is asked: a key that travels unencrypted. */
    private readonly notes: readonly string[],
  ) {}

  async probe(signal: AbortSignal): Promise<BackendInfo> {
    return (await this.tried(signal)).info;
  }

  async score(questions: readonly Question[], signal: AbortSignal): Promise<readonly Score[]> {
    const { features } = await this.tried(signal);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const scores: Score[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < questions.length; at = next++) {
        const question = questions[at];
        if (question !== undefined) scores[at] = await this.scoreOf(question, features, either);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, questions.length) }, work));
    } catch (error) {
      // What else is on its way would be answered to nobody.
      stop.abort();
      throw error;
    }
    return scores;
  }

  async generate(question: Question, options: GenerateOptions, signal: AbortSignal): Promise<readonly Generated[]> {
    const { features } = await this.tried(signal);
    return this.sampled(await this.asked(question, features), options, features, signal);
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  private async tried(signal: AbortSignal): Promise<{ readonly features: Features; readonly info: BackendInfo }> {
    if (this.known !== null) return this.known;
    const features = await tryFeatures(this.server, this.model, signal);
    const { id, kind, name } = this.found;
    const info: BackendInfo = {
      id,
      kind,
      name,
      device: this.server.address,
      tried: [],
      capabilities: [
        ...(features.topLogprobs === null ? [] : (['optionProbs'] as const)),
        'generate',
        ...(features.seed === 'kept' ? (['seed'] as const) : []),
      ],
      prompt: 'chat',
      inputSize: null,
      weights: null,
      memory: null,
      notes: [...this.notes, ...notesOf(features)],
    };
    this.known = { features, info };
    return this.known;
  }

  private async scoreOf(question: Question, features: Features, signal: AbortSignal): Promise<Score> {
    const { options } = question;
    if (options.length === 0)
      throw new FlipsideError('A question without options has nothing to score. Let the model answer it instead.');
    const asked = await this.asked(question, features);
    if (features.topLogprobs !== null) {
      // At temperature 1 what servers call log-probabilities is the same, whether they divide by it or not.
      const one = { ...asked, maxTokens: 1, temperature: 1, topLogprobs: features.topLogprobs };
      const [choice] = await chat(this.server, one, signal);
      const score = choice?.firstToken ? fromLogprobs(options, choice.firstToken, this.server.address) : null;
      if (score !== null) return score;
    }
    const many = { n: SAMPLES, temperature: 1, seed: 0, maxTokens: SAMPLE_TOKENS };
    const answers = await this.sampled(asked, many, features, signal);
    const texts = answers.map(({ text }) => text);
    return fromSamples(options, texts, this.server.address);
  }

  /** A question as a request for one answer. */
  private async asked(question: Question, features: Features): Promise<ChatRequest> {
    if (question.images.length > 0 && !features.images)
      throw new FlipsideError(
        `${this.server.address} takes no images with the model ${this.model}: ${features.refusal}`,
      );
    return {
      model: this.model,
      prompt: chatPrompt(question),
      images: await Promise.all(question.images.map(dataUri)),
      maxTokens: 1,
      temperature: 1,
      n: null,
      seed: null,
      topLogprobs: null,
      stream: false,
    };
  }

  /**
   * n answers: in one request where the server gives several, else one after another, each with the next seed. Answers of one request share
   * its seed. At temperature 0 all would be the same one, which is asked for once.
   */
  private async sampled(
    asked: ChatRequest,
    { n, temperature, seed, maxTokens }: GenerateOptions,
    features: Features,
    signal: AbortSignal,
  ): Promise<readonly Generated[]> {
    const first = features.seed === 'refused' || temperature === 0 ? null : seed;
    const wanted = temperature === 0 ? 1 : n;
    const answers: Generated[] = [];
    while (answers.length < wanted) {
      const made = first === null ? null : first + answers.length;
      const request = { ...asked, temperature, maxTokens, seed: made, stream: true };
      const several = features.n && wanted - answers.length > 1 ? wanted - answers.length : null;
      const choices: readonly Choice[] = await chat(this.server, { ...request, n: several }, signal);
      answers.push(...choices.map(({ text }) => ({ text, seed: made })));
    }
    const [only] = answers;
    return temperature === 0 && only !== undefined ? Array.from({ length: n }, () => only) : answers.slice(0, wanted);
  }
}

function notesOf({ images, refusal, topLogprobs, n, seed }: Features): string[] {
  return [
    ...(images ? [] : [`The server takes no images with this model: ${refusal}`]),
    ...(topLogprobs === null
      ? [`The server tells no log-probabilities: probabilities are estimated from ${SAMPLES} sampled answers.`]
      : []),
    ...(n ? [] : ['The server gives one answer to a request: several are asked for one after another.']),
    ...(seed === 'ignored' ? ['The same seed does not give the same answer: samples cannot be repeated.'] : []),
    ...(seed === 'refused' ? ['The server takes no seed: samples cannot be repeated.'] : []),
  ];
}
