/** A folder of published runs in the window: its runs, their numbers, their errors, and images that are not there. */
import { openRow, showRun } from './rows.mjs';
import { frameOf, openContainer, shoot, TIMEOUT, treeRow, until, untilText } from './workbench.mjs';

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
      const errors = await showRun(page, 'Qwen2.5-VL-3B', 559, 858);
      const chip = errors.getByRole('button', { name: /^horizontal/ }).first();
      await until('180 horizontal flips', async () => /180/.test(await chip.innerText()));
      await shoot(page, pictures, 'published');
    },
  ],
  [
    'an item whose image is not there says where it was looked for, and offers to locate it',
    async (page, { pictures }) => {
      await openRow(page, 1);
      const inspector = await frameOf(page, 'Inspector');
      await inspector.getByRole('button', { name: /Locate images/ }).waitFor({ timeout: TIMEOUT });
      await untilText('what is missing', inspector.locator('body'), /not found/i);
      await shoot(page, pictures, 'published-missing');
    },
  ],
];
