import path from 'node:path';
import * as vscode from 'vscode';
import type { RunOverview } from '../protocol/analysis.js';
import type { Baselines } from './baselines.js';
import { isMappable } from './mappingFiles.js';
import { plain } from './plain.js';
import { RERUN_FORMAT } from './reruns/shownRerun.js';
import type { Predictions } from './predictions.js';

export const RUNS_VIEW = 'flipside.runs';

/** A node of the tree: a dataset, a run, a class of a run's errors, or what was not read. */
export type RunsNode =
  | { readonly kind: 'dataset'; readonly name: string | null }
  | { readonly kind: 'run'; readonly run: RunOverview }
  | { readonly kind: 'class'; readonly run: RunOverview; readonly name: string; readonly count: number }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'file'; readonly file: string; readonly reason: string };

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/** The view "Runs": dataset → run → classes of its errors, and at the end the files that were not read, with the reason. */
export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly predictions: Predictions,
    private readonly baselines: Baselines,
  ) {
    const changed = (): void => this.changed.fire(undefined);
    this.subscription = vscode.Disposable.from(predictions.onDidChange(changed), baselines.onDidChange(changed));
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node === undefined) {
      await this.predictions.ensureOpen();
      return this.roots();
    }
    const { overview } = this.predictions;
    switch (node.kind) {
      case 'dataset':
        return (overview?.runs ?? [])
          .filter(({ dataset }) => dataset === node.name)
          .map((run) => ({ kind: 'run', run }));
      case 'run':
        return [...node.run.classes]
          .sort((a, b) => b.count - a.count)
          .map(({ class: name, count }) => ({ kind: 'class', run: node.run, name, count }));
      case 'skipped':
        return (overview?.skipped ?? []).map((each) => ({ kind: 'file', ...each }));
      default:
        return [];
    }
  }

  private roots(): RunsNode[] {
    const { overview } = this.predictions;
    if (overview === null || overview.runs.length === 0) return [];
    const names = [...new Set(overview.runs.map(({ dataset }) => dataset))];
    const datasets = names.map((name): RunsNode => ({ kind: 'dataset', name }));
    return overview.skipped.length === 0 ? datasets : [...datasets, { kind: 'skipped' }];
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    switch (node.kind) {
      case 'dataset':
        return this.datasetItem(node.name);
      case 'run':
        return this.runItem(node.run);
      case 'class':
        return classItem(node);
      case 'skipped':
        return this.skippedItem();
      case 'file':
        return fileItem(node.file, node.reason);
    }
  }

  private datasetItem(name: string | null): vscode.TreeItem {
    const runs = (this.predictions.overview?.runs ?? []).filter(({ dataset }) => dataset === name);
    const item = new vscode.TreeItem(plain(name ?? 'Dataset not stated'), vscode.TreeItemCollapsibleState.Expanded);
    item.id = `dataset:${name ?? ''}`;
    item.description = runs.length === 1 ? '1 run' : `${runs.length} runs`;
    const definitions = (this.predictions.overview?.datasets ?? []).filter(({ dataset }) => dataset === name);
    const isOdd = definitions.some(({ warnings }) => warnings.length > 0);
    item.iconPath = isOdd ? WARNING : new vscode.ThemeIcon('database');
    item.tooltip = textTooltip([
      name ?? 'These files do not say which benchmark they answer.',
      ...definitions.flatMap(({ file, items, warnings }) => [
        `Defined by ${file}: ${items} items`,
        ...warnings.map((warning) => `⚠ ${warning}`),
      ]),
    ]);
    item.contextValue = 'dataset';
    return item;
  }

  private runItem(run: RunOverview): vscode.TreeItem {
    const isBaseline = this.baselines.of(run) === run.id;
    const item = new vscode.TreeItem(nameOf(run), vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `run:${run.id}`;
    const isRerun = run.format === RERUN_FORMAT;
    item.description = isRerun ? `asked again, ${rightOf(run)}` : accuracyOf(run);
    item.iconPath = isBaseline
      ? new vscode.ThemeIcon('star-full', new vscode.ThemeColor('charts.yellow'))
      : run.warnings.some(({ urgent }) => urgent)
        ? WARNING
        : new vscode.ThemeIcon(isRerun ? 'debug-rerun' : 'graph');
    item.tooltip = tooltipOf(run, isBaseline);
    item.contextValue = isBaseline ? 'run.baseline' : 'run';
    item.accessibilityInformation = { label: `${nameOf(run)}, ${item.description}${isBaseline ? ', baseline' : ''}` };
    item.command = { command: 'flipside.showRun', title: 'Show Errors', arguments: [run.id] };
    return item;
  }

  private skippedItem(): vscode.TreeItem {
    const count = this.predictions.overview?.skipped.length ?? 0;
    const item = new vscode.TreeItem('Not read', vscode.TreeItemCollapsibleState.Collapsed);
    item.id = 'skipped';
    item.description = count === 1 ? '1 file' : `${count} files`;
    item.iconPath = new vscode.ThemeIcon('circle-slash');
    return item;
  }
}

/** A run's name: its model where the file tells it, else its file. */
export function nameOf(run: RunOverview): string {
  return plain(run.model ?? run.id.split('/').at(-1) ?? run.id);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

function accuracyOf(run: RunOverview): string {
  if (run.accuracy === null) return run.wrong === null ? `${run.items} items` : `${run.items} items, no gold`;
  const partial =
    run.coverage !== null && run.coverage.rows < run.coverage.of ? `, ${run.coverage.rows} of ${run.coverage.of}` : '';
  return `${percent(run.accuracy)} of ${run.units}${partial}`;
}

/** Of reruns counts say more than a rate: most are of a few items. */
function rightOf({ wrong, items, noGold }: RunOverview): string {
  if (wrong === null) return items === 1 ? '1 answer' : `${items} answers`;
  return `${items - noGold - wrong} of ${items - noGold} right`;
}

function tooltipOf(run: RunOverview, isBaseline: boolean): vscode.MarkdownString {
  const lines: string[] = [];
  const line = (text: string): void => void lines.push(text);
  line(`${nameOf(run)}${isBaseline ? ' (baseline)' : ''}`);
  line(run.file);
  if (run.accuracy !== null) {
    const interval = run.ci95 === null ? '' : `, 95 % interval ${percent(run.ci95[0])} to ${percent(run.ci95[1])}`;
    line(`Accuracy ${percent(run.accuracy)}: ${run.correctUnits} of ${run.units}${interval}`);
  }
  if (run.chance !== null) line(`Chance ${percent(run.chance)}`);
  if (run.coverage !== null) line(`Covers ${run.coverage.rows} of ${run.coverage.of} items of its benchmark`);
  if (run.noGold > 0) line(`${run.noGold} of ${run.items} items have no gold answer`);
  for (const { text, urgent } of run.warnings) line(`${urgent ? '⚠' : 'Note:'} ${text}`);
  return textTooltip(lines);
}

/** Text, not Markdown: names and warnings hold what files hold. */
function textTooltip(lines: readonly string[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  for (const text of lines) {
    tooltip.appendText(plain(text));
    tooltip.appendMarkdown('  \n');
  }
  return tooltip;
}

function classItem(node: Extract<RunsNode, { kind: 'class' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name.replaceAll('-', ' '));
  item.id = `class:${node.run.id}:${node.name}`;
  item.description = node.run.wrong === null ? String(node.count) : `${node.count} of ${node.run.wrong} wrong`;
  item.command = { command: 'flipside.showRun', title: 'Show Errors', arguments: [node.run.id, node.name] };
  return item;
}

function fileItem(file: string, reason: string): vscode.TreeItem {
  // Not by its URI: what VS Code knows of a file that is ignored, or not there, would grey the reason out.
  const item = new vscode.TreeItem(plain(path.basename(file)));
  item.iconPath = vscode.ThemeIcon.File;
  item.id = `file:${file}`;
  item.description = plain(reason);
  const hint = isMappable(file, reason) ? '\n"Map Columns" says here which column is what.' : '';
  item.tooltip = `${file}\n${reason}${hint}`;
  item.contextValue = isMappable(file, reason) ? 'skippedFile.mappable' : 'skippedFile';
  item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(file)] };
  return item;
}
