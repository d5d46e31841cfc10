import type { Turns } from './turns.js';

/** What host.ts leaves in files, for window.ts. */
export interface Activated {
  /** It was active before anybody asked for anything of it, which it must not be. */
  readonly wasActive: boolean;
  readonly milliseconds: number;
  /** Files of the extension that were loaded, and scripts that were started. */
  readonly loaded: readonly string[];
  readonly forked: readonly string[];
}

export interface HostSeen extends Turns {
  /** The longest time for which the event loop of a process beside it that has nothing to do did not turn. */
  readonly idleBlockMs: number;
  /** The longest time that our own code took within one such time; null where no profile was asked for, which takes time itself. */
  readonly ownBlockMs: number | null;
  /** JavaScript heap in MB (10⁶ bytes) after a collection at the end, and at most. */
  readonly heapMb: number;
  readonly heapPeakMb: number;
}
