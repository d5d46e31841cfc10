import * as vscode from 'vscode';
import type { InferenceProcess } from './inference/client.js';
import type { Query } from './protocol/rows.js';
import { Actions } from './views/actions.js';
import { AnalysisClient } from './views/analysisClient.js';
import { AGREEMENT, AgreementPanel } from './views/annotations/agreementPanel.js';
import { Annotator } from './views/annotations/annotator.js';
import { Samples } from './views/annotations/samples.js';
import { Baselines } from './views/baselines.js';
import { COMPARE, ComparePanel } from './views/comparePanel.js';
import { Dashboard, DASHBOARD } from './views/dashboard.js';
import { registerCommand } from './views/commands.js';
import { registerCommands } from './views/contributions.js';
import { ERRORS_VIEW, ErrorsView, type Current } from './views/errorsView.js';
import { INSPECTOR, type InspectorListener } from './views/inspector.js';
import { Inspectors } from './views/inspectors.js';
import { defaultKeys } from './views/keys.js';
import { MappingAssistant } from './views/mappingAssistant.js';
import { MAPPING } from './views/mappingPanel.js';
import { Predictions } from './views/predictions.js';
import { nodeProgram } from './views/program.js';
import { ReportDocuments, REPORT_SCHEME } from './views/reportDocuments.js';
import { RowLenses } from './views/rowLenses.js';
import { RUNS_VIEW, RunsTree } from './views/runsTree.js';
import { Models } from './views/models/models.js';
import { MODELS, ModelsPanel } from './views/models/modelsPanel.js';
import { ModelStatus } from './views/models/modelStatus.js';
import { Asking } from './views/reruns/asking.js';
import { ImportedMaps } from './views/reruns/importedMaps.js';
import { RerunsOfItems } from './views/reruns/itemReruns.js';
import { RerunMany } from './views/reruns/rerunMany.js';
import { SchemaDocuments, SCHEMA_SCHEME } from './views/schemaDocuments.js';
import { Slices } from './views/slices.js';
import { StatusBar } from './views/statusBar.js';
import { Summarise } from './views/summarise.js';

/** The extension's root: creates the parts, passes them to one another and registers them. Nothing is read before a view asks. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Flipside', { log: true });
  const parts = partsOf(context, log);
  const { predictions, errors, inspectors, dashboard, compare, mapping, modelsPanel, agreement, runs, slices } = parts;
  const documents = new ReportDocuments();
  const summarise = new Summarise(dist(context, 'cli.js'), documents, log);
  context.subscriptions.push(
    ...[log, predictions.client, predictions, parts.baselines, slices, new StatusBar(predictions)],
    ...[new RowLenses(predictions, log), new ModelStatus(parts.models), parts.models, parts.imported, parts.annotator],
    ...[runs, errors, inspectors, dashboard, compare, mapping, modelsPanel, agreement, documents, summarise],
    predictions.onDidLookAgain(() => [inspectors, errors].forEach((each) => each.picturesChanged())),
    ...panels({ [INSPECTOR]: inspectors, [DASHBOARD]: dashboard, [COMPARE]: compare, [MAPPING]: mapping }),
    ...panels({ [MODELS]: modelsPanel, [AGREEMENT]: agreement }),
    vscode.window.registerWebviewViewProvider(ERRORS_VIEW, errors),
    ...trees({ [RUNS_VIEW]: runs, 'flipside.slices': slices }),
    ...contents({ [REPORT_SCHEME]: documents, [SCHEMA_SCHEME]: new SchemaDocuments(context.extensionUri) }),
    registerCommand('flipside.summarise', log, (args) => summarise.run(args)),
    registerCommands(context.extension.id, parts),
  );
  // VS Code activates nothing before one of our views is seen or a command is run: somebody waits already.
  predictions.prepare();
}

function dist({ extensionUri }: vscode.ExtensionContext, file: string): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', file);
}

function partsOf(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
  const { extensionUri } = context;
  const keys = defaultKeys(context.extension);
  const program = (): ReturnType<typeof nodeProgram> => nodeProgram(context.globalStorageUri.fsPath);
  const client = new AnalysisClient({ script: dist(context, 'server.cjs').fsPath, program, log });
  const predictions = new Predictions(client, context, log);
  const slices = new Slices(predictions);
  const baselines = new Baselines(predictions, log);
  const inference = { script: dist(context, 'inference.cjs').fsPath, program, log };
  const { models, reruns, many } = modelParts(context, predictions, inference);
  const annotator = new Annotator(predictions, log);

  // The list and the inspectors know each other through these functions alone.
  const picturesChanged = (): void => [inspectors, errors].forEach((each) => each.picturesChanged());
  const opened = (): Inspectors => inspectors;
  const actions = new Actions(predictions, slices, opened, picturesChanged, (ask) => errors.keepFocus(ask), many);
  const errors: ErrorsView = new ErrorsView(extensionUri, predictions, keys, context.workspaceState, annotator, {
    select: (current: Current, open: boolean) =>
      void (open ? inspectors.show(current.key, current, { focus: false }) : inspectors.follow(current)),
    listed: (list) => inspectors.listed(list),
    act: (action) => actions.act(action),
    annotate: async ({ keys: chosen, query, set }) =>
      annotator.annotate(chosen ?? (await actions.allOf(query)), set, false),
  });
  const inspectors: Inspectors = new Inspectors(
    extensionUri,
    { predictions, baselines, reruns, annotator },
    keys,
    inspectorListener(errors, actions, opened),
  );
  const open = (query: Query): Promise<void> => errors.show(query);
  const samples = new Samples(predictions, errors);
  return {
    ...{
      log,
      predictions,
      baselines,
      slices,
      errors,
      inspectors,
      actions,
      models,
      imported: reruns.imported,
      annotator,
    },
    ...{ runs: new RunsTree(predictions, baselines), mapping: new MappingAssistant(extensionUri, predictions) },
    dashboard: new Dashboard(extensionUri, predictions, baselines, { keys, open }),
    compare: new ComparePanel(extensionUri, predictions, baselines, open),
    modelsPanel: new ModelsPanel(extensionUri, models),
    ...{ agreement: new AgreementPanel(extensionUri, predictions, annotator, samples, open), samples },
  };
}

/** What inspectors ask of the other parts. */
function inspectorListener(errors: ErrorsView, actions: Actions, inspectors: () => Inspectors): InspectorListener {
  return {
    step: (by) => errors.step(by, inspectors().active?.key ?? null),
    openSource: (key) => actions.openSource(key),
    openImage: (item, index) => actions.openImage(item, index),
    locate: (item, index) => actions.locate(item, index),
    focusList: () => errors.focus(),
    nextUnlabelled: () => errors.nextUnlabelled(inspectors().active?.key ?? null),
    reveal: async (key) => {
      errors.reveal(key);
      await inspectors().show(key, null, { focus: false });
    },
  };
}

/** What asks models again. Their process starts with the first question. */
function modelParts(
  context: vscode.ExtensionContext,
  predictions: Predictions,
  inference: InferenceProcess & { readonly log: vscode.LogOutputChannel },
) {
  const bundled = vscode.Uri.joinPath(context.extensionUri, 'models').fsPath;
  const models = new Models(bundled, inference, context.secrets, () => predictions.folders);
  const { version } = context.extension.packageJSON as { version: string };
  const asking = new Asking(models, predictions, version);
  const imported = new ImportedMaps(predictions, context.workspaceState, inference.log);
  const reruns = new RerunsOfItems(models, predictions, asking, imported);
  return { models, reruns, many: new RerunMany(asking, context.workspaceState, inference.log) };
}

/** Panels that come back after the window was loaded again, by their names. */
function panels(all: Readonly<Record<string, vscode.WebviewPanelSerializer>>): vscode.Disposable[] {
  return Object.entries(all).map(([name, panel]) => vscode.window.registerWebviewPanelSerializer(name, panel));
}

function trees(all: Readonly<Record<string, vscode.TreeDataProvider<unknown>>>): vscode.Disposable[] {
  return Object.entries(all).map(([name, tree]) =>
    // Several runs can be chosen, to be compared together.
    vscode.window.createTreeView(name, { treeDataProvider: tree, canSelectMany: name === RUNS_VIEW }),
  );
}

/** Documents that lie in no file, by their schemes. */
function contents(all: Readonly<Record<string, vscode.TextDocumentContentProvider>>): vscode.Disposable[] {
  const { registerTextDocumentContentProvider: register } = vscode.workspace;
  return Object.entries(all).map(([scheme, provider]) => register(scheme, provider));
}
