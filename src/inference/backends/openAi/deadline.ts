/** How long a server is waited for, and how often it is asked again, in milliseconds. */
export interface Patience {
  /** For the list of models, which tells whether anybody is there. */
  readonly listMs: number;
  /** Without a byte: a model may take its time before the first one. Node's own limit is 300 seconds. */
  readonly idleMs: number;
  /** For the whole answer. */
  readonly wholeMs: number;
  /** Waits before a request is repeated that met a busy or failing server. */
  readonly waits: readonly number[];
}

export const PATIENCE: Patience = { listMs: 3_000, idleMs: 240_000, wholeMs: 900_000, waits: [500, 2_000] };

/** A signal that aborts where the caller's does, where nothing comes for a while, and where the whole takes too long. */
export class Deadline {
  readonly signal: AbortSignal;
  /** Which limit has passed, in seconds and words; null where none has. */
  passed: string | null = null;
  private readonly over = new AbortController();
  private readonly whole: NodeJS.Timeout;
  private idle: NodeJS.Timeout;

  constructor(
    signal: AbortSignal,
    private readonly idleMs: number,
    wholeMs: number,
  ) {
    this.signal = AbortSignal.any([signal, this.over.signal]);
    this.whole = setTimeout(() => this.pass(`did not finish its answer within ${wholeMs / 1000} seconds`), wholeMs);
    this.idle = this.wait();
  }

  /** Something came. */
  touch(): void {
    clearTimeout(this.idle);
    this.idle = this.wait();
  }

  /** Nobody waits any more: what is still being sent is let go. */
  end(): void {
    clearTimeout(this.idle);
    clearTimeout(this.whole);
    this.over.abort();
  }

  private wait(): NodeJS.Timeout {
    return setTimeout(() => this.pass(`sent nothing for ${this.idleMs / 1000} seconds`), this.idleMs);
  }

  private pass(what: string): void {
    this.passed ??= what;
    this.over.abort();
  }
}
