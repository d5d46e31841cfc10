import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import { plain } from '../plain.js';
import { endpoints } from './endpoints.js';
import { shownAddress } from './statedPlaces.js';

const PREFIX = 'flipside.apiKey:';

/** Keys of servers, in the editor's own store of secrets and nowhere else: no setting and no file holds one. */
export class ApiKeys {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** The key of the server at this address; null where none is kept. */
  async of(url: string): Promise<string | null> {
    return (await this.secrets.get(PREFIX + url)) ?? null;
  }

  /** Asks for the key of a server; an empty one removes what was kept. `url`: which one; null to let the user choose. */
  async ask(url: string | null): Promise<void> {
    const address = url ?? (await chosenServer());
    if (address === null) return;
    const isKept = (await this.of(address)) !== null;
    const key = await vscode.window.showInputBox({
      title: plain(`API Key of ${shownAddress(address)}`),
      prompt: isKept
        ? 'A key is kept. Leave this empty to remove it.'
        : 'Kept in the editor’s store of secrets, on this machine.',
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    if (key.trim() === '') await this.secrets.delete(PREFIX + address);
    else await this.secrets.store(PREFIX + address, key.trim());
  }

  /** Hears when a key was stored or removed, by whomever. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener();
    });
  }
}

/** The address of the server that the user means; null where the question was dismissed. */
async function chosenServer(): Promise<string | null> {
  const all = endpoints();
  if (all.length === 0) {
    throw new FlipsideError(
      'No server is named in the setting flipside.models.endpoints. Add one first, then its key.',
    );
  }
  const picked = await vscode.window.showQuickPick(
    all.map(({ name, url }) => ({ label: plain(name), description: plain(shownAddress(url)), url })),
    { placeHolder: 'Whose key?' },
  );
  return picked?.url ?? null;
}
