import type { Lens } from '../lens.js';

/** The grouping of the study's figures: only-lateral and only-vertical reversals, orthogonal, everything else. */
export const seed: Lens = {
  name: 'seed',
  version: '1',
  title: 'Horizontal, vertical (top against bottom), orthogonal, other',
  rules: [
    { class: 'horizontal', when: { kind: ['choice', 'open'], reversedExactly: ['lateral'] } },
    { class: 'vertical', when: { kind: ['choice', 'open'], reversedExactly: ['vertical'] } },
    { class: 'other', when: { kind: ['yes-no', 'count', 'depth-order', 'distance-order'] } },
    { class: 'other', when: { directional: false } },
    { class: 'other', when: { same: true } },
    { class: 'other', when: { reversedAtLeast: 1 } },
    { class: 'other', when: { sharedAtLeast: 1 } },
  ],
  otherwise: 'orthogonal',
  standsFor: { horizontal: 'horizontal-flip', vertical: 'vertical-flip' },
};
