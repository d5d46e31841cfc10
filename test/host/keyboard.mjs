/* global document, navigator -- what is handed to a frame runs in its page */
/** From a fresh window to the fifth error with the keyboard alone, and what a reload leaves. No check here uses the mouse. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import {
  chip,
  count,
  frameOf,
  keptState,
  pressFor,
  runFromPalette,
  shoot,
  shownItem,
  standing,
  TIMEOUT,
  until,
  untilText,
} from './workbench.mjs';

const cli = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js');

/** Item ids of a class of errors, in the order in which the command line prints them. */
function idsOfClass(workspace, className, limit) {
  const args = [cli, 'errors', workspace, '--class', className, '--limit', String(limit), '--format', 'json'];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(printed).errors.map(({ item }) => String(item));
}

/** Moves the focus into the error browser. VS Code may lose it on the way from the palette to a page: then once more. */
async function focusErrors(page) {
  for (const end = Date.now() + TIMEOUT; Date.now() < end;) {
    await runFromPalette(page, 'Flipside: Focus on Errors View');
    const errors = await frameOf(page, 'Errors');
    const focused = await errors
      .waitForFunction(() => document.hasFocus(), undefined, { timeout: 5000 })
      .then(
        () => true,
        () => false,
      );
    if (focused) return errors;
  }
  throw new Error('the focus does not move to the errors');
}

/** Moves the focus by Tab, or by Shift+Tab where that leads nowhere, to what the selector names in the error browser. */
async function tabTo(page, selector) {
  for (const key of ['Tab', 'Shift+Tab']) {
    const errors = await focusErrors(page);
    for (let at = 0; at < 40 && (await errors.evaluate(() => document.hasFocus())); at++) {
      if (await errors.evaluate((what) => document.activeElement.matches(what), selector)) return;
      await page.keyboard.press(key);
    }
  }
  throw new Error(`no Tab leads to ${selector}`);
}

/** The class chips as they stand there: [name, count]. */
async function classChips(errors) {
  const texts = await errors.locator('.chips[aria-label="class"] .toggle-chip').allInnerTexts();
  return texts.map((text) => /^(\D+?)\s*(\d+)$/.exec(text.trim())?.slice(1)).map(([name, n]) => [name, Number(n)]);
}

async function untilPlace(page, place) {
  await until(`place ${place}`, async () => {
    const item = await shownItem(page);
    return item.place === place || JSON.stringify(item);
  });
  return shownItem(page);
}

/** For `drive`, with `workspace`. */
export const KEYBOARD_CHECKS = [
  [
    'the command moves the focus into the list, where every key works before an item is open',
    async (page) => {
      await page.locator('.monaco-workbench .part.activitybar').waitFor({ timeout: TIMEOUT });
      const errors = await focusErrors(page);
      await untilText('the errors', () => count(errors), /^169 of 342\b/);
      const current = (row) => until(`row ${row}`, async () => (await standing(errors)).current === row);
      await page.keyboard.press('ArrowDown');
      await current(1);
      // From here on the workbench knows that the page has the focus.
      await pressFor(page, '/', errors.locator('vscode-text-field:focus-within'));
      await page.keyboard.press('Escape');
      await until('the list', () => errors.evaluate(() => document.activeElement.id === 'rows'));
      await page.keyboard.press('n');
      await current(2);
      await page.keyboard.press('p');
      await current(1);
      await pressFor(page, 's', page.locator('.quick-input-widget', { hasText: 'Save as Slice' }));
      await page.keyboard.press('Escape');
      await until('the focus is back', () => errors.evaluate(() => document.hasFocus()));
      await pressFor(page, 'i', errors.locator('dialog[open]'));
      await page.keyboard.press('Escape');
      await errors.locator('dialog[open]').waitFor({ state: 'detached', timeout: TIMEOUT });
      await until('the list', () => errors.evaluate(() => document.activeElement.id === 'rows'));
    },
  ],
  [
    'the palette leads to the errors, and the most frequent class stands first',
    async (page, { pictures }) => {
      await page.locator('.monaco-workbench .part.activitybar').waitFor({ timeout: TIMEOUT });
      const errors = await focusErrors(page);
      await untilText('the errors', () => count(errors), /^169 of 342\b/);
      await until('the chips', async () => (await classChips(errors)).length > 2);
      const chips = await classChips(errors);
      assert.deepEqual(
        chips,
        [...chips].sort(([, a], [, b]) => b - a),
      );
      assert.deepEqual(chips[0], ['horizontal', 56]);
      await tabTo(page, '.chips[aria-label="class"] .toggle-chip:first-child');
      await page.keyboard.press('Space');
      await untilText('its rows', () => count(errors), /^56 of 342\b/);
      await shoot(page, pictures, 'keyboard-class');
    },
  ],
  [
    'five of its errors are inspected with n, and one again with p, in the order of the list',
    async (page, { workspace, pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await tabTo(page, '#rows');
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      const items = [await untilPlace(page, '1 of 56')];
      for (let at = 2; at <= 5; at++) {
        await page.keyboard.press('n');
        items.push(await untilPlace(page, `${at} of 56`));
      }
      await untilText(
        'the first rows of the list',
        async () => JSON.stringify((await errors.locator('.row .question').allInnerTexts()).slice(0, 5)),
        JSON.stringify(items.map(({ question }) => question)),
      );
      assert.deepEqual(
        items.map(({ id }) => id),
        idsOfClass(workspace, 'horizontal-flip', 5),
      );
      assert.equal(new Set(items.map(({ id }) => id)).size, 5);
      await shoot(page, pictures, 'keyboard-fifth');
      await page.keyboard.press('p');
      assert.deepEqual(await untilPlace(page, '4 of 56'), items[3]);
    },
  ],
  [
    'n and p walk from within the inspector too, and the list follows',
    async (page) => {
      const fourth = await shownItem(page);
      await page.keyboard.press('Control+1');
      const inspector = await frameOf(page, 'Inspector');
      await until('the focus is in the inspector', () => inspector.evaluate(() => document.hasFocus()));
      await page.keyboard.press('n');
      await untilPlace(page, '5 of 56');
      await page.keyboard.press('n');
      const sixth = await untilPlace(page, '6 of 56');
      assert.notEqual(sixth.id, fourth.id);
      const errors = await frameOf(page, 'Errors');
      await until('the current row', async () => {
        const { current, question } = await standing(errors);
        return (current === 6 && question === sixth.question) || `${current}: ${question}`;
      });
      await page.keyboard.press('p');
      await page.keyboard.press('p');
      assert.deepEqual(await untilPlace(page, '4 of 56'), fourth);
      assert.equal(await inspector.evaluate(() => document.hasFocus()), true);
    },
  ],
  [
    'n and p walk while the side bar is hidden',
    async (page) => {
      await page.keyboard.press('Control+B');
      await page.locator('.part.sidebar').waitFor({ state: 'hidden', timeout: TIMEOUT });
      await page.keyboard.press('n');
      await untilPlace(page, '5 of 56');
      await page.keyboard.press('n');
      const sixth = await untilPlace(page, '6 of 56');
      await page.keyboard.press('p');
      await untilPlace(page, '5 of 56');
      await page.keyboard.press('n');
      assert.deepEqual(await untilPlace(page, '6 of 56'), sixth);
      await page.keyboard.press('Control+B');
      // The page is another one: that of before went with the side bar.
      await until('the current row', async () => (await standing(await frameOf(page, 'Errors'))).current === 6);
      await page.keyboard.press('p');
      await page.keyboard.press('p');
      await untilPlace(page, '4 of 56');
    },
  ],
  [
    'query, place, current row and inspector survive a reload',
    async (page, { pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await tabTo(page, '#rows');
      for (let at = 5; at <= 30; at++) await page.keyboard.press('ArrowDown');
      await untilPlace(page, '30 of 56');
      await until('row 30 is current', async () => (await standing(errors)).current === 30);
      const [before, item] = [await standing(errors), await shownItem(page)];
      assert.ok(before.top > 0, 'the list is not scrolled');
      await untilText('the kept state', () => keptState(page), /current\W+position\W+29\b/);
      const row = new RegExp(`item\\W+samples/[^"]+\\.csv\\W+n${Number(item.id) + 1}\\b`);
      await untilText('the kept item', () => keptState(page), row);
      await page.reload();
      const again = await frameOf(page, 'Errors');
      await untilText('the same query', () => count(again), /^56 of 342\b/);
      assert.equal(await chip(again, 'horizontal').getAttribute('aria-pressed'), 'true');
      await until('the same place', async () => {
        const now = await standing(again);
        return JSON.stringify(now) === JSON.stringify(before) || JSON.stringify(now);
      });
      await until('the same item', async () => {
        const now = await shownItem(page);
        return isDeepStrictEqual(now, item) || JSON.stringify(now);
      });
      await shoot(page, pictures, 'reloaded');
    },
  ],
  [
    'n goes on where it was before the reload',
    async (page) => {
      await page.keyboard.press('Control+1');
      const inspector = await frameOf(page, 'Inspector');
      await until('the focus is in the inspector', () => inspector.evaluate(() => document.hasFocus()));
      await page.keyboard.press('n');
      await untilPlace(page, '31 of 56');
    },
  ],
  [
    'y copies a link to the item',
    async (page) => {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await page.keyboard.press('y');
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      const link = decodeURIComponent(await untilText('the link', copied, /^[\w-]+:\/\/flipside\.flipside\/item\?run/));
      assert.match(link, /synthetic-[\w-]+\.csv&row=\d+&item=\d+$/);
    },
  ],
];
