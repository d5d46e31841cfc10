import { dataUri } from '../../images.js';
import { chat, type ChatRequest, type Choice } from './chat.js';
import { Refused, type OpenAiServer } from './http.js';

/** What a server takes and does, as found by asking it. */
export interface Features {
  readonly images: boolean;
  /** Why it takes no images, in its own words; empty where it does. */
  readonly refusal: string;
  /** How many of the likeliest tokens it tells; null where it tells none. */
  readonly topLogprobs: number | null;
  /** Whether it gives several answers to one request. */
  readonly n: boolean;
  /** Whether it takes a seed, and whether the same one gave the same answer. */
  readonly seed: 'refused' | 'ignored' | 'kept';
}

/** Most servers tell at most 20; some that tell any refuse so many. */
const TOP = [20, 5];
/** So long that chance does not write it twice. */
const SEED_TOKENS = 24;
/** Characters below which an answer may be the same by chance, and how many of these are compared. */
const SHORT = 8;
const PIXELS = 64;
/** With options, because some models do nothing but choose. */
const PLAIN = 'Is this picture grey?\nA. yes\nB. no\nAnswer with the letter of the right option only.';
const RANDOM = 'Choose one at random, and write random letters and digits behind it.\nA. one\nB. two';

type Asked = Pick<ChatRequest, 'images' | 'n' | 'seed' | 'topLogprobs'>;

/**
 * Asks for one token with everything on. Where the server refuses that, for each thing alone. Whether a seed is kept is found by two
 * answers to the same request. Throws a FlipsideError where the server does not even answer the plain request.
 */
export async function tryFeatures(server: OpenAiServer, model: string, signal: AbortSignal): Promise<Features> {
  const grey = { width: PIXELS, height: PIXELS, data: new Uint8Array(PIXELS * PIXELS * 3).fill(128), encoded: null };
  const image = await dataUri(grey);
  const ask = (asked: Partial<Asked>, prompt = PLAIN, maxTokens = 1): Promise<readonly Choice[]> => {
    const nothing = { images: [], n: null, seed: null, topLogprobs: null };
    return chat(server, { model, prompt, maxTokens, temperature: 1, stream: false, ...nothing, ...asked }, signal);
  };
  const all = await orRefusal(ask({ images: [image], n: 2, seed: 1, topLogprobs: TOP[0] ?? 1 }));
  if (!(all instanceof Refused)) {
    const told = all[0]?.firstToken !== null;
    const seed = await seedKept(ask, [image]);
    return { images: true, refusal: '', topLogprobs: told ? (TOP[0] ?? 1) : null, n: all.length === 2, seed };
  }
  await ask({});
  const withImage = await orRefusal(ask({ images: [image] }));
  const two = await orRefusal(ask({ n: 2 }));
  return {
    images: !(withImage instanceof Refused),
    refusal: withImage instanceof Refused ? withImage.message : '',
    topLogprobs: await mostLogprobs(ask),
    n: !(two instanceof Refused) && two.length === 2,
    seed: await seedKept(ask, withImage instanceof Refused ? [] : [image]),
  };
}

type Ask = (asked: Partial<Asked>, prompt?: string, maxTokens?: number) => Promise<readonly Choice[]>;

async function mostLogprobs(ask: Ask): Promise<number | null> {
  for (const topLogprobs of TOP) {
    const choices = await orRefusal(ask({ topLogprobs }));
    if (!(choices instanceof Refused) && choices[0]?.firstToken !== null) return topLogprobs;
  }
  return null;
}

/** @param images some models answer nothing without one */
async function seedKept(ask: Ask, images: Asked['images']): Promise<Features['seed']> {
  const texts: string[] = [];
  // A model that only chooses says a letter, and two letters are the same by chance: then more of them are compared.
  const enough = (): boolean => texts.length >= ((texts[0]?.length ?? 0) < SHORT ? SHORT : 2);
  while (!enough()) {
    const choices = await orRefusal(ask({ seed: 7, images }, RANDOM, SEED_TOKENS));
    if (choices instanceof Refused) return 'refused';
    texts.push(choices[0]?.text ?? '');
    if (texts.at(-1) !== texts[0]) return 'ignored';
  }
  return 'kept';
}

/** Wrong keys and models are no matter of features; some servers answer 500 or 501 to what they do not know. */
async function orRefusal(asked: Promise<readonly Choice[]>): Promise<readonly Choice[] | Refused> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refused && [400, 415, 422, 500, 501].includes(error.status)) return error;
    throw error;
  }
}
