import * as vscode from 'vscode';
import type { SettingsTopic } from '../protocol/settings.js';

/** The settings that concern what somebody looks at. All: those of the extension. */
const ABOUT: Readonly<Record<SettingsTopic, readonly string[]>> = {
  all: [],
  reading: ['lens', 'answers'],
  images: ['imageRoots', 'imagePrefixes', 'allowImageUrls', 'maxImageMegabytes', 'maxImageMegapixels'],
  models: [
    'models.default',
    'models.folders',
    'models.endpoints',
    'models.processes',
    'models.device',
    'models.memoryGigabytes',
  ],
};

/** Opens VS Code's settings at those that concern a topic; at all of the extension's where none is named. */
export async function openSettings(extensionId: string, about: unknown): Promise<void> {
  const names = ABOUT[isTopic(about) ? about : 'all'].map((name) => `flipside.${name}`);
  const only = names.length === 0 ? '' : ` @id:${names.join(',')}`;
  await vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${extensionId}${only}`);
}

function isTopic(about: unknown): about is SettingsTopic {
  return typeof about === 'string' && Object.hasOwn(ABOUT, about);
}
