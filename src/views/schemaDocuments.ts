import * as vscode from 'vscode';

/** The scheme of the addresses by which files that users write name their schema: `flipside://schemas/mapping.schema.json`. */
export const SCHEMA_SCHEME = 'flipside';

const NAMES: ReadonlySet<string> = new Set(['/mapping.schema.json', '/lens.schema.json', '/scheme.schema.json']);

/** The schemas of mappings, lenses and schemes of labels, for the editor that checks and completes such files. */
export class SchemaDocuments implements vscode.TextDocumentContentProvider {
  constructor(private readonly extension: vscode.Uri) {}

  async provideTextDocumentContent({ authority, path }: vscode.Uri): Promise<string | null> {
    if (authority !== 'schemas' || !NAMES.has(path)) return null;
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.extension, 'schemas', path));
    return new TextDecoder().decode(bytes);
  }
}
