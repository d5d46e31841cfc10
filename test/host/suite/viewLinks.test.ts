import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const RUN = 'samples/results/synthetic-baseline/result_synthetic-baseline.csv';

/** Resolves with the first tab whose label matches, now or as soon as it does. */
function tabOf(label: RegExp): Promise<vscode.Tab> {
  return new Promise((resolve) => {
    const look = (): void => {
      const tab = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find((each) => label.test(each.label));
      if (tab === undefined) return;
      listener.dispose();
      resolve(tab);
    };
    const listener = vscode.window.tabGroups.onDidChangeTabs(look);
    look();
  });
}

function closeAll(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

describe('links to items', () => {
  it('are copied from the inspector, and open the item where they are followed', async () => {
    await closeAll();
    await vscode.commands.executeCommand('flipside.openItem', { run: RUN, row: 12 });
    const tab = await tabOf(/^Item 11 · horizontal flip$/);
    assert.ok(tab.input instanceof vscode.TabInputWebview);
    await vscode.commands.executeCommand('flipside.copyLink');
    const link = vscode.Uri.parse(await vscode.env.clipboard.readText());
    assert.equal(link.scheme, vscode.env.uriScheme);
    assert.equal(link.authority, 'flipside.flipside');
    const parameters = Object.fromEntries(new URLSearchParams(link.query));
    assert.deepEqual(parameters, { run: RUN, row: '12', item: '11' });
    await closeAll();
    // The workbench hands addresses of its own scheme to the extension that they name.
    await vscode.commands.executeCommand('vscode.open', link);
    await tabOf(/^Item 11 · horizontal flip$/);
    await closeAll();
  });

  it('to an item that is not there say so', async () => {
    await closeAll();
    const query = new URLSearchParams({ run: RUN, row: '99999' }).toString();
    const link = vscode.Uri.from({
      scheme: vscode.env.uriScheme,
      authority: 'flipside.flipside',
      path: '/item',
      query,
    });
    await vscode.commands.executeCommand('vscode.open', link);
    await tabOf(/^Row 99999$/);
    await closeAll();
  });
});
