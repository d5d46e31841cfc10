/* global document -- what is handed to a frame runs in its page */
/** Two windows on one folder, and workspaces of several folders. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { clickFor, counted, openRow, setBaseline, showRun, star, unfoldPane, unfoldRow } from './rows.mjs';
import {
  chip,
  count,
  frameOf,
  openContainer,
  pane,
  shoot,
  shownItem,
  TIMEOUT,
  treeRow,
  typeAnswer,
  until,
  untilText,
} from './workbench.mjs';

function projectFile(folder, name) {
  const file = path.join(folder, '.flipside', name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Saves the errors of a class as a slice. */
async function saveClass(page, name, slice) {
  const errors = await frameOf(page, 'Errors');
  const before = await count(errors);
  await chip(errors, name).click({ timeout: TIMEOUT });
  await until('fewer rows', async () => (await count(errors)) !== before);
  await errors.getByRole('button', { name: /^Save these rows as a slice/ }).click();
  await typeAnswer(page, slice);
}

/** Waits for the folders of a workspace file. VS Code's server at times opens such a file without them; a reload mends that. */
async function untilFolders(page) {
  const folders = page.locator('.explorer-folders-view .monaco-list-row').first();
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await page.reload()) {
    const empty = page.locator('.explorer-viewlet', { hasText: 'No Folder Opened' });
    await folders.or(empty).first().waitFor({ timeout: TIMEOUT });
    if (await folders.isVisible()) return;
  }
  throw new Error('the workspace opens without its folders');
}

async function untilListed(page, expected) {
  await openContainer(page);
  const errors = await frameOf(page, 'Errors');
  await untilText('the errors', () => count(errors), expected);
  await errors.locator('.row .question').first().waitFor({ timeout: TIMEOUT });
}

/** For `drive`, with `another`: opens a second window on the same folder. */
export const TWO_WINDOW_CHECKS = [
  [
    'two windows on one folder list the same errors',
    async (page, place) => {
      await untilListed(page, /^169 of 342\b/);
      place.second = await place.another();
      await untilListed(place.second, /^169 of 342\b/);
      await untilText('the run', treeRow(place.second, 'synthetic-boxes'), /49\.1 % of 114/);
    },
  ],
  [
    'a slice that one window saves appears in the other',
    async (page, { second, pictures }) => {
      await unfoldPane(second, 'Slices');
      await saveClass(page, 'opposite', 'the wrong way round');
      const row = pane(second, 'Slices').locator('.monaco-list-row', { hasText: 'the wrong way round' });
      await untilText('the slice', row, /7 rows/);
      await clickFor(row, counted(await frameOf(second, 'Errors'), 7, 342));
      await untilListed(second, /^7 of 342\b/);
      await shoot(second, pictures, 'second-window');
    },
  ],
  [
    'a baseline that one window sets is starred in the other',
    async (page, { second }) => {
      await setBaseline(page, 'synthetic-boxes');
      await star(second, 'synthetic-boxes').waitFor({ timeout: TIMEOUT });
    },
  ],
];

/** For `drive`, with the `first` of the two folders. */
export const SEVERAL_FOLDER_CHECKS = [
  [
    'runs of all folders of a workspace are listed',
    async (page, { pictures }) => {
      await untilFolders(page);
      await untilListed(page, /^111 of 228\b/);
      await untilText('the run of the first folder', treeRow(page, 'synthetic-baseline'), /42\.1 % of 114/);
      await untilText('the run of the second folder', treeRow(page, 'synthetic-mirror-augmented'), /60\.5 % of 114/);
      await shoot(page, pictures, 'several-folders');
    },
  ],
  [
    'an item of the second folder opens with its picture',
    async (page) => {
      await showRun(page, 'synthetic-mirror-augmented', 45, 114);
      await openRow(page, 1);
      const inspector = await frameOf(page, 'Inspector');
      assert.equal((await shownItem(page)).place, '1 of 45');
      await until('the picture', () =>
        inspector.evaluate(() => [...document.images].some((image) => image.naturalWidth > 100)),
      );
    },
  ],
  [
    'a baseline is kept in the folder of its run, a slice in the first folder',
    async (page, { first, second }) => {
      await setBaseline(page, 'synthetic-mirror-augmented');
      const baselines = Object.values(projectFile(second, 'runs.json').baselines);
      assert.deepEqual(baselines, ['results/synthetic-mirror-augmented/result_synthetic-mirror-augmented.csv']);
      assert.equal(projectFile(first, 'runs.json'), null);
      await unfoldPane(page, 'Slices');
      await saveClass(page, 'orthogonal', 'across folders');
      const row = pane(page, 'Slices').locator('.monaco-list-row', { hasText: 'across folders' });
      await untilText('the slice', row, /\d+ rows/);
      assert.deepEqual(
        projectFile(first, 'slices.json').slices.map(({ name }) => name),
        ['across folders'],
      );
      assert.equal(projectFile(second, 'slices.json'), null);
    },
  ],
];

/** For `drive`: of two folders the first does not exist. */
export const MISSING_FOLDER_CHECKS = [
  [
    'a folder of the workspace that does not exist is told, and stops no other',
    async (page, { missing, pictures }) => {
      await untilFolders(page);
      await untilListed(page, /^66 of 114\b/);
      await untilText('the run', treeRow(page, 'synthetic-baseline'), /42\.1 % of 114/);
      await unfoldRow(page, 'Not read', 'missing');
      await untilText('why', treeRow(page, 'missing'), /is not there/);
      await shoot(page, pictures, 'missing-folder');
      await setBaseline(page, 'synthetic-baseline');
      assert.equal(existsSync(missing), false);
    },
  ],
];
