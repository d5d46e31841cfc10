import type { Uri } from 'vscode';
import { FlipsideError } from '../core/model.js';

/** The path of a file on this machine. Throws a FlipsideError for what is none: an unsaved text, a virtual folder. */
export function localPath(uri: Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new FlipsideError(
    `${uri.toString(true)} is no file on the machine where Flipside runs. Save it there, or open its folder.`,
  );
}
