import type { Lens } from '../lens.js';

/**
 * The published study's own code (DanielFH1/WURF2026, analyze_direction_comprehensive_fix.py): labels front, back, left,
 * right and their pairs only, so up and down are dropped and "above-right" reads "right"; the first hit wins.
 */
export const wurf2026: Lens = {
  name: 'wurf2026',
  version: '1',
  title: "WURF2026's published rules",
  note:
    'Front against back is called "vertical" here, as in the published code; the study\'s text says top against bottom. ' +
    'No lens reproduces the published 41.5 / 31.5 / 24.6 % (54, 41 and 32 of 130 in one script): its own log holds 147 ' +
    'wrong answers, 53 horizontal, 43 orthogonal, 31 front/back, 3 adjacent and 17 that these rules drop.',
  project: ['lateral', 'depth'],
  rules: [
    { class: 'lens-dropped', when: { directional: false } },
    { class: 'lens-dropped', when: { same: true } },
    { class: 'horizontal', when: { reversed: ['lateral'] } },
    { class: 'vertical', when: { reversed: ['depth'] } },
    { class: 'adjacent', when: { sharedAtLeast: 1 } },
  ],
  otherwise: 'orthogonal',
  standsFor: { horizontal: 'horizontal-flip', vertical: 'depth-flip' },
};
