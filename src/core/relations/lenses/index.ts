import { FlipsideError } from '../../model.js';
import type { Lens } from '../lens.js';
import { angular } from './angular.js';
import { axes } from './axes.js';
import { seed } from './seed.js';
import { wurf2026 } from './wurf2026.js';

/** The lenses that ship with Flipside. A new one is a module beside these and a line here. */
export const LENSES: readonly Lens[] = [axes, wurf2026, seed, angular];

/** The lens of that name among the built-in ones and the user's own, which win. Throws a usage error naming them all. */
export function lensNamed(name: string, own: readonly Lens[] = []): Lens {
  const all = [...own, ...LENSES];
  const lens = all.find((candidate) => candidate.name === name);
  if (lens !== undefined) return lens;
  throw new FlipsideError(`There is no lens "${name}". Known: ${all.map((each) => each.name).join(', ')}.`, {
    exitCode: 2,
  });
}
