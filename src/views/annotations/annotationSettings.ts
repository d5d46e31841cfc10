import * as vscode from 'vscode';
import { annotatorName, type AnnotationViewer } from '../../protocol/annotations.js';
import { textOf } from '../settingValues.js';

const SECTION = 'flipside.annotations';

/** Who annotates in this window, and how blindly. */
export function annotationViewer(): AnnotationViewer {
  const settings = vscode.workspace.getConfiguration(SECTION);
  return { name: annotatorName(textOf(settings.get('name'), '')), blind: settings.get('blind') === true };
}

/** Whether the next row follows as soon as a label is saved. */
export function advances(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get('autoAdvance') !== false;
}

/** Keeps a name for all folders of whoever uses this. */
export async function keepName(name: string): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update('name', name, vscode.ConfigurationTarget.Global);
}

export function concernsAnnotations(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(SECTION);
}
