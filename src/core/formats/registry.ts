import type { Detected, Format, Shape } from './format.js';

/** A format that recognised a file, and what it said. */
export interface Recognised {
  readonly format: Format;
  readonly detected: Detected;
}

/**
 * The format with the highest confidence, or null where none recognises the file. Ties go to the one listed first. What
 * is odd about the file itself is told whatever the format.
 */
export function recognise(shape: Shape, formats: readonly Format[]): Recognised | null {
  let best: Recognised | null = null;
  for (const format of formats) {
    const detected = format.detect(shape);
    if (detected !== null && (best === null || detected.confidence > best.detected.confidence))
      best = { format, detected };
  }
  if (best === null || shape.warnings === undefined) return best;
  const { format, detected } = best;
  return { format, detected: { ...detected, warnings: [...shape.warnings, ...(detected.warnings ?? [])] } };
}
