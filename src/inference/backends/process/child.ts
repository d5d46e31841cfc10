import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { FlipsideError, isJsonObject, type Json, type JsonObject } from '../../../core/model.js';
import type { ProcessCommand } from '../../../protocol/inference.js';
import { excerpt } from '../../plainText.js';
import { Lines } from './lines.js';

/** How long a program is waited for, in milliseconds. */
export interface ProcessPatience {
  /** Until it has loaded its model and told what it can do. */
  readonly startMs: number;
  readonly requestMs: number;
  /** Until it answers what was cancelled, or ends when its input does. */
  readonly graceMs: number;
}

export const PROCESS_PATIENCE: ProcessPatience = { startMs: 900_000, requestMs: 900_000, graceMs: 5_000 };

/** A map of a large image as text has some megabytes. */
const MOST_LINE_BYTES = 256 * 2 ** 20;
const KEPT_WORDS = 8;

export type Method = 'probe' | 'score' | 'generate' | 'gradient' | 'attention' | 'detect';

interface Pending {
  readonly method: Method;
  readonly resolve: (result: JsonObject) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The program of a `process` model, spoken to in lines of JSON (docs/process-protocol.md). It runs from the first request on, and is started
 * again after it has ended: what was asked then fails, with its last words.
 */
export class ProcessChild {
  private child: ChildProcessWithoutNullStreams | null = null;
  private readonly pending = new Map<number, Pending>();
  private words: string[] = [];
  private last = 0;

  constructor(
    private readonly command: ProcessCommand,
    private readonly patience: ProcessPatience,
    private readonly log: (line: string) => void,
  ) {}

  /** How messages call it. */
  get name(): string {
    return `The program of ${excerpt(this.command.name, 80)}`;
  }

  /** Rejects with a FlipsideError where the program fails, ends, breaks the protocol or takes too long; with an AbortError once `signal` aborts. */
  request(method: Method, params: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const child = (this.child ??= this.started());
      const id = ++this.last;
      const limit = method === 'probe' ? this.patience.startMs : this.patience.requestMs;
      const over = setTimeout(
        () =>
          this.end(
            `did not ${WORDS[method]} within ${limit / 1000} seconds, and was ended. ${this.lastWords()}`.trim(),
          ),
        limit,
      );
      const cancel = (): void => {
        settle(() => reject(signal.reason as Error));
        this.cancel(child, id, method);
      };
      const settle = (how: () => void): void => {
        clearTimeout(over);
        signal.removeEventListener('abort', cancel);
        how();
      };
      this.pending.set(id, {
        method,
        resolve: (result) => settle(() => resolve(result)),
        reject: (error) => settle(() => reject(error)),
      });
      signal.addEventListener('abort', cancel, { once: true });
      child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  /** Lets the program end by itself, and ends it where it does not. Done when it has. */
  async dispose(): Promise<void> {
    const child = this.child;
    if (child === null) return;
    this.let(child, new FlipsideError(`${this.name} was closed.`));
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    const kill = setTimeout(() => child.kill('SIGKILL'), this.patience.graceMs);
    await gone;
    clearTimeout(kill);
  }

  private started(): ChildProcessWithoutNullStreams {
    const [program = '', ...args] = this.command.command;
    this.words = [];
    const child = spawn(program, args, {
      cwd: this.command.cwd ?? undefined,
      stdio: 'pipe',
      windowsHide: true,
      // Python else keeps its lines back, and writes them in the code page of Windows.
      env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8' },
    });
    const tooLong = (): void =>
      this.end(`sent a line of more than ${MOST_LINE_BYTES / 2 ** 20} MB, which is no answer.`, child);
    const out = new Lines(MOST_LINE_BYTES, (line) => this.read(line, child), tooLong);
    const err = new Lines(
      2 ** 20,
      (line) => this.say(line),
      () => undefined,
    );
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program that has ended reads nothing; its end tells why.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => this.let(child, this.notStarted(program, error)));
    child.on('close', (code, signal) => {
      err.flush();
      this.let(child, this.ended(code, signal));
    });
    return child;
  }

  private read(line: string, child: ChildProcessWithoutNullStreams): void {
    if (child !== this.child) return;
    const message = parsed(line);
    if (message?.['event'] === 'log') {
      this.say(typeof message['message'] === 'string' ? message['message'] : '');
      return;
    }
    const pending = typeof message?.['id'] === 'number' ? this.pending.get(message['id']) : undefined;
    const { result, error } = message ?? {};
    if (message === null || (pending === undefined && !this.wasAsked(message['id']))) {
      this.end(
        `wrote “${excerpt(line)}” to its standard output, which is no line of the protocol. What it prints belongs on standard error.`,
        child,
      );
      return;
    }
    if (pending === undefined) return;
    this.pending.delete(message['id'] as number);
    if (isJsonObject(result)) pending.resolve(result);
    else pending.reject(this.failed(pending.method, isJsonObject(error) ? error : {}, line));
  }

  private wasAsked(id: Json | undefined): boolean {
    return typeof id === 'number' && Number.isInteger(id) && id > 0 && id <= this.last;
  }

  /** The program is told, and may keep its model by answering soon. */
  private cancel(child: ChildProcessWithoutNullStreams, id: number, method: Method): void {
    if (child !== this.child) return;
    const kill = setTimeout(() => {
      if (child === this.child) this.end('did not stop, and was ended.', child);
    }, this.patience.graceMs);
    const done = (): void => clearTimeout(kill);
    child.once('close', done);
    this.pending.set(id, { method, resolve: done, reject: done });
    child.stdin.write(`${JSON.stringify({ method: 'cancel', params: { id } })}\n`);
  }

  private say(line: string): void {
    const plain = excerpt(line, 500);
    this.words = [...this.words, plain].slice(-KEPT_WORDS);
    this.log(plain);
  }

  /** Ends a program that is of no use any more: all that it was asked fails. */
  private end(why: string, child = this.child): void {
    if (child === null) return;
    this.let(child, new FlipsideError(`${this.name} ${why}`));
    child.kill('SIGKILL');
  }

  private let(child: ChildProcessWithoutNullStreams, error: FlipsideError): void {
    if (child !== this.child) return;
    this.child = null;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(error);
  }

  private notStarted(program: string, error: NodeJS.ErrnoException): FlipsideError {
    const why =
      error.code === 'ENOENT'
        ? 'there is no such program, or no such folder to run it in'
        : error.code === 'EACCES'
          ? 'it may not be run'
          : error.message;
    return new FlipsideError(
      `${this.name} cannot be started (${excerpt(program)}): ${why}. Correct its command in your settings.`,
    );
  }

  private ended(code: number | null, signal: NodeJS.Signals | null): FlipsideError {
    const [first] = this.pending.values();
    const at = first === undefined ? '' : ` while it was to ${WORDS[first.method]}`;
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const words = this.words.join('\n');
    const memory = signal === 'SIGKILL' || isOutOfMemory(words);
    return new FlipsideError(`${this.name} ended ${how}${at}. ${memory ? `${MEMORY} ` : ''}${this.lastWords()}`.trim());
  }

  private lastWords(): string {
    return this.words.length === 0 ? '' : `Its last words: ${this.words.slice(-3).join(' ⏎ ')}`;
  }

  private failed(method: Method, error: JsonObject, line: string): FlipsideError {
    const message = typeof error['message'] === 'string' ? excerpt(error['message'], 500) : '';
    if (message === '')
      return new FlipsideError(
        `${this.name} answered with neither a result nor the message of an error: “${excerpt(line)}”.`,
      );
    const memory = error['kind'] === 'outOfMemory' || isOutOfMemory(message) ? ` ${MEMORY}` : '';
    return new FlipsideError(`${this.name} could not ${WORDS[method]}: ${message.replace(/[.\s]*$/, '.')}${memory}`);
  }
}

const MEMORY =
  'It ran out of memory, as it seems: use a smaller image or model, a smaller type of numbers (bfloat16), or a device with more.';

const WORDS: Readonly<Record<Method, string>> = {
  probe: 'load its model',
  score: 'score a question',
  generate: 'write an answer',
  gradient: 'find a gradient',
  attention: 'tell its attention',
  detect: 'detect things',
};

function isOutOfMemory(text: string): boolean {
  return /out of memory|MemoryError|cannot allocate memory|std::bad_alloc/i.test(text);
}

function parsed(line: string): JsonObject | null {
  try {
    const value = JSON.parse(line) as Json;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
