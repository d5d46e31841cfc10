import * as vscode from 'vscode';
import type { BackendInfo, InferenceStatus } from '../../protocol/inference.js';
import { inertMarkdown, shortened } from '../inert.js';
import type { Models } from './models.js';

/** So many characters of a model's name stand in the bar. */
const MOST = 30;
const MEGA = 1_000_000;

/** What runs models and what is running, in the status bar; why the faster devices do not, in its hover. Nothing before a model was loaded. */
export class ModelStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('flipside.models', vscode.StatusBarAlignment.Left, -1);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly models: Models) {
    this.item.name = 'Flipside: Models';
    this.item.command = 'flipside.showModels';
    this.subscription = models.onDidChange(() => this.show());
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private show(): void {
    const { status } = this.models;
    const last = status.loaded.at(-1);
    if (last === undefined && status.running === null) return this.item.hide();
    this.item.text = textOf(status);
    this.item.tooltip = new vscode.MarkdownString(tooltipOf(status));
    this.item.show();
  }
}

function textOf({ loaded, running, waiting }: InferenceStatus): string {
  const last = loaded.at(-1);
  const icon = running === null ? '$(chip)' : '$(sync~spin)';
  const more = waiting === 0 ? '' : `, ${waiting} waiting`;
  // Icons are written with a dollar sign, and a model's name may hold one.
  const name = (text: string): string => shortened(text, MOST).replaceAll('$(', '$ (');
  return last === undefined
    ? `${icon} Loading a model${more}`
    : `${icon} ${name(last.name)} on ${name(last.device)}${more}`;
}

/** Of each loaded model: what it runs on, what was tried before, and what it takes. */
export function tooltipOf({ loaded, running, waiting }: InferenceStatus): string {
  const doing = running === null ? [] : [`${inertMarkdown(running)}${waiting === 0 ? '' : `, ${waiting} waiting`}`];
  return [...doing, ...loaded.map(lineOf), 'Show models'].join('\n\n');
}

function lineOf({ name, device, memory, tried }: BackendInfo): string {
  const size = memory === null ? '' : `, ${Math.max(1, Math.round(memory / MEGA))} MB`;
  const reasons = tried
    .filter(({ reason }) => reason !== null)
    .map(
      ({ provider, reason }) =>
        `- ${inertMarkdown(provider)} did not answer: ${inertMarkdown(shortened(reason ?? '', 200))}`,
    );
  return [`**${inertMarkdown(name)}** on ${inertMarkdown(device)}${size}`, ...reasons].join('\n');
}
