import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { pageHtml } from '../../src/views/pageHtml.js';
import { launchChromium } from '../support/chromium.js';
import { buildIfStale } from '../support/cli.js';
import { browserDied } from './lostBrowser.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Pictures of every story, to be looked at; never compared with. */
const PICTURES = path.join(root, '.vscode-test', 'stories');

export type Theme = 'light' | 'dark' | 'highContrast' | 'highContrastLight';
export const THEMES: readonly Theme[] = ['light', 'dark', 'highContrast', 'highContrastLight'];

const BODY_CLASS: Readonly<Record<Theme, string>> = {
  light: 'vscode-light',
  dark: 'vscode-dark',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast vscode-high-contrast-light',
};

export type PageName = 'agreement' | 'compare' | 'dashboard' | 'errors' | 'inspector' | 'mapping' | 'models';

export interface StoryOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

/** A page of the extension in a browser, with a story in the extension's place. */
export interface OpenStory {
  readonly page: Page;
  /** What the page asked of the extension so far, in order. */
  calls(method?: string): Promise<readonly { readonly method: string; readonly params: unknown }[]>;
  /** Errors that the page logged or threw; a story that is well has none. */
  readonly errors: readonly string[];
  /**
   * Waits until what is rendered by now is drawn, and what follows upon that is done: effects (listeners, the focus) and what the
   * toolkit's controls look like come a frame after the elements that a test waits for.
   */
  frame(): Promise<unknown>;
  /** What the page has kept for the next time that it is loaded, as JSON; it is written a while after each change. */
  kept(): Promise<string>;
  /** Puts the page into another theme, as the workbench does: without loading it again. */
  dress(theme: Theme): Promise<void>;
  /** As a system does that lets people choose all colours: on top of the theme, until the page is closed. */
  forceColours(): Promise<void>;
  /** Words and icons in sight that stand out too little. */
  tooPale(): Promise<readonly string[]>;
  /** Keeps a picture of the page as it is now. */
  photograph(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the pages as they ship, with the policy they ship with, on loopback; test/webviews/stories/PAGE.ts answers in the
 * extension's place. Close it when done.
 */
export class Gallery {
  private browser: Browser | null = null;

  private constructor(
    private readonly server: Server,
    private readonly address: string,
  ) {}

  static async open(): Promise<Gallery> {
    await buildIfStale();
    const stories = await bundleStories();
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const answer = serve(url, stories);
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    mkdirSync(PICTURES, { recursive: true });
    const gallery = new Gallery(server, `http://127.0.0.1:${port}`);
    await gallery.living();
    return gallery;
  }

  /** The browser; another one where it died. */
  private async living(): Promise<Browser> {
    if (this.browser?.isConnected() === true) return this.browser;
    // With scrollbars, which take room in the narrow panels of a real window.
    const browser = await launchChromium([], ['--hide-scrollbars']);
    browser.on('disconnected', () => {
      if (this.browser === browser) browserDied();
    });
    return (this.browser = browser);
  }

  async close(): Promise<void> {
    const { browser } = this;
    this.browser = null;
    await browser?.close();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Opens the story `story` of the page `page`. */
  async story(pageName: PageName, story: string, options: StoryOptions = {}): Promise<OpenStory> {
    const { width = 360, height = 800 } = options;
    let { theme = 'dark' } = options;
    const context = await (await this.living()).newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${this.address}/${pageName}/?story=${encodeURIComponent(story)}&theme=${theme}`);
    return {
      page,
      errors,
      calls: async (method) => {
        const all = await page.evaluate<{ method: string; params: unknown }[]>('window.storyCalls');
        return method === undefined ? all : all.filter((call) => call.method === method);
      },
      frame: () => page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))'),
      kept: () => page.evaluate<string>(`sessionStorage.getItem('flipside-story-state') ?? ''`),
      dress: async (next) => {
        theme = next;
        const [className, address] = [BODY_CLASS[next], `/themes/${next}.css`].map((text) => JSON.stringify(text));
        await page.evaluate(`new Promise((resolve) => {
          const link = document.querySelector('link[href^="/themes/"]');
          // The class last: the form controls read the colours anew when it changes.
          link.addEventListener('load', () => resolve((document.body.className = ${className})), { once: true });
          link.href = ${address};
        })`);
      },
      forceColours: () => page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' }),
      tooPale: () => page.evaluate<string[]>('window.storyTooPale()'),
      photograph: async (name) => {
        // With the caret as it is: to hide it, a style would be injected that the policy forbids.
        const file = path.join(PICTURES, `${pageName}-${name}-${theme}-${width}x${height}.png`);
        await page.screenshot({ path: file, caret: 'initial' });
      },
      close: () => context.close(),
    };
  }
}

async function bundleStories(): Promise<Map<string, string>> {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      ['agreement', 'compare', 'dashboard', 'errors', 'inspector', 'mapping', 'models'].map((page) => [
        page,
        `test/webviews/stories/${page}.ts`,
      ]),
    ),
    outdir: 'out',
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome120',
    logLevel: 'warning',
  });
  return new Map(result.outputFiles.map((file) => [path.basename(file.path, '.js'), file.text]));
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.map': 'application/json',
};

function serve(url: URL, stories: ReadonlyMap<string, string>): Answer {
  const page = /^\/(agreement|compare|dashboard|errors|inspector|mapping|models)\/$/.exec(url.pathname)?.[1];
  if (page !== undefined) return { status: 200, type: 'text/html', body: storyHtml(page, url.searchParams) };
  const story = /^\/stories\/(\w+)\.js$/.exec(url.pathname)?.[1];
  if (story !== undefined) return { status: 200, type: 'text/javascript', body: stories.get(story) ?? '' };
  const file = /^\/(themes|webviews)\/([\w.]+)$/.exec(url.pathname);
  if (file === null) return { status: 404, type: 'text/plain', body: 'not found' };
  const [, folder, name = ''] = file;
  const place =
    folder === 'themes' ? path.join(root, 'test', 'webviews', 'themes') : path.join(root, 'dist', 'webviews');
  const type = TYPES[path.extname(name)] ?? 'application/octet-stream';
  return { status: 200, type, body: readFileSync(path.join(place, name)) };
}

/** The page as it ships, with the theme's colours and the story's script before its own. */
function storyHtml(page: string, parameters: URLSearchParams): string {
  const theme = (parameters.get('theme') ?? 'dark') as Theme;
  const html = pageHtml({
    title: page,
    script: bundled(`${page}.js`),
    style: bundled(`${page}.css`),
    folder: '/webviews',
    source: `'self'`,
    nonce: 'story',
    language: 'en',
  });
  const themed = (file: string): string => `<link nonce="story" rel="stylesheet" href="/themes/${file}">`;
  return html
    .replace('<style', () => `${themed(`${theme}.css`)}${themed('webview.css')}<style`)
    .replace('<body>', () => `<body class="${BODY_CLASS[theme]}">`)
    .replace('<script', () => `<script nonce="story" src="/stories/${page}.js"></script><script`);
}

function bundled(file: string): string {
  return readFileSync(path.join(root, 'dist', 'webviews', file), 'utf8');
}
