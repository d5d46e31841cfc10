/**
 * One small RPC for webviews and child processes alike: requests with answers, cancellation, and events, over anything that
 * carries structured-cloneable messages both ways. An interface of methods is the contract; nothing is declared twice.
 */

/** What one side offers: methods that take one argument (or none) and may answer later. */
export type Methods<T> = { readonly [K in keyof T]: (params: never, signal: AbortSignal) => unknown };
type Params<T, K extends keyof T> = T[K] extends (params: infer P, ...rest: never[]) => unknown ? P : never;
type Result<T, K extends keyof T> = T[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

/** Named one-way messages with their payloads. */
export type Events = object;

/** How messages get to the other side. `listen` is called once. */
export interface Channel {
  send(message: unknown): void;
  listen(onMessage: (message: unknown) => void): void;
}

type Message =
  | { readonly type: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly message: string;
      readonly kind: FailureKind;
      readonly stack?: string | undefined;
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'event'; readonly name: string; readonly payload: unknown };

/** `expected`: the message is meant for the user. `cancelled`: nobody waits for it any more. `defect`: anything else. */
export type FailureKind = 'expected' | 'cancelled' | 'defect';

/** A request that failed on the other side. `remoteStack` is where it failed there, for the log. */
export class RpcError extends Error {
  constructor(
    message: string,
    readonly kind: FailureKind,
    readonly remoteStack?: string,
  ) {
    super(message);
    this.name = kind === 'cancelled' ? 'AbortError' : 'RpcError';
  }
}

type Handler = (params: unknown, signal: AbortSignal) => unknown;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One end of a channel. `Local` is what this side answers, `Remote` what it may ask, `Out` and `In` the events it sends and
 * receives. A handler that throws always replies; a message nobody understands is answered as a failure, not ignored.
 */
export class Rpc<
  Local extends Methods<Local>,
  Remote extends Methods<Remote>,
  Out extends Events = object,
  In extends Events = object,
> {
  // A page that is loaded again must not take answers for what the one before it asked.
  private nextId = Math.floor(Math.random() * 2 ** 40) + 1;
  private closed: Error | null = null;
  private readonly pending = new Map<number, Pending>();
  private readonly running = new Map<number, AbortController>();
  private readonly listeners = new Map<string, Set<(payload: unknown) => void>>();

  constructor(
    private readonly channel: Channel,
    private readonly local: Local,
  ) {
    channel.listen((message) => this.receive(message as Message));
  }

  /** Asks the other side. Rejects with an RpcError; with kind `cancelled` once `signal` aborts. */
  request<K extends keyof Remote & string>(
    method: K,
    params: Params<Remote, K>,
    signal?: AbortSignal,
  ): Promise<Result<Remote, K>> {
    if (this.closed !== null) return Promise.reject(this.closed);
    if (signal?.aborted === true) return Promise.reject(new RpcError('Cancelled.', 'cancelled'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        if (!this.pending.delete(id)) return;
        this.channel.send({ type: 'cancel', id } satisfies Message);
        reject(new RpcError('Cancelled.', 'cancelled'));
      };
      const done = (): void => signal?.removeEventListener('abort', cancel);
      this.pending.set(id, {
        resolve: (value) => (done(), resolve(value as Result<Remote, K>)),
        reject: (error) => (done(), reject(error)),
      });
      signal?.addEventListener('abort', cancel, { once: true });
      this.channel.send({ type: 'request', id, method, params } satisfies Message);
    });
  }

  /** Sends an event; nobody answers. */
  emit<K extends keyof Out & string>(name: K, payload: Out[K]): void {
    if (this.closed === null) this.channel.send({ type: 'event', name, payload } satisfies Message);
  }

  /** Listens to an event of the other side. Returns how to stop. */
  on<K extends keyof In & string>(name: K, listener: (payload: In[K]) => void): () => void {
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all);
    const own = listener as (payload: unknown) => void;
    all.add(own);
    return () => all.delete(own);
  }

  /** The channel is gone: every waiting request fails with `reason`, every running one is told to stop. */
  close(reason: string): void {
    if (this.closed !== null) return;
    this.closed = new RpcError(reason, 'expected');
    for (const { reject } of this.pending.values()) reject(this.closed);
    this.pending.clear();
    for (const controller of this.running.values()) controller.abort();
    this.running.clear();
  }

  private receive(message: Message): void {
    switch (message.type) {
      case 'request':
        void this.answer(message.id, message.method, message.params);
        return;
      case 'result':
        this.take(message.id)?.resolve(message.value);
        return;
      case 'failure':
        this.take(message.id)?.reject(new RpcError(message.message, message.kind, message.stack));
        return;
      case 'cancel':
        this.running.get(message.id)?.abort();
        return;
      case 'event':
        this.tell(message);
    }
  }

  /** Who ends meanwhile is not told any more; who begins, as one that takes another's place does, hears the next event. */
  private tell({ name, payload }: { readonly name: string; readonly payload: unknown }): void {
    const all = this.listeners.get(name) ?? new Set();
    for (const listener of [...all]) if (all.has(listener)) listener(payload);
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const handler = Object.hasOwn(this.local, method) ? this.local[method as keyof Local] : undefined;
      if (handler === undefined) throw new Error(`Nobody answers "${method}".`);
      const value = await (handler as unknown as Handler)(params, controller.signal);
      this.reply({ type: 'result', id, value });
    } catch (error) {
      this.reply(failure(id, error, controller.signal.aborted));
    } finally {
      this.running.delete(id);
    }
  }

  private reply(message: Message): void {
    if (this.closed === null) this.channel.send(message);
  }
}

function failure(id: number, error: unknown, aborted: boolean): Message {
  const problem = error instanceof Error ? error : new Error(String(error));
  const { message, name } = problem;
  if (aborted || name === 'AbortError') return { type: 'failure', id, message, kind: 'cancelled' };
  // An RpcError is one that was already told apart on the way here.
  const expected = name === 'FlipsideError' || (problem instanceof RpcError && problem.kind === 'expected');
  if (expected) return { type: 'failure', id, message, kind: 'expected' };
  // Read for defects alone: writing down where it failed takes the editor long, and the quick scroller cancels much.
  return { type: 'failure', id, message, kind: 'defect', stack: problem.stack };
}
