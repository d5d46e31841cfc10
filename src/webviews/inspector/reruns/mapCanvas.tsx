import { useLayoutEffect, useRef } from 'preact/hooks';
import { COLOUR_TABLE, COLOURS } from '../../../protocol/colourMap.js';
import type { ShownMap } from '../../../protocol/shownMap.js';

/** A map in its colours, as large as what it lies in. Each of its cells is drawn as what it is, with no other values between. */
export function MapCanvas({ drawn, opacity }: { readonly drawn: ShownMap; readonly opacity: number }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (ref.current !== null) paint(ref.current, drawn);
  }, [drawn]);
  return <canvas ref={ref} class="map" style={{ opacity }} aria-hidden="true" />;
}

function paint(canvas: HTMLCanvasElement, { width, height, values }: ShownMap): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(width, height);
  values.forEach((value, cell) => {
    const at = Math.round(value * (COLOURS - 1)) * 3;
    image.data.set(COLOUR_TABLE.subarray(at, at + 3), cell * 4);
    image.data[cell * 4 + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

/** The colours from nothing to all, for a legend. */
export function Colours() {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const values = Float32Array.from({ length: COLOURS }, (_, at) => at / (COLOURS - 1));
    if (ref.current !== null) paint(ref.current, { width: COLOURS, height: 1, values, scale: 1 });
  }, []);
  return <canvas ref={ref} class="colours" aria-hidden="true" />;
}
