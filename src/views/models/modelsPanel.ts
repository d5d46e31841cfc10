import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import { chooseModel } from '../../inference/reruns/chooseModel.js';
import type { FoundModel } from '../../protocol/inference.js';
import type { ModelServer, ModelsEvents, ModelsHost, ModelsState } from '../../protocol/modelsPage.js';
import { loadPage, type PageRpc } from '../page.js';
import { endpoints } from './endpoints.js';
import { defaultModel } from './modelPlaces.js';
import type { Models } from './models.js';
import { shownAddress } from './statedPlaces.js';

export const MODELS = 'flipside.models';

/** Commands that the page's buttons may run. */
const COMMANDS: ReadonlySet<string> = new Set(['flipside.showLog', 'workbench.trust.manage']);

/** The page of models: one editor panel, which is made when it is asked for. Nothing is loaded before somebody tries a model. */
export class ModelsPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private rpc: PageRpc<ModelsHost, ModelsEvents> | null = null;
  private found: readonly FoundModel[] | null = null;
  /** Counts what was told, as an answer of the store of secrets may overtake another. */
  private told = 0;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly models: Models,
  ) {
    this.subscription = models.onDidChange(() => void this.tell());
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel?.dispose();
  }

  /** Shows the panel, making it where there is none. */
  show(): void {
    if (this.panel !== null) return this.panel.reveal();
    this.adopt(
      vscode.window.createWebviewPanel(MODELS, 'Models', vscode.ViewColumn.Active, {
        enableScripts: true,
        // A model that is being loaded goes on while another editor is looked at.
        retainContextWhenHidden: true,
      }),
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
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.extension, 'media', `models-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.rpc = loadPage(panel.webview, this.extension, { name: 'models', title: 'Models' }, this.host());
    panel.onDidDispose(() => {
      this.rpc?.close('The page of models was closed.');
      [this.panel, this.rpc] = [null, null];
    });
  }

  private async tell(): Promise<void> {
    const { rpc } = this;
    if (rpc === null) return;
    const number = ++this.told;
    const state = await this.state();
    if (number === this.told) rpc.emit('changed', state);
  }

  private async state(): Promise<ModelsState> {
    const servers = await this.servers();
    const { status, revision } = this.models;
    const setting = defaultModel();
    return {
      ...{ models: this.found, servers, status, revision, isTrusted: vscode.workspace.isTrusted },
      usual: setting === null ? null : { setting, id: this.meant(setting) },
    };
  }

  /** The model that the setting means; null where it is none of those found, or may be several. */
  private meant(setting: string): string | null {
    try {
      return chooseModel(this.found ?? [], setting, null).id;
    } catch (error) {
      if (error instanceof FlipsideError) return null;
      throw error;
    }
  }

  /** Servers of the settings, one for each address, as keys are. */
  private servers(): Promise<readonly ModelServer[]> {
    const all = new Map(endpoints().map((endpoint) => [endpoint.url, endpoint.name]));
    return Promise.all(
      [...all].map(async ([url, name]) => ({
        name,
        where: shownAddress(url),
        hasKey: (await this.models.keys.of(url)) !== null,
      })),
    );
  }

  private host(): ModelsHost {
    const done = async (work: Promise<unknown> | Thenable<unknown>): Promise<null> => {
      await work;
      return null;
    };
    return {
      start: () => this.state(),
      find: async () => {
        // Without a signal: what is given up ends a process that is busy, and with it what others have asked.
        this.found = await this.models.find();
        return this.state();
      },
      probe: ({ model }, signal) => this.models.probe(model, signal),
      useByDefault: ({ model }) => useByDefault(model),
      copy: ({ text }) => done(vscode.env.clipboard.writeText(text)),
      setKey: ({ where }) => {
        const urls = new Set(endpoints().map(({ url }) => url));
        const [url, ...more] = [...urls].filter((each) => shownAddress(each) === where);
        // Of several that are shown alike the user chooses one.
        return done(vscode.commands.executeCommand('flipside.setApiKey', more.length === 0 ? url : undefined));
      },
      settings: ({ about }) => done(vscode.commands.executeCommand('flipside.openSettings', about)),
      command: ({ command }) => {
        if (!COMMANDS.has(command)) throw new FlipsideError(`The page of models runs no command "${command}".`);
        return done(vscode.commands.executeCommand(command));
      },
    };
  }
}

async function useByDefault(model: string | null): Promise<string | null> {
  const settings = vscode.workspace.getConfiguration('flipside.models');
  try {
    await settings.update('default', model ?? undefined, vscode.ConfigurationTarget.Global);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FlipsideError(
      `The setting flipside.models.default cannot be written: ${why}. Open your settings, and set it there.`,
    );
  }
  const now = defaultModel();
  if (now === model) return null;
  return `Written to your settings, but a setting of this workspace goes before them: flipside.models.default is "${now ?? ''}" there.`;
}
