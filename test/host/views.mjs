/* global document -- what is handed to a frame runs in its page */
/** What a user does in the views: runs, errors, inspector, slices. Each check goes on where the one before it ended. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT = 60_000;

/** The inner frame of the webview whose page has that title: webviews sit in two nested frames. */
export async function frameOf(page, title) {
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(100)) {
    for (const frame of page.frames()) {
      if ((await frame.title().catch(() => '')) === title) return frame;
    }
  }
  throw new Error(`no webview has the title "${title}"`);
}

export async function until(what, look) {
  let last;
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(100)) {
    last = await look().catch((error) => error);
    if (last === true) return;
  }
  throw new Error(`${what}: not within ${TIMEOUT / 1000} s (last: ${String(last)})`);
}

export async function openContainer(page) {
  await page.locator('.activitybar .action-label[aria-label^="Flipside"]').first().click({ timeout: TIMEOUT });
  await page.locator('.pane-header', { hasText: 'Runs' }).first().waitFor({ timeout: TIMEOUT });
}

export function treeRow(page, text) {
  return page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
}

/** What the error browser says of how many rows it lists. */
export async function count(errors) {
  const text = await errors.locator('.count').innerText();
  return text.replaceAll(/\s+/g, ' ');
}

/** [what is checked, the check(page, folder for pictures)] */
export const VIEW_CHECKS = [
  [
    'the container lists datasets, runs with their accuracy, and the errors',
    async (page, pictures) => {
      await openContainer(page);
      const row = treeRow(page, 'synthetic-baseline');
      await row.waitFor({ timeout: TIMEOUT });
      await until('the accuracy of the run', async () => /42\.1 % of 114/.test(await row.innerText()));
      const errors = await frameOf(page, 'Errors');
      await until('the number of errors', async () => /^\d+ of 342\b/.test(await count(errors)));
      await errors.locator('[role=option]').first().waitFor({ timeout: TIMEOUT });
      await page.screenshot({ path: path.join(pictures, 'errors.png') });
    },
  ],
  [
    'a class chip narrows the list to what the tree counts, and Enter opens the item with its picture',
    async (page, pictures) => {
      const errors = await frameOf(page, 'Errors');
      const before = await count(errors);
      await errors
        .getByRole('button', { name: /^horizontal/ })
        .first()
        .click({ timeout: TIMEOUT });
      await until('fewer rows', async () => (await count(errors)) !== before);
      await errors.locator('#rows').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const inspector = await frameOf(page, 'Inspector');
      await inspector.locator('h1, h2').first().waitFor({ timeout: TIMEOUT });
      await until('the picture', () =>
        inspector.evaluate(() => [...document.images].some((image) => image.naturalWidth > 100)),
      );
      assert.match(await inspector.locator('body').innerText(), /horizontal flip/);
      await page.screenshot({ path: path.join(pictures, 'inspector.png') });
    },
  ],
  [
    'n and p walk through the errors from the list and from the inspector, and the inspector follows',
    async (page) => {
      const inspector = await frameOf(page, 'Inspector');
      const place = async () => /(\d+) of \d+/.exec(await inspector.locator('body').innerText())?.[1];
      const first = Number(await place());
      await page.keyboard.press('n');
      await until('the next error', async () => Number(await place()) === first + 1);
      await inspector.locator('h1, h2').first().click();
      await page.keyboard.press('n');
      await until('the next error from the inspector', async () => Number(await place()) === first + 2);
      await page.keyboard.press('p');
      await until('the previous error', async () => Number(await place()) === first + 1);
    },
  ],
  [
    'a run becomes the baseline by its inline action',
    async (page) => {
      const row = treeRow(page, 'synthetic-baseline');
      await row.hover();
      await row.locator('.action-label[aria-label^="Set as Baseline"]').click({ timeout: TIMEOUT });
      await until('the star', async () => (await row.locator('.codicon-star-full').count()) > 0);
    },
  ],
  [
    'searching narrows the list, and typed letters reach the field alone',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('#rows').focus();
      await page.keyboard.press('/');
      await until('the field has the focus', () =>
        errors.evaluate(() => document.activeElement?.tagName.toLowerCase() === 'vscode-text-field'),
      );
      const before = await count(errors);
      await page.keyboard.type('triangle');
      await until('fewer rows', async () => (await count(errors)) !== before);
      await page.keyboard.press('Escape');
      await until('all rows again', async () => (await count(errors)) === before);
    },
  ],
];

/** Pictures of the window with list and inspector in every theme. */
export async function photographViews(page, pictures) {
  const themes = [
    ['light', { colorScheme: 'light', forcedColors: 'none' }, '.vs'],
    ['dark', { colorScheme: 'dark', forcedColors: 'none' }, '.vs-dark'],
    ['highContrast', { colorScheme: 'dark', forcedColors: 'active' }, '.hc-black'],
    ['highContrastLight', { colorScheme: 'light', forcedColors: 'active' }, '.hc-light'],
  ];
  for (const [name, media, className] of themes) {
    await page.emulateMedia(media);
    await page.locator(`.monaco-workbench${className}`).waitFor({ timeout: TIMEOUT });
    await sleep(500);
    await page.screenshot({ path: path.join(pictures, `views-${name}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
}
