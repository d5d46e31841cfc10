/**
 * Stands in the extension's place for a page in a browser: answers its requests with a story's host. Every request is kept
 * in `window.storyCalls`; `window.storyEmit(name, payload)` sends the page an event, `window.storyHold(method)` leaves such
 * requests lying until `storyRelease()`, `window.storyTooPale()` lists what can hardly be read.
 */
import { tooPale } from './contrast.js';
import { Rpc, type Events, type Methods } from '../../../src/protocol/rpc.js';

declare global {
  interface Window {
    storyCalls: { method: string; params: unknown }[];
    storyEmit: (name: string, payload: unknown) => void;
    storyHold: (method: string) => void;
    storyRelease: () => void;
    storyTooPale: () => string[];
    acquireVsCodeApi: () => unknown;
  }
}

const STATE = 'flipside-story-state';

/** Runs the story that the address names. `stories` gives each story's host by name. */
export function tell<Host extends Methods<Host>, Out extends Events>(
  stories: Readonly<Record<string, () => Host>>,
): void {
  const name = new URLSearchParams(location.search).get('story') ?? '';
  const make = stories[name];
  if (make === undefined) throw new Error(`No story "${name}". There are: ${Object.keys(stories).join(', ')}.`);
  window.storyCalls = [];
  window.storyTooPale = tooPale;
  let toHost: (message: unknown) => void = () => undefined;
  const rpc = new Rpc<Host, object, Out, object>(
    {
      // As in a window: what travels is a copy, and arrives later.
      send: (message) => setTimeout(() => window.postMessage(structuredClone(message), '*')),
      listen: (onMessage) => (toHost = onMessage),
    },
    make(),
  );
  window.storyEmit = (event, payload) => rpc.emit(event as keyof Out & string, payload as Out[keyof Out & string]);
  const held: { method: string | null; messages: unknown[] } = { method: null, messages: [] };
  window.storyHold = (method) => (held.method = method);
  window.storyRelease = () => {
    held.method = null;
    for (const message of held.messages.splice(0)) toHost(message);
  };
  window.acquireVsCodeApi = () => ({
    postMessage: (message: { type: string; method?: string; params?: unknown }) => {
      if (message.type === 'request') window.storyCalls.push({ method: message.method ?? '', params: message.params });
      const copy: unknown = structuredClone(message);
      if (held.method !== null && message.method === held.method) held.messages.push(copy);
      else setTimeout(() => toHost(copy));
    },
    getState: () => JSON.parse(sessionStorage.getItem(STATE) ?? 'null') as unknown,
    setState: (state: unknown) => sessionStorage.setItem(STATE, JSON.stringify(state)),
  });
}
