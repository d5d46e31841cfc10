import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { RunOverview } from '../protocol/analysis.js';
import { ERRORS, type Query, type RowKey } from '../protocol/rows.js';
import type { Actions } from './actions.js';
import { annotationCommands } from './annotations/annotationCommands.js';
import type { AgreementPanel } from './annotations/agreementPanel.js';
import type { Annotator } from './annotations/annotator.js';
import type { Samples } from './annotations/samples.js';
import { registerCommand } from './commands.js';
import type { ComparePanel } from './comparePanel.js';
import type { Dashboard } from './dashboard.js';
import type { ErrorsView } from './errorsView.js';
import type { Inspectors } from './inspectors.js';
import { keyOfLink, linkTo, type LinkedItem } from './links.js';
import { localPath } from './localPath.js';
import type { MappingAssistant } from './mappingAssistant.js';
import { messages } from './messages.js';
import { Notebooks } from './notebooks.js';
import { plain } from './plain.js';
import { runOfLink } from './portableRuns.js';
import type { Baselines } from './baselines.js';
import type { ImportedMaps } from './reruns/importedMaps.js';
import { modelCommands } from './models/modelCommands.js';
import type { Models } from './models/models.js';
import type { ModelsPanel } from './models/modelsPanel.js';
import type { Predictions } from './predictions.js';
import type { RunsNode } from './runsTree.js';
import { openSettings } from './settingsLinks.js';
import type { SavedSlice, Slices } from './slices.js';

/** The parts that commands act on. */
export interface Parts {
  readonly log: vscode.LogOutputChannel;
  readonly predictions: Predictions;
  readonly baselines: Baselines;
  readonly slices: Slices;
  readonly errors: ErrorsView;
  readonly inspectors: Inspectors;
  readonly dashboard: Dashboard;
  readonly compare: ComparePanel;
  readonly mapping: MappingAssistant;
  readonly actions: Actions;
  readonly models: Models;
  readonly modelsPanel: ModelsPanel;
  readonly imported: ImportedMaps;
  readonly annotator: Annotator;
  readonly agreement: AgreementPanel;
  readonly samples: Samples;
}

type Command = (args: readonly unknown[]) => Promise<unknown>;

/** Registers every command of the views; each reports its own failure. */
export function registerCommands(extensionId: string, parts: Parts): vscode.Disposable {
  const all = {
    ...runCommands(extensionId, parts),
    ...listCommands(parts),
    ...inspectorCommands(extensionId, parts),
    ...sliceCommands(parts),
    ...modelCommands(parts),
    ...annotationCommands(parts),
  };
  return vscode.Disposable.from(
    ...Object.entries(all).map(([id, command]) => registerCommand(id, parts.log, command)),
    vscode.window.registerUriHandler({
      handleUri: (uri) => vscode.commands.executeCommand('flipside.openItem', keyOfUri(uri)),
    }),
  );
}

/** A link that names no item is told by the command, like every other failure. */
function keyOfUri(uri: vscode.Uri): LinkedItem | Error {
  try {
    return keyOfLink(uri);
  } catch (error) {
    return error as Error;
  }
}

function runCommands(
  extensionId: string,
  { predictions, baselines, errors, dashboard, compare, mapping, actions, log }: Parts,
): Record<string, Command> {
  return {
    'flipside.analyse': async ([clicked, selected]) => {
      const uris = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
      const files = uris.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri);
      const chosen = files.length > 0 ? files : await chooseFiles();
      if (chosen === undefined || chosen.length === 0) return;
      await predictions.analyse(chosen.map(localPath));
      await errors.focus();
    },
    'flipside.analyseWorkspace': async () => {
      await predictions.analyse(null);
      await errors.focus();
    },
    'flipside.mapFile': (args) => mapping.run(args),
    'flipside.refresh': () => predictions.refresh(),
    'flipside.showLog': () => Promise.resolve(log.show(true)),
    'flipside.openSettings': ([about]) => openSettings(extensionId, about),
    'flipside.setBaseline': async ([node]) => baselines.set(await runOf(node, predictions), true),
    'flipside.unsetBaseline': async ([node]) => baselines.set(await runOf(node, predictions), false),
    'flipside.openFile': async ([node]) => {
      const { file } = await runOf(node, predictions);
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    },
    'flipside.showRun': async ([run, className]) => {
      const facets: Query['facets'] = {
        ...ERRORS.facets,
        run: [(await runOf(run, predictions)).id],
        ...(typeof className === 'string' ? { class: [className] } : {}),
      };
      await errors.show({ ...ERRORS, facets });
    },
    'flipside.showCharts': () => Promise.resolve(dashboard.show()),
    'flipside.compareRuns': () => Promise.resolve(compare.show()),
    'flipside.compareWithBaseline': (args) => compare.showFor(args),
    'flipside.forgetImages': () => actions.forgetImages(),
  };
}

function listCommands({ predictions, errors, inspectors, actions }: Parts): Record<string, Command> {
  const step = (by: 1 | -1): Command => {
    return () => errors.step(by, inspectors.active?.key ?? null);
  };
  const doing = (what: Parameters<ErrorsView['do']>[0]): Command => {
    return async () => {
      await predictions.ready();
      await errors.do(what);
    };
  };
  return {
    'flipside.focusErrors': () => errors.focus(),
    'flipside.search': doing('search'),
    'flipside.nextError': step(1),
    'flipside.previousError': step(-1),
    'flipside.pasteIds': doing('pasteIds'),
    // The list, where it has the focus, else the item that is open.
    'flipside.rerun': async (args) => {
      if (errors.hasFocus || inspectors.active === undefined) await doing('rerun')(args);
      else inspectors.do('rerun');
    },
    'flipside.saveSlice': () => actions.saveSlice(errors.shown),
    'flipside.exportRows': () => actions.act({ action: 'export', keys: null, query: errors.shown }),
  };
}

function inspectorCommands(
  extensionId: string,
  { inspectors, errors, actions, predictions }: Parts,
): Record<string, Command> {
  const doing = (what: Parameters<Inspectors['do']>[0]): Command => {
    return () => Promise.resolve(inspectors.do(what));
  };
  const shown = (): LinkedItem => {
    const { active } = inspectors;
    if (active === undefined || active.key === null)
      throw new FlipsideError('No item is open: choose one in the list of errors first.');
    return { ...active.key, item: active.itemId };
  };
  return {
    'flipside.openItem': async ([asked]) => {
      if (asked instanceof Error) throw asked;
      if (!isKey(asked)) throw new FlipsideError('Which item is to be opened was not said.');
      const { runs } = await predictions.ready();
      const run = runOfLink(asked.run, runs);
      if (run === null) {
        throw new FlipsideError('The run that this item belongs to is not open here: open the folder that holds it.');
      }
      const key = await inspectors.show({ run, row: asked.row }, null, { focus: true, item: itemOf(asked) });
      if (key !== null) errors.reveal(key);
    },
    'flipside.toggleCompass': doing('compass'),
    'flipside.toggleBoxes': doing('boxes'),
    'flipside.toggleSaliency': doing('saliency'),
    'flipside.compareMaps': doing('compareMaps'),
    'flipside.editRerun': doing('editRerun'),
    'flipside.annotateNote': doing('note'),
    'flipside.drawBox': doing('drawBox'),
    'flipside.drawPoint': doing('drawPoint'),
    'flipside.zoomIn': doing('zoomIn'),
    'flipside.zoomOut': doing('zoomOut'),
    'flipside.zoomToFit': doing('fit'),
    'flipside.nextImage': doing('nextImage'),
    'flipside.previousImage': doing('previousImage'),
    'flipside.togglePin': () => {
      const { active } = inspectors;
      return Promise.resolve(active?.pin(!active.pinned));
    },
    'flipside.openSource': () => actions.openSource(shown()),
    'flipside.copyLink': async () => vscode.env.clipboard.writeText(linkTo(extensionId, shown()).toString()),
  };
}

function sliceCommands({ predictions, errors, slices, actions }: Parts): Record<string, Command> {
  const notebooks = new Notebooks(predictions, slices, actions);
  const one = async (slice: unknown): Promise<SavedSlice> => {
    if (typeof slice === 'object' && slice !== null && 'query' in slice) return slice as SavedSlice;
    await predictions.ready();
    const all = await slices.saved();
    const picked = await vscode.window.showQuickPick(
      all.map((each) => ({ label: plain(each.name), each })),
      { placeHolder: all.length === 0 ? 'No slice is saved yet' : 'Which slice?' },
    );
    if (picked === undefined) throw new vscode.CancellationError();
    return picked.each;
  };
  return {
    'flipside.openSlice': async ([slice]) => errors.show((await one(slice)).query),
    'flipside.openInNotebook': ([slice]) => notebooks.open(slice, errors.shown),
    'flipside.renameSlice': async ([given]) => {
      const slice = await one(given);
      const name = await vscode.window.showInputBox({ title: 'Rename Slice', value: slice.name });
      if (name !== undefined && name.trim() !== '') await slices.rename(slice, name.trim());
    },
    'flipside.deleteSlice': async ([given]) => {
      const slice = await one(given);
      if (await messages.confirm(`Delete the slice "${slice.name}"? The rows themselves stay.`, 'Delete'))
        await slices.remove(slice);
    },
  };
}

/** The item that a caller names beside its row; null where it names none. */
function itemOf(value: object): string | null {
  const { item } = value as { item?: unknown };
  return typeof item === 'string' ? item : null;
}

function isKey(value: unknown): value is RowKey {
  const { run, row } = (value ?? {}) as Partial<RowKey>;
  return typeof run === 'string' && typeof row === 'number';
}

/** The run that a tree's node, or a run's own id, means; asked for where a command comes from the palette. */
async function runOf(node: unknown, predictions: Predictions): Promise<RunOverview> {
  const { runs } = await predictions.ready();
  const { kind, run } = (node ?? {}) as Partial<Extract<RunsNode, { kind: 'run' }>>;
  const id = typeof node === 'string' ? node : kind === 'run' ? run?.id : undefined;
  if (id !== undefined) {
    const found = runs.find((each) => each.id === id);
    if (found === undefined) throw new FlipsideError(`The run "${id}" is not open any more.`);
    return found;
  }
  const picked = await vscode.window.showQuickPick(
    runs.map((run) => ({ label: plain(run.model ?? run.id), description: plain(run.id), run })),
    { placeHolder: 'Which run?' },
  );
  if (picked === undefined) throw new vscode.CancellationError();
  return picked.run;
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
