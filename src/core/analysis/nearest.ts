/** The most names that a message offers in place of one that does not exist. */
const OFFERED = 3;

/**
 * The names that come nearest to one that does not exist, best first: those that contain it or lie within it, and those a
 * few letters away, whatever their case. Empty where none is near.
 */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(known)]
    .map((each) => ({ each, distance: distanceTo(wanted, each.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, OFFERED)
    .map(({ each }) => each);
}

/** " Did you mean …?" for a message; '' where no name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known).map((each) => `"${each}"`);
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
}

function distanceTo(wanted: string, name: string): number {
  if (wanted.length >= 3 && (name.includes(wanted) || wanted.includes(name))) return name === '' ? Infinity : 0;
  return editDistance(wanted, name);
}

/** Levenshtein's distance: letters to insert, delete or replace. Names are short, so the whole table is walked. */
export function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[other.length] ?? 0;
}
