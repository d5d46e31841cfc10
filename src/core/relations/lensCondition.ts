import type { Axis, DepthConvention, Frame, ItemKind } from '../model.js';

/** Every stated property must hold; an empty condition always does. */
export interface LensCondition {
  readonly kind?: readonly ItemKind[];
  readonly frame?: readonly Frame[];
  readonly convention?: readonly DepthConvention[];
  /** Yes/no items: the answer given. */
  readonly answeredYes?: boolean;
  /** Count items: too many or too few. */
  readonly count?: 'over' | 'under';
  /** True: gold and predicted both carry a direction; false: at least one carries none. */
  readonly directional?: boolean;
  /** Gold and predicted are the same direction. */
  readonly same?: boolean;
  /** All of these axes are reversed (others may be too). */
  readonly reversed?: readonly Axis[];
  /** Exactly these axes are reversed. */
  readonly reversedExactly?: readonly Axis[];
  /** At least this many axes are reversed. */
  readonly reversedAtLeast?: number;
  /** At least this many axes have the same sign in both. */
  readonly sharedAtLeast?: number;
  /** The signed angle in the horizontal plane is one of these (degrees); null: there is none. */
  readonly angle?: readonly (number | null)[];
}
