import { fork, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
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

/** On Linux and macOS: two fifths of the weight of other processes, as long as these want the same core. */
const NICENESS = 4;
/** One that was prepared and has opened nothing for so many milliseconds is not wanted. */
const UNWANTED = 30_000;
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
  /** Something is open in the process that runs. */
  private holds = false;
  /** Until something is open in a process that holds nothing yet. */
  private opening: Promise<unknown> | null = null;
  /** What was asked to be opened last. */
  private latest: Promise<Overview> | null = null;
  /** Why the process before this one ended, until what was open is open again, or is given up. */
  private ended: { readonly reason: string; readonly wanted: boolean } | null = null;
  private deaths: number[] = [];
  private disposed = false;
  private readonly listeners: { [K in keyof AnalysisEvents]: Set<(payload: AnalysisEvents[K]) => void> } = {
    progress: new Set(),
    overview: new Set(),
    exporting: new Set(),
    failed: new Set(),
    annotated: new Set(),
  };
  /** Hears when another process has taken the place of one that died, or that was not `wanted` any more, with what was open. */
  onRestart: (overview: Overview | null, reason: string, wanted: boolean) => void = () => undefined;

  constructor(private readonly process: AnalysisProcess) {}

  /** Opens paths; see AnalysisMethods.open. What was opened last is opened again after a crash. */
  async open(params: OpenParams, signal?: AbortSignal): Promise<Overview> {
    this.lastOpen = params;
    let server = this.start();
    let opening = this.openIn(server, params, signal);
    for (;;) {
      try {
        const overview = await opening;
        this.deaths = [];
        return overview;
      } catch (error) {
        const { server: next, latest } = this;
        const isReplaced = next !== null && next !== server && latest !== null && this.lastOpen === params;
        if (!isReplaced || signal?.aborted === true) throw error;
        // The process ended under it, and the next one opens the same: nobody need know of two failures.
        [server, opening] = [next, latest];
      }
    }
  }

  private openIn(server: Server, params: OpenParams, signal?: AbortSignal): Promise<Overview> {
    const opening = server.request('open', params, signal).then((overview) => {
      if (this.server === server) this.holds = true;
      return overview;
    });
    const done = (overview: Overview | null): void => {
      if (this.opening === opening) this.opening = null;
      if (this.server === server && this.latest === opening) this.tell(overview);
    };
    if (!this.holds) this.opening = opening;
    this.latest = opening;
    opening.then(done, () => done(null));
    return opening;
  }

  /** Tells, once, that another process has taken the place of one that ended. */
  private tell(overview: Overview | null): void {
    const { ended } = this;
    this.ended = null;
    if (ended !== null) this.onRestart(overview, ended.reason, ended.wanted);
  }

  /** Asks the process, once what was open in the one before it is open again; what needs nothing open is asked at once. */
  async ask<K extends keyof AnalysisMethods>(
    method: K,
    params: Parameters<AnalysisMethods[K]>[0],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<AnalysisMethods[K]>>> {
    if (method === 'setImages' && this.lastOpen !== null) {
      this.lastOpen = { ...this.lastOpen, images: params as OpenParams['images'] };
    }
    this.start();
    const isAlone = method === 'mapping' || method === 'previewMapping';
    for (
      let opening = isAlone ? null : this.opening;
      opening !== null;
      opening = this.opening === opening ? null : this.opening
    ) {
      await opening.catch(() => undefined);
    }
    const server = this.start();
    // The RPC's own types say the same, by a way that TypeScript cannot follow for an open method name.
    return server.request(method, params as never, signal) as Promise<Awaited<ReturnType<AnalysisMethods[K]>>>;
  }

  /** Listens to an event. Returns how to stop. */
  on<K extends keyof AnalysisEvents>(name: K, listener: (payload: AnalysisEvents[K]) => void): () => void {
    this.listeners[name].add(listener);
    return () => this.listeners[name].delete(listener);
  }

  /** Starts the process for somebody who will open something in a moment. Where nobody does, it ends again. */
  prepare(patience = UNWANTED): void {
    this.start();
    const { child } = this;
    const unwanted = setTimeout(() => {
      if (this.child === child && this.lastOpen === null) this.stop();
    }, patience);
    unwanted.unref();
  }

  /** The number of the process, for the log; null while there is none. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Ends the process, with what was open; the next question starts another. */
  stop(reason = 'Nothing is open any more.'): void {
    this.lastOpen = null;
    this.ended = null;
    this.end(reason);
  }

  /**
   * Ends the process and starts another, as the settings have it now, with what was open; what was asked and is not answered
   * fails with the reason. False where nothing was open.
   */
  restart(reason: string): boolean {
    const { lastOpen, holds } = this;
    this.end(reason);
    this.deaths = [];
    if (!holds || lastOpen === null) return false;
    this.ended = { reason, wanted: true };
    void this.openIn(this.start(), lastOpen);
    return true;
  }

  private end(reason: string): void {
    const { server, child } = this;
    this.forget();
    server?.close(reason);
    child?.kill();
  }

  private forget(): void {
    this.child = null;
    this.server = null;
    this.holds = false;
    this.opening = null;
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
    // From the start: threads that it makes later inherit it.
    giveWay(child);
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
    this.forget();
    if (this.disposed) return;
    this.process.log.error(`The analysis process ended: ${reason}.`);
    const now = Date.now();
    this.deaths = [...this.deaths.filter((death) => now - death < DEATHS_WITHIN), now];
    this.ended = { reason, wanted: false };
    const { lastOpen } = this;
    if (this.deaths.length > MOST_DEATHS || lastOpen === null) this.tell(null);
    else void this.openIn(this.start(), lastOpen);
  }
}

/** The editor goes first: where all cores are busy, its windows and extensions answer before the analysis does. */
function giveWay({ pid }: ChildProcess): void {
  for (const thread of pid === undefined ? [] : threadsOf(pid)) {
    try {
      os.setPriority(thread, NICENESS);
    } catch {
      // It has ended already, which is told elsewhere, or the system lets nobody choose.
    }
  }
}

/** What has a priority of its own in a process: on Linux each of its threads, elsewhere the process. */
function threadsOf(pid: number): readonly number[] {
  if (process.platform !== 'linux') return [pid];
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
