import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { Rpc, type Events, type Methods } from '../protocol/rpc.js';
import { pageHtml } from './pageHtml.js';

/** The extension's end of a webview's page. */
export type PageRpc<Host extends Methods<Host>, Out extends Events> = Rpc<Host, object, Out, object>;

/**
 * Loads the page `name` of dist/webviews into a webview and answers it with `host`. The page may load nothing but its own
 * files; see pageHtml for its policy. The answer ends with `close`.
 */
export function loadPage<Host extends Methods<Host>, Out extends Events>(
  webview: vscode.Webview,
  extension: vscode.Uri,
  page: { readonly name: string; readonly title: string },
  host: Host,
): PageRpc<Host, Out> {
  const folder = vscode.Uri.joinPath(extension, 'dist', 'webviews');
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  const text = (file: string): string => readFileSync(vscode.Uri.joinPath(folder, file).fsPath, 'utf8');
  const rpc: PageRpc<Host, Out> = new Rpc(
    {
      send: (message) => void webview.postMessage(message),
      listen: (onMessage) => void webview.onDidReceiveMessage(onMessage),
    },
    host,
  );
  webview.html = pageHtml({
    title: page.title,
    script: text(`${page.name}.js`),
    style: text(`${page.name}.css`),
    folder: webview.asWebviewUri(folder).toString(),
    source: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
    language: vscode.env.language,
  });
  return rpc;
}

/** The answer to a page that waits for work, but for nothing that comes of it. */
export async function done(work: PromiseLike<unknown>): Promise<null> {
  await work;
  return null;
}
