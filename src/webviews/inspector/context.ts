import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { InspectorEvents, InspectorHost } from '../../protocol/inspectorPage.js';
import type { Rpc } from '../../protocol/rpc.js';
import type { Keys } from '../shared/keys.js';
import type { Pictures } from './pictures.js';

export type Host = Rpc<object, InspectorHost, object, InspectorEvents>;

/** What every part of the page may need. */
export interface Tools {
  /**
   * What keys of the workbench ask for (`do`), and keys themselves, are listened to in layout effects: until a frame later, when
   * other effects run, a key would be lost or would do what it did before the last choice.
   */
  readonly host: Host;
  readonly pictures: Pictures;
  readonly keys: Keys;
  /** Counts how often images may have turned up that were missing. */
  readonly generation: number;
  /** Asks anew for every picture. */
  readonly retry: () => void;
  /** Runs what a click asked for; a failure is told to the user. */
  readonly run: (work: Promise<unknown>) => void;
}

export const ToolsContext = createContext<Tools | null>(null);

export function useTools(): Tools {
  const tools = useContext(ToolsContext);
  if (tools === null) throw new Error('A part of the inspector stands outside of it.');
  return tools;
}
