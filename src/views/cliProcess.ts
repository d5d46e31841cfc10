import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FlipsideError } from '../core/model.js';

/** How long a child may take to end by itself after it was asked to, in milliseconds: native work does not hear the request. */
const PATIENCE = 2000;

export interface CliCall {
  /** The program that runs JavaScript: a Node, or the editor's own binary told to behave as one. */
  readonly node: string;
  /** The command line's script, then its arguments. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Gets every line of the child's stderr as it comes, without its line end. */
  readonly onLine: (line: string) => void;
}

/**
 * Runs the command line in a child process and returns its stdout. Rejects with a FlipsideError that carries the child's
 * own message when it fails or cannot be started, and with an AbortError when `signal` stopped it. Either way the child
 * has ended by then.
 */
export function runCli(call: CliCall): Promise<string> {
  return new Promise((resolve, reject) => {
    if (call.signal.aborted) {
      reject(stopped());
      return;
    }
    const child = spawn(call.node, call.args, { env: call.env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let text = '';
    let complaint: string | null = null;
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (isMessage(line)) complaint = line;
      call.onLine(line);
    });
    let kill: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill('SIGINT');
      kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    };
    const ended = (settle: () => void): void => {
      clearTimeout(kill);
      call.signal.removeEventListener('abort', stop);
      settle();
    };
    call.signal.addEventListener('abort', stop, { once: true });
    child.on('error', (error) => ended(() => reject(notStarted(call.node, error))));
    child.on('close', (code, signal) =>
      ended(() => {
        if (call.signal.aborted) reject(stopped());
        else if (code === 0) resolve(text);
        else reject(failed(code, signal, complaint));
      }),
    );
  });
}

/** Stack frames and excerpts are indented; Node ends a fatal error with its version. What is left was meant for a reader. */
function isMessage(line: string): boolean {
  return /^[^\s}]/.test(line) && !line.startsWith('Node.js v');
}

function stopped(): DOMException {
  return new DOMException('Stopped before it was done.', 'AbortError');
}

function notStarted(node: string, error: Error): FlipsideError {
  return new FlipsideError(
    `Node could not be started (${error.message}): "${node}". Check the setting flipside.nodePath; left empty, the editor's own is used.`,
  );
}

function failed(code: number | null, signal: NodeJS.Signals | null, complaint: string | null): FlipsideError {
  if (signal !== null) {
    return new FlipsideError(
      `The process that reads the predictions was ended by ${signal}${complaint === null ? '' : `; it last said: ${complaint}`}`,
    );
  }
  return new FlipsideError(complaint ?? `The process that reads the predictions ended with status ${code}.`);
}
