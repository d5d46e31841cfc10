import { arrowTo, compassWords, LOOK_ICONS, ROLE_WORDS, type Compass, type Needle } from './compassModel.js';
import { Icon } from '../shared/icon.js';
import { Needles } from './needles.js';
import type { Point } from './viewport.js';

const WIDTH = 180;
const HEIGHT = 132;
const CENTRE: Point = { x: 68, y: 66 };
const RADIUS = 46;
/** Where the bar for above and below stands, right of the plan. */
const BAR = 160;

const SCALES = { inset: 1, small: 0.72, docked: 0.62 };

interface Parts {
  readonly compass: Compass;
  /** In a corner of the picture, there but smaller, or below: a picture too narrow to be covered, or words in its place. */
  readonly place: keyof typeof SCALES;
}

/** The compass as a plan, front up, in a round inset; above and below on a bar beside it. */
export function PlanView({ compass, place }: Parts) {
  const vertical = compass.needles.some(({ components }) => components.vertical !== 0);
  const width = vertical ? WIDTH : CENTRE.x * 2;
  const scale = SCALES[place];
  return (
    <figure class={`plan ${place}`} role="img" aria-label={compassWords(compass)}>
      <svg width={width * scale} height={HEIGHT * scale} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        <circle class="rim" cx={CENTRE.x} cy={CENTRE.y} r={RADIUS} />
        <line class="cross" x1={CENTRE.x - RADIUS} y1={CENTRE.y} x2={CENTRE.x + RADIUS} y2={CENTRE.y} />
        <line class="cross" x1={CENTRE.x} y1={CENTRE.y - RADIUS} x2={CENTRE.x} y2={CENTRE.y + RADIUS} />
        <text x={CENTRE.x} y={13}>
          front
        </text>
        <text x={CENTRE.x} y={HEIGHT - 5}>
          back
        </text>
        <text x={1} y={CENTRE.y - RADIUS + 10} class="start">
          left
        </text>
        <text x={CENTRE.x * 2 - 1} y={CENTRE.y - RADIUS + 10} class="end">
          right
        </text>
        {vertical && <Bar />}
        <Needles needles={compass.needles} centre={CENTRE} length={RADIUS - 3} vectorOf={onPlan} />
        {vertical && (
          <Needles needles={compass.needles} centre={{ x: BAR, y: CENTRE.y }} length={RADIUS - 6} vectorOf={onBar} />
        )}
      </svg>
      <figcaption aria-hidden="true">{compass.seenBy}</figcaption>
      <ul aria-hidden="true">
        {compass.needles.map(({ role, look, direction }) => (
          <li key={role} class={look}>
            <Icon name={LOOK_ICONS[look]} /> {ROLE_WORDS[role]} {direction}
          </li>
        ))}
        {compass.note !== null && <li class="muted">{compass.note}</li>}
      </ul>
    </figure>
  );
}

function onPlan({ components }: Needle): Point | null {
  return arrowTo(components.lateral, components.depth);
}

function onBar({ components }: Needle): Point | null {
  return arrowTo(0, components.vertical);
}

function Bar() {
  return (
    <>
      <line class="cross" x1={BAR} y1={CENTRE.y - RADIUS} x2={BAR} y2={CENTRE.y + RADIUS} />
      <text x={BAR} y={13}>
        up
      </text>
      <text x={BAR} y={HEIGHT - 5}>
        down
      </text>
    </>
  );
}
