import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { AnalysisEvents, AnalysisMethods, OpenParams, Overview } from '../protocol/analysis.js';
import { Rpc } from '../protocol/rpc.js';

export interface AnalysisProcess {
  /** The bundled analysis process. */
  readonly script: string;
  /** The program that runs it, and its environment. */
  readonly program: () => { readonly node: string; readonly env: NodeJS.ProcessEnv };
  readonly log: { info(line: string): void; error(line: string): void };
}

type Server = Rpc<object, AnalysisMethods, object, AnalysisEvents>;

/** So many deaths in so many milliseconds, and it is not started again by itself. */
const MOST_DEATHS = 3;
const DEATHS_WITHIN = 60_000;

/**
 * The analysis process from the extension's side: started when first asked, started again after it died, with what was open
 * opened again. Requests that were under way when it died fail with a sentence that says so.
 */
export class AnalysisClient {
  private child: ChildProcess | null = null;
  private server: Server | null = null;
  private lastOpen: OpenParams | null = null;
  private reopened: Promise<unknown> | null = null;
  private deaths: number[] = [];
  /** Why the process died, until what was open is open again, or is given up. */
  private died = '';
  private disposed = false;
  private readonly listeners: { [K in keyof AnalysisEvents]: Set<(payload: AnalysisEvents[K]) => void> } = {
    progress: new Set(),
    overview: new Set(),
    exporting: new Set(),
    failed: new Set(),
  };
  /** Hears when the process died and was started again, with what was open. */
  onRestart: (overview: Overview | null, reason: string) => void = () => undefined;

  constructor(private readonly process: AnalysisProcess) {}

  /** Opens paths; see AnalysisMethods.open. What was opened last is opened again after a crash. */
  async open(params: OpenParams, signal?: AbortSignal): Promise<Overview> {
    this.lastOpen = params;
    const server = this.start();
    const opening = server.request('open', params, signal);
    // It takes the place of what opens again after a crash, and tells of that too.
    if (this.reopened !== null) this.reopened = opening;
    try {
      const overview = await opening;
      this.deaths = [];
      if (this.reopened === opening) this.restarted(overview);
      return overview;
    } catch (error) {
      const isReplaced = this.server !== server && this.server !== null && this.lastOpen === params;
      // The process died under it: the next one opens the same, and nobody need know of two failures.
      if (isReplaced && signal?.aborted !== true) return await this.open(params, signal);
      if (this.reopened === opening) this.restarted(null);
      throw error;
    }
  }

  /** Asks the process, once what was open before a crash is open again. */
  async ask<K extends keyof AnalysisMethods>(
    method: K,
    params: Parameters<AnalysisMethods[K]>[0],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<AnalysisMethods[K]>>> {
    if (method === 'setImages' && this.lastOpen !== null) {
      this.lastOpen = { ...this.lastOpen, images: params as OpenParams['images'] };
    }
    const server = this.start();
    await this.reopened?.catch(() => undefined);
    // The RPC's own types say the same, by a way that TypeScript cannot follow for an open method name.
    return server.request(method, params as never, signal) as Promise<Awaited<ReturnType<AnalysisMethods[K]>>>;
  }

  /** Listens to an event. Returns how to stop. */
  on<K extends keyof AnalysisEvents>(name: K, listener: (payload: AnalysisEvents[K]) => void): () => void {
    this.listeners[name].add(listener);
    return () => this.listeners[name].delete(listener);
  }

  /** The number of the process, for the log; null while there is none. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Ends the process, with what was open; the next question starts another. */
  stop(reason = 'Nothing is open any more.'): void {
    const { server, child } = this;
    this.child = null;
    this.server = null;
    this.lastOpen = null;
    this.reopened = null;
    server?.close(reason);
    child?.kill();
  }

  dispose(): void {
    this.disposed = true;
    this.stop('Flipside was closed.');
  }

  private start(): Server {
    if (this.server !== null) return this.server;
    const { node, env } = this.process.program();
    const child = fork(this.process.script, [], {
      execPath: node,
      execArgv: [],
      env,
      serialization: 'advanced',
      silent: true,
    });
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
    for (const name of Object.keys(this.listeners) as (keyof AnalysisEvents)[]) this.forward(server, name);
    let ended = false;
    const end = (reason: string): void => {
      if (ended) return;
      ended = true;
      server.close(`The analysis process ended (${reason}). Ask again.`);
      if (this.child === child) this.revive(reason);
    };
    child.on('error', (error) => end(`it could not be started: ${error.message}; check the setting flipside.nodePath`));
    child.on('exit', (code, signal) => end(signal ?? `status ${code ?? 'unknown'}`));
    this.child = child;
    this.server = server;
    return server;
  }

  private forward<K extends keyof AnalysisEvents>(server: Server, name: K): void {
    server.on(name, (payload) => {
      for (const listener of this.listeners[name]) listener(payload);
    });
  }

  private revive(reason: string): void {
    this.child = null;
    this.server = null;
    if (this.disposed) return;
    this.process.log.error(`The analysis process ended: ${reason}.`);
    const now = Date.now();
    this.deaths = [...this.deaths.filter((death) => now - death < DEATHS_WITHIN), now];
    this.died = reason;
    const { lastOpen } = this;
    if (this.deaths.length > MOST_DEATHS || lastOpen === null) {
      this.restarted(null);
      return;
    }
    const mine: Promise<void> = this.start()
      .request('open', lastOpen)
      // Where it died again, or another opening took its place, that one tells.
      .then(
        (overview) => this.reopened === mine && this.restarted(overview),
        () => this.reopened === mine && this.restarted(null),
      )
      .then(() => undefined);
    this.reopened = mine;
  }

  private restarted(overview: Overview | null): void {
    this.reopened = null;
    this.onRestart(overview, this.died);
  }
}
