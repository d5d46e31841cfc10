import process from 'node:process';
import { InferenceSession } from './inference/session.js';
import type { InferenceEvents, InferenceMethods } from './protocol/inference.js';
import { Rpc } from './protocol/rpc.js';

/**
 * The inference process: models, in a process of their own, so that a crash or a want of memory in native code takes neither the editor nor
 * the analysis down. Forked with an IPC channel of `serialization: 'advanced'`; ends when that channel closes.
 */
const session = new InferenceSession((status) => rpc.emit('status', status));
const rpc = new Rpc<InferenceMethods, object, InferenceEvents, object>(
  {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    listen: (onMessage) => process.on('message', onMessage),
  },
  session.methods(),
);

process.on('disconnect', () => {
  rpc.close('Those who asked have gone.');
  // Native work may be under way and would keep the process alive.
  process.exit(0);
});
