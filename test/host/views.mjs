/* global document -- what is handed to a frame runs in its page */
/** What a user does in the views: runs, errors, inspector, slices. Each check goes on where the one before it ended. */
import assert from 'node:assert/strict';
import { openRow, setBaseline } from './rows.mjs';
import {
  count,
  frameOf,
  openContainer,
  pressFor,
  shoot,
  shownItem,
  TIMEOUT,
  treeRow,
  until,
  untilText,
} from './workbench.mjs';

/** For `drive`. */
export const VIEW_CHECKS = [
  [
    'the container lists datasets, runs with their accuracy, and the errors',
    async (page, { pictures }) => {
      await openContainer(page);
      const row = treeRow(page, 'synthetic-baseline');
      await row.waitFor({ timeout: TIMEOUT });
      await until('the accuracy of the run', async () => /42\.1 % of 114/.test(await row.innerText()));
      const errors = await frameOf(page, 'Errors');
      await until('the number of errors', async () => /^\d+ of 342\b/.test(await count(errors)));
      await errors.locator('[role=option]').first().waitFor({ timeout: TIMEOUT });
      await shoot(page, pictures, 'errors');
    },
  ],
  [
    'a class chip narrows the list to what the tree counts, and Enter opens the item with its picture',
    async (page, { pictures }) => {
      const errors = await frameOf(page, 'Errors');
      const before = await count(errors);
      await errors
        .getByRole('button', { name: /^horizontal/ })
        .first()
        .click({ timeout: TIMEOUT });
      await until('fewer rows', async () => (await count(errors)) !== before);
      await openRow(page, 1);
      const inspector = await frameOf(page, 'Inspector');
      await inspector.locator('h1, h2').first().waitFor({ timeout: TIMEOUT });
      await until('the picture', () =>
        inspector.evaluate(() => [...document.images].some((image) => image.naturalWidth > 100)),
      );
      await untilText('the class', inspector.locator('body'), /horizontal flip/);
      await shoot(page, pictures, 'inspector');
    },
  ],
  [
    'n and p walk through the errors from the list and from the inspector, and the inspector follows',
    async (page) => {
      const inspector = await frameOf(page, 'Inspector');
      const place = async () => /^(\d+) of \d+/.exec((await shownItem(page)).place)?.[1];
      const first = Number(await place());
      assert.equal(first, 1);
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
      await setBaseline(page, 'synthetic-baseline');
    },
  ],
  [
    'searching narrows the list, and typed letters reach the field alone',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('#rows').focus();
      await pressFor(page, '/', errors.locator('vscode-text-field:focus-within'));
      const before = await count(errors);
      await page.keyboard.type('triangle');
      await until('fewer rows', async () => (await count(errors)) !== before);
      await page.keyboard.press('Escape');
      await until('all rows again', async () => (await count(errors)) === before);
    },
  ],
];
