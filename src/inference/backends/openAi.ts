import { FlipsideError } from '../../core/model.js';
import type { Endpoint, FoundModel, ModelPlaces } from '../../protocol/inference.js';
import type { BackendType, InferenceBackend } from '../backend.js';
import { excerpt } from '../plainText.js';
import { PATIENCE, type Patience } from './openAi/deadline.js';
import { OpenAiServer, Refused } from './openAi/http.js';
import { OpenAiModel } from './openAi/model.js';

/**
 * Models behind servers that speak the OpenAI protocol: vLLM, SGLang, llama.cpp, Ollama, LM Studio, `flipside serve`. What one can do is
 * tried. Keys are sent to the address that they belong to, and stand in no message.
 */
export function openAiWith(patience: Patience): BackendType {
  return {
    kind: 'openai',
    find: async ({ endpoints }, signal) =>
      (await Promise.all(endpoints.map((endpoint) => modelsOf(endpoint, patience, signal)))).flat(),
    open: (model, places) => Promise.resolve().then(() => opened(model, places, patience)),
  };
}

export const openAi = openAiWith(PATIENCE);

/** `openai:NAME/MODEL`; without the model where it is not known, because the server does not list any. */
function idOf({ name }: Endpoint, model: string | null): string {
  return model === null ? `openai:${name}` : `openai:${name}/${model}`;
}

async function modelsOf(endpoint: Endpoint, patience: Patience, signal: AbortSignal): Promise<readonly FoundModel[]> {
  try {
    const listed = await new OpenAiServer(endpoint.url, endpoint.key, patience).models(signal);
    // A server may answer to more names than it lists: which it does, the first question tells.
    if (endpoint.model !== null) return [found(endpoint, endpoint.model, null)];
    if (listed.length > 0) return listed.map((model) => found(endpoint, model, null));
    return [
      found(
        endpoint,
        null,
        `${withoutLogin(endpoint.url)} lists no model. Load one there, or name it in the endpoint.`,
      ),
    ];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FlipsideError)) throw error;
    // A server need not have a list for somebody who knows what it runs.
    const unlisted = error instanceof Refused && [404, 405, 501].includes(error.status) && endpoint.model !== null;
    return [found(endpoint, endpoint.model, unlisted ? null : error.message)];
  }
}

function found(endpoint: Endpoint, model: string | null, missing: string | null): FoundModel {
  return {
    id: idOf(endpoint, model),
    kind: 'openai',
    name: model === null ? endpoint.name : `${model} (${endpoint.name})`,
    where: withoutLogin(endpoint.url),
    bytes: null,
    missing,
  };
}

function opened(model: FoundModel, { endpoints }: ModelPlaces, patience: Patience): InferenceBackend {
  const [endpoint] = endpoints
    .filter((each) => model.id.startsWith(idOf(each, '')))
    .sort((a, b) => b.name.length - a.name.length);
  if (endpoint === undefined)
    throw new FlipsideError(
      `No endpoint offers ${excerpt(model.id)}. ${model.missing ?? 'Add it to the endpoints, or list the models again.'}`,
    );
  const server = new OpenAiServer(endpoint.url, endpoint.key, patience);
  const open = endpoint.key !== null && endpoint.key !== '' && isUnencrypted(endpoint.url);
  const notes = open ? ['The key of this endpoint travels unencrypted: its address begins with http.'] : [];
  return new OpenAiModel(server, model, model.id.slice(idOf(endpoint, '').length), notes);
}

function isUnencrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function withoutLogin(url: string): string {
  if (!URL.canParse(url)) return excerpt(url);
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
