/** A run that is still being written changes often: it is looked at again no sooner than this, in milliseconds. */
const QUIET = 1000;
/** And no sooner than after so many times as long as looking took the last time. */
const REST = 2;
/** But no later than this: the first reading of a large run takes long, and says nothing of how long the next one will. */
const LATEST = 3000;

/** How long to wait before changed files are looked at again, in milliseconds; `took`: how long looking took the last time. */
export function restAfter(took: number): number {
  return Math.min(LATEST, Math.max(QUIET, REST * took));
}
