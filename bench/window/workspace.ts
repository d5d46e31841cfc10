import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { seeded } from '../../samples/random.js';
import { IMAGES, imageOf } from '../rows.js';

/** Photographs of which the images of all rows are copies. */
const PHOTOS = 10;

/** A folder with the predictions and their images. */
export async function makeWorkspace(workspace: string, predictions: string): Promise<void> {
  mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
  linkSync(predictions, path.join(workspace, 'predictions.jsonl'));
  const settings = { 'workbench.startupEditor': 'none', 'extensions.ignoreRecommendations': true };
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
  const random = seeded(3);
  for (let index = 0; index < IMAGES; index++) {
    const file = path.join(workspace, imageOf(index));
    mkdirSync(path.dirname(file), { recursive: true });
    if (index >= PHOTOS) {
      linkSync(path.join(workspace, imageOf(index % PHOTOS)), file);
      continue;
    }
    const coarse = Buffer.from(Array.from({ length: 80 * 60 * 3 }, () => random.below(256)));
    await sharp(coarse, { raw: { width: 80, height: 60, channels: 3 } })
      .resize(640, 480, { kernel: 'cubic' })
      .toFormat('jpeg')
      .toFile(file);
  }
}

/** Settings of the machine, which a workspace cannot give; `folder` is what startServer is given. */
export function settle(folder: string): void {
  const machine = path.join(folder, 'data', 'Machine');
  mkdirSync(machine, { recursive: true });
  // Looking for ports reads /proc of every process again and again, in the extension host.
  writeFileSync(path.join(machine, 'settings.json'), JSON.stringify({ 'remote.autoForwardPorts': false }));
}
