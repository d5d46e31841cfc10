import { Rpc, type Events, type Methods } from '../../protocol/rpc.js';

/** What VS Code gives a webview's page. `getState` survives hiding and reloading. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The extension as a page sees it: requests, events, and the page's own kept state. */
export interface Connection<Host extends Methods<Host>, In extends Events, State> {
  readonly host: Rpc<object, Host, object, In>;
  /** The state of last time; null at first. */
  readonly state: State | null;
  keep(state: State): void;
}

/** Connects the page with the extension. Once per page: VS Code gives its handle out only once. */
export function connect<Host extends Methods<Host>, In extends Events, State>(): Connection<Host, In, State> {
  const api = acquireVsCodeApi();
  const host = new Rpc<object, Host, object, In>(
    {
      send: (message) => api.postMessage(message),
      listen: (onMessage) => window.addEventListener('message', (event) => onMessage(event.data)),
    },
    {},
  );
  return { host, state: (api.getState() ?? null) as State | null, keep: (state) => api.setState(state) };
}
