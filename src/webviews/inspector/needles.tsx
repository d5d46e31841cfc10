import type { Needle } from './compassModel.js';
import type { Point } from './viewport.js';

interface Parts {
  readonly needles: readonly Needle[];
  readonly centre: Point;
  readonly length: number;
  readonly vectorOf: (needle: Needle) => Point | null;
}

/** Arrows from a centre: gold solid, predicted dashed, each over a line of the background's colour that keeps it visible. */
export function Needles({ needles, centre, length, vectorOf }: Parts) {
  return (
    <>
      {needles.map((needle) => {
        const vector = vectorOf(needle);
        if (vector === null) return null;
        const tip = { x: centre.x + vector.x * length, y: centre.y + vector.y * length };
        return <Arrow key={needle.role} needle={needle} from={centre} tip={tip} vector={vector} />;
      })}
      <circle class="pivot" cx={centre.x} cy={centre.y} r={4} />
    </>
  );
}

/** Length and half the width of an arrow's head. */
const HEAD = 13;
const WING = 7;

interface ArrowParts {
  readonly needle: Needle;
  readonly from: Point;
  readonly tip: Point;
  readonly vector: Point;
}

function Arrow({ needle, from, tip, vector }: ArrowParts) {
  const neck = { x: tip.x - vector.x * HEAD, y: tip.y - vector.y * HEAD };
  const wing = (side: 1 | -1): string => `${neck.x - vector.y * WING * side},${neck.y + vector.x * WING * side}`;
  const head = `${tip.x},${tip.y} ${wing(1)} ${wing(-1)}`;
  const line = { x1: from.x, y1: from.y, x2: neck.x, y2: neck.y };
  return (
    <g class={`needle ${needle.role} ${needle.look}`}>
      <line class="halo" {...line} />
      <polygon class="halo" points={head} />
      <line class="shaft" {...line} />
      <polygon class="head" points={head} />
    </g>
  );
}
