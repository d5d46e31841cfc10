import type { Lens, LensRule } from '../lens.js';

/** Classes of items that are not about a direction; shared by every lens that keeps them apart. */
export const KIND_RULES: readonly LensRule[] = [
  { class: 'false-yes', when: { kind: ['yes-no'], answeredYes: true } },
  { class: 'false-no', when: { kind: ['yes-no'], answeredYes: false } },
  { class: 'over-count', when: { kind: ['count'], count: 'over' } },
  { class: 'under-count', when: { kind: ['count'], count: 'under' } },
  { class: 'depth-order-swap', when: { kind: ['depth-order'] } },
  { class: 'distance-order-swap', when: { kind: ['distance-order'] } },
];

/** The default lens: which axes are reversed. */
export const axes: Lens = {
  name: 'axes',
  version: '1',
  title: 'Axes reversed between gold and predicted direction',
  rules: [
    ...KIND_RULES,
    { class: 'non-directional', when: { directional: false } },
    { class: 'same-direction', when: { same: true } },
    { class: 'opposite', when: { reversedAtLeast: 2 } },
    { class: 'horizontal-flip', when: { reversedExactly: ['lateral'] } },
    { class: 'depth-flip', when: { reversedExactly: ['depth'] } },
    { class: 'vertical-flip', when: { reversedExactly: ['vertical'] } },
    { class: 'adjacent', when: { sharedAtLeast: 1 } },
  ],
  otherwise: 'orthogonal',
};
