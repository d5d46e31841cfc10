/** What stands where there is nothing to show: no folder, no predictions, no trust. */
import assert from 'node:assert/strict';
import { childrenOf } from './processes.mjs';
import { trustFolder } from './rows.mjs';
import {
  clearNotices,
  count,
  expectOwnSettings,
  frameOf,
  notices,
  openContainer,
  openNotices,
  pane,
  runFromPalette,
  shoot,
  TIMEOUT,
  treeRow,
  untilText,
} from './workbench.mjs';

/** Texts of the buttons that a view of the workbench offers instead of its rows. */
function welcomeButtons(page) {
  return pane(page, 'Runs').locator('.welcome-view-content .monaco-button');
}

function welcome(page) {
  return pane(page, 'Runs').locator('.welcome-view-content');
}

function untilButtons(buttons, expected) {
  return untilText('the buttons', async () => (await buttons.allInnerTexts()).join(', '), expected.join(', '));
}

/** Waits for what the error browser says instead of a list, and for its buttons. */
async function untilCard(page, expected, buttons) {
  const errors = await frameOf(page, 'Errors');
  await untilText('the card', errors.locator('.card'), expected);
  await untilButtons(errors.locator('.card vscode-button'), buttons);
}

/** For `drive`: a window on nothing. */
export const NO_FOLDER_CHECKS = [
  [
    'without a folder both views say what to open',
    async (page, { pictures }) => {
      await openContainer(page);
      await untilText('the text of the runs', welcome(page), /Open the folder that holds your prediction files/);
      await untilButtons(welcomeButtons(page), ['Open Folder', 'Choose Files…', 'How Flipside works']);
      await untilCard(page, /Open the folder that holds your predictions/, ['Open Folder']);
      assert.equal(await pane(page, 'Slices').count(), 0);
      await shoot(page, pictures, 'empty-no-folder');
    },
  ],
  [
    'the button of the errors asks for a folder',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('.card vscode-button').click();
      await page.locator('.quick-input-widget', { hasText: 'Open Folder' }).waitFor({ timeout: TIMEOUT });
      await page.keyboard.press('Escape');
    },
  ],
];

/** For `drive`: a window on a folder that holds no predictions, `workspace`. */
export const NOTHING_CHECKS = [
  [
    'a folder without predictions: both views say so, and what can be done',
    async (page, { pictures }) => {
      await openContainer(page);
      await untilText('the text of the runs', welcome(page), /No prediction files were found here/);
      const ways = ['Choose Files…', 'Map Columns…', 'Analyse the Whole Workspace', 'Refresh', 'Settings', 'Show Log'];
      await untilButtons(welcomeButtons(page), ways);
      await untilCard(page, /No predictions were found/, ['Choose files…']);
      await shoot(page, pictures, 'empty-nothing-found');
    },
  ],
  [
    'the way to the settings shows those of the extension alone',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('.card button', { hasText: 'Settings' }).click({ timeout: TIMEOUT });
      await expectOwnSettings(page);
    },
  ],
  [
    'predictions that are put there appear by themselves',
    async (page, { addRun }) => {
      addRun();
      await untilText('the run', treeRow(page, 'synthetic-boxes'), /49\.1 % of 114/);
      const errors = await frameOf(page, 'Errors');
      await untilText('its errors', () => count(errors), /^58 of 114\b/);
    },
  ],
];

/** For `drive`: a window on folders that are not trusted, served by `group`. */
export const TRUST_CHECKS = [
  [
    'in restricted mode both views say that nothing is read, and nothing is',
    async (page, { pictures, group }) => {
      await page.locator('.part.statusbar', { hasText: 'Restricted Mode' }).waitFor({ timeout: TIMEOUT });
      await openContainer(page);
      await untilText('the text of the runs', welcome(page), /This folder is not trusted/);
      await untilButtons(welcomeButtons(page), ['Manage Workspace Trust']);
      await untilCard(page, /not trusted, so its files are not read/, ['Manage Workspace Trust']);
      assert.equal(await treeRow(page, 'synthetic').count(), 0);
      assert.deepEqual(childrenOf(group, 'dist/server.cjs'), []);
      await shoot(page, pictures, 'empty-restricted');
    },
  ],
  [
    'nor is any column mapped: the command says why',
    async (page, { group }) => {
      await runFromPalette(page, 'Flipside: Map Columns');
      await openNotices(page);
      await untilText('the message', notices(page).first(), /not trusted, so nothing in it is read or written/);
      await clearNotices(page);
      assert.deepEqual(childrenOf(group, 'dist/server.cjs'), []);
    },
  ],
  [
    'once the folder is trusted the runs appear, without a reload',
    async (page, { pictures, group }) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('.card vscode-button').click();
      await trustFolder(page);
      await untilText('the run', treeRow(page, 'synthetic-baseline'), /42\.1 % of 114/);
      await untilText('the errors', async () => count(await frameOf(page, 'Errors')), /^169 of 342\b/);
      assert.equal(childrenOf(group, 'dist/server.cjs').length, 1);
      await shoot(page, pictures, 'trusted');
    },
  ],
];
