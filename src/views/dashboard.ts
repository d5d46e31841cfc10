import * as vscode from 'vscode';
import type { TermTable } from '../core/chartModel.js';
import { FlipsideError } from '../core/model.js';
import type { DashboardEvents, DashboardHost, DashboardState } from '../protocol/dashboardPage.js';
import { ERRORS, type Query } from '../protocol/rows.js';
import type { Baselines } from './baselines.js';
import { NO_NOTES, readNotes, writeFactor, type RunNotes } from './factors.js';
import { done } from './page.js';
import type { Predictions } from './predictions.js';
import { SinglePanel, type SinglePage } from './singlePanel.js';
import { readTerms } from './terms.js';

export const DASHBOARD = 'flipside.dashboard';

const PAGE: SinglePage = {
  ...{ type: DASHBOARD, name: 'dashboard', title: 'Charts', icon: 'inspector', closed: 'The charts were closed.' },
  // What is chosen and counted stays.
  stays: true,
  commands: [
    ...['flipside.analyse', 'flipside.compareRuns', 'flipside.refresh', 'flipside.showLog'],
    ...['vscode.openFolder', 'workbench.trust.manage'],
  ],
};
const MOST_VALUES = 1000;
const TERMS = '**/.flipside/terms.{csv,json}';

/** What the dashboard needs of the rest of the extension. */
export interface DashboardParts {
  /** The default keys, by command. */
  readonly keys: Readonly<Record<string, string>>;
  /** Shows these rows in the error browser. */
  readonly open: (query: Query) => Promise<void>;
}

/** The charts. */
export class Dashboard extends SinglePanel<DashboardHost, DashboardEvents> {
  private readonly subscription: vscode.Disposable;
  /** How often the table of terms was written since. */
  private termsChanged = 0;

  constructor(
    extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly baselines: Baselines,
    private readonly parts: DashboardParts,
  ) {
    super(extension, PAGE);
    const refresh = (): void => void this.refresh();
    this.subscription = vscode.Disposable.from(predictions.onDidChange(refresh), baselines.onDidChange(refresh));
  }

  override dispose(): void {
    this.subscription.dispose();
    super.dispose();
  }

  /** Charts follow the table of terms, as they follow runs and their factors. */
  protected override opened(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(TERMS);
    const again = (): void => {
      this.termsChanged += 1;
      void this.refresh();
    };
    return vscode.Disposable.from(
      watcher,
      ...[watcher.onDidChange(again), watcher.onDidCreate(again), watcher.onDidDelete(again)],
    );
  }

  private async refresh(): Promise<void> {
    if (this.isOpen) this.emit('changed', await this.state());
  }

  private async state(): Promise<DashboardState> {
    const { overview, emptiness, message } = this.predictions;
    const { factors, human, problem } = await this.notes();
    return {
      id: overview?.id ?? null,
      emptiness,
      ...{ message, human, problem, terms: this.termsChanged },
      runs: (overview?.runs ?? []).map((run) => ({
        id: run.id,
        model: run.model,
        dataset: run.dataset,
        items: run.items,
        factors: factors[run.id] ?? {},
        baseline: this.baselines.of(run) === run.id,
      })),
      lens: overview === null ? '' : `${overview.lens.name}, version ${overview.lens.version}`,
      keys: this.parts.keys,
    };
  }

  private notes(): Promise<RunNotes> {
    const { folders, overview } = this.predictions;
    if (!vscode.workspace.isTrusted) return Promise.resolve(NO_NOTES);
    return readNotes(folders, overview?.runs ?? []);
  }

  private terms(): Promise<TermTable | null> {
    return vscode.workspace.isTrusted ? readTerms(this.predictions.folders) : Promise.resolve(null);
  }

  protected host(): DashboardHost {
    const { client } = this.predictions;
    return {
      start: async () => {
        // Whoever sees the charts waits for what is being opened.
        this.predictions.prepare();
        return this.state();
      },
      charts: async (ask, signal) => {
        await this.predictions.ready();
        const terms = ask.kinds === null || ask.kinds.includes('terms') ? await this.terms() : null;
        const { factors, human } = await this.notes();
        return client.ask('charts', { ...ask, factors, human, terms }, signal);
      },
      values: async ({ field }, signal) => {
        await this.predictions.ready();
        const [facet] = await client.ask(
          'facets',
          { query: { ...ERRORS, facets: {} }, fields: [field], limit: MOST_VALUES },
          signal,
        );
        const values = (facet?.values ?? []).flatMap(({ value }) => (value === null ? [] : [String(value)]));
        return { values, more: facet?.more ?? 0 };
      },
      open: ({ query }) => done(this.parts.open(query)),
      setFactor: async ({ run, name, value }) => {
        const found = this.predictions.overview?.runs.find(({ id }) => id === run);
        if (found === undefined) throw new FlipsideError('This run is not open any more.');
        await writeFactor(this.predictions.folders, found, { name, value });
        await this.refresh();
        return null;
      },
      copy: ({ text }) => done(vscode.env.clipboard.writeText(text)),
      save: ({ name, bytes }) => save(name, bytes),
      command: ({ command }) => this.run(command),
    };
  }
}

/** Writes a picture where the user says; null where they say nothing. */
async function save(name: string, bytes: Uint8Array): Promise<string | null> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const chosen = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
    filters: { [ending.toUpperCase()]: [ending] },
  });
  if (chosen === undefined) return null;
  await vscode.workspace.fs.writeFile(chosen, bytes);
  return chosen.fsPath;
}
