/* global document, navigator -- what is handed to a page runs there */
/** Slices: saved, shown, renamed, deleted; item ids that are pasted; and text fields, in which a key is its letter. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { clickFor, counted, inlineAction, openRow, unfoldPane } from './rows.mjs';
import {
  chip,
  chipSum,
  count,
  frameOf,
  openContainer,
  pane,
  shoot,
  shownItem,
  standing,
  TIMEOUT,
  typeAnswer,
  until,
  untilText,
} from './workbench.mjs';

const FILE = path.join('.flipside', 'slices.json');

function saved(workspace) {
  const file = path.join(workspace, FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).slices : [];
}

function sliceRow(page, name) {
  return pane(page, 'Slices').locator('.monaco-list-row', { hasText: name });
}

/** Clears the query, and waits for all errors. */
async function clearAll(errors) {
  await errors.getByRole('button', { name: 'Clear all' }).click();
  await untilText('all errors', () => count(errors), /^169 of 342\b/);
}

/** For `drive`, with `workspace`. */
export const SLICE_CHECKS = [
  [
    'filtered rows are saved as a slice, which stands in the tree with its count',
    async (page, { workspace, pictures }) => {
      await openContainer(page);
      const errors = await frameOf(page, 'Errors');
      await chip(errors, 'depth').click({ timeout: TIMEOUT });
      await untilText('the chosen class', () => count(errors), /^21 of 342\b/);
      await unfoldPane(page, 'Slices');
      await untilText('the empty tree', pane(page, 'Slices'), /save what you see as a slice/);
      await shoot(page, pictures, 'slices-none');
      await errors.getByRole('button', { name: /^Save these rows as a slice/ }).click();
      await typeAnswer(page, 'front and back');
      await untilText('the slice', sliceRow(page, 'front and back'), /21 rows/);
      const [{ name, query }, ...others] = saved(workspace);
      assert.deepEqual(others, []);
      assert.equal(name, 'front and back');
      assert.deepEqual(query.facets, { outcome: ['wrong', 'unanswered'], class: ['depth-flip'] });
      await shoot(page, pictures, 'slices-saved');
    },
  ],
  [
    'a slice shows its rows again',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await clearAll(errors);
      await clickFor(sliceRow(page, 'front and back'), counted(errors, 21, 342));
      assert.equal(await chip(errors, 'depth').getAttribute('aria-pressed'), 'true');
    },
  ],
  [
    'a slice is renamed by its inline action',
    async (page, { workspace }) => {
      const input = page.locator('.quick-input-widget input.input');
      await inlineAction(sliceRow(page, 'front and back'), 'Rename Slice', input);
      await typeAnswer(page, 'nearer or farther');
      await untilText('the new name', sliceRow(page, 'nearer or farther'), /21 rows/);
      await sliceRow(page, 'front and back').waitFor({ state: 'detached', timeout: TIMEOUT });
      assert.deepEqual(
        saved(workspace).map(({ name }) => name),
        ['nearer or farther'],
      );
    },
  ],
  [
    'pasted ids become the rows, ids of no item are told, and they are saved as a slice',
    async (page, { workspace, pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await clearAll(errors);
      await page.evaluate(() => navigator.clipboard.writeText('4\n11\n11\nnobody'));
      await errors.locator('#rows').focus();
      await page.keyboard.press('Control+V');
      // Two items, each answered in three runs.
      await untilText('their rows', () => count(errors), /^6 of 342\b/);
      await until('the counts of the chips', async () => (await chipSum(errors, 'outcome')) === 6);
      await untilText('what is not known', errors.locator('.notice'), /1 of 3 ids is of no item: nobody/);
      await errors.getByRole('button', { name: 'Remove 3 pasted ids' }).waitFor({ timeout: TIMEOUT });
      await shoot(page, pictures, 'slices-pasted');
      await errors.getByRole('button', { name: /^Save these rows as a slice/ }).click();
      await typeAnswer(page, 'from the paper');
      await untilText('the slice', sliceRow(page, 'from the paper'), /6 rows/);
      const slice = saved(workspace).find(({ name }) => name === 'from the paper');
      assert.deepEqual(slice.query.ids, ['4', '11', 'nobody']);
    },
  ],
  [
    'the dialog for ids takes them too',
    async (page, { pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await errors.getByRole('button', { name: /^Show items by their ids/ }).click();
      const field = errors.locator('dialog vscode-text-area');
      await field.locator('textarea').fill('4');
      await errors
        .locator('dialog vscode-button:not([disabled])', { hasText: 'Show items' })
        .waitFor({ timeout: TIMEOUT });
      await shoot(page, pictures, 'slices-dialog');
      await page.keyboard.press('Control+Enter');
      await untilText('its rows', () => count(errors), /^3 of 342\b/);
      await until('no notice', async () => (await errors.locator('.notice').count()) === 0);
    },
  ],
  [
    'in the search field and in the dialog for ids a key is its letter and nothing else',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await clearAll(errors);
      await openRow(page, 1);
      const before = await shownItem(page);
      const value = (of) => errors.evaluate((selector) => document.querySelector(selector).value, of);
      await errors.locator('vscode-text-field input').focus();
      await page.keyboard.type('npis/cb0');
      await untilText('the typed text', () => value('vscode-text-field'), 'npis/cb0');
      await untilText('no rows', errors.locator('.card'), /None of 342 rows/);
      await page.keyboard.press('Escape');
      await untilText('all errors', () => count(errors), /^169 of 342\b/);
      await errors.getByRole('button', { name: /^Show items by their ids/ }).click();
      const inner = errors.locator('dialog textarea');
      await untilText('the empty field', () => inner.inputValue(), '');
      await inner.focus();
      await page.keyboard.type('npis/cb0');
      await untilText('the typed text', () => value('dialog vscode-text-area'), 'npis/cb0');
      await page.keyboard.press('Escape');
      await until('the dialog is closed', async () => (await errors.locator('dialog[open]').count()) === 0);
      // The row that the search did not list is current again.
      await until('the item and its place', async () => {
        const now = await shownItem(page);
        return isDeepStrictEqual(now, before) || JSON.stringify(now);
      });
      await until('the row', async () => (await standing(errors)).current === 1);
      assert.equal(await page.locator('.quick-input-widget').isVisible(), false);
    },
  ],
  [
    'a slice is deleted once that is confirmed',
    async (page, { workspace, pictures }) => {
      const row = sliceRow(page, 'nearer or farther');
      const dialog = page.locator('.monaco-dialog-box', { hasText: 'Delete the slice "nearer or farther"?' });
      for (const button of ['Cancel', 'Delete']) {
        await inlineAction(row, 'Delete Slice', dialog);
        if (button === 'Cancel') await shoot(page, pictures, 'slices-delete');
        await dialog.getByRole('button', { name: button, exact: true }).click();
        await dialog.waitFor({ state: 'detached', timeout: TIMEOUT });
        if (button === 'Cancel') assert.equal(await row.count(), 1);
      }
      await row.waitFor({ state: 'detached', timeout: TIMEOUT });
      assert.deepEqual(
        saved(workspace).map(({ name }) => name),
        ['from the paper'],
      );
    },
  ],
];
