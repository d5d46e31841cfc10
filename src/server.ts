import process from 'node:process';
import type { AnalysisEvents, AnalysisMethods } from './protocol/analysis.js';
import { Rpc } from './protocol/rpc.js';
import { Session } from './server/session.js';

/**
 * The analysis process: indexing, queries and pictures for the extension, in a process of its own, so that a crash in native
 * code never takes the editor down. Forked with an IPC channel of `serialization: 'advanced'`; ends when that channel closes.
 */
const session = new Session((name, payload) => rpc.emit(name, payload));
const rpc = new Rpc<AnalysisMethods, object, AnalysisEvents, object>(
  {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    listen: (onMessage) => process.on('message', onMessage),
  },
  session.methods(),
);

process.on('disconnect', () => {
  rpc.close('The editor has gone.');
  // Native work may be under way and would keep the process alive.
  process.exit(0);
});
