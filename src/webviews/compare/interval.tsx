import type { Differing } from './scale.js';

const WIDTH = 112;
const HEIGHT = 14;
const EDGE = 6;
const CAP = 3;
const DOT = 3;

/** The head of a column of intervals: "−10 · 0 · +10 points". */
export function ScaleHead({ end }: { readonly end: number }) {
  const shown = Number((100 * end).toFixed(0));
  return (
    <span class="scale" style={{ width: `${WIDTH}px` }}>
      <span>−{shown}</span>
      <span>0</span>
      <span>+{shown}</span>
    </span>
  );
}

/** A difference with its 95 % interval around 0. What it shows stands beside it in numbers. Filled: the interval lies beside 0. */
export function IntervalPlot({ difference, differenceCi95, end }: Differing & { readonly end: number }) {
  if (difference === null) return null;
  const to = (value: number): number => EDGE + ((value / end + 1) / 2) * (WIDTH - 2 * EDGE);
  const middle = HEIGHT / 2;
  const [low, high] = differenceCi95 ?? [difference, difference];
  const isBeside = differenceCi95 !== null && (low > 0 || high < 0);
  return (
    <svg class="interval" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <line class="zero" x1={to(0)} x2={to(0)} y1={0} y2={HEIGHT} />
      <line x1={to(low)} x2={to(high)} y1={middle} y2={middle} />
      {differenceCi95 !== null &&
        [low, high].map((at) => <line key={at} x1={to(at)} x2={to(at)} y1={middle - CAP} y2={middle + CAP} />)}
      <circle class={isBeside ? 'beside' : ''} cx={to(difference)} cy={middle} r={DOT} />
    </svg>
  );
}
