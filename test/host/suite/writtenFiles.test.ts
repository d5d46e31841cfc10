import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const TIMEOUT = 60_000;

/** What the editor says of a file, once it has something to say. */
async function saidOf(uri: vscode.Uri): Promise<string[]> {
  await vscode.window.showTextDocument(uri);
  for (const end = Date.now() + TIMEOUT; Date.now() < end;) {
    const said = vscode.languages.getDiagnostics(uri).map(({ message }) => message);
    if (said.length > 0) return said;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [];
}

describe('the files that users write', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const write = async (name: string, value: object): Promise<vscode.Uri> => {
    assert.ok(folder !== undefined);
    const uri = vscode.Uri.joinPath(folder.uri, '.flipside', name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(JSON.stringify(value)));
    return uri;
  };

  for (const [what, named] of [
    ['by the schema that they name', { $schema: 'flipside://schemas/mapping.schema.json' }],
    ['by where they lie', {}],
  ] as const) {
    it(`are checked as they are typed, ${what}`, async function () {
      this.timeout(2 * TIMEOUT);
      await vscode.extensions.getExtension('flipside.flipside')?.activate();
      const roles = { gold: 'a', prediction: 'b' };
      const uri = await write('formats/odd.json', { ...named, version: 1, match: 'nothing.csv', roles, kind: 'quiz' });
      const said = await saidOf(uri);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(uri);
      assert.equal(said.length, 1, said.join('\n'));
      assert.match(said[0] ?? '', /Value is not accepted. Valid values: "choice"/);
    });
  }
});
