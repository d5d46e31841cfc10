/**
 * A process that has nothing to do, forked by the module in the extension host (host.ts). How long its event loop does not turn, the
 * machine withholds from a process that sleeps; from one that works, rather more. Told to begin and to stop; then answers with the
 * longest such time in milliseconds.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { RESOLUTION } from './turns.js';

const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();
process.on('message', (message) => {
  if (message === 'begin') delay.reset();
  else process.send?.(Math.max(0, delay.max / 1e6 - RESOLUTION));
});
// The extension host is gone.
process.on('disconnect', () => process.exit());
