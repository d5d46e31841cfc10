import * as vscode from 'vscode';
import type { Predictions } from './predictions.js';

/** One short item: how many runs, how many of their answers are wrong. Nothing before something was opened. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('flipside.status', vscode.StatusBarAlignment.Left, 0);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly predictions: Predictions) {
    this.item.name = 'Flipside';
    this.item.command = 'flipside.focusErrors';
    this.subscription = predictions.onDidChange(() => this.show());
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private show(): void {
    const { overview, emptiness } = this.predictions;
    if (emptiness === 'indexing') {
      this.item.text = '$(sync~spin) Flipside';
      this.item.tooltip = this.predictions.message ?? 'Reading predictions';
      this.item.show();
      return;
    }
    if (overview === null || emptiness !== null) {
      this.item.hide();
      return;
    }
    const runs = overview.runs.length;
    const wrong = overview.runs.reduce((total, run) => total + (run.wrong ?? 0), 0);
    const counted = overview.complete ? `, ${wrong} ${wrong === 1 ? 'error' : 'errors'}` : '';
    this.item.text = `$(graph) Flipside: ${runs} ${runs === 1 ? 'run' : 'runs'}${counted}`;
    this.item.tooltip = 'Show the errors';
    this.item.show();
  }
}
