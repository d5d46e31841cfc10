import * as vscode from 'vscode';
import type { ImageSettings, OpenParams } from '../protocol/analysis.js';

const MEGA = 1_000_000;

/** What the user set about how predictions are read and where their images lie. */
export function readSettings(
  folders: readonly string[],
  learned: ImageSettings['prefixes'],
): Pick<OpenParams, 'lens' | 'answers' | 'images'> {
  const settings = vscode.workspace.getConfiguration('flipside');
  return {
    lens: settings.get('lens', 'axes'),
    answers: settings.get('answers', 'default'),
    images: {
      roots: settings.get<string[]>('imageRoots', []).map((root) => inWorkspace(root, folders)),
      prefixes: [...learned, ...settings.get<{ from: string; to: string }[]>('imagePrefixes', [])].filter(
        ({ from, to }) => typeof from === 'string' && typeof to === 'string',
      ),
      allowUrls: settings.get('allowImageUrls', false),
      maxBytes: settings.get('maxImageMegabytes', 200) * MEGA,
      maxPixels: settings.get('maxImageMegapixels', 500) * MEGA,
    },
  };
}

/** A folder as the setting states it: `${workspaceFolder}` and relative paths stand for the first folder. */
function inWorkspace(root: string, folders: readonly string[]): string {
  const [first = ''] = folders;
  const named = root.replaceAll('${workspaceFolder}', first);
  return named.startsWith('/') || /^[A-Za-z]:[\\/]/.test(named) ? named : `${first}/${named}`;
}
