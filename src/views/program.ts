import * as vscode from 'vscode';

/** The Node that runs our own programs, with its environment: the one of the settings, else the editor's own binary. */
export function nodeProgram(): { node: string; env: NodeJS.ProcessEnv } {
  const chosen = vscode.workspace.getConfiguration('flipside').get('nodePath', '').trim();
  if (chosen !== '') return { node: chosen, env: process.env };
  return { node: process.execPath, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } };
}
