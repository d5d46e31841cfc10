import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { RowKey } from '../protocol/rows.js';

/** What a link names: a row, and the item that stood there, which is looked for where another stands there now. */
export interface LinkedItem extends RowKey {
  readonly item: string | null;
}

/** The address of an item, for a paper or a chat: it opens the item wherever the same files are open. */
export function linkTo(extension: string, { run, row, item }: LinkedItem): vscode.Uri {
  return vscode.Uri.from({
    scheme: vscode.env.uriScheme,
    authority: extension,
    path: '/item',
    query: new URLSearchParams({ run, row: String(row), ...(item === null ? {} : { item }) }).toString(),
  });
}

/** The item that an address names. Throws a FlipsideError where it names none. */
export function keyOfLink(uri: vscode.Uri): LinkedItem {
  const parameters = new URLSearchParams(uri.query);
  const [run, row] = [parameters.get('run'), Number(parameters.get('row'))];
  if (uri.path !== '/item' || run === null || run === '' || !Number.isSafeInteger(row) || row < 1) {
    // The link's own text is not repeated: anybody may have written it.
    throw new FlipsideError(
      'This link leads to no item: expected /item?run=RUN&row=NUMBER&item=ID behind the extension’s name.',
    );
  }
  return { run, row, item: parameters.get('item') };
}
