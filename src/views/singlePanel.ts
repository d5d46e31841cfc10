import * as vscode from 'vscode';
import type { Events, Methods } from '../protocol/rpc.js';
import { done, loadPage, type PageRpc } from './page.js';

/** A page that stands in one editor panel. */
export interface SinglePage {
  /** The panel's type, by which VS Code restores it. */
  readonly type: string;
  /** Of the page in dist/webviews. */
  readonly name: string;
  /** Of the panel and of the page. */
  readonly title: string;
  /** Of the two pictures in media, without `-light.svg` and `-dark.svg`. */
  readonly icon: string;
  /** What the page was working on stays while another editor is looked at. */
  readonly stays: boolean;
  /** What a request is answered that the panel's end cuts off: a sentence. */
  readonly closed: string;
  /** Commands that the page's buttons may run. */
  readonly commands: readonly string[];
}

/** One editor panel, which is made when it is asked for: shown again rather than made twice, and restored with the window. */
export abstract class SinglePanel<Host extends Methods<Host>, Out extends Events>
  implements vscode.WebviewPanelSerializer, vscode.Disposable
{
  private panel: vscode.WebviewPanel | null = null;
  private rpc: PageRpc<Host, Out> | null = null;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly page: SinglePage,
  ) {}

  /** What the page asks is answered by this. */
  protected abstract host(): Host;

  /** What lives as long as the panel, which was just made or restored. */
  protected opened(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  /** Shows the panel, making it where there is none. */
  show(): void {
    if (this.panel !== null) return this.panel.reveal();
    const { type, title, stays } = this.page;
    const options = { enableScripts: true, retainContextWhenHidden: stays };
    this.adopt(vscode.window.createWebviewPanel(type, title, vscode.ViewColumn.Active, options));
  }

  /** Restores the panel after the window was loaded again; what the page keeps, it kept itself. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.panel !== null) panel.dispose();
    else this.adopt(panel);
    return Promise.resolve();
  }

  protected get isOpen(): boolean {
    return this.rpc !== null;
  }

  /** Tells the page, where there is one. */
  protected emit<K extends keyof Out & string>(name: K, payload: Out[K]): void {
    this.rpc?.emit(name, payload);
  }

  /** Runs a command that a button of the page names; throws where it is none of those that the page may run. */
  protected run(command: string): Promise<null> {
    const { commands, title } = this.page;
    if (!commands.includes(command)) throw new Error(`The page ${title} may not run "${command}".`);
    return done(vscode.commands.executeCommand(command));
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const { page, extension } = this;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', `${page.icon}-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    let open: vscode.Disposable | null = null;
    // First: a page that cannot be loaded is closed all the same, and made again.
    panel.onDidDispose(() => {
      open?.dispose();
      this.rpc?.close(page.closed);
      [this.panel, this.rpc] = [null, null];
    });
    this.rpc = loadPage<Host, Out>(panel.webview, extension, page, this.host());
    open = this.opened();
  }
}
