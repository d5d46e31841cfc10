import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { RunOverview } from '../protocol/analysis.js';
import type { CompareChoice, CompareEvents, CompareHost, CompareState } from '../protocol/comparePage.js';
import type { Query } from '../protocol/rows.js';
import type { Baselines } from './baselines.js';
import { loadPage, type PageRpc } from './page.js';
import { plain } from './plain.js';
import type { Predictions } from './predictions.js';
import type { RunsNode } from './runsTree.js';

export const COMPARE = 'flipside.compare';

/** Commands that the page's buttons may run. */
const COMMANDS: ReadonlySet<string> = new Set([
  'flipside.analyse',
  'flipside.refresh',
  'flipside.showLog',
  'vscode.openFolder',
  'workbench.trust.manage',
]);

/** The comparison of runs: one editor panel, which is made when it is asked for. */
export class ComparePanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private rpc: PageRpc<CompareHost, CompareEvents> | null = null;
  /** The page has asked for its state: from then on it hears events. */
  private isListening = false;
  private asked: CompareChoice | null = null;
  private readonly subscription: vscode.Disposable;

  /** `open` shows rows in the error browser. */
  constructor(
    private readonly extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly baselines: Baselines,
    private readonly open: (query: Query) => Promise<void>,
  ) {
    const refresh = (): void => void this.rpc?.emit('changed', this.state());
    this.subscription = vscode.Disposable.from(predictions.onDidChange(refresh), baselines.onDidChange(refresh));
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel?.dispose();
  }

  /** Shows the panel, making it where there is none, with what was chosen last. */
  show(): void {
    if (this.panel !== null) return this.panel.reveal();
    this.adopt(
      vscode.window.createWebviewPanel(COMPARE, 'Compare', vscode.ViewColumn.Active, {
        enableScripts: true,
        // What was counted stays while another editor is looked at.
        retainContextWhenHidden: true,
      }),
    );
  }

  /** Compares the runs of the tree that a command was run on: with their baseline, else with a run that is asked for. */
  async showFor([node, selected]: readonly unknown[]): Promise<void> {
    const { runs } = await this.predictions.ready();
    const nodes = Array.isArray(selected) && selected.length > 0 ? (selected as unknown[]) : [node];
    const chosen = nodes.flatMap((each) => runs.filter(({ id }) => id === runIdOf(each)));
    if (chosen.length === 0) throw new FlipsideError('Which run is to be compared was not said: choose one in Runs.');
    const base = await this.baseFor(chosen, runs);
    const others = chosen.filter(({ id }) => id !== base.id);
    const isSame = (run: RunOverview): boolean => run.dataset === base.dataset && run.id !== base.id;
    const treatments = (others.length > 0 ? others : runs.filter(isSame)).map(({ id }) => id);
    this.choose({ base: base.id, treatments });
    this.show();
  }

  private async baseFor(chosen: readonly RunOverview[], runs: readonly RunOverview[]): Promise<RunOverview> {
    const starred = new Set(chosen.map((run) => this.baselines.of(run)).filter((id) => id !== null));
    const [only] = starred;
    const known = starred.size === 1 ? runs.find(({ id }) => id === only) : undefined;
    if (known !== undefined) return known;
    const offered = chosen.length > 1 ? chosen : runs.filter(({ id }) => id !== chosen[0]?.id);
    const picked = await vscode.window.showQuickPick(
      offered.map((run) => ({ label: plain(run.model ?? run.id), description: plain(run.id), run })),
      {
        placeHolder:
          offered.length === 0 ? 'There is no other run' : 'Which run is the base? Others are held against it',
      },
    );
    if (picked === undefined) throw new vscode.CancellationError();
    return picked.run;
  }

  private choose(choice: CompareChoice): void {
    if (this.rpc !== null && this.isListening) this.rpc.emit('choose', choice);
    else this.asked = choice;
  }

  /** Restores the panel after the window was loaded again; the page kept what was chosen. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.panel !== null) panel.dispose();
    else this.adopt(panel);
    return Promise.resolve();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.extension, 'media', `inspector-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const page = { name: 'compare', title: 'Compare' };
    this.rpc = loadPage<CompareHost, CompareEvents>(panel.webview, this.extension, page, this.host());
    panel.onDidDispose(() => {
      this.rpc?.close('The comparison was closed.');
      [this.panel, this.rpc, this.isListening] = [null, null, false];
    });
  }

  private state(): CompareState {
    const { overview, emptiness, message } = this.predictions;
    return {
      ...{ id: overview?.id ?? null, emptiness, message, asked: null },
      runs: (overview?.runs ?? []).map((run) => ({
        id: run.id,
        model: run.model,
        dataset: run.dataset,
        items: run.items,
        baseline: this.baselines.of(run) === run.id,
      })),
      lens: overview === null ? '' : `${overview.lens.name}, version ${overview.lens.version}`,
    };
  }

  private host(): CompareHost {
    const done = async (work: Promise<unknown> | Thenable<unknown>): Promise<null> => {
      await work;
      return null;
    };
    return {
      start: () => {
        // Somebody sees the page, perhaps nothing else of ours: after a reload it is the one that asks.
        void this.predictions.ensureOpen();
        const { asked } = this;
        [this.asked, this.isListening] = [null, true];
        return Promise.resolve({ ...this.state(), asked });
      },
      compare: async (ask, signal) => {
        await this.predictions.ready();
        return this.predictions.client.ask('compare', ask, signal);
      },
      open: ({ query }) => done(this.open(query)),
      copy: ({ text }) => done(vscode.env.clipboard.writeText(text)),
      command: ({ command }) => {
        if (!COMMANDS.has(command)) throw new FlipsideError(`The comparison runs no command "${command}".`);
        return done(vscode.commands.executeCommand(command));
      },
    };
  }
}

/** The run that a tree's node means: itself, or the one whose errors it counts. */
function runIdOf(node: unknown): string | null {
  const { run } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'run' }>>;
  return run?.id ?? null;
}
