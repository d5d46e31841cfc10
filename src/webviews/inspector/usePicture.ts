import { useEffect, useRef, useState } from 'preact/hooks';
import type { RowKey } from '../../protocol/rows.js';
import type { Loaded, Pictures, Result } from './pictures.js';
import { cropToAsk, type Detail, type Size, type View } from './viewport.js';
import type { Crop } from '../../protocol/analysis.js';

/** How long the picture before may stand while the next is on its way; then a skeleton takes its place. */
const PATIENCE = 300;
/** Boxes are resized by pixels; pictures are asked for in these steps, so that a resize asks for few. */
const STEP = 128;
/** A zoom or pan is at rest after this. */
const REST = 150;

export function idOf(key: RowKey, index: number): string {
  return `${key.run}\n${key.row}\n${index}`;
}

export function sizeToAsk(box: Size, ratio: number): number {
  return Math.ceil((Math.max(box.width, box.height) * ratio) / STEP) * STEP;
}

export interface Shown {
  readonly result: Result | null;
  /** The picture is not yet that of the item asked for. */
  readonly stale: boolean;
}

/** The picture of an item at `size`; nothing is asked for while `size` is 0. `generation` asks anew. */
export function usePicture(pictures: Pictures, key: RowKey, index: number, size: number, generation: number): Shown {
  const [state, setState] = useState<{ result: Result | null; of: string }>({ result: null, of: '' });
  const id = idOf(key, index);
  useEffect(() => {
    if (size === 0) return undefined;
    const controller = new AbortController();
    const blank = setTimeout(
      () => setState((before) => (before.of === id ? before : { result: null, of: id })),
      PATIENCE,
    );
    void pictures.get({ key, index, size, crop: null }, controller.signal).then((result) => {
      clearTimeout(blank);
      if (result !== null) setState({ result, of: id });
    });
    return () => {
      clearTimeout(blank);
      controller.abort();
    };
    // The key is an object made anew by every message; its id stands for it.
  }, [pictures, id, size, generation]);
  return { result: state.result, stale: state.of !== id };
}

export interface Patch {
  readonly url: string;
  readonly crop: Crop;
}

/** The sharper part over the whole, where the view is closer than the whole's pixels. */
export function useCrop(
  pictures: Pictures,
  key: RowKey,
  index: number,
  whole: Loaded | null,
  look: { readonly view: View; readonly box: Size; readonly fit: Size },
): Patch | null {
  const [patch, setPatch] = useState<(Patch & Detail & { of: string }) | null>(null);
  // A part belongs to the whole that it was asked for: another picture may stand in the same place by now.
  const id = `${idOf(key, index)}\n${whole?.url ?? ''}`;
  const current = useRef(patch);
  current.current = patch?.of === id ? patch : null;
  const { view, box, fit } = look;
  useEffect(() => {
    if (whole === null || view.scale <= 1 || box.width === 0) return undefined;
    const original = { width: whole.originalWidth, height: whole.originalHeight };
    const there: Detail[] = [{ pixels: whole.width, part: { x: 0, y: 0, width: 1, height: 1 } }];
    if (current.current !== null) there.push(current.current);
    const ask = cropToAsk(view, box, fit, original, window.devicePixelRatio, there);
    if (ask === null) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      void pictures.get({ key, index, ...ask }, controller.signal).then((got) => {
        if (got?.ok !== true) return;
        setPatch({ url: got.url, crop: ask.crop, part: ask.crop, pixels: got.width / ask.crop.width, of: id });
      });
    }, REST);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [pictures, id, whole, view.scale, view.x, view.y, box.width, box.height]);
  return view.scale > 1 ? current.current : null;
}
