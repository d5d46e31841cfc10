import fc from 'fast-check';
import type { Direction, Sign } from '../../../src/core/model.js';
import type { LensInput } from '../../../src/core/relations/lens.js';

/** A direction from its three components. */
export function direction(lateral: Sign, depth: Sign, vertical: Sign): Direction {
  return { lateral, depth, vertical };
}

export const LEFT = direction(-1, 0, 0);
export const RIGHT = direction(1, 0, 0);
export const FRONT = direction(0, 1, 0);
export const BACK = direction(0, -1, 0);
export const ABOVE = direction(0, 0, 1);
export const BELOW = direction(0, 0, -1);
export const FRONT_LEFT = direction(-1, 1, 0);
export const FRONT_RIGHT = direction(1, 1, 0);
export const BACK_LEFT = direction(-1, -1, 0);
export const BACK_RIGHT = direction(1, -1, 0);

const SIGNS: readonly Sign[] = [-1, 0, 1];

/** The 26 directions, and null: every value that a direction can have. */
export const ALL_DIRECTIONS: readonly (Direction | null)[] = SIGNS.flatMap((lateral) =>
  SIGNS.flatMap((depth) =>
    SIGNS.map((vertical) =>
      lateral === 0 && depth === 0 && vertical === 0 ? null : direction(lateral, depth, vertical),
    ),
  ),
);

/** Any of the 26 directions. */
export const directions: fc.Arbitrary<Direction> = fc.constantFrom(
  ...ALL_DIRECTIONS.filter((each): each is Direction => each !== null),
);

/** A wrong choice between two directions, with whatever else is given. */
export function choice(gold: Direction | null, predicted: Direction | null, more: Partial<LensInput> = {}): LensInput {
  return {
    kind: 'choice',
    gold,
    predicted,
    answeredYes: null,
    countError: null,
    frame: 'camera',
    convention: 'unstated',
    ...more,
  };
}
