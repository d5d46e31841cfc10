import type { Lens } from '../lens.js';
import { KIND_RULES } from './axes.js';

/** Groups wrong directions by the signed angle in the horizontal plane, clockwise positive, in steps of 45°. */
export const angular: Lens = {
  name: 'angular',
  version: '1',
  title: 'Angle between gold and predicted direction in the horizontal plane',
  rules: [
    ...KIND_RULES,
    { class: 'non-directional', when: { directional: false } },
    { class: 'no-angle', when: { angle: [null] } },
    ...[0, 45, 90, 135, 180, -135, -90, -45].map((angle) => ({
      class: angle === 0 ? 'angle-0' : angle === 180 ? 'half-turn' : `angle${angle > 0 ? '+' : ''}${angle}`,
      when: { angle: [angle] },
    })),
  ],
  otherwise: 'no-angle',
};
