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

/** Topics with settings that belong to a machine: of a window that works on another one, VS Code shows them among that one's. */
const OF_MACHINE: readonly SettingsTopic[] = ['models'];

/** Opens VS Code's settings at those that concern a topic; at all of the extension's where none is named. */
export async function openSettings(extensionId: string, about: unknown): Promise<void> {
  const topic = isTopic(about) ? about : 'all';
  const names = ABOUT[topic].map((name) => `flipside.${name}`);
  const query = `@ext:${extensionId}${names.length === 0 ? '' : ` @id:${names.join(',')}`}`;
  const isElsewhere = vscode.env.remoteName !== undefined && OF_MACHINE.includes(topic);
  if (isElsewhere) await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query });
  else await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

function isTopic(about: unknown): about is SettingsTopic {
  return typeof about === 'string' && Object.hasOwn(ABOUT, about);
}
