/** Annotations that cannot be written, files that are not as they should be, and a scheme that changes meanwhile. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  annotationFile,
  eventsIn,
  labelAt,
  labelsIn,
  listRun,
  photographWindow,
  saved,
  untilCurrent,
  untilLabel,
} from './annotated.mjs';
import { goToRow, unfoldRow } from './rows.mjs';
import { frameOf, TIMEOUT, until, untilText } from './workbench.mjs';

const NAME = 'ada';

function folderOf(workspace) {
  return path.join(workspace, '.flipside', 'annotations');
}

/** Nothing can be written below what is a file. (The rights of a folder do not stop whoever runs as root.) */
export function blockAnnotations(workspace) {
  mkdirSync(path.dirname(folderOf(workspace)), { recursive: true });
  writeFileSync(folderOf(workspace), '');
}

function notice(errors, text) {
  return errors.locator('.labels .notice', { hasText: text });
}

/** For `drive`, in a `workspace` of which `blockAnnotations` has made that nothing can be written. */
export const UNSAVED_ANNOTATING_CHECKS = [
  [
    'where nothing can be written, the page says so before the first key',
    async (page, { pictures }) => {
      const errors = await listRun(page);
      await untilText(
        'the reason',
        notice(errors, 'cannot be written'),
        /annotations cannot be written \(no folder\): annotations are kept in memory/,
      );
      await page.keyboard.press('Enter');
      const inspector = await frameOf(page, 'Inspector');
      await untilText('the inspector', inspector.locator('.annotation .notice').first(), /cannot be written/);
      await photographWindow(page, pictures, 'annotations-read-only', ['Errors', 'Inspector']);
    },
  ],
  [
    'a label is not called saved, and still counts',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, 1);
      for (const position of [1, 2]) {
        await goToRow(page, position);
        await page.keyboard.press(labelAt(position)[0]);
        await untilText('what is said', saved(errors), new RegExp(`not saved ${labelAt(position)[2]}`));
        await untilLabel(errors, position, labelAt(position)[2]);
      }
      await untilText('how many', notice(errors, 'not saved.'), /2 changes are not saved/);
    },
  ],
  [
    'what is not saved is kept as a file',
    async (page, { workspace, pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await errors.getByRole('button', { name: 'Keep as a file…' }).click({ timeout: TIMEOUT });
      const place = page.locator('.quick-input-widget input.input');
      await place.waitFor({ timeout: TIMEOUT });
      // As it is offered: a name that is typed at once may come later than the key that takes it.
      const file = path.join(workspace, 'ada-unsaved.jsonl');
      await until('the name', async () => (await place.inputValue()).endsWith('ada-unsaved.jsonl'));
      await until('the dialog ends', async () => {
        if (await place.isVisible()) await page.keyboard.press('Enter');
        await place.waitFor({ state: 'hidden', timeout: 5000 });
        return true;
      });
      await until('the file', async () => existsSync(file) && eventsIn(file).length === 2);
      assert.deepEqual([...labelsIn(file).values()], [labelAt(1)[1], labelAt(2)[1]]);
      // It holds no predictions, wherever it is kept.
      await unfoldRow(page, 'Not read', 'ada-unsaved.jsonl');
      await page.locator('.part.statusbar', { hasText: '3 runs, 169 errors' }).waitFor({ timeout: TIMEOUT });
      await photographWindow(page, pictures, 'annotations-unsaved', ['Errors', 'Inspector']);
    },
  ],
  [
    'as soon as it can be written, everything is, with the next label',
    async (page, { workspace }) => {
      rmSync(folderOf(workspace));
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, 3);
      await page.keyboard.press(labelAt(3)[0]);
      await untilCurrent(errors, 4);
      const labels = labelsIn(annotationFile(workspace, NAME));
      assert.deepEqual(
        [...labels.values()],
        [1, 2, 3].map((position) => labelAt(position)[1]),
      );
      await until('no refusal', async () => (await errors.locator('.notice', { hasText: 'Not saved' }).count()) === 0);
      await notice(errors, 'not saved.').waitFor({ state: 'detached', timeout: TIMEOUT });
      await notice(errors, 'cannot be written').waitFor({ state: 'detached', timeout: TIMEOUT });
    },
  ],
];

/** For `drive`, in a `workspace` with a file of annotations that `from` was copied to. */
export const DAMAGED_ANNOTATING_CHECKS = [
  [
    'marks of a merge and lines that are no events are told by their numbers, and stay as they are',
    async (page, { workspace, from }) => {
      const lines = readFileSync(from, 'utf8').split('\n').slice(0, 4);
      const damaged = [
        ...[lines[0], '<<<<<<< HEAD', lines[1], '=======', lines[2], '>>>>>>> bo', '{"v":1,"id":', lines[3]],
      ].join('\n');
      const file = annotationFile(workspace, 'cleo');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `${damaged}\n`);
      const errors = await listRun(page);
      const text = await untilText(
        'what is wrong',
        notice(errors, 'can be read'),
        /line 2: a mark of a merge conflict[^]*line 4[^]*line 6/,
      );
      assert.match(text, /and 1 more/);
      for (const position of [1, 2, 3, 4]) await untilLabel(errors, position, labelAt(position)[2]);
      await goToRow(page, 5);
      await page.keyboard.press(labelAt(5)[0]);
      await untilCurrent(errors, 6);
      await untilLabel(errors, 5, labelAt(5)[2]);
      assert.equal(readFileSync(file, 'utf8'), `${damaged}\n`);
    },
  ],
  [
    'a scheme that is edited meanwhile takes effect: new keys work, and labels that went stay with their rows',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      const scheme = { version: 2, labels: [{ id: 'mirrored', title: 'mirrored scene', key: '1', about: 'answer' }] };
      writeFileSync(path.join(workspace, '.flipside', 'scheme.json'), JSON.stringify(scheme));
      await untilText('the keys', errors.locator('.label-keys'), /^1\s*mirrored scene$/);
      await goToRow(page, 6);
      await page.keyboard.press('1');
      await untilCurrent(errors, 7);
      await untilLabel(errors, 6, 'mirrored scene');
      await untilLabel(errors, 5, labelAt(5)[1]);
      const { set, scheme: version } = eventsIn(annotationFile(workspace, NAME)).at(-1);
      assert.deepEqual([set, version], [{ label: 'mirrored' }, 2]);
      // A key of the scheme before means nothing now.
      await page.keyboard.press('h');
      await page.keyboard.press('1');
      await untilCurrent(errors, 8);
      assert.equal(eventsIn(annotationFile(workspace, NAME)).length, 3);
    },
  ],
  [
    'a scheme that cannot be read is told, and the keys of before go on',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      writeFileSync(path.join(workspace, '.flipside', 'scheme.json'), '{ "version": 3, "labels": [');
      await untilText('what is wrong', notice(errors, 'scheme.json'), /it is no JSON/);
      await goToRow(page, 8);
      await page.keyboard.press('1');
      await untilCurrent(errors, 9);
      await untilLabel(errors, 8, 'mirrored scene');
    },
  ],
];
