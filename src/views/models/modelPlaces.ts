import * as vscode from 'vscode';
import type { Endpoint, ModelPlaces } from '../../protocol/inference.js';
import { textOf } from '../settingValues.js';
import type { ApiKeys } from './apiKeys.js';
import { endpoints as stated } from './endpoints.js';
import { placesOf } from './statedPlaces.js';

/**
 * Where models are looked for, as the user's settings say. VS Code itself hides what a workspace that is not trusted states (see
 * `restrictedConfigurations`), and what any workspace states about programs (their setting belongs to the machine).
 */
export async function modelPlaces(bundled: string, folders: readonly string[], keys: ApiKeys): Promise<ModelPlaces> {
  const settings = vscode.workspace.getConfiguration('flipside.models');
  const endpoints = stated().map(async (endpoint): Promise<Endpoint> => ({
    ...endpoint,
    key: await keys.of(endpoint.url),
  }));
  return {
    bundled,
    endpoints: await Promise.all(endpoints),
    ...placesOf(
      {
        folders: settings.get('folders'),
        processes: settings.get('processes'),
        device: settings.get('device'),
        memoryGigabytes: settings.get('memoryGigabytes'),
      },
      // Nothing is read in a folder that is not trusted, though the user's own settings may name one below it.
      vscode.workspace.isTrusted ? folders : [],
    ),
  };
}

/** The model that is asked where a run has none of its own; null for none. */
export function defaultModel(): string | null {
  const name = textOf(vscode.workspace.getConfiguration('flipside.models').get('default'), '');
  return name === '' ? null : name;
}
