import path from 'node:path';
import * as vscode from 'vscode';

/**
 * The Node that runs our own programs, with its environment: the one of the settings, else the editor's own binary. From version
 * 22.1 on it keeps what it compiled in the folder `storage`, where one is named, and starts the sooner for it.
 */
export function nodeProgram(storage?: string): { node: string; env: NodeJS.ProcessEnv } {
  const chosen = vscode.workspace.getConfiguration('flipside').get('nodePath', '').trim();
  const kept = storage === undefined ? {} : { NODE_COMPILE_CACHE: path.join(storage, 'compiled') };
  const env = { ...kept, ...process.env };
  if (chosen !== '') return { node: chosen, env };
  return { node: process.execPath, env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
}
