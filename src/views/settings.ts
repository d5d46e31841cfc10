import path from 'node:path';
import * as vscode from 'vscode';
import type { ImageSettings, OpenParams } from '../protocol/analysis.js';
import { listOf, numberOf, textOf } from './settingValues.js';

const MEGA = 1_000_000;

/** Settings after whose change everything is read again. Those of models are none of them. */
const READ_AGAIN = [
  'lens',
  'answers',
  'imageRoots',
  'imagePrefixes',
  'allowImageUrls',
  'maxImageMegabytes',
  'maxImageMegapixels',
];

/** Whether what is open is read, or shown, otherwise now. */
export function isReadingChanged(event: vscode.ConfigurationChangeEvent): boolean {
  return READ_AGAIN.some((name) => event.affectsConfiguration(`flipside.${name}`));
}

/** What the user set about how predictions are read and where their images lie. Values of another type count as not set. */
export function readSettings(
  folders: readonly string[],
  learned: ImageSettings['prefixes'],
): Pick<OpenParams, 'lens' | 'answers' | 'images'> {
  const settings = vscode.workspace.getConfiguration('flipside');
  return {
    lens: textOf(settings.get('lens'), 'axes'),
    answers: textOf(settings.get('answers'), 'default'),
    images: {
      roots: imageRoots(folders),
      prefixes: [...learned, ...listOf(settings.get('imagePrefixes')).filter(isPrefix)],
      allowUrls: settings.get('allowImageUrls') === true,
      maxBytes: numberOf(settings.get('maxImageMegabytes'), 200) * MEGA,
      maxPixels: numberOf(settings.get('maxImageMegapixels'), 500) * MEGA,
    },
  };
}

/** The image roots of every folder: each may state its own, and relative ones count from it. */
function imageRoots(folders: readonly string[]): string[] {
  const scopes = folders.length === 0 ? [null] : folders;
  const roots = scopes.flatMap((folder) => {
    const scope = folder === null ? null : vscode.Uri.file(folder);
    const stated = listOf(vscode.workspace.getConfiguration('flipside', scope).get('imageRoots'));
    return stated
      .filter((root): root is string => typeof root === 'string' && root.trim() !== '')
      .filter((root) => folder !== null || path.isAbsolute(root))
      .map((root) => inFolder(root, folder ?? ''));
  });
  return [...new Set(roots)];
}

/** A folder as the setting states it: `${workspaceFolder}` and relative paths stand for the folder that it is stated for. */
function inFolder(root: string, folder: string): string {
  return path.resolve(folder, root.replaceAll('${workspaceFolder}', folder));
}

function isPrefix(value: unknown): value is { from: string; to: string } {
  const { from, to } = (value ?? {}) as { from?: unknown; to?: unknown };
  return typeof from === 'string' && typeof to === 'string';
}
