import type { Rule } from '../nodeGradient.js';
import { ELEMENTWISE } from './elementwise.js';
import { LINEAR } from './linear.js';
import { NORMALISATION } from './normalisation.js';
import { POOLING } from './pooling.js';
import { REDUCTIONS } from './reductions.js';
import { SHAPES } from './shapes.js';

/** The operations whose gradient is known. A further one is a rule and a line in its list. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...SHAPES,
  ...LINEAR,
  ...POOLING,
  ...NORMALISATION,
]);
