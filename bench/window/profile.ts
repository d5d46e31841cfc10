import type { Profiler } from 'node:inspector';

/**
 * The longest time, in milliseconds, that functions of the file `name` stood on the stack without the event loop being idle
 * in between. The profiler sees no borders between tasks, so several that follow on one another count as one.
 */
export function longestOwn(profile: Profiler.Profile, name: string): number {
  const own = ownNodes(profile, name);
  const idle = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  let longest = 0;
  let sum = 0;
  // The delta of a sample is the time before it: what stood on the stack then is the sample before.
  for (const [index, delta] of (profile.timeDeltas ?? []).entries()) {
    const before = profile.samples?.[index - 1];
    if (before === undefined || idle.has(before)) sum = 0;
    else if (own.has(before)) sum += delta;
    longest = Math.max(longest, sum);
  }
  return longest / 1000;
}

/** The nodes of the file, and all that they call. */
function ownNodes(profile: Profiler.Profile, name: string): Set<number> {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const own = new Set<number>();
  const add = (id: number): void => {
    if (own.has(id)) return;
    own.add(id);
    for (const child of byId.get(id)?.children ?? []) add(child);
  };
  for (const { id, callFrame } of profile.nodes) if (callFrame.url.endsWith(`/${name}`)) add(id);
  return own;
}
