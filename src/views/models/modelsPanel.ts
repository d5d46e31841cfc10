import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import { chooseModel } from '../../inference/reruns/chooseModel.js';
import type { FoundModel } from '../../protocol/inference.js';
import type { ModelServer, ModelsEvents, ModelsHost, ModelsState } from '../../protocol/modelsPage.js';
import { done } from '../page.js';
import { SinglePanel, type SinglePage } from '../singlePanel.js';
import { endpoints } from './endpoints.js';
import { defaultModel } from './modelPlaces.js';
import type { Models } from './models.js';
import { shownAddress } from './statedPlaces.js';

export const MODELS = 'flipside.models';

const PAGE: SinglePage = {
  ...{ type: MODELS, name: 'models', title: 'Models', icon: 'models', closed: 'The page of models was closed.' },
  // A model that is being loaded goes on.
  stays: true,
  commands: ['flipside.showLog', 'workbench.trust.manage'],
};

/** The page of models. Nothing is loaded before somebody tries a model. */
export class ModelsPanel extends SinglePanel<ModelsHost, ModelsEvents> {
  private found: readonly FoundModel[] | null = null;
  /** Counts what was told, as an answer of the store of secrets may overtake another. */
  private told = 0;
  private readonly subscription: vscode.Disposable;

  constructor(
    extension: vscode.Uri,
    private readonly models: Models,
  ) {
    super(extension, PAGE);
    this.subscription = models.onDidChange(() => void this.tell());
  }

  override dispose(): void {
    this.subscription.dispose();
    super.dispose();
  }

  private async tell(): Promise<void> {
    if (!this.isOpen) return;
    const number = ++this.told;
    const state = await this.state();
    if (number === this.told) this.emit('changed', state);
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

  protected host(): ModelsHost {
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
      command: ({ command }) => this.run(command),
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
