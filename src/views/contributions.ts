import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import { ERRORS, type Query, type RowKey } from '../protocol/rows.js';
import { confirmed, type Actions } from './actions.js';
import { registerCommand } from './commands.js';
import type { ErrorsView } from './errorsView.js';
import type { Inspectors } from './inspectors.js';
import { keyOfLink, linkTo } from './links.js';
import type { Predictions } from './predictions.js';
import type { RunsNode } from './runsTree.js';
import type { SavedSlice, Slices } from './slices.js';

/** The parts that commands act on. */
export interface Parts {
  readonly extensionId: string;
  readonly log: vscode.LogOutputChannel;
  readonly predictions: Predictions;
  readonly slices: Slices;
  readonly errors: ErrorsView;
  readonly inspectors: Inspectors;
  readonly actions: Actions;
}

type Command = (args: readonly unknown[]) => Promise<unknown>;

/** Registers every command of the views; each reports its own failure. */
export function registerCommands(parts: Parts): vscode.Disposable {
  const all = { ...runCommands(parts), ...listCommands(parts), ...inspectorCommands(parts), ...sliceCommands(parts) };
  return vscode.Disposable.from(
    ...Object.entries(all).map(([id, command]) => registerCommand(id, parts.log, command)),
    vscode.window.registerUriHandler({
      handleUri: (uri) => vscode.commands.executeCommand('flipside.openItem', keyOfUri(uri)),
    }),
  );
}

/** A link that names no item is told by the command, like every other failure. */
function keyOfUri(uri: vscode.Uri): RowKey | Error {
  try {
    return keyOfLink(uri);
  } catch (error) {
    return error as Error;
  }
}

function runCommands({ predictions, errors, log }: Parts): Record<string, Command> {
  return {
    'flipside.analyse': async ([clicked, selected]) => {
      const uris = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
      const files = uris.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri);
      const chosen = files.length > 0 ? files : await chooseFiles();
      if (chosen === undefined || chosen.length === 0) return;
      await predictions.analyse(chosen.map(localPath));
      await errors.focus();
    },
    'flipside.analyseWorkspace': () => predictions.analyse(null),
    'flipside.refresh': () => predictions.refresh(),
    'flipside.showLog': () => Promise.resolve(log.show(true)),
    'flipside.setBaseline': async ([node]) => predictions.setBaseline(await runOf(node, predictions), true),
    'flipside.unsetBaseline': async ([node]) => predictions.setBaseline(await runOf(node, predictions), false),
    'flipside.openFile': async ([node]) => {
      const run = await runOf(node, predictions);
      const file = predictions.overview?.runs.find(({ id }) => id === run)?.file;
      if (file !== undefined) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    },
    'flipside.showRun': async ([run, className]) => {
      const facets: Query['facets'] = {
        ...ERRORS.facets,
        run: [await runOf(run, predictions)],
        ...(typeof className === 'string' ? { class: [className] } : {}),
      };
      await errors.show({ ...ERRORS, facets });
    },
    'flipside.forgetImages': () => predictions.learn(null),
  };
}

function listCommands({ errors, actions }: Parts): Record<string, Command> {
  const doing = (what: Parameters<ErrorsView['do']>[0]): Command => {
    return () => Promise.resolve(errors.do(what));
  };
  return {
    'flipside.focusErrors': () => errors.focus(),
    'flipside.search': async () => {
      await errors.focus();
      errors.do('search');
    },
    'flipside.nextError': doing('next'),
    'flipside.previousError': doing('previous'),
    'flipside.pasteIds': async () => {
      await errors.focus();
      errors.do('pasteIds');
    },
    'flipside.saveSlice': () => actions.saveSlice(errors.current),
    'flipside.exportRows': () => actions.act({ action: 'export', keys: null, query: errors.current }),
  };
}

function inspectorCommands({ extensionId, inspectors, errors, actions, predictions }: Parts): Record<string, Command> {
  const doing = (what: Parameters<Inspectors['do']>[0]): Command => {
    return () => Promise.resolve(inspectors.do(what));
  };
  const key = (): RowKey => {
    const { active } = inspectors;
    if (active === undefined || active.key === null)
      throw new FlipsideError('No item is open: choose one in the list of errors first.');
    return active.key;
  };
  return {
    'flipside.openItem': async ([asked]) => {
      if (asked instanceof Error) throw asked;
      await predictions.ensureOpen();
      const wanted = isKey(asked) ? asked : null;
      if (wanted === null) return errors.do('open');
      await inspectors.show(wanted, null, { focus: true });
      errors.reveal(wanted);
    },
    'flipside.toggleCompass': doing('compass'),
    'flipside.toggleBoxes': doing('boxes'),
    'flipside.zoomIn': doing('zoomIn'),
    'flipside.zoomOut': doing('zoomOut'),
    'flipside.zoomToFit': doing('fit'),
    'flipside.nextImage': doing('nextImage'),
    'flipside.previousImage': doing('previousImage'),
    'flipside.togglePin': () => {
      const { active } = inspectors;
      return Promise.resolve(active?.pin(!active.pinned));
    },
    'flipside.openSource': () => actions.openSource(key()),
    'flipside.copyLink': async () => vscode.env.clipboard.writeText(linkTo(extensionId, key()).toString()),
  };
}

function sliceCommands({ errors, slices }: Parts): Record<string, Command> {
  const one = async (slice: unknown): Promise<SavedSlice> => {
    if (typeof slice === 'object' && slice !== null && 'query' in slice) return slice as SavedSlice;
    const all = await slices.getChildren();
    const picked = await vscode.window.showQuickPick(
      all.map((each) => ({ label: each.name, each })),
      { placeHolder: all.length === 0 ? 'No slice is saved yet' : 'Which slice?' },
    );
    if (picked === undefined) throw new vscode.CancellationError();
    return picked.each;
  };
  return {
    'flipside.openSlice': async ([slice]) => errors.show((await one(slice)).query),
    'flipside.renameSlice': async ([given]) => {
      const slice = await one(given);
      const name = await vscode.window.showInputBox({ title: 'Rename Slice', value: slice.name });
      if (name !== undefined && name.trim() !== '') await slices.rename(slice, name.trim());
    },
    'flipside.deleteSlice': async ([given]) => {
      const slice = await one(given);
      if (await confirmed(`Delete the slice "${slice.name}"? The rows themselves stay.`, 'Delete'))
        await slices.remove(slice);
    },
  };
}

function isKey(value: unknown): value is RowKey {
  const { run, row } = (value ?? {}) as Partial<RowKey>;
  return typeof run === 'string' && typeof row === 'number';
}

/** The run that a tree's node, or a run's own id, means; asked for where a command comes from the palette. */
async function runOf(node: unknown, predictions: Predictions): Promise<string> {
  if (typeof node === 'string') return node;
  const { kind, run } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'run' }>>;
  if (kind === 'run' && run !== undefined) return run.id;
  await predictions.ensureOpen();
  const runs = predictions.overview?.runs ?? [];
  const picked = await vscode.window.showQuickPick(
    runs.map(({ id, model }) => ({ label: model ?? id, description: id, id })),
    { placeHolder: runs.length === 0 ? 'No run is open' : 'Which run?' },
  );
  if (picked === undefined) throw new vscode.CancellationError();
  return picked.id;
}

function chooseFiles(): Thenable<vscode.Uri[] | undefined> {
  return vscode.window.showOpenDialog({
    title: 'Analyse with Flipside',
    canSelectFiles: true,
    canSelectFolders: true,
    canSelectMany: true,
    openLabel: 'Analyse',
  });
}

function localPath(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new FlipsideError(
    `${uri.toString(true)} is no file on the machine where Flipside runs. Save it there, or open its folder.`,
  );
}
