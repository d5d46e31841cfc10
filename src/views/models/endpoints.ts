import * as vscode from 'vscode';
import type { Endpoint } from '../../protocol/inference.js';
import { listOf, textOf } from '../settings.js';

/** Servers as the setting names them, without their keys. What is no address is kept: whoever looks for its models says so. */
export function endpoints(): readonly Omit<Endpoint, 'key'>[] {
  const value = vscode.workspace.getConfiguration('flipside.models').get('endpoints');
  return listOf(value).flatMap((each) => {
    const { name, url, model } = (each ?? {}) as { name?: unknown; url?: unknown; model?: unknown };
    const address = textOf(url, '');
    if (address === '') return [];
    const host = URL.canParse(address) ? new URL(address).host : address;
    return [{ name: textOf(name, host), url: address, model: textOf(model, '') || null }];
  });
}
