import { lookup } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ImageRefused } from '../core/analysis/images.js';
import { isPublicAddress } from './publicAddress.js';

/** What is fetched from, and how long it is waited for. Settings do not reach it: a folder must not open the way to a network. */
export interface FetchLimits {
  /** Whether a server may have this IP address. */
  readonly allows: (address: string) => boolean;
  /** Until a server begins to answer, and until the image is there, in milliseconds. */
  readonly answerMs: number;
  readonly wholeMs: number;
}

export const FETCH_LIMITS: FetchLimits = { allows: isPublicAddress, answerMs: 5_000, wholeMs: 15_000 };

const MOST_REDIRECTS = 4;

/** The server itself could not be reached: others of its images will not come either. */
export class HostFailed extends ImageRefused {
  constructor(message: string) {
    super('missing', message);
    this.name = 'HostFailed';
  }
}

/**
 * Fetches an image that the data name by URL: only HTTP and HTTPS, also behind redirects, only from public addresses, within
 * the limits of size and time, without credentials. Throws an ImageRefused; the signal's reason where nobody waits for it any
 * more.
 */
export async function fetchImage(
  url: string,
  maxBytes: number,
  signal?: AbortSignal,
  limits = FETCH_LIMITS,
): Promise<Buffer> {
  const timeout = AbortSignal.timeout(limits.wholeMs);
  const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    return await follow(url, maxBytes, stop, limits);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImageRefused) throw error;
    if (timeout.aborted)
      throw new HostFailed(
        `did not come: ${new URL(url).host} did not send it within ${limits.wholeMs / 1000} seconds`,
      );
    throw new HostFailed(`cannot be fetched (${(error as Error).message})`);
  }
}

async function follow(url: string, maxBytes: number, signal: AbortSignal, limits: FetchLimits): Promise<Buffer> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    if (at.protocol !== 'http:' && at.protocol !== 'https:') {
      throw new ImageRefused('missing', `leads to ${at.protocol}, and only http and https are fetched`);
    }
    const response = await ask(at, signal, limits);
    const { statusCode: status = 0 } = response;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      response.destroy();
      at = redirected(location, at);
      continue;
    }
    if (status < 200 || status >= 300) {
      response.destroy();
      throw new ImageRefused('missing', `cannot be fetched (the server answers ${status})`);
    }
    return bodyOf(response, maxBytes);
  }
  throw new ImageRefused('missing', 'is redirected too often');
}

function redirected(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch {
    throw new ImageRefused('missing', 'is redirected to what is no address');
  }
}

/** The server's answer, once it begins. What a name resolves to is checked where the connection is made: it may change. */
function ask(url: URL, signal: AbortSignal, { allows, answerMs }: FetchLimits): Promise<IncomingMessage> {
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !allows(literal)) throw notPublic(url.host, literal);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { accept: 'image/*,*/*;q=0.5', 'accept-encoding': 'identity', 'user-agent': 'flipside' };
  // Without what may stand before the host: the data's credentials are not sent.
  const { protocol, hostname, port, pathname, search } = url;
  const target = { protocol, hostname: literal, port, path: pathname + search, headers, servername: hostname };
  const tls = isIP(literal) === 0 ? target : { ...target, servername: '' };
  return new Promise((resolve, reject) => {
    const sent = request({ ...tls, agent: false, signal, lookup: allowedLookup(url.host, allows) }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(
      () => sent.destroy(new HostFailed(`did not come: ${url.host} gave no answer within ${answerMs / 1000} seconds`)),
      answerMs,
    );
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end();
  });
}

function allowedLookup(host: string, allows: FetchLimits['allows']): LookupFunction {
  return (name, options, done) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      const denied = addresses?.find(({ address }) => !allows(address));
      const [first] = addresses ?? [];
      if (error !== null) done(error, '');
      else if (denied !== undefined || first === undefined) done(notPublic(host, denied?.address ?? ''), '');
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function notPublic(host: string, address: string): ImageRefused {
  const what = host === address || host.startsWith(address) ? host : `${host} (${address})`;
  return new ImageRefused(
    'missing',
    `is not fetched: it leads to ${what}, an address of this machine or of a private network. Only public servers are asked`,
  );
}

/** The length that the server states may be wrong or absent: the bytes that come are counted. */
async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new ImageRefused('too large', `has more than ${(maxBytes / 1e6).toFixed(1)} MB, which is the limit`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
