import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { InferenceEvents, InferenceMethods } from '../protocol/inference.js';
import { Rpc, RpcError } from '../protocol/rpc.js';

export type { BackendInfo, FoundModel, ModelPlaces } from '../protocol/inference.js';

export interface InferenceProcess {
  /** The bundled inference process. */
  readonly script: string;
  /** The program that runs it, and its environment. */
  readonly program: () => { readonly node: string; readonly env: NodeJS.ProcessEnv };
  readonly log: { info(line: string): void; error(line: string): void };
}

type Server = Rpc<object, InferenceMethods, object, InferenceEvents>;
type Params<K extends keyof InferenceMethods> = Parameters<InferenceMethods[K]>[0];
type Result<K extends keyof InferenceMethods> = Awaited<ReturnType<InferenceMethods[K]>>;

/** A process that does not answer for so many milliseconds after something was given up is inside native code: it is ended. */
const PATIENCE = 1000;

/**
 * The inference process from outside: started when first asked, and again after it died. What is given up ends at once where the work looks up
 * in time, else with the process, as native code cannot be interrupted; what others have asked is then asked again.
 */
export class InferenceClient {
  private child: ChildProcess | null = null;
  private server: Server | null = null;
  private stopping = new WeakSet<Server>();
  private readonly listeners: { [K in keyof InferenceEvents]: Set<(payload: InferenceEvents[K]) => void> } = {
    status: new Set(),
    partial: new Set(),
  };

  constructor(private readonly process: InferenceProcess) {}

  /** Asks the process. Rejects with an RpcError; see InferenceMethods. */
  async ask<K extends keyof InferenceMethods>(method: K, params: Params<K>, signal?: AbortSignal): Promise<Result<K>> {
    for (;;) {
      const server = this.start();
      const giveUp = (): void => void this.endIfStuck(server);
      signal?.addEventListener('abort', giveUp, { once: true });
      try {
        // The RPC's own types say the same, by a way that TypeScript cannot follow for an open method name.
        return (await server.request(method, params as never, signal)) as Result<K>;
      } catch (error) {
        // It was ended for somebody else's sake.
        const isOthers = this.stopping.has(server) && error instanceof RpcError && error.kind === 'expected';
        if (!isOthers || signal?.aborted === true) throw error;
      } finally {
        signal?.removeEventListener('abort', giveUp);
      }
    }
  }

  /** Listens to an event. Returns how to stop. */
  on<K extends keyof InferenceEvents>(name: K, listener: (payload: InferenceEvents[K]) => void): () => void {
    this.listeners[name].add(listener);
    return () => this.listeners[name].delete(listener);
  }

  /** The number of the process; null while there is none. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Ends the process, with the models that it holds; the next question starts another. */
  dispose(): void {
    const { server, child } = this;
    this.forget();
    server?.close('Flipside was closed.');
    child?.kill();
  }

  private async endIfStuck(server: Server): Promise<void> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      await server.request('ping', null, patience.signal);
    } catch {
      if (this.server !== server) return;
      this.stopping.add(server);
      const { child } = this;
      this.forget();
      server.close('The model was stopped.');
      child?.kill('SIGKILL');
    } finally {
      clearTimeout(timer);
    }
  }

  /** `ended`: why, where the process died by itself. */
  private forget(ended?: string): void {
    this.child = null;
    this.server = null;
    const why = ended === undefined ? {} : { ended };
    for (const listener of this.listeners.status) listener({ loaded: [], running: null, waiting: 0, ...why });
  }

  private start(): Server {
    if (this.server !== null) return this.server;
    const { node, env } = this.process.program();
    const options = { execPath: node, execArgv: [], env, serialization: 'advanced' as const, silent: true };
    const child = fork(this.process.script, [], options);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.process.log.info(line));
    }
    const server: Server = new Rpc(
      {
        send: (message) => {
          // A child that is dying takes no messages; its exit fails the request.
          if (child.connected) child.send(message as object, () => undefined);
        },
        listen: (onMessage) => child.on('message', onMessage),
      },
      {},
    );
    server.on('status', (payload) => this.tell('status', payload));
    server.on('partial', (payload) => this.tell('partial', payload));
    const end = (reason: string): void => {
      const ended = `The model process ended (${reason}). Ask again: it is started anew.`;
      server.close(ended);
      if (this.server !== server) return;
      this.process.log.error(`The model process ended: ${reason}.`);
      this.forget(ended);
    };
    child.on('error', (error) => end(`it could not be started: ${error.message}; check the setting flipside.nodePath`));
    child.on('exit', (code, signal) => end(whyEnded(code, signal)));
    this.child = child;
    this.server = server;
    return server;
  }

  private tell<K extends keyof InferenceEvents>(name: K, payload: InferenceEvents[K]): void {
    for (const listener of this.listeners[name]) listener(payload);
  }
}

/** Ends by want of memory: the system kills, and JavaScript's engine and native libraries abort. */
function whyEnded(code: number | null, signal: NodeJS.Signals | null): string {
  const reason = signal ?? `status ${code ?? 'unknown'}`;
  const isMemory = signal === 'SIGKILL' || signal === 'SIGABRT' || code === 134 || code === 137;
  return isMemory
    ? `${reason}; the model may need more memory than there is: try a smaller one, or fewer pixels`
    : reason;
}
