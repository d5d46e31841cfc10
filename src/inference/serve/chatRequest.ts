import { isJsonObject, type Json, type JsonObject, type Option } from '../../core/model.js';
import { excerpt } from '../plainText.js';
import { RequestFailure } from './failure.js';

/** A chat request, checked. */
export interface ChatRequest {
  readonly model: string | null;
  /** All texts of the system and of the user, in their order. */
  readonly prompt: string;
  /** The bytes of all images, in their order. */
  readonly images: readonly Uint8Array[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly n: number;
  readonly seed: number | null;
  readonly logprobs: boolean;
  readonly topLogprobs: number;
  readonly stream: boolean;
}

const MOST_ANSWERS = 128;
const MOST_TOKENS = 4096;
const MOST_LOGPROBS = 20;

/** Reads the body of a chat request. Throws a RequestFailure that says what is wrong with it: nothing in it is passed over. */
export function readChatRequest(text: string): ChatRequest {
  const body = parsed(text);
  const messages = body['messages'];
  if (!Array.isArray(messages) || messages.length === 0)
    throw new RequestFailure(400, '“messages” must be a list of at least one message.');
  const texts: string[] = [];
  const images: Uint8Array[] = [];
  for (const message of messages) {
    if (!isJsonObject(message)) throw new RequestFailure(400, 'A message must be an object.');
    readMessage(message, texts, images);
  }
  const model = body['model'] ?? null;
  if (model !== null && typeof model !== 'string') throw new RequestFailure(400, '“model” must be a name.');
  const limit = body['max_completion_tokens'] === undefined ? 'max_tokens' : 'max_completion_tokens';
  return {
    model,
    prompt: texts.join('\n'),
    images,
    maxTokens: number(body, limit, { least: 1, most: MOST_TOKENS, whole: true }) ?? 256,
    temperature: number(body, 'temperature', { least: 0, most: 2, whole: false }) ?? 1,
    n: number(body, 'n', { least: 1, most: MOST_ANSWERS, whole: true }) ?? 1,
    seed: number(body, 'seed', { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER, whole: true }),
    logprobs: flag(body, 'logprobs'),
    topLogprobs: number(body, 'top_logprobs', { least: 0, most: MOST_LOGPROBS, whole: true }) ?? 0,
    stream: flag(body, 'stream'),
  };
}

/**
 * The options that a prompt lists: its last block of at least two lines “A. text”, “(B) text” or “3) text”, each with another label. The
 * question is what stands before them. No options where there is no such block.
 */
export function readOptions(prompt: string): { readonly question: string; readonly options: readonly Option[] } {
  const lines = prompt.split(/\r?\n/);
  const read = lines.map((line) => /^\s*\(?([A-Za-z]|\d{1,2})[.):]\s+(\S.*?)\s*$/.exec(line));
  let end = read.length;
  while (end > 0 && read[end - 1] === null) end -= 1;
  let start = end;
  while (start > 0 && read[start - 1] !== null) start -= 1;
  const options = read.slice(start, end).map((match) => ({ label: match?.[1] ?? '', text: match?.[2] ?? '' }));
  const distinct = new Set(options.map(({ label }) => label)).size === options.length;
  if (options.length < 2 || !distinct) return { question: prompt, options: [] };
  return { question: lines.slice(0, start).join('\n').trim(), options };
}

function readMessage(message: JsonObject, texts: string[], images: Uint8Array[]): void {
  const role = message['role'];
  if (role !== 'user' && role !== 'system' && role !== 'developer')
    throw new RequestFailure(
      400,
      `A message has the role ${quoted(role)}: this server answers single questions, of the roles system and user.`,
    );
  const content = message['content'];
  if (typeof content === 'string') {
    texts.push(content);
    return;
  }
  if (!Array.isArray(content)) throw new RequestFailure(400, '“content” must be a text, or a list of parts.');
  for (const part of content) {
    const type = isJsonObject(part) ? part['type'] : null;
    if (isJsonObject(part) && type === 'text' && typeof part['text'] === 'string') texts.push(part['text']);
    else if (isJsonObject(part) && type === 'image_url') images.push(imageOf(part['image_url'] ?? null));
    else throw new RequestFailure(400, `A part of the type ${quoted(type)} is not understood: text and image_url are.`);
  }
}

function imageOf(value: Json): Uint8Array {
  const url = isJsonObject(value) ? value['url'] : value;
  const payload = typeof url === 'string' ? /^data:[^,]*;base64,/i.exec(url) : null;
  if (typeof url !== 'string' || payload === null)
    throw new RequestFailure(
      400,
      `An image must be a data URL with base64 (data:image/png;base64,…): this server fetches nothing, and got ${quoted(url)}.`,
    );
  const bytes = Buffer.from(url.slice(payload[0].length), 'base64');
  if (bytes.length === 0) throw new RequestFailure(400, 'An image is empty: its data URL holds no base64.');
  return bytes;
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

function number(body: JsonObject, name: string, { least, most, whole }: Range): number | null {
  const value = body[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isSafeInteger(value)))
    return value;
  throw new RequestFailure(
    400,
    `“${name}” must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, and is ${quoted(value)}.`,
  );
}

function flag(body: JsonObject, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw new RequestFailure(400, `“${name}” must be true or false.`);
  return value;
}

function parsed(text: string): JsonObject {
  try {
    const body = JSON.parse(text) as Json;
    if (isJsonObject(body)) return body;
  } catch {
    // Said below: what is no JSON and what is another JSON are the same mistake.
  }
  throw new RequestFailure(400, `The body must be a JSON object, and begins with “${excerpt(text, 40)}”.`);
}

function quoted(value: unknown): string {
  return `“${excerpt(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), 60)}”`;
}
