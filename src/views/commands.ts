import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import { RpcError } from '../protocol/rpc.js';
import { messages } from './messages.js';

const SHOW_LOG = 'Show log';

/**
 * Registers a command whose failures are reported: an expected one (FlipsideError) by its own message, any other as a
 * defect with its stack in the log, a cancelled one not at all. The command then resolves to undefined, so that a caller
 * does not report the same failure a second time. `run` gets the arguments as VS Code passes them, of unknown types.
 */
export function registerCommand<T>(
  id: string,
  log: vscode.LogOutputChannel,
  run: (args: readonly unknown[]) => Promise<T>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]): Promise<T | undefined> => {
    try {
      return await run(args);
    } catch (error) {
      if (!isCancellation(error)) report(id, error, log);
      return undefined;
    }
  });
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

function report(id: string, error: unknown, log: vscode.LogOutputChannel): void {
  const expected = error instanceof FlipsideError || (error instanceof RpcError && error.kind === 'expected');
  if (error instanceof RpcError && error.remoteStack !== undefined) log.error(error.remoteStack);
  log.error(expected ? `${id}: ${error.message}` : error instanceof Error ? error : `${id}: ${String(error)}`);
  const message = expected
    ? error.message
    : 'Flipside failed unexpectedly. Please report this with the lines of its log.';
  // Not awaited: the message stands until it is dismissed, the command has ended.
  void messages.fail(message, SHOW_LOG).then((choice) => {
    if (choice === SHOW_LOG) log.show(true);
  });
}
