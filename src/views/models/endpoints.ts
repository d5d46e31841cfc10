import * as vscode from 'vscode';
import type { Endpoint } from '../../protocol/inference.js';
import { endpointsOf } from './statedPlaces.js';

/** Servers as the setting names them, without their keys; see endpointsOf. */
export function endpoints(): readonly Omit<Endpoint, 'key'>[] {
  return endpointsOf(vscode.workspace.getConfiguration('flipside.models').get('endpoints'));
}
