import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { MarkedBox, MarkedPoint } from '../../../protocol/annotations.js';
import type { Host } from '../context.js';
import type { Corners, Shape } from './shapes.js';
import type { Annotations } from './useAnnotations.js';

/** Fractions are kept to these many parts: finer than a pixel of any picture, and short in files. */
const PARTS = 1e5;

const rounded = (fraction: number): number => Math.round(fraction * PARTS) / PARTS;

/**
 * What is drawn on the image that is shown: boxes, points, or nothing. `begin` is called when drawing starts; `canDraw`: there is a picture
 * to draw on. Another item or image ends it.
 */
export function useDrawing(
  host: Host,
  annotations: Annotations,
  index: number,
  { canDraw, begin }: { readonly canDraw: boolean; readonly begin: () => void },
) {
  const of = `${annotations.name}\n${index}`;
  const [state, setState] = useState<{ readonly shape: Shape; readonly of: string } | null>(null);
  const shape = state?.of === of && canDraw ? state.shape : null;
  const now = useRef({ annotations, shape, of, canDraw, begin });
  now.current = { annotations, shape, of, canDraw, begin };

  const stop = useCallback(() => setState(null), []);
  const toggle = useCallback((wanted: Shape) => {
    const before = now.current;
    if (before.shape === wanted || !before.canDraw) return setState(null);
    before.begin();
    setState({ shape: wanted, of: before.of });
  }, []);
  const add = useCallback(
    (corners: Corners) => {
      const { marks, say } = now.current.annotations;
      const point: MarkedPoint = { x: rounded(corners.x), y: rounded(corners.y), image: index };
      if (now.current.shape === 'point') return say({ points: [...(marks.points ?? []), point] });
      const size = { width: rounded(corners.width), height: rounded(corners.height) };
      const box: MarkedBox = { ...point, ...size, unit: 'fraction', label: null };
      return say({ boxes: [...(marks.boxes ?? []), box] });
    },
    [index],
  );
  useLayoutEffect(
    () =>
      host.on('do', ({ what }) => {
        if (what === 'drawBox') toggle('box');
        if (what === 'drawPoint') toggle('point');
      }),
    [host, toggle],
  );
  return { shape, canDraw, toggle, stop, add };
}

export type Drawing = ReturnType<typeof useDrawing>;
