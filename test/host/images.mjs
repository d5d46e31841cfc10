/** What the data name as an image, and is none. */
import assert from 'node:assert/strict';
import { openRow } from './rows.mjs';
import { frameOf, openContainer, shoot, TIMEOUT, untilText } from './workbench.mjs';

/** For `drive`, in a folder whose one item names a text file as its image. */
export const IMAGE_CHECKS = [
  [
    'a file that is named as an image is opened as one only',
    async (page, { pictures }) => {
      await openContainer(page);
      const errors = await frameOf(page, 'Errors');
      await errors.locator('.row').first().waitFor({ timeout: TIMEOUT });
      await openRow(page, 1);
      const inspector = await frameOf(page, 'Inspector');
      await untilText('the refusal', inspector.locator('.missing'), /secret\.txt is no image/);
      await inspector.getByRole('button', { name: 'Open image', exact: true }).click({ timeout: TIMEOUT });
      await page.locator('.tab', { hasText: 'secret.txt' }).waitFor({ timeout: TIMEOUT });
      const viewer = page.locator('.statusbar-item', { hasText: 'Whole Image' });
      await viewer.waitFor({ timeout: TIMEOUT });
      await shoot(page, pictures, 'no-image');
      assert.equal(await page.locator('.editor-instance .view-lines').count(), 0);
    },
  ],
];
