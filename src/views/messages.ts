import * as vscode from 'vscode';
import { plain } from './plain.js';

/** The messages of VS Code, with nothing in their text that could be clicked; buttons are ours. */
export const messages = {
  inform: (text: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showInformationMessage(plain(text), ...buttons),
  warn: (text: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showWarningMessage(plain(text), ...buttons),
  fail: (text: string, ...buttons: string[]): Thenable<string | undefined> =>
    vscode.window.showErrorMessage(plain(text), ...buttons),
  /** A question that must be answered first; true where it was answered with `yes`. */
  confirm: async (text: string, yes: string): Promise<boolean> =>
    (await vscode.window.showWarningMessage(plain(text), { modal: true }, yes)) === yes,
  /** The same with several answers; undefined where none was given. */
  ask: (text: string, ...answers: string[]): Thenable<string | undefined> =>
    vscode.window.showInformationMessage(plain(text), { modal: true }, ...answers),
};
