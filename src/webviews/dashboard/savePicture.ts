import type { Chart } from '../../protocol/dashboardPage.js';
import { coloursOf } from './colours.js';
import { toSvg } from './svg.js';

export const ENDINGS = ['svg', 'png'] as const;
export type Ending = (typeof ENDINGS)[number];

/** Pixels of a saved picture to each of its own, where its size allows. */
const SHARP = 2;
/** Browsers draw nothing on a larger canvas. */
const MOST_PIXELS = 16_000;
const MOST_NAME = 80;

/** A name for the file of a chart. */
export function fileName({ id }: Chart, ending: Ending): string {
  return `${id.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, MOST_NAME)}.${ending}`;
}

/** A chart as a picture in the theme's colours, as the bytes of a file; a PNG is drawn from the SVG, so that both say the same. */
export async function pictureOf(chart: Chart, ending: Ending): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(toSvg(chart, coloursOf(document.body)));
  return ending === 'svg' ? bytes : drawn(bytes);
}

async function drawn(svg: Uint8Array): Promise<Uint8Array> {
  const address = URL.createObjectURL(new Blob([new Uint8Array(svg)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(SHARP, MOST_PIXELS / image.naturalHeight);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth * scale, image.naturalHeight * scale];
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    if (blob === null) throw new Error('The picture is too large to be drawn: save it as SVG.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(address);
  }
}
