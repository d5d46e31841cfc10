/** A closed interval, lower end first, in the unit of the quantity it belongs to. */
export type Interval = readonly [number, number];

/** The normal deviate of a two-sided 95 % interval: Φ⁻¹(0.975). */
export const Z95 = 1.959963984540054;
