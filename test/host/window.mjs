/** What a user does in the window, through the browser that shows it. */
import assert from 'node:assert/strict';
import { chooseFromMenu } from './rows.mjs';
import { runFromPalette, shoot, TIMEOUT, until } from './workbench.mjs';

/** The Markdown preview's page: webviews sit in two nested frames. That of a preview before may still be there. */
function preview(page) {
  return page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
}

async function runFromExplorer(page, folder, name) {
  const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: folder }).first();
  await row.waitFor({ timeout: TIMEOUT });
  await chooseFromMenu(page, row, name);
}

/** A key that did nothing for so long was not heard. */
const HEARD_MS = 5000;

/** For `drive`. */
export const WINDOW_CHECKS = [
  [
    'the explorer summarises a folder and the preview shows the accuracy table',
    async (page) => {
      await runFromExplorer(page, 'samples', 'Summarise Predictions');
      const table = preview(page).locator('table').first();
      await table.waitFor({ timeout: TIMEOUT });
      const heads = await table.locator('th').allTextContents();
      assert.ok(heads.includes('accuracy'), `the heads are ${heads.join(', ')}`);
      assert.match(await table.innerText(), /synthetic-baseline[^\n]*\s\d+\/114\s+\d+\.\d %/);
    },
  ],
  [
    "a folder without predictions gives the command line's message, once, with a way to the log",
    async (page, { pictures }) => {
      await runFromExplorer(page, 'nothing', 'Summarise Predictions');
      // With the smoke test driver VS Code shows no toasts; what they would say stands in the notification centre.
      await page.locator('#status\\.notifications .codicon-bell-dot').click({ timeout: TIMEOUT });
      // The notification of the progress may still stand beside it.
      const said = page
        .locator('.notifications-center .notification-list-item', { hasText: 'Source: Flipside' })
        .filter({ has: page.locator('.notification-list-item-icon.codicon-error') });
      await said.filter({ hasText: 'No prediction files were found' }).waitFor({ timeout: TIMEOUT });
      assert.deepEqual(await said.locator('.notification-list-item-message').allTextContents(), [
        'No prediction files were found under the paths.',
      ]);
      await shoot(page, pictures, 'message');
      // By key: the bell's tooltip may lie over the button.
      const showLog = said.getByRole('button', { name: 'Show log' });
      await showLog.press('Enter', { timeout: TIMEOUT });
      const log = page.locator('.part.panel .view-line', { hasText: /flipside\.summarise:\sNo\sprediction\sfiles/ });
      const isShown = (timeout) =>
        log
          .first()
          .waitFor({ timeout })
          .then(
            () => true,
            () => false,
          );
      // The list may be drawn anew under the key, when the notification of the progress leaves it: then nobody has heard it.
      if (!(await isShown(HEARD_MS))) await showLog.press('Enter', { timeout: HEARD_MS }).catch(() => undefined);
      await log.first().waitFor({ timeout: TIMEOUT });
      // A key that was heard late may have shown the log once more.
      await until('no panel', async () => {
        const panel = page.locator('.part.panel');
        if (await panel.isVisible()) await page.keyboard.press('Control+J');
        await panel.waitFor({ state: 'hidden', timeout: HEARD_MS });
        return true;
      });
    },
  ],
  [
    'the palette has the command under its category',
    async (page) => {
      await runFromPalette(page, 'Flipside: Summarise Predictions');
      await page.locator('.tab', { hasText: 'workspace – summary' }).first().waitFor({ timeout: TIMEOUT });
    },
  ],
];

/** Takes a picture in the light and in the dark theme, with the report as the window shows it. */
export async function photographReport(page, { pictures }) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`.monaco-workbench.vs${scheme === 'dark' ? '-dark' : ''}`).waitFor({ timeout: TIMEOUT });
    // The page inside the preview is repainted a moment after the window.
    await preview(page).locator(`body.vscode-${scheme}`).waitFor({ timeout: TIMEOUT });
    await shoot(page, pictures, scheme);
  }
}
