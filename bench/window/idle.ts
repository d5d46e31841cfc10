/**
 * A process that has nothing to do, forked by the module in the extension host (host.ts): how long its event loop does not turn
 * is what the machine itself withholds from a process of that place. Told to begin and to stop, answers {@link Turns}.
 */
import process from 'node:process';
import { watchTurns } from './turns.js';

let stop = watchTurns();
process.on('message', (message) => {
  const seen = stop();
  if (message === 'begin') stop = watchTurns();
  else process.send?.(seen);
});
// The extension host is gone.
process.on('disconnect', () => process.exit());
