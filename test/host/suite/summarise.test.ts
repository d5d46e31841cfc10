import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

const COMMAND = 'flipside.summarise';

function workspaceUri(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder !== undefined, 'the window has no folder');
  return vscode.Uri.joinPath(folder.uri, name);
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('flipside.flipside');
  assert.ok(found !== undefined, 'VS Code does not know the extension');
  return found;
}

/** Tells the launching script something that is worth a line of its output. */
function note(text: string): void {
  const result = process.env['FLIPSIDE_HOST_RESULT'];
  if (result !== undefined) appendFileSync(`${result}.notes`, `${text}\n`);
}

async function summarise(...args: unknown[]): Promise<vscode.Uri | undefined> {
  return vscode.commands.executeCommand<vscode.Uri | undefined>(COMMAND, ...args);
}

async function reportOf(...args: unknown[]): Promise<string> {
  const uri = await summarise(...args);
  assert.ok(uri instanceof vscode.Uri, 'the command showed nothing');
  assert.equal(uri.scheme, 'flipside-report');
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

/** Sets a setting of ours while `use` runs. */
async function withSetting(name: string, value: unknown, use: () => Promise<void>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('flipside');
  await settings.update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await use();
  } finally {
    await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
  }
}

/** The one tab of the window, as soon as the extension host hears of it, which is a moment after the command has ended. */
function firstTab(): Promise<vscode.Tab> {
  return new Promise((resolve) => {
    const look = (): void => {
      const tab = vscode.window.tabGroups.all.flatMap((group) => group.tabs)[0];
      if (tab === undefined) return;
      listener.dispose();
      resolve(tab);
    };
    const listener = vscode.window.tabGroups.onDidChangeTabs(look);
    look();
  });
}

function reportUris(): string[] {
  return vscode.workspace.textDocuments
    .filter((document) => document.uri.scheme === 'flipside-report')
    .map((document) => document.uri.toString());
}

describe('the extension in VS Code', () => {
  it('runs where the files are and sleeps until it is asked for', async () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
    assert.equal(extension().isActive, false);
    const before = performance.now();
    await extension().activate();
    // Measured, not judged: the machine may be busy.
    note(`activation: ${Math.round(performance.now() - before)} ms`);
    await summarise(workspaceUri('samples'));
    assert.equal(extension().isActive, true);
    assert.ok((await vscode.commands.getCommands(true)).includes(COMMAND));
  });

  it('shows the summary of a folder, word for word what the command line prints', async () => {
    const report = await reportOf(workspaceUri('samples'));
    assert.match(report, /^\| run \| correct \| accuracy \|/m);
    assert.match(report, /synthetic-baseline.*\| \d+\/114 \| \d+\.\d % \|/);
    const cli = path.join(extension().extensionPath, 'dist', 'cli.js');
    const args = [cli, 'summary', workspaceUri('samples').fsPath, '--format', 'md'];
    assert.equal(
      report,
      execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  });

  it('opens the Markdown preview of it', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await summarise(workspaceUri('samples'));
    const tab = await firstTab();
    assert.ok(tab.input instanceof vscode.TabInputWebview, `"${tab.label}" is no preview`);
    assert.match(tab.input.viewType, /markdown\.preview/);
    assert.match(tab.label, /samples – summary/);
  });

  it('summarises the workspace folder when nothing is named, and all of a selection', async () => {
    assert.match(await reportOf(), /synthetic-baseline/);
    const runs = ['synthetic-baseline', 'synthetic-boxes'].map((name) => workspaceUri(`samples/results/${name}`));
    const report = await reportOf(runs[0], runs);
    assert.match(report, /synthetic-baseline/);
    assert.match(report, /synthetic-boxes/);
    assert.doesNotMatch(await reportOf(runs[0], [runs[1]]), /synthetic-boxes/);
  });

  it('classifies by the lens of the settings', async () => {
    await withSetting('lens', 'wurf2026', async () => {
      assert.match(await reportOf(workspaceUri('samples')), /lens wurf2026/);
    });
    assert.match(await reportOf(workspaceUri('samples')), /lens axes/);
  });

  it('runs the program of the settings, and survives one that is missing', async () => {
    await withSetting('nodePath', process.execPath, async () => {
      assert.match(await reportOf(workspaceUri('samples')), /^\| run \|/m);
    });
    await withSetting('nodePath', workspaceUri('no-such-node').fsPath, async () => {
      assert.equal(await summarise(workspaceUri('samples')), undefined);
    });
  });

  it('shows no document where there are no predictions, or no file', async () => {
    const before = reportUris();
    assert.equal(await summarise(workspaceUri('nothing')), undefined);
    assert.equal(await summarise(vscode.Uri.parse('untitled:Untitled-1')), undefined);
    assert.deepEqual(reportUris(), before);
  });

  it('does not let a report be edited', async () => {
    const uri = await summarise(workspaceUri('samples'));
    assert.ok(uri !== undefined);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const before = document.getText();
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(editor.document.getText(), before);
    assert.equal(document.isDirty, false);
  });
});
