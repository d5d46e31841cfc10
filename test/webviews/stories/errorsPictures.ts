/** Pictures of rows, painted in the browser. */
import type { Picture } from '../../../src/protocol/rows.js';

const PICTURES = new Map<number, Promise<Uint8Array>>();

async function paint(hue: number): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(96, 72);
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.fillStyle = `hsl(${hue} 45% 60%)`;
    context.fillRect(0, 0, 96, 72);
    context.fillStyle = `hsl(${hue} 50% 30%)`;
    context.fillRect(20, 30, 56, 30);
  }
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

export async function pictureOf(row: number): Promise<Picture> {
  const hue = (row * 47) % 360;
  const bytes = await (PICTURES.get(hue) ?? PICTURES.set(hue, paint(hue)).get(hue) ?? paint(hue));
  const size = { width: 96, height: 72, originalWidth: 960, originalHeight: 720 };
  return { ok: true, bytes, mime: 'image/png', ...size, from: `images/${row}.png`, file: null };
}

export function brokenPicture(row: number): Picture {
  const stated = `images/${row}.jpg`;
  const message = `No file "${stated}" was found. Add its folder to the image folders.`;
  return { ok: false, reason: 'missing', stated, tried: [stated], file: null, message };
}
