import * as vscode from 'vscode';
import { InferenceClient, type InferenceProcess } from '../../inference/client.js';
import type { BackendInfo, FoundModel, InferenceStatus, ModelPlaces } from '../../protocol/inference.js';
import { ApiKeys } from './apiKeys.js';
import { modelPlaces } from './modelPlaces.js';

/** Settings by which models are found and loaded. */
const PLACES = ['folders', 'endpoints', 'processes', 'device', 'memoryGigabytes'];
const IDLE: InferenceStatus = { loaded: [], running: null, waiting: 0 };

/** The models of this window: where they are looked for, the process that runs them, and what it does. Nothing starts before somebody asks. */
export class Models implements vscode.Disposable {
  readonly client: InferenceClient;
  readonly keys: ApiKeys;
  status: InferenceStatus = IDLE;
  private readonly changed = new vscode.EventEmitter<void>();
  /** The status is another, or models may be found elsewhere now. */
  readonly onDidChange = this.changed.event;
  /** Another number after models may be found elsewhere, or do other things: what was found and tried before may not hold. */
  revision = 0;
  private latest: { readonly revision: number; readonly found: readonly FoundModel[] } | null = null;
  private readonly disposables: vscode.Disposable[];

  /** @param bundled The folder of the models that come with the extension */
  constructor(
    private readonly bundled: string,
    process: InferenceProcess,
    secrets: vscode.SecretStorage,
    /** The workspace's folders. */
    private readonly folders: () => readonly string[],
  ) {
    this.client = new InferenceClient(process);
    this.keys = new ApiKeys(secrets);
    this.client.on('status', (status) => {
      this.status = status;
      this.changed.fire();
    });
    const move = (): void => {
      this.revision++;
      this.changed.fire();
    };
    this.disposables = [
      this.changed,
      this.keys.onDidChange(move),
      vscode.workspace.onDidGrantWorkspaceTrust(move),
      vscode.workspace.onDidChangeWorkspaceFolders(move),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (PLACES.some((name) => event.affectsConfiguration(`flipside.models.${name}`))) move();
        else if (event.affectsConfiguration('flipside.models')) this.changed.fire();
        // The process is another program now; the next question starts it.
        if (event.affectsConfiguration('flipside.nodePath')) this.client.dispose();
      }),
    ];
  }

  dispose(): void {
    this.client.dispose();
    for (const each of this.disposables) each.dispose();
  }

  places(): Promise<ModelPlaces> {
    return modelPlaces(this.bundled, this.folders(), this.keys);
  }

  /** Models that can be found; none is loaded. Rejects with an RpcError. */
  async find(signal?: AbortSignal): Promise<readonly FoundModel[]> {
    const { revision } = this;
    const found = await this.client.ask('models', { places: await this.places() }, signal);
    this.latest = { revision, found };
    // It answers, so it is there again.
    if (this.status.ended !== undefined) {
      this.status = IDLE;
      this.changed.fire();
    }
    return found;
  }

  /** What was found last, where models are still looked for in the same places: servers are asked for their lists anew by `find` alone. */
  async known(signal?: AbortSignal): Promise<readonly FoundModel[]> {
    return this.latest?.revision === this.revision ? this.latest.found : this.find(signal);
  }

  /** Loads a model and tries what it can do. Rejects with an RpcError that says why it cannot be loaded. */
  async probe(model: string, signal?: AbortSignal): Promise<BackendInfo> {
    return this.client.ask('probe', { places: await this.places(), model }, signal);
  }
}
