/**
 * Guards for arguments that no data can make wrong, only a caller: a negative count, more successes than trials.
 * They throw RangeError, not FlipsideError, because the reader of a message could do nothing about them.
 */

/**
 * Refuses anything but a finite whole number ≥ 0.
 * @param name what the number counts, for the message
 * @throws RangeError
 */
export function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} must be a whole number of at least 0; got ${value}.`);
  }
}

/**
 * Refuses anything but a finite number within [low, high].
 * @param name what the number measures, for the message
 * @throws RangeError
 */
export function requireWithin(name: string, value: number, low: number, high: number): void {
  if (!(Number.isFinite(value) && value >= low && value <= high)) {
    throw new RangeError(`${name} must lie between ${low} and ${high}; got ${value}.`);
  }
}
