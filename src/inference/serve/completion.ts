import type { JsonObject } from '../../core/model.js';
import type { Answer, LabelLogprob } from './answers.js';
import type { ChatRequest } from './chatRequest.js';

/** JSON has no infinity: what vLLM says for a probability of zero. */
const IMPOSSIBLE = -9999;

/** Answers as one object of the OpenAI protocol. `created` is in seconds since 1970. */
export function completion(
  id: string,
  model: string,
  created: number,
  request: ChatRequest,
  answers: readonly Answer[],
): JsonObject {
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: answers.map((answer, index) => ({
      index,
      message: { role: 'assistant', content: answer.text },
      logprobs: logprobsOf(answer, request),
      finish_reason: 'stop',
    })),
    usage: usageOf(request, answers),
  };
}

/** The same as events of a stream, in their order. */
export function completionEvents(
  id: string,
  model: string,
  created: number,
  request: ChatRequest,
  answers: readonly Answer[],
): JsonObject[] {
  const head = { id, object: 'chat.completion.chunk', created, model };
  const parts = answers.flatMap((answer, index): JsonObject[] => [
    {
      index,
      delta: { role: 'assistant', content: answer.text },
      logprobs: logprobsOf(answer, request),
      finish_reason: null,
    },
    { index, delta: {}, logprobs: null, finish_reason: 'stop' },
  ]);
  const events: JsonObject[] = parts.map((choice) => ({ ...head, choices: [choice] }));
  return [...events, { ...head, choices: [], usage: usageOf(request, answers) }];
}

function logprobsOf({ logprobs }: Answer, request: ChatRequest): JsonObject | null {
  if (!request.logprobs || logprobs === null) return null;
  const top = logprobs.all.slice(0, request.topLogprobs).map(tokenOf);
  return { content: [{ ...tokenOf(logprobs.chosen), top_logprobs: top }] };
}

function tokenOf({ token, logprob }: LabelLogprob): JsonObject {
  return { token, logprob: Math.max(IMPOSSIBLE, logprob), bytes: [...Buffer.from(token)] };
}

/** Counted in words: what cuts texts into tokens is the backend's own affair. */
function usageOf({ prompt }: ChatRequest, answers: readonly Answer[]): JsonObject {
  const words = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
  const asked = words(prompt);
  const answered = answers.reduce((total, { text }) => total + words(text), 0);
  return { prompt_tokens: asked, completion_tokens: answered, total_tokens: asked + answered };
}
