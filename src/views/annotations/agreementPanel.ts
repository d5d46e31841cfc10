import path from 'node:path';
import * as vscode from 'vscode';
import type { AgreementEvents, AgreementHost, AgreementState } from '../../protocol/agreementPage.js';
import type { Query } from '../../protocol/rows.js';
import { done } from '../page.js';
import type { Predictions } from '../predictions.js';
import { SinglePanel, type SinglePage } from '../singlePanel.js';
import type { Annotator } from './annotator.js';
import type { Samples } from './samples.js';

export const AGREEMENT = 'flipside.agreement';

const PAGE: SinglePage = {
  ...{ type: AGREEMENT, name: 'agreement', title: 'Agreement', icon: 'agreement', stays: false },
  closed: 'The page of agreement was closed.',
  commands: [
    ...['flipside.showLog', 'flipside.toggleBlind', 'flipside.analyse', 'flipside.analyseWorkspace'],
    ...['flipside.refresh', 'vscode.openFolder', 'workbench.trust.manage'],
  ],
};

/** The page of agreement. */
export class AgreementPanel extends SinglePanel<AgreementHost, AgreementEvents> {
  private revision = 0;
  private readonly subscription: vscode.Disposable;

  constructor(
    extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly annotator: Annotator,
    private readonly samples: Samples,
    private readonly open: (query: Query) => Promise<void>,
  ) {
    super(extension, PAGE);
    this.subscription = vscode.Disposable.from(
      predictions.onDidChange(() => void this.tell()),
      annotator.onDidChange(() => void this.tell()),
      annotator.onDidAnnotate(() => {
        this.revision += 1;
        void this.tell();
      }),
    );
  }

  override dispose(): void {
    this.subscription.dispose();
    super.dispose();
  }

  protected override opened(): vscode.Disposable {
    void this.predictions.ensureOpen();
    void this.annotator.look();
    return super.opened();
  }

  private async tell(): Promise<void> {
    if (this.isOpen) this.emit('changed', await this.state());
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

  protected host(): AgreementHost {
    const { client } = this.predictions;
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
      command: ({ command }) => this.run(command),
    };
  }
}
