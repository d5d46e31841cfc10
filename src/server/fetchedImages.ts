import { ImageRefused } from '../core/analysis/images.js';
import { KeptBytes } from '../core/analysis/keptBytes.js';
import { FETCH_LIMITS, fetchImage, HostFailed, type FetchLimits } from './fetchImage.js';
import { Limiter } from './limiter.js';

const AT_ONCE = 8;
/** One server that hangs must not keep others' images waiting. */
const AT_ONCE_OF_HOST = 2;
/** So long what failed is not tried again. */
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/** Images that were fetched from the network, and for a while what could not be. */
export class FetchedImages {
  private readonly all = new Limiter(AT_ONCE);
  private readonly hosts = new Map<string, Limiter>();
  private readonly kept = new KeptBytes();
  /** By URL; where no answer comes from a host, by the host. */
  private readonly failed = new Map<string, { readonly error: ImageRefused; readonly at: number }>();

  constructor(
    private readonly limits: FetchLimits = FETCH_LIMITS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Throws an ImageRefused; the signal's reason where nobody waits for it any more. */
  async get(url: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    const host = hostOf(url);
    return this.kept.get(url) ?? this.of(host).run(() => this.fetch(url, host, maxBytes, signal), signal);
  }

  /** Whether `get` answers without asking the network. */
  has(url: string): boolean {
    return this.kept.has(url) || [hostOf(url), url].some((name) => this.failureOf(name) !== null);
  }

  /** Forgets everything: the user may have mended what failed. */
  clear(): void {
    this.kept.clear();
    this.failed.clear();
  }

  private async fetch(url: string, host: string, maxBytes: number, signal: AbortSignal | undefined): Promise<Buffer> {
    // Asked again here: another of the same may have come, or failed, while this one waited for its turn.
    const kept = this.kept.get(url);
    if (kept !== undefined) return kept;
    for (const name of [host, url]) {
      const failure = this.failureOf(name);
      if (failure !== null) throw failure;
    }
    try {
      const bytes = await this.all.run(() => fetchImage(url, maxBytes, signal, this.limits), signal);
      this.kept.keep(url, bytes);
      return bytes;
    } catch (error) {
      if (error instanceof ImageRefused) this.remember(error instanceof HostFailed ? host : url, error);
      throw error;
    }
  }

  private failureOf(name: string): ImageRefused | null {
    const failed = this.failed.get(name);
    return failed !== undefined && this.now() - failed.at < REMEMBERED_MS ? failed.error : null;
  }

  private remember(name: string, error: ImageRefused): void {
    if (this.failed.size >= MOST_REMEMBERED) this.failed.clear();
    this.failed.set(name, { error, at: this.now() });
  }

  private of(host: string): Limiter {
    let limiter = this.hosts.get(host);
    if (limiter === undefined) this.hosts.set(host, (limiter = new Limiter(AT_ONCE_OF_HOST)));
    return limiter;
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    throw new ImageRefused('missing', 'is no address that can be fetched');
  }
}
