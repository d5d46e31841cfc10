import * as vscode from 'vscode';
import { plain } from './plain.js';

/** `shown`: somebody asked for it and waits. `aside`: it happens by itself, and only the status bar tells. */
export type Manner = 'shown' | 'aside';

/** Work that takes longer than this shows its progress, in milliseconds. */
const PATIENCE = 1000;

/** Does the work, and shows its progress where it takes long, with a way to cancel it. `told`: what is being done. */
export async function progressOf<T>(
  manner: Manner,
  cancel: AbortController,
  told: vscode.Event<string>,
  work: () => Promise<T>,
): Promise<T> {
  const running = work();
  const settled = running.then(
    () => false,
    () => false,
  );
  let waited: NodeJS.Timeout | undefined;
  const long = new Promise<true>((resolve) => (waited = setTimeout(() => resolve(true), PATIENCE)));
  if (await Promise.race([settled, long])) void show(manner, cancel, told, settled);
  clearTimeout(waited);
  return running;
}

async function show(
  manner: Manner,
  cancel: AbortController,
  told: vscode.Event<string>,
  settled: Promise<unknown>,
): Promise<void> {
  const isShown = manner === 'shown';
  const options = {
    location: isShown ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window,
    title: 'Flipside: reading predictions',
    cancellable: isShown,
  };
  await vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => cancel.abort());
    const report = told((message) => progress.report({ message: plain(message) }));
    await settled;
    report.dispose();
  });
}
