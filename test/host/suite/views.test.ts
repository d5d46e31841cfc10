import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('flipside.flipside');
  assert.ok(found !== undefined, 'VS Code does not know the extension');
  return found;
}

function folder(): string {
  const found = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(found !== undefined, 'the window has no folder');
  return found;
}

describe('views in the extension host', () => {
  it('registers every command and loads no native module', async () => {
    await extension().activate();
    const declared = (extension().packageJSON as { contributes: { commands: { command: string }[] } }).contributes
      .commands;
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
    const loaded = Object.keys(require.cache).filter((file) => /sharp|duckdb/.test(file));
    assert.deepEqual(loaded, []);
  });

  it('keeps baselines in the workspace, where another window finds them', async () => {
    const file = path.join(folder(), '.flipside', 'runs.json');
    rmSync(file, { force: true });
    await vscode.commands.executeCommand('flipside.refresh');
    const run = 'samples/results/synthetic-boxes/result_synthetic-boxes.csv';
    await vscode.commands.executeCommand('flipside.setBaseline', run);
    const written = JSON.parse(readFileSync(file, 'utf8')) as { baselines: Record<string, string> };
    assert.deepEqual(Object.values(written.baselines), [run]);
    await vscode.commands.executeCommand('flipside.unsetBaseline', run);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { version: 1, baselines: {} });
    rmSync(path.dirname(file), { recursive: true });
  });

  it('reads with another Node as soon as the settings name one, and starts it once', async () => {
    await vscode.commands.executeCommand('flipside.refresh');
    const [program, starts] = ['node.sh', 'starts.txt'].map((name) => path.join(folder(), 'nothing', name));
    assert.ok(program !== undefined && starts !== undefined);
    writeFileSync(program, `#!/bin/sh\necho started >> '${starts}'\nexec '${process.execPath}' "$@"\n`, {
      mode: 0o755,
    });
    const settings = vscode.workspace.getConfiguration('flipside');
    const started = (): number => (existsSync(starts) ? readFileSync(starts, 'utf8').trim().split('\n').length : 0);
    await settings.update('nodePath', program, vscode.ConfigurationTarget.Global);
    try {
      while (started() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      const baseline = 'samples/results/synthetic-boxes/result_synthetic-boxes.csv';
      await vscode.commands.executeCommand('flipside.setBaseline', baseline);
      await vscode.commands.executeCommand('flipside.unsetBaseline', baseline);
      await vscode.commands.executeCommand('flipside.refresh');
      assert.equal(started(), 1);
    } finally {
      await settings.update('nodePath', undefined, vscode.ConfigurationTarget.Global);
      rmSync(path.join(folder(), '.flipside'), { recursive: true, force: true });
    }
  });

  it('analyses a folder without predictions and goes back to the workspace', async () => {
    const empty = path.join(folder(), 'empty');
    mkdirSync(empty, { recursive: true });
    await vscode.commands.executeCommand('flipside.analyse', vscode.Uri.file(empty));
    await vscode.commands.executeCommand('flipside.analyseWorkspace');
    assert.ok(existsSync(empty));
    rmSync(empty, { recursive: true });
  });
});
