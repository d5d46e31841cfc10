import type { Crop } from '../../../src/protocol/analysis.js';
import type { Picture } from '../../../src/protocol/rows.js';

/** A picture of a table in a room, `width` by `height` pixels, of which only what is asked for is ever drawn. */
export async function draw(
  original: { readonly width: number; readonly height: number },
  size: number,
  crop: Crop | null,
  frame = 0,
): Promise<Picture> {
  const part = crop ?? { x: 0, y: 0, width: 1, height: 1 };
  const whole = { width: part.width * original.width, height: part.height * original.height };
  const scale = Math.min(1, size / Math.max(whole.width, whole.height));
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws nothing.');
  context.scale(width / part.width, height / part.height);
  context.translate(-part.x, -part.y);
  paint(context, frame);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return {
    ok: true,
    bytes: new Uint8Array(await blob.arrayBuffer()),
    mime: 'image/png',
    width,
    height,
    originalWidth: original.width,
    originalHeight: original.height,
    from: '/data/images/table.png',
    file: '/data/images/table.png',
  };
}

/** The scene in fractions of the picture. */
function paint(context: OffscreenCanvasRenderingContext2D, frame: number): void {
  const fill = (colour: string, x: number, y: number, width: number, height: number): void => {
    context.fillStyle = colour;
    context.fillRect(x, y, width, height);
  };
  const wall = context.createLinearGradient(0, 0, 0, 0.62);
  wall.addColorStop(0, `hsl(${30 + frame * 11} 40% 72%)`);
  wall.addColorStop(1, `hsl(${30 + frame * 11} 35% 58%)`);
  context.fillStyle = wall;
  context.fillRect(0, 0, 1, 0.62);
  fill('#a9713a', 0, 0.62, 1, 0.38);
  for (let board = 0; board < 12; board++) fill('#8d5a2b', 0, 0.64 + board * 0.032, 1, 0.003);
  fill('#efe6da', 0, 0.605, 1, 0.02);
  fill('#7a4a22', 0.3, 0.42, 0.4, 0.05);
  for (const x of [0.33, 0.4, 0.59, 0.66]) fill('#66391a', x, 0.47, 0.02, 0.35);
  context.strokeStyle = '#e8c23a';
  context.lineWidth = 0.014;
  context.beginPath();
  context.arc(0.18 + frame * 0.015, 0.8, 0.035, 0.3, 2.6);
  context.stroke();
  // Fine detail, which only a crop shows.
  context.fillStyle = '#222222';
  for (let line = 0; line < 20; line++) fill('#222222', 0.44, 0.2 + line * 0.001, 0.02, 0.0004);
}
