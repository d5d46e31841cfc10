import type {
  BackendInfo,
  Capability,
  Detection,
  FoundModel,
  Generated,
  GenerateOptions,
  Score,
} from '../../../protocol/inference.js';
import type { InferenceBackend, ModelMaps, Question, RgbImage } from '../../backend.js';
import type { ProcessChild } from './child.js';
import { Answers, imageMessage, PROTOCOL, questionMessage } from './messages.js';

/** A model that a program of the user runs. Methods that the program does not name are not there. */
export class ProcessModel implements InferenceBackend {
  generate?: InferenceBackend['generate'];
  gradient?: InferenceBackend['gradient'];
  attention?: InferenceBackend['attention'];
  detect?: InferenceBackend['detect'];
  private readonly answers: Answers;
  private info: BackendInfo | null = null;

  constructor(
    private readonly child: ProcessChild,
    private readonly found: FoundModel,
  ) {
    this.answers = new Answers(child.name);
  }

  async probe(signal: AbortSignal): Promise<BackendInfo> {
    if (this.info !== null) return this.info;
    const answer = await this.child.request('probe', { protocol: PROTOCOL }, signal);
    const info = this.answers.info(answer, this.found);
    const can = (capability: Capability): boolean => info.capabilities.includes(capability);
    this.generate = can('generate') ? (...asked) => this.generated(...asked) : undefined;
    this.gradient = can('inputGradient') ? (...asked) => this.gradientOf(...asked) : undefined;
    this.attention = can('attention') ? (...asked) => this.attentionOf(...asked) : undefined;
    this.detect = can('detect') ? (...asked) => this.detected(...asked) : undefined;
    this.info = info;
    return info;
  }

  async score(questions: readonly Question[], signal: AbortSignal): Promise<readonly Score[]> {
    const params = { questions: await Promise.all(questions.map(questionMessage)) };
    return this.answers.scores(await this.child.request('score', params, signal), questions);
  }

  dispose(): Promise<void> {
    return this.child.dispose();
  }

  private async generated(
    question: Question,
    { n, temperature, seed, maxTokens }: GenerateOptions,
    signal: AbortSignal,
  ): Promise<readonly Generated[]> {
    const params = { question: await questionMessage(question), n, temperature, seed, maxTokens };
    return this.answers.generated(await this.child.request('generate', params, signal), n);
  }

  private async gradientOf(question: Question, target: readonly number[], signal: AbortSignal): Promise<ModelMaps> {
    const params = { question: await questionMessage(question), target: [...target] };
    return this.answers.maps(await this.child.request('gradient', params, signal), question.images.length);
  }

  private async attentionOf(question: Question, signal: AbortSignal): Promise<ModelMaps> {
    const params = { question: await questionMessage(question) };
    return this.answers.maps(await this.child.request('attention', params, signal), question.images.length);
  }

  private async detected(
    image: RgbImage,
    phrases: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Detection[]> {
    const params = { image: await imageMessage(image), phrases: [...phrases] };
    return this.answers.detections(await this.child.request('detect', params, signal));
  }
}
