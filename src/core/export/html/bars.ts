import type { Bar } from './document.js';

const WIDTH = 120;
const HEIGHT = 14;
const MIDDLE = HEIGHT / 2;
/** Ratios are drawn from a quarter to four times; what lies beyond ends at the edge with an arrow's head. */
const MOST_RATIO = 4;
/** Differences from −50 to +50 points. */
const MOST_DIFFERENCE = 0.5;

/** A bar as a small drawing. The numbers stand beside it, so it is nothing to those who cannot see it. */
export function drawBar(bar: Bar): string {
  if (bar.value === null && bar.interval === null) return '';
  const place = PLACES[bar.draw];
  const origin = bar.draw === 'ratio' ? place(1) : place(0);
  const shapes = [
    `<line class="scale" x1="0" y1="${MIDDLE}" x2="${WIDTH}" y2="${MIDDLE}"/>`,
    bar.value === null ? '' : fill(origin, place(bar.value)),
    bar.interval === null ? '' : whisker(place(bar.interval[0]), place(bar.interval[1])),
    bar.value === null ? '' : `<circle class="value" cx="${place(bar.value)}" cy="${MIDDLE}" r="2.6"/>`,
    bar.draw === 'share' ? mark(bar.mark === null ? null : place(bar.mark)) : mark(origin),
  ];
  return `<svg class="bar ${bar.draw}" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${shapes.join('')}</svg>`;
}

const PLACES: Readonly<Record<Bar['draw'], (value: number) => number>> = {
  share: (value) => within(value),
  ratio: (value) => within(value <= 0 ? 0 : (Math.log(value) / Math.log(MOST_RATIO) + 1) / 2),
  difference: (value) => within((value / MOST_DIFFERENCE + 1) / 2),
};

/** A place on the drawing, with a margin for round ends; one decimal, so that equal numbers give equal bytes. */
function within(share: number): number {
  return Math.round((3 + Math.min(1, Math.max(0, share)) * (WIDTH - 6)) * 10) / 10;
}

function fill(from: number, to: number): string {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  return `<rect class="fill" x="${low}" y="4" width="${Math.round((high - low) * 10) / 10}" height="6" rx="1"/>`;
}

function whisker(low: number, high: number): string {
  return `<path class="whisker" d="M${low} 3.5v7M${low} ${MIDDLE}H${high}M${high} 3.5v7"/>`;
}

function mark(at: number | null): string {
  return at === null ? '' : `<line class="mark" x1="${at}" y1="0" x2="${at}" y2="${HEIGHT}"/>`;
}
