import path from 'node:path';
import * as vscode from 'vscode';
import type { AgreementEvents, AgreementHost, AgreementState } from '../../protocol/agreementPage.js';
import type { Query } from '../../protocol/rows.js';
import { loadPage, type PageRpc } from '../page.js';
import type { Predictions } from '../predictions.js';
import type { Annotator } from './annotator.js';
import type { Samples } from './samples.js';

export const AGREEMENT = 'flipside.agreement';

/** Commands that the page's buttons may run. */
const COMMANDS: ReadonlySet<string> = new Set([
  ...['flipside.showLog', 'flipside.toggleBlind', 'flipside.analyse', 'flipside.analyseWorkspace', 'flipside.refresh'],
  ...['vscode.openFolder', 'workbench.trust.manage'],
]);

/** The page of agreement: one editor panel, which is made when it is asked for. */
export class AgreementPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private rpc: PageRpc<AgreementHost, AgreementEvents> | null = null;
  private revision = 0;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly annotator: Annotator,
    private readonly samples: Samples,
    private readonly open: (query: Query) => Promise<void>,
  ) {
    this.subscription = vscode.Disposable.from(
      predictions.onDidChange(() => void this.tell()),
      annotator.onDidChange(() => void this.tell()),
      annotator.onDidAnnotate(() => {
        this.revision += 1;
        void this.tell();
      }),
    );
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel?.dispose();
  }

  /** Shows the panel, making it where there is none. */
  show(): void {
    if (this.panel !== null) return this.panel.reveal();
    this.adopt(
      vscode.window.createWebviewPanel(AGREEMENT, 'Agreement', vscode.ViewColumn.Active, { enableScripts: true }),
    );
  }

  /** Restores the panel after the window was loaded again. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.panel !== null) panel.dispose();
    else this.adopt(panel);
    return Promise.resolve();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.extension, 'media', `agreement-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.rpc = loadPage(panel.webview, this.extension, { name: 'agreement', title: 'Agreement' }, this.host());
    panel.onDidDispose(() => {
      this.rpc?.close('The page of agreement was closed.');
      [this.panel, this.rpc] = [null, null];
    });
    void this.predictions.ensureOpen();
    void this.annotator.look();
  }

  private async tell(): Promise<void> {
    if (this.rpc === null) return;
    const state = await this.state();
    this.rpc?.emit('changed', state);
  }

  private async state(): Promise<AgreementState> {
    const { overview, emptiness, message } = this.predictions;
    return {
      id: emptiness === null ? (overview?.id ?? null) : null,
      ...{ emptiness, message, annotating: this.annotator.state },
      samples: await this.samples.all(),
      revision: this.revision,
    };
  }

  private async savePatch(pending: boolean): Promise<number | null> {
    const target = await vscode.window.showSaveDialog({
      title: 'Save the Patch to the Benchmark',
      filters: { 'JSON lines': ['jsonl'] },
      defaultUri: vscode.Uri.file(path.join(this.predictions.folders[0] ?? '', 'patch.jsonl')),
    });
    if (target === undefined) return null;
    const { written } = await this.predictions.client.ask('relabels', { pending, out: target.fsPath });
    return written;
  }

  private host(): AgreementHost {
    const { client } = this.predictions;
    const done = async (work: Promise<unknown> | Thenable<unknown>): Promise<null> => {
      await work;
      return null;
    };
    return {
      start: () => this.state(),
      load: async (params, signal) => {
        await this.predictions.ready();
        return client.ask('agreement', params, signal);
      },
      relabels: ({ pending }, signal) => client.ask('relabels', { pending, out: null }, signal),
      savePatch: ({ pending }) => this.savePatch(pending),
      open: ({ query }) => done(this.open(query)),
      drawSample: async () => {
        const file = await this.samples.draw();
        await this.tell();
        return file;
      },
      copy: ({ text }) => done(vscode.env.clipboard.writeText(text)),
      command: ({ command }) => {
        if (!COMMANDS.has(command)) throw new Error(`The page may not run "${command}".`);
        return done(vscode.commands.executeCommand(command));
      },
    };
  }
}
