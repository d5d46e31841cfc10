import type { Crop } from '../../protocol/analysis.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How a picture is looked at: the scale, 1 where it fits its box, and the point (in fractions) that lies in the box's middle. */
export interface View extends Point {
  readonly scale: number;
}

export const FIT: View = { scale: 1, x: 0.5, y: 0.5 };

/** Tiny pictures are not blown up without end merely because the box is large. */
const MOST_ENLARGED = 4;
/** Pixels of the screen that one pixel of the original may become. */
const MOST_PER_PIXEL = 8;

/** The picture's size in its box at scale 1, in CSS pixels. */
export function fitted(box: Size, original: Size): Size {
  const scale = Math.min(box.width / original.width, box.height / original.height, MOST_ENLARGED);
  return { width: original.width * scale, height: original.height * scale };
}

export function largestScale(fit: Size, original: Size, ratio: number): number {
  return Math.max(4, (MOST_PER_PIXEL * original.width) / (fit.width * ratio));
}

/** The scale at which one pixel of the original is one of the screen; where it fits already, a closer look all the same. */
export function closerScale(fit: Size, original: Size, ratio: number): number {
  const exact = original.width / (fit.width * ratio);
  return exact > 1.5 ? Math.min(exact, 8) : 2.5;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Keeps the picture over its box: in the middle where it is smaller, and never with a gap at an edge where it is larger. */
export function settled(view: View, box: Size, fit: Size): View {
  const along = (at: number, space: number, length: number): number =>
    length <= space ? 0.5 : clamp(at, space / 2 / length, 1 - space / 2 / length);
  return {
    scale: view.scale,
    x: along(view.x, box.width, fit.width * view.scale),
    y: along(view.y, box.height, fit.height * view.scale),
  };
}

/** The view at another scale, with the point of the picture under `at` (in CSS pixels of the box) staying there. */
export function zoomed(view: View, scale: number, at: Point, box: Size, fit: Size): View {
  const dx = at.x - box.width / 2;
  const dy = at.y - box.height / 2;
  const moved = {
    scale,
    x: view.x + dx / (fit.width * view.scale) - dx / (fit.width * scale),
    y: view.y + dy / (fit.height * view.scale) - dy / (fit.height * scale),
  };
  return settled(moved, box, fit);
}

export function panned(view: View, by: Point, box: Size, fit: Size): View {
  const { scale } = view;
  const x = view.x - by.x / (fit.width * scale);
  return settled({ scale, x, y: view.y - by.y / (fit.height * scale) }, box, fit);
}

/** Where the whole picture lies in its box, in CSS pixels. */
export function placeOf(view: View, box: Size, fit: Size): Size & { readonly left: number; readonly top: number } {
  const width = fit.width * view.scale;
  const height = fit.height * view.scale;
  return { width, height, left: box.width / 2 - view.x * width, top: box.height / 2 - view.y * height };
}

/** The part of the picture that the box shows, in fractions. */
export function visible(view: View, box: Size, fit: Size): Crop {
  const { left, top, width, height } = placeOf(view, box, fit);
  return inside({ x: -left / width, y: -top / height, width: box.width / width, height: box.height / height });
}

function inside({ x, y, width, height }: Crop): Crop {
  const left = clamp(x, 0, 1);
  const top = clamp(y, 0, 1);
  return { x: left, y: top, width: clamp(x + width, 0, 1) - left, height: clamp(y + height, 0, 1) - top };
}

/** What there is to show of a picture: the pixels across the whole that its bytes amount to, and the part they cover. */
export interface Detail {
  readonly pixels: number;
  readonly part: Crop;
}

/** Room around what is seen, so that a short pan needs no new crop. */
const MARGIN = 0.15;
/** Pixels may be stretched this much before sharper ones are asked for. */
const SLACK = 1.1;

/** The crop to ask for, where what is there is coarser than the screen and the original has more; else null. */
export function cropToAsk(
  view: View,
  box: Size,
  fit: Size,
  original: Size,
  ratio: number,
  there: readonly Detail[],
): { readonly crop: Crop; readonly size: number } | null {
  const seen = visible(view, box, fit);
  const wanted = Math.min(fit.width * view.scale * ratio, original.width);
  if (there.some(({ pixels, part }) => pixels * SLACK >= wanted && covers(part, seen))) return null;
  const crop = inside({
    x: seen.x - seen.width * MARGIN,
    y: seen.y - seen.height * MARGIN,
    width: seen.width * (1 + 2 * MARGIN),
    height: seen.height * (1 + 2 * MARGIN),
  });
  const tall = (wanted * original.height) / original.width;
  return { crop, size: Math.ceil(Math.max(crop.width * wanted, crop.height * tall)) };
}

function covers(part: Crop, seen: Crop): boolean {
  const slip = 1e-6;
  return (
    part.x <= seen.x + slip &&
    part.y <= seen.y + slip &&
    part.x + part.width >= seen.x + seen.width - slip &&
    part.y + part.height >= seen.y + seen.height - slip
  );
}
