/** A file whose columns do not say what they hold: its roles are chosen in the mapping assistant, and the run appears. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chooseFromMenu, unfoldRow } from './rows.mjs';
import {
  frameOf,
  keptState,
  openContainer,
  pane,
  runFromPalette,
  shoot,
  TIMEOUT,
  treeRow,
  until,
  untilText,
} from './workbench.mjs';

const MAPPING = path.join('.flipside', 'formats', 'outputs.json');
const ROWS = [
  ['Where is the cup?', 'left', 'left', 'right'],
  ['Where is the pan?', 'right', 'left', 'right'],
  ['Where is the lid?', 'left', 'right', 'left'],
];

/** Writes the file; `more` rows are added at its end. */
export function writeUndecided(workspace, more = []) {
  const lines = [['question', 'answer', 'first_output', 'second_output'], ...ROWS, ...more];
  writeFileSync(path.join(workspace, 'outputs.csv'), lines.map((cells) => `${cells.join(',')}\n`).join(''));
}

const assistant = (page) => frameOf(page, 'Mapping assistant');

/** What the page says of the rows that it reads. */
async function says(page, expected) {
  const frame = await assistant(page);
  return untilText('the preview', frame.locator('.preview .state'), expected);
}

async function pick(page, role, column) {
  const frame = await assistant(page);
  await frame.locator(`#pick-${role}`).focus();
  await page.keyboard.type(column);
  await frame.locator('[role=option]', { hasText: column }).first().waitFor({ timeout: TIMEOUT });
  await page.keyboard.press('Enter');
}

/** For `drive`, with `workspace`. */
export const MAPPING_CHECKS = [
  [
    'the command offers the files that could not be decided, and any other',
    async (page, { pictures }) => {
      const rows = page.locator('.quick-input-list .monaco-list-row');
      await runFromPalette(page, 'Flipside: Map Columns');
      await rows.filter({ hasText: 'outputs.csv' }).waitFor({ timeout: TIMEOUT });
      await untilText('the last', rows.last(), /Choose a File…/);
      assert.equal(await rows.count(), 2);
      await shoot(page, pictures, 'mapping-files');
      await page.keyboard.press('Escape');
      await rows.first().waitFor({ state: 'hidden', timeout: TIMEOUT });
      assert.equal(await page.locator('.tab', { hasText: 'Map outputs.csv' }).count(), 0);
      await runFromPalette(page, 'Flipside: Map Columns');
      const focused = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'outputs.csv' });
      await focused.waitFor({ timeout: TIMEOUT });
      await page.keyboard.press('Enter');
      const frame = await assistant(page);
      await untilText('what is open', frame.locator('header'), /Could not be decided/);
    },
  ],
  [
    'a file that could not be decided offers the assistant in the tree of runs',
    async (page, { pictures }) => {
      await openContainer(page);
      await unfoldRow(page, 'Not read', 'outputs.csv');
      const row = treeRow(page, 'outputs.csv');
      await row.hover();
      await row.locator('.action-label[aria-label^="Map Columns"]').click({ timeout: TIMEOUT });
      const frame = await assistant(page);
      await untilText('what is open', frame.locator('header'), /Could not be decided/);
      await untilText(
        'the columns',
        async () => (await frame.locator('.head th .cell').allInnerTexts()).join(', '),
        'question, answer, first_output, second_output',
      );
      await shoot(page, pictures, 'mapping-open');
    },
  ],
  [
    'choosing a column changes the parsed rows at once',
    async (page, { pictures }) => {
      const frame = await assistant(page);
      await untilText('the doubt', frame.locator('#note-prediction'), /^A guess \(0\.\d+\): the name 'first_output'/);
      await says(page, /3 of 3 read: 1 right, 2 wrong/);
      await pick(page, 'prediction', 'second_output');
      await says(page, /3 of 3 read: 2 right, 1 wrong/);
      await shoot(page, pictures, 'mapping-chosen');
    },
  ],
  [
    'the file grows while the panel is open: its rows are read again, and what was chosen stays',
    async (page, { workspace }) => {
      writeUndecided(workspace, [['Where is the jar?', 'left', 'right', 'left']]);
      await says(page, /4 of 4 read: 3 right, 1 wrong/);
      const frame = await assistant(page);
      await untilText('the notice', frame.locator('.notice'), /has changed/);
    },
  ],
  [
    'the panel and what was chosen survive loading the window again',
    async (page) => {
      await untilText('the kept mapping', () => keptState(page), /second_output/);
      await page.reload();
      await says(page, /4 of 4 read: 3 right, 1 wrong/);
      const frame = await assistant(page);
      await untilText('what was chosen', frame.locator('#role-prediction .chosen'), 'second_output');
    },
  ],
  [
    'accepting writes the mapping, and the run appears in the tree',
    async (page, { workspace, pictures }) => {
      const frame = await assistant(page);
      await frame.locator('vscode-button', { hasText: 'Accept' }).click({ timeout: TIMEOUT });
      await untilText('what became of it', frame.locator('footer'), /read as the run .*4 items/);
      const written = JSON.parse(readFileSync(path.join(workspace, MAPPING), 'utf8'));
      assert.equal(written.match, 'outputs.csv');
      assert.equal(written.roles.prediction, 'second_output');
      await openContainer(page);
      await untilText(
        'the run',
        pane(page, 'Runs').locator('.monaco-list-row', { hasText: /75\.0 % of 4/ }),
        /outputs/,
      );
      await shoot(page, pictures, 'mapping-accepted');
    },
  ],
  [
    'another acceptance of the same file asks before it replaces the mapping, and the JSON can be opened',
    async (page, { workspace, pictures }) => {
      // The panel that wrote the file asks no more: a new one does.
      await page.keyboard.press('Escape');
      await page.locator('.tab', { hasText: 'Map outputs.csv' }).first().click({ timeout: TIMEOUT });
      await runFromPalette(page, 'View: Close All Editors');
      await page
        .locator('.tab', { hasText: 'Map outputs.csv' })
        .first()
        .waitFor({ state: 'detached', timeout: TIMEOUT });
      await runFromExplorer(page, 'outputs.csv');
      const frame = await assistant(page);
      await untilText('what holds already', frame.locator('header'), /A mapping file holds for this file already/);
      await pick(page, 'prediction', 'first_output');
      await says(page, /4 of 4 read: 1 right, 3 wrong/);
      await frame.locator('vscode-button', { hasText: 'Accept' }).click({ timeout: TIMEOUT });
      const dialog = page.locator('.monaco-dialog-box', { hasText: 'Replace it?' });
      await dialog.waitFor({ timeout: TIMEOUT });
      await shoot(page, pictures, 'mapping-replace');
      await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
      await dialog.waitFor({ state: 'detached', timeout: TIMEOUT });
      const kept = JSON.parse(readFileSync(path.join(workspace, MAPPING), 'utf8'));
      assert.equal(kept.roles.prediction, 'second_output');
      await frame.locator('vscode-button', { hasText: 'Open as JSON' }).click({ timeout: TIMEOUT });
      await page.locator('.view-line', { hasText: '"first_output"' }).first().waitFor({ timeout: TIMEOUT });
    },
  ],
  [
    'a file that vanishes is told in a sentence, and nothing is written for it',
    async (page, { workspace, vanish }) => {
      vanish();
      const frame = await assistant(page);
      await untilText('the notice', frame.locator('.notice'), /outputs\.csv is not there any more/);
      await says(page, /outputs\.csv is not there any more/);
      await until('the mapping stays', async () => existsSync(path.join(workspace, MAPPING)));
    },
  ],
];

/** For `drive`: a window on nothing; `loose` holds the file, `other` does not. */
export const NO_FOLDER_MAPPING_CHECKS = [
  [
    'without a folder a file is asked for, and its columns are mapped',
    async (page, { loose, pictures }) => {
      await runFromPalette(page, 'Flipside: Map Columns');
      await answerPath(page, path.join(loose, 'outputs.csv'));
      const frame = await assistant(page);
      await untilText('what is open', frame.locator('header'), /Could not be decided/);
      await untilText('where it goes', frame.locator('footer'), /Accept asks where the mapping is to be kept/);
      await pick(page, 'prediction', 'second_output');
      await says(page, /3 of 3 read: 2 right, 1 wrong/);
      await shoot(page, pictures, 'mapping-no-folder');
    },
  ],
  [
    'accepting asks where; a folder that does not hold the file is refused with the reason, and nothing is written',
    async (page, { loose, other }) => {
      await accept(page, 'Choose a Folder…');
      await answerPath(page, other);
      const frame = await assistant(page);
      await untilText('the refusal', frame.locator('footer [role=alert]'), /other does not hold outputs\.csv/);
      for (const folder of [loose, other]) assert.ok(!existsSync(path.join(folder, '.flipside')), folder);
    },
  ],
  [
    'where nothing can be written the reason is told, and what was chosen stays',
    async (page, { loose }) => {
      const inTheWay = path.join(loose, '.flipside');
      writeFileSync(inTheWay, 'Not a folder.\n');
      await accept(page, 'Beside the File');
      const frame = await assistant(page);
      await untilText(
        'the reason',
        frame.locator('footer [role=alert]'),
        /outputs\.json cannot be written \(E[A-Z]+\)/,
      );
      await untilText('what was chosen', frame.locator('#role-prediction .chosen'), 'second_output');
      assert.equal(readFileSync(inTheWay, 'utf8'), 'Not a folder.\n');
      rmSync(inTheWay);
    },
  ],
  [
    'beside the file it is written, read, and found again',
    async (page, { loose }) => {
      await accept(page, 'Beside the File');
      const frame = await assistant(page);
      await untilText('what became of it', frame.locator('footer'), /read as the run .*3 items/);
      const written = JSON.parse(readFileSync(path.join(loose, MAPPING), 'utf8'));
      assert.deepEqual([written.match, written.roles.prediction], ['outputs.csv', 'second_output']);
      await openContainer(page);
      await untilText('the run', treeRow(page, 'outputs'), /66\.7 % of 3/);
      await runFromPalette(page, 'View: Close All Editors');
      await page.locator('.tab').first().waitFor({ state: 'detached', timeout: TIMEOUT });
      await runFromPalette(page, 'Flipside: Map Columns');
      await answerPath(page, path.join(loose, 'outputs.csv'));
      const again = await assistant(page);
      await untilText('what holds', again.locator('header'), /A mapping file holds for this file already/);
      await untilText('what was chosen', again.locator('#role-prediction .chosen'), 'second_output');
    },
  ],
];

async function accept(page, where) {
  const frame = await assistant(page);
  await frame.locator('vscode-button', { hasText: 'Accept' }).click({ timeout: TIMEOUT });
  const dialog = page.locator('.monaco-dialog-box', { hasText: 'No folder is open' });
  await dialog.getByRole('button', { name: where, exact: true }).click({ timeout: TIMEOUT });
}

/** Answers VS Code's own dialog for files of a server, which completes what is typed. */
async function answerPath(page, file) {
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor({ timeout: TIMEOUT });
  await until('the path', async () => {
    await input.fill(file);
    await page
      .locator('.quick-input-list .monaco-list-row')
      .first()
      .waitFor({ timeout: 2000 })
      .catch(() => null);
    return (await input.inputValue()).replace(/\/$/, '') === file;
  });
  await until('the dialog ends', async () => {
    await page.keyboard.press('Enter');
    return input.waitFor({ state: 'hidden', timeout: 2000 }).then(() => true);
  });
}

async function runFromExplorer(page, file) {
  await runFromPalette(page, 'File: Focus on Files Explorer');
  const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: file }).first();
  await chooseFromMenu(page, row, 'Map Columns');
}
