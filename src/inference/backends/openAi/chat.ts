import { FlipsideError, isJsonObject, type Json, type JsonObject } from '../../../core/model.js';
import type { OpenAiServer } from './http.js';

/** What is asked in one request. Null: not sent, because the server does not take it or nothing is wanted. */
export interface ChatRequest {
  readonly model: string;
  readonly prompt: string;
  /** Data URIs, which stand before the prompt. */
  readonly images: readonly string[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly n: number | null;
  readonly seed: number | null;
  readonly topLogprobs: number | null;
  /** Asked for where an answer may take long: then silence is told from work. */
  readonly stream: boolean;
}

/** A token that the model might have written, and how likely. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm of its probability; NaN where the server gives no number. */
  readonly logprob: number;
}

export interface Choice {
  readonly text: string;
  /** The likeliest first tokens, the one that was written among them; null where the server tells none. */
  readonly firstToken: readonly TokenLogprob[] | null;
}

/** Asks, and waits for all answers. Throws a FlipsideError where what comes is no answer, or only the beginning of one. */
export async function chat(
  server: OpenAiServer,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  const choices = new Map<number, GrowingChoice>();
  for await (const event of server.chat(bodyOf(request), signal)) {
    const parts = choicesOf(event);
    if (parts === null) throw failedOrForeign(server, event);
    parts.forEach((part, position) => {
      const index = typeof part['index'] === 'number' ? part['index'] : position;
      const choice = choices.get(index) ?? { text: '', firstToken: null, finished: false };
      choices.set(index, choice);
      grow(choice, part);
    });
  }
  const answers = [...choices.entries()].sort(([a], [b]) => a - b).map(([, choice]) => choice);
  if (answers.length === 0 || answers.some(({ finished }) => !finished))
    throw new FlipsideError(
      `${server.address} ended its answer in the middle: its own log says why. What had come is not used; ask again.`,
    );
  return answers;
}

interface GrowingChoice {
  text: string;
  firstToken: readonly TokenLogprob[] | null;
  finished: boolean;
}

function bodyOf(request: ChatRequest): JsonObject {
  const { model, prompt, images, maxTokens, temperature, n, seed, topLogprobs, stream } = request;
  const content: Json =
    images.length === 0
      ? prompt
      : [...images.map((url) => ({ type: 'image_url', image_url: { url } })), { type: 'text', text: prompt }];
  return {
    model,
    messages: [{ role: 'user', content }],
    max_tokens: maxTokens,
    temperature,
    ...(n === null ? {} : { n }),
    ...(seed === null ? {} : { seed }),
    ...(topLogprobs === null ? {} : { logprobs: true, top_logprobs: topLogprobs }),
    ...(stream ? { stream } : {}),
  };
}

/** The choices of an answer or of an event; null where it has none. */
function choicesOf(event: Json): JsonObject[] | null {
  const choices = field(event, 'choices');
  return Array.isArray(choices) && choices.every(isJsonObject) ? choices : null;
}

function grow(choice: GrowingChoice, part: JsonObject): void {
  const whole = part['message'];
  const message = whole ?? part['delta'] ?? null;
  const content = field(message, 'content');
  if (typeof content === 'string') choice.text += content;
  choice.firstToken ??= firstTokenOf(part['logprobs'] ?? null);
  // Some servers leave the reason out of answers that come in one piece.
  if (typeof part['finish_reason'] === 'string' || isJsonObject(whole ?? null)) choice.finished = true;
}

function firstTokenOf(logprobs: Json): readonly TokenLogprob[] | null {
  const content = field(logprobs, 'content');
  const first = Array.isArray(content) ? (content[0] ?? null) : null;
  const top = field(first, 'top_logprobs');
  if (!Array.isArray(top) || top.length === 0) return null;
  const tokens = top.flatMap(tokenOf);
  const written = tokenOf(first);
  // Where chance took a token that is not among the likeliest, it is known all the same.
  return tokens.some(({ token }) => token === written[0]?.token) ? tokens : [...tokens, ...written];
}

function tokenOf(value: Json): TokenLogprob[] {
  const token = field(value, 'token');
  const logprob = field(value, 'logprob');
  return typeof token === 'string' ? [{ token, logprob: typeof logprob === 'number' ? logprob : Number.NaN }] : [];
}

/** A server that fails after it has begun to stream says so in an event. */
function failedOrForeign(server: OpenAiServer, event: Json): FlipsideError {
  const error = field(event, 'error');
  if (error === null) return server.noSuchProtocol('/chat/completions', JSON.stringify(event));
  const message = field(error, 'message');
  return new FlipsideError(
    `${server.address} failed in the middle of its answer: “${server.quoted(typeof message === 'string' ? message : JSON.stringify(error))}”. Its own log says more.`,
  );
}

function field(value: Json, name: string): Json {
  return isJsonObject(value) ? (value[name] ?? null) : null;
}
