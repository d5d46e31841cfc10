import type * as vscode from 'vscode';

/** The default keys of our commands, for hints. VS Code tells an extension nothing of what the user bound instead. */
export function defaultKeys(extension: vscode.Extension<unknown>): Readonly<Record<string, string>> {
  const manifest = extension.packageJSON as {
    contributes?: { keybindings?: readonly { command: string; key: string; mac?: string }[] };
  };
  const isMac = process.platform === 'darwin';
  const keys: Record<string, string> = {};
  for (const { command, key, mac } of manifest.contributes?.keybindings ?? []) {
    keys[command] ??= isMac ? (mac ?? key) : key;
  }
  return keys;
}
