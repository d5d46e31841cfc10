import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { RunOverview } from '../protocol/analysis.js';
import type { CompareChoice, CompareEvents, CompareHost, CompareState } from '../protocol/comparePage.js';
import type { Query } from '../protocol/rows.js';
import type { Baselines } from './baselines.js';
import { plain } from './plain.js';
import { done } from './page.js';
import type { Predictions } from './predictions.js';
import type { RunsNode } from './runsTree.js';
import { SinglePanel, type SinglePage } from './singlePanel.js';

export const COMPARE = 'flipside.compare';

const PAGE: SinglePage = {
  ...{ type: COMPARE, name: 'compare', title: 'Compare', icon: 'inspector', closed: 'The comparison was closed.' },
  // What was counted stays.
  stays: true,
  commands: [
    ...['flipside.analyse', 'flipside.refresh', 'flipside.showLog', 'vscode.openFolder', 'workbench.trust.manage'],
  ],
};

/** The comparison of runs. */
export class ComparePanel extends SinglePanel<CompareHost, CompareEvents> {
  /** The page has asked for its state: from then on it hears events. */
  private isListening = false;
  private asked: CompareChoice | null = null;
  private readonly subscription: vscode.Disposable;

  /** `open` shows rows in the error browser. */
  constructor(
    extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly baselines: Baselines,
    private readonly open: (query: Query) => Promise<void>,
  ) {
    super(extension, PAGE);
    const refresh = (): void => {
      if (this.isOpen) this.emit('changed', this.state());
    };
    this.subscription = vscode.Disposable.from(predictions.onDidChange(refresh), baselines.onDidChange(refresh));
  }

  override dispose(): void {
    this.subscription.dispose();
    super.dispose();
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
    if (this.isListening) this.emit('choose', choice);
    else this.asked = choice;
  }

  protected override opened(): vscode.Disposable {
    return new vscode.Disposable(() => {
      this.isListening = false;
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

  protected host(): CompareHost {
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
      command: ({ command }) => this.run(command),
    };
  }
}

/** The run that a tree's node means: itself, or the one whose errors it counts. */
function runIdOf(node: unknown): string | null {
  const { run } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'run' }>>;
  return run?.id ?? null;
}
