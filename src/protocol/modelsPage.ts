import type { BackendInfo, FoundModel, InferenceStatus } from './inference.js';
import type { SettingsTopic } from './settings.js';

export type { BackendInfo, BackendKind, Capability, FoundModel, InferenceStatus } from './inference.js';

/** A server that the settings name. Its key never reaches the page. */
export interface ModelServer {
  readonly name: string;
  /** Its address, without a name and a password in it. */
  readonly where: string;
  readonly hasKey: boolean;
}

/** Models as far as they were found, and what the process that runs them does. */
export interface ModelsState {
  /** Null before they were looked for. */
  readonly models: readonly FoundModel[] | null;
  readonly servers: readonly ModelServer[];
  /** What the setting flipside.models.default says; null where it says nothing. `id`: the one model that it means; null for none, or several. */
  readonly usual: { readonly setting: string; readonly id: string | null } | null;
  readonly status: InferenceStatus;
  /** False where the workspace is not trusted: only the user's own settings count. */
  readonly isTrusted: boolean;
  /** Another number after the settings, keys or folders by which models are found have changed. */
  readonly revision: number;
}

/** What the extension answers to the page of models. */
export interface ModelsHost {
  /** What is known at once. */
  start(params: null): Promise<ModelsState>;
  /** Looks for models. Fails with a sentence where the process that runs them cannot be started, or died. */
  find(params: null): Promise<ModelsState>;
  /** Loads a model and tries what it can do. Fails with why it cannot be loaded. */
  probe(params: { model: string }, signal: AbortSignal): Promise<BackendInfo>;
  /** Writes flipside.models.default to the user's settings; null removes it. Answers why another one holds all the same; null where none does. */
  useByDefault(params: { model: string | null }): Promise<string | null>;
  copy(params: { text: string }): Promise<null>;
  /** Asks the user for the key of the server with this address. */
  setKey(params: { where: string }): Promise<null>;
  /** Opens VS Code's settings at those that concern this. */
  settings(params: { about: SettingsTopic }): Promise<null>;
  command(params: { command: string }): Promise<null>;
}

export interface ModelsEvents {
  changed: ModelsState;
}
