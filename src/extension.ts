import * as vscode from 'vscode';
import { registerCommand } from './views/commands.js';
import { ReportDocuments, REPORT_SCHEME } from './views/reportDocuments.js';
import { Summarise } from './views/summarise.js';

/** The extension's root: creates the parts, passes them to one another and registers them. VS Code calls it when a command of ours is first used. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Flipside', { log: true });
  const documents = new ReportDocuments();
  const summarise = new Summarise(vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js'), documents, log);
  context.subscriptions.push(
    log,
    documents,
    summarise,
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, documents),
    registerCommand('flipside.summarise', log, (args) => summarise.run(args)),
  );
}
