import * as vscode from 'vscode';

export const REPORT_SCHEME = 'flipside-report';

const MARKDOWN_EXTENSION = 'vscode.markdown-language-features';

/**
 * Read-only virtual documents that hold reports in Markdown. A report's address says what it is a report of, so a second
 * report of the same thing replaces the first, also where that one is being shown. Texts live as long as the window.
 */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  /** The text of a report; an address that nothing was reported under (a window restored it) gets a sentence saying so. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? 'This report was not kept. Run its Flipside command again.\n';
  }

  /**
   * Stores `markdown` as the report `title` of the thing that `about` identifies, shows it in the Markdown preview and
   * returns its address. Where the Markdown preview is disabled, the text itself is shown.
   */
  async show(title: string, about: readonly string[], markdown: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${title}.md`, query: JSON.stringify(about) });
    this.texts.set(uri.toString(), markdown);
    this.changed.fire(uri);
    if (vscode.extensions.getExtension(MARKDOWN_EXTENSION) !== undefined) {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } else {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
    return uri;
  }

  dispose(): void {
    this.changed.dispose();
    this.texts.clear();
  }
}
