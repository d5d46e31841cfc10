/** A folder of published runs in the window: its runs, their numbers, their errors, and images that are not there. */
import assert from 'node:assert/strict';
import { count, frameOf, openContainer, shoot, TIMEOUT, treeRow, until } from './workbench.mjs';

/** For `drive`. */
export const PUBLISHED_CHECKS = [
  [
    'published runs show their accuracy out of all items',
    async (page) => {
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: TIMEOUT });
      await openContainer(page);
      const row = treeRow(page, 'Qwen2.5-VL-3B');
      await row.waitFor({ timeout: TIMEOUT });
      await until('299 of 858', async () => /34\.8 % of 858/.test(await row.innerText()));
    },
  ],
  [
    'a run of the tree shows its errors, with as many horizontal flips as the summary counts',
    async (page, { pictures }) => {
      await treeRow(page, 'Qwen2.5-VL-3B').click();
      const errors = await frameOf(page, 'Errors');
      await until('its errors', async () => /^559 of /.test(await count(errors)));
      const chip = errors.getByRole('button', { name: /^horizontal/ }).first();
      await until('180 horizontal flips', async () => /180/.test(await chip.innerText()));
      await shoot(page, pictures, 'published');
    },
  ],
  [
    'an item whose image is not there says where it was looked for, and offers to locate it',
    async (page, { pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('#rows').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const inspector = await frameOf(page, 'Inspector');
      await inspector.getByRole('button', { name: /Locate images/ }).waitFor({ timeout: TIMEOUT });
      const text = await inspector.locator('body').innerText();
      assert.match(text, /not found/i);
      await shoot(page, pictures, 'published-missing');
    },
  ],
];
