/* global document -- what is handed to a frame runs in its page */
/** Labels in the list of errors, by keyboard: fifty in one go, taken back, for several rows, and as a filter. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  annotationFile,
  annotators,
  changeSettings,
  ERRORS_OF_RUN,
  errorsOf,
  eventsIn,
  heedSaved,
  labelAt,
  labelOf,
  labelRows,
  labelsIn,
  listen,
  listRun,
  photographWindow,
  progress,
  saved,
  settingIn,
  TITLES,
  untilCurrent,
  untilLabel,
} from './annotated.mjs';
import { goToRow } from './rows.mjs';
import { count, frameOf, runFromPalette, standing, TIMEOUT, typeAnswer, until, untilText } from './workbench.mjs';

const NAME = 'ada';
const FIFTY = 50;
async function undo(page, redo = false) {
  await page.keyboard.press(redo ? 'Control+Shift+Z' : 'Control+Z');
}

/** In the box that asks for a name, one is told whose file is there already, though it is typed in another way. */
async function warnsOfTaken(page) {
  const box = page.locator('.quick-input-widget');
  await box.locator('input.input').fill('Zoë', { timeout: TIMEOUT });
  await untilText('the warning', box.locator('.quick-input-message'), /^There are annotations of zoe here\./);
}

/** For `drive`, with the `workspace` and the file of the user's `settings`. */
export const KEYBOARD_ANNOTATING_CHECKS = [
  [
    'the first label asks for a name once, and the keys stay with the list',
    async (page, place) => {
      const { workspace, settings } = place;
      const errors = await listRun(page);
      place.said = await heedSaved(page, annotationFile(workspace, NAME), TITLES);
      await listen(errors);
      assert.deepEqual(annotators(workspace), []);
      const zoes = annotationFile(workspace, 'zoe');
      mkdirSync(path.dirname(zoes), { recursive: true });
      writeFileSync(zoes, '');
      await page.keyboard.press(labelAt(1)[0]);
      await warnsOfTaken(page);
      rmSync(zoes);
      await typeAnswer(page, 'Ada');
      await untilCurrent(errors, 2);
      await until('the setting', async () => settingIn(settings, 'flipside.annotations.name') === NAME);
      await until('the list has the focus', () =>
        errors.evaluate(() => document.hasFocus() && document.activeElement.id === 'rows'),
      );
    },
  ],
  [
    'fifty errors in one go: every label is on the row that was current, and is in the file when the page says so',
    async (page, { workspace, said }) => {
      const errors = await frameOf(page, 'Errors');
      await labelRows(page, errors, 2, FIFTY);
      const expected = errorsOf(workspace).slice(0, FIFTY);
      const events = eventsIn(annotationFile(workspace, NAME));
      assert.deepEqual(annotators(workspace), [`${NAME}.jsonl`]);
      assert.equal(events.length, FIFTY);
      assert.equal(new Set(events.map(({ id }) => id)).size, FIFTY);
      events.forEach(({ item, set, by, order }, at) => {
        const { item: id, row } = expected[at];
        assert.deepEqual([item.item, item.row, set, by], [id, row, { label: labelAt(at + 1)[1] }, NAME]);
        assert.equal(order, at + 1);
      });
      await until('all of them called saved', async () => said.length === FIFTY || said.length);
      assert.deepEqual(
        said.filter(({ inFile }) => !inFile),
        [],
      );
      await untilText('the progress', progress(errors), `${FIFTY} of ${ERRORS_OF_RUN} labelled`);
    },
  ],
  [
    'the list shows the labels',
    async (page, { pictures }) => {
      const errors = await frameOf(page, 'Errors');
      for (const position of [FIFTY, 1]) {
        await goToRow(page, position);
        await untilLabel(errors, position, labelAt(position)[2]);
      }
      await untilText('the keys', errors.locator('.label-keys button').first(), /h\s*true horizontal flip/);
      await photographWindow(page, pictures, 'annotating');
    },
  ],
  [
    'several steps are taken back and made again, by key, each in the file and on its row',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      const file = annotationFile(workspace, NAME);
      await goToRow(page, FIFTY + 1);
      await page.keyboard.press('h');
      await untilCurrent(errors, FIFTY + 2);
      await page.keyboard.press('d');
      await untilCurrent(errors, FIFTY + 3);
      await page.keyboard.press('x');
      await untilCurrent(errors, FIFTY + 4);
      for (const [at, left] of [
        [3, 52],
        [2, 51],
        [1, 50],
      ]) {
        await undo(page);
        // The row whose label went is the one that is current.
        await untilCurrent(errors, FIFTY + at);
        await untilLabel(errors, FIFTY + at, null);
        await untilText('the progress', progress(errors), `${left} of ${ERRORS_OF_RUN} labelled`);
      }
      for (const [at, title] of [
        [1, 'true horizontal flip'],
        [2, 'true depth flip'],
      ]) {
        await undo(page, true);
        await untilCurrent(errors, FIFTY + at);
        await untilLabel(errors, FIFTY + at, title);
      }
      await untilText('the progress', progress(errors), `52 of ${ERRORS_OF_RUN} labelled`);
      const events = eventsIn(file);
      assert.equal(events.length, FIFTY + 8);
      const [first, second, third] = events.slice(FIFTY).map(({ id }) => id);
      const taken = events.slice(FIFTY + 3);
      assert.deepEqual(
        taken.slice(0, 3).map(({ undoes }) => undoes),
        [third, second, first],
      );
      assert.deepEqual(
        taken.map(({ set }) => set.label),
        [null, null, null, 'horizontal-flip', 'depth-flip'],
      );
      // Beyond the last one there is nothing, and it says so.
      await undo(page, true);
      await untilLabel(errors, FIFTY + 3, 'orthogonal');
      await undo(page, true);
      await untilText('the refusal', errors.locator('.notice', { hasText: 'Nothing' }), /Nothing was taken back/);
      await errors.locator('.notice button', { hasText: 'Dismiss' }).click({ timeout: TIMEOUT });
    },
  ],
  [
    'k goes to the next row without a label',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, 3);
      await page.keyboard.press('k');
      await untilCurrent(errors, FIFTY + 4);
    },
  ],
  [
    'in the search field the keys of labels are letters',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      const before = eventsIn(annotationFile(workspace, NAME)).length;
      await page.keyboard.press('/');
      const field = errors.locator('vscode-text-field').first();
      await until('the field', () => errors.evaluate(() => document.activeElement.tagName === 'VSCODE-TEXT-FIELD'));
      await page.keyboard.type('hdk');
      await until('the letters', async () => (await field.evaluate((each) => each.value)) === 'hdk');
      for (let at = 0; at < 3; at++) await page.keyboard.press('Backspace');
      await page.keyboard.press('Escape');
      await untilText('all rows', () => count(errors), /^66 of 114\b/);
      assert.equal(eventsIn(annotationFile(workspace, NAME)).length, before);
    },
  ],
  [
    'without advancing the row stays, and its key takes the label back',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      changeSettings(workspace, { 'flipside.annotations.autoAdvance': false });
      // A key that is pressed before the setting has come goes on.
      await until('the row stays', async () => {
        await goToRow(page, FIFTY + 5);
        await page.keyboard.press('w');
        await untilLabel(errors, FIFTY + 5, 'wrong object');
        if ((await standing(errors)).current === FIFTY + 5) return true;
        await undo(page);
        await untilLabel(errors, FIFTY + 5, null);
        return false;
      });
      await page.keyboard.press('w');
      await untilLabel(errors, FIFTY + 5, null);
      await untilText('what is said', saved(errors), /wrong object taken back/);
      changeSettings(workspace, { 'flipside.annotations.autoAdvance': undefined });
    },
  ],
  [
    'several rows get one label by one key, and lose it by one step back',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      const before = eventsIn(annotationFile(workspace, NAME)).length;
      await goToRow(page, FIFTY + 6);
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('h');
      await untilText('what is said', saved(errors), /3 rows: true horizontal flip/);
      for (const at of [6, 7, 8]) await untilLabel(errors, FIFTY + at, 'true horizontal flip');
      assert.equal(await labelOf(errors, FIFTY + 9), null);
      const added = eventsIn(annotationFile(workspace, NAME)).slice(before);
      const expected = errorsOf(workspace).slice(FIFTY + 5, FIFTY + 8);
      assert.deepEqual(
        added.map(({ item, set }) => [item.row, set.label]),
        expected.map(({ row }) => [row, 'horizontal-flip']),
      );
      await undo(page);
      for (const at of [6, 7, 8]) await untilLabel(errors, FIFTY + at, null);
      // What was typed into the search field before is not taken back with it.
      assert.equal(
        await errors
          .locator('vscode-text-field')
          .first()
          .evaluate((field) => field.value),
        '',
      );
      await untilText('all rows', () => count(errors), /^66 of 114\b/);
    },
  ],
  [
    'the panel of filters narrows the list to a label',
    async (page, { workspace, pictures }) => {
      const errors = await frameOf(page, 'Errors');
      const labels = [...labelsIn(annotationFile(workspace, NAME)).values()];
      const depth = labels.filter((label) => label === 'depth-flip').length;
      await errors.locator('.filter-toggle').click({ timeout: TIMEOUT });
      const head = errors.locator('#filters .section-head', { hasText: 'annotation.label' });
      await head.click({ timeout: TIMEOUT });
      await errors
        .locator('#filters [aria-label="annotation.label"] .value', { hasText: 'depth-flip' })
        .click({ timeout: TIMEOUT });
      await untilText('the labelled', () => count(errors), new RegExp(`^${depth} of 114\\b`));
      await photographWindow(page, pictures, 'annotations-filtered');
    },
  ],
  [
    'what is labelled is there again when the window is',
    async (page) => {
      await page.reload();
      const errors = await listRun(page, 2);
      await untilLabel(errors, 2, labelAt(2)[2]);
      await untilText('the progress', progress(errors), `53 of ${ERRORS_OF_RUN} labelled`);
      await runFromPalette(page, 'Flipside: Undo Annotation');
    },
  ],
];
