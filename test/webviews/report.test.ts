import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium, noChromium } from '../support/chromium.js';
import { makeWorkspace, runCli, type Workspace } from '../support/cli.js';
import { REAL_DATA, realData } from '../support/realData.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Pictures of the report, to be looked at; never compared with. */
const PICTURES = path.join(ROOT, '.vscode-test', 'stories');
/** A4 between the report's margins, in CSS pixels. */
const PAPER = 695;

const SOURCES: readonly (readonly [name: string, source: string])[] = [
  ['room', path.join(ROOT, 'test', 'fixtures', 'room')],
  ['wurf', realData('wurf2026')],
];

const whole = noChromium === null ? describe : describe.skip;

whole(`the report in a browser${noChromium === null ? '' : ` (skipped: ${noChromium})`}`, function () {
  this.timeout(300_000);
  let browser: Browser;
  let workspace: Workspace;

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
    workspace = makeWorkspace();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    workspace?.remove();
  });

  /** Opens a report without scripts, and lists what it asks of the network. */
  async function open(name: string, options: BrowserContextOptions): Promise<{ page: Page; asked: string[] }> {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(path.join(workspace.folder, `${name}.html`)).href);
    return { page, asked };
  }

  for (const [name, source] of SOURCES) {
    const suite = existsSync(source) ? describe : describe.skip;
    suite(`of ${name}${existsSync(source) ? '' : ` (skipped: no real data at ${REAL_DATA}; set REAL_DATA)`}`, () => {
      before(async () => {
        const out = path.join(workspace.folder, `${name}.html`);
        const result = await runCli(['export', source, '--to', 'html', '--out', out, '--cache', workspace.cache]);
        assert.equal(result.code, 0, result.stderr);
      });

      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1100, 400]) {
          it(`fits ${width} pixels in ${colorScheme}, asks nothing of the network, and can be read`, async () => {
            const { page, asked } = await open(name, { colorScheme, viewport: { width, height: 900 } });
            assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= width);
            assert.deepEqual(
              asked.filter((url) => !url.startsWith('data:')).map((url) => path.extname(new URL(url).pathname)),
              ['.html'],
            );
            assert.deepEqual(await page.evaluate<string[]>(TOO_PALE), []);
            await page.screenshot({ path: path.join(PICTURES, `report-${name}-${colorScheme}-${width}.png`) });
            await page.context().close();
          });
        }
      }

      it('is ordered for those who hear it', async () => {
        const { page } = await open(name, { viewport: { width: 1100, height: 900 } });
        assert.deepEqual(await page.evaluate<string[]>(OUT_OF_ORDER), []);
        await page.context().close();
      });

      it('prints within the paper, in light colours whatever the system’s are', async () => {
        const { page } = await open(name, { colorScheme: 'dark', viewport: { width: PAPER, height: 900 } });
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        assert.deepEqual(await page.evaluate<string[]>(BEYOND_PAPER), []);
        assert.equal(
          await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'),
          'rgb(255, 255, 255)',
        );
        await page.screenshot({ path: path.join(PICTURES, `report-${name}-print.png`), fullPage: true });
        await page.context().close();
      });
    });
  }
});

/** What is wrong with headings, tables, pictures and anchors. */
const OUT_OF_ORDER = `(() => {
  const wrong = [];
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) wrong.push('h' + level + ' is followed by h' + own + ': ' + heading.textContent);
    if (heading.textContent.trim() === '') wrong.push('an empty heading');
    level = own;
  }
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  if (document.documentElement.lang !== 'en') wrong.push('no language');
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption?.textContent.trim()) wrong.push('a table without a caption');
    const width = [...table.tHead.rows].at(-1).cells.length;
    for (const row of table.querySelectorAll('tbody tr:not(.group)'))
      if (row.cells.length !== width) wrong.push(row.cells.length + ' cells below ' + width + ': ' + table.caption.textContent);
  }
  for (const head of document.querySelectorAll('th')) if (!head.scope) wrong.push('a head without scope: ' + head.textContent);
  for (const image of document.images) {
    if (!image.alt) wrong.push('a picture without description');
    if (!image.complete || image.naturalWidth === 0) wrong.push('a picture that cannot be shown: ' + image.alt);
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) wrong.push('an anchor twice');
  for (const link of document.links) if (!ids.includes(link.hash.slice(1))) wrong.push('a link to nowhere: ' + link.hash);
  for (const region of document.querySelectorAll('[role=region]'))
    if (!region.ariaLabel || region.tabIndex !== 0) wrong.push('a region that the keyboard does not reach');
  if (document.scripts.length > 0) wrong.push('a script');
  return wrong;
})()`;

/** What reaches beyond the edge of the paper. */
const BEYOND_PAPER = `[...document.querySelectorAll('main *')]
  .filter((each) => each.getClientRects().length > 0 && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.tagName + ' ' + Math.round(each.getBoundingClientRect().right) + ' ' + each.textContent.slice(0, 60))
  .slice(0, 5)`;

/** Texts that stand out too little (WCAG 2.1: 4.5 to 1), by the colour of the nearest ground. */
const TOO_PALE = `(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const groundOf = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (/^rgb\\(/.test(colour)) return parts(colour);
    }
    return [255, 255, 255];
  };
  const pale = new Set();
  for (const each of document.querySelectorAll('body *')) {
    if (each.closest('svg, td.wrong, td.right, .skip')) continue;
    if (![...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
    const [ink, ground] = [light(parts(getComputedStyle(each).color)), light(groundOf(each))];
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < 4.5) pale.add(each.tagName + '.' + each.className + ' ' + contrast.toFixed(2));
  }
  return [...pale];
})()`;
