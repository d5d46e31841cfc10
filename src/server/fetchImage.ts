import { ImageRefused } from '../core/analysis/images.js';

const MOST_MS = 15_000;
const MOST_REDIRECTS = 4;

/**
 * Fetches an image that the data name by URL: only HTTP and HTTPS, also behind redirects, within the limits of size and
 * time, without credentials. Throws an ImageRefused; the signal's reason where nobody waits for it any more.
 */
export async function fetchImage(url: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  const timeout = AbortSignal.timeout(MOST_MS);
  try {
    return await follow(url, maxBytes, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImageRefused) throw error;
    if (timeout.aborted) throw new ImageRefused('missing', `did not come within ${MOST_MS / 1000} seconds`);
    const { message, cause } = error as Error;
    throw new ImageRefused('missing', `cannot be fetched (${cause instanceof Error ? cause.message : message})`);
  }
}

async function follow(url: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    if (at.protocol !== 'http:' && at.protocol !== 'https:') {
      throw new ImageRefused('missing', `leads to ${at.protocol}, and only http and https are fetched`);
    }
    const response = await fetch(at, { redirect: 'manual', credentials: 'omit', signal });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      at = new URL(location, at);
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new ImageRefused('missing', `cannot be fetched (the server answers ${response.status})`);
    }
    return bodyOf(response, maxBytes);
  }
  throw new ImageRefused('missing', 'is redirected too often');
}

/** The length that the server states may be wrong or absent: the bytes that come are counted. */
async function bodyOf(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new ImageRefused('too large', `has more than ${(maxBytes / 1e6).toFixed(1)} MB, which is the limit`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
