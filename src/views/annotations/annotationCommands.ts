import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import type { RowKey } from '../../protocol/rows.js';
import type { ErrorsView } from '../errorsView.js';
import type { Inspectors } from '../inspectors.js';
import { plain } from '../plain.js';
import type { Predictions } from '../predictions.js';
import { annotationViewer } from './annotationSettings.js';
import type { AgreementPanel } from './agreementPanel.js';
import type { Annotator } from './annotator.js';
import type { Samples } from './samples.js';

/** The parts that commands of annotating act on. */
interface Parts {
  readonly predictions: Predictions;
  readonly errors: ErrorsView;
  readonly inspectors: Inspectors;
  readonly annotator: Annotator;
  readonly agreement: AgreementPanel;
  readonly samples: Samples;
}

type Command = (args: readonly unknown[]) => Promise<unknown>;

/** The commands of annotating. `flipside.annotate` takes `{ "label": ID }`, for key bindings of one's own. */
export function annotationCommands(parts: Parts): Record<string, Command> {
  const { predictions, errors, inspectors, annotator, agreement, samples } = parts;
  const revealed = async (key: RowKey): Promise<void> => {
    errors.reveal(key);
    if (inspectors.active !== undefined) await inspectors.show(key, null, { focus: false });
  };
  return {
    'flipside.annotate': async ([asked]) => {
      await predictions.ready();
      const key = inspectors.active?.key ?? errors.currentKey;
      if (key === null) throw new FlipsideError('No item is open: choose one in the list of errors first.');
      const label = labelOf(asked) ?? (await chosenLabel(annotator));
      await annotator.annotate([key], { label }, false);
    },
    'flipside.undoAnnotation': async () => revealed(await annotator.undo(false)),
    'flipside.redoAnnotation': async () => revealed(await annotator.undo(true)),
    'flipside.nextUnlabelled': () => errors.nextUnlabelled(inspectors.active?.key ?? null),
    'flipside.editScheme': async () => {
      await predictions.ready();
      await annotator.look();
      await annotator.editScheme();
    },
    'flipside.showAgreement': () => Promise.resolve(agreement.show()),
    'flipside.drawSample': () => samples.draw(),
    'flipside.keepUnsavedAnnotations': () => annotator.keepUnsaved(),
    'flipside.toggleBlind': async () => {
      const blind = !annotationViewer().blind;
      const settings = vscode.workspace.getConfiguration('flipside.annotations');
      await settings.update('blind', blind, vscode.ConfigurationTarget.Global);
      vscode.window.setStatusBarMessage(`Flipside: blind annotating is ${blind ? 'on' : 'off'}`, 3000);
    },
  };
}

function labelOf(asked: unknown): string | null {
  const { label } = (asked ?? {}) as { label?: unknown };
  return typeof label === 'string' ? label : null;
}

async function chosenLabel(annotator: Annotator): Promise<string> {
  await annotator.look();
  const picked = await vscode.window.showQuickPick(
    annotator.state.scheme.labels.map(({ id, title, key }) => ({ label: plain(title), description: key ?? '', id })),
    { placeHolder: 'Which label?' },
  );
  if (picked === undefined) throw new vscode.CancellationError();
  return picked.id;
}
