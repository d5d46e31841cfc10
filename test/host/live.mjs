/* global document, MutationObserver, window -- what is handed to a frame runs there */
/** What happens under the user's hands: the analysis process dies, files of runs grow and vanish. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { childrenOf } from './processes.mjs';
import { openRow, showRun } from './rows.mjs';
import {
  chip,
  chipSum,
  clearNotices,
  count,
  frameOf,
  notices,
  openContainer,
  openNotices,
  pane,
  shoot,
  shownItem,
  standing,
  TIMEOUT,
  treeRow,
  until,
  untilText,
} from './workbench.mjs';

const BOXES = path.join('samples', 'results', 'synthetic-boxes', 'result_synthetic-boxes.csv');
const BASELINE = path.join('samples', 'results', 'synthetic-baseline', 'result_synthetic-baseline.csv');

/** Ids of the analysis processes of this window. */
function analyses({ group }) {
  return childrenOf(group, 'dist/server.cjs');
}

/** What the counts of a page say, as a number: "58 of 228 · …". */
async function counts(errors) {
  const [, listed, of] = /^([\d,]+) of ([\d,]+)/.exec(await count(errors)) ?? [];
  return { listed: Number(listed?.replaceAll(',', '')), of: Number(of?.replaceAll(',', '')) };
}

/** List, chips and status bar tell of the same rows. */
async function addUp(page, { listed, of }) {
  const errors = await frameOf(page, 'Errors');
  await until(`${listed} of ${of}`, async () => {
    const seen = await counts(errors);
    return (seen.listed === listed && seen.of === of) || JSON.stringify(seen);
  });
  await until('the chips of the outcomes', async () => {
    const sums = [await chipSum(errors, 'outcome', true), await chipSum(errors, 'outcome')];
    return (sums[0] === listed && sums[1] === of) || sums.join(' of ');
  });
  await page.locator('.part.statusbar', { hasText: ` ${listed} errors` }).waitFor({ timeout: TIMEOUT });
}

/** For `drive`, with `workspace` and the `group` of the server's processes. */
export const LIVE_CHECKS = [
  [
    'the analysis process is killed: one message, and list, scroll, current row and item stay',
    async (page, place) => {
      await openContainer(page);
      await until('the runs', async () => /42\.1 %/.test(await treeRow(page, 'synthetic-baseline').innerText()));
      const errors = await frameOf(page, 'Errors');
      await chip(errors, 'orthogonal').click({ timeout: TIMEOUT });
      await untilText('the chosen class', () => count(errors), /^52 of 342\b/);
      await openRow(page, 20);
      await until('the list is scrolled', async () => (await standing(errors)).top > 0);
      const [before, item] = [await standing(errors), await shownItem(page)];
      assert.equal(before.question, item.question);
      // One of a window before may still be ending.
      await until('one process', async () => analyses(place).length === 1 || analyses(place).join(', '));
      const [pid] = analyses(place);
      process.kill(pid, 'SIGKILL');
      await openNotices(page);
      await untilText(
        'the message',
        notices(page).first(),
        /process that reads predictions ended \(SIGKILL\).*Nothing is lost/,
      );
      await shoot(page, place.pictures, 'process-killed');
      assert.equal(await notices(page).count(), 1);
      await clearNotices(page);
      assert.ok(!analyses(place).includes(pid));
      await untilText('the same list', () => count(errors), /^52 of 342\b/);
      await until('the rows', async () => (await errors.locator('.row .question').count()) > 0);
      await until('the same place', async () => {
        const now = await standing(errors);
        return isDeepStrictEqual(now, before) || JSON.stringify(now);
      });
      await until('the same item', async () => {
        const now = await shownItem(page);
        return isDeepStrictEqual(now, item) || JSON.stringify(now);
      });
    },
  ],
  [
    'n goes on where it was before the process was killed',
    async (page) => {
      const { id } = await shownItem(page);
      await (await frameOf(page, 'Inspector')).locator('h1, h2').first().click();
      await page.keyboard.press('n');
      await until('the next item', async () => {
        const item = await shownItem(page);
        return (item.place === '21 of 52' && item.id !== id) || JSON.stringify(item);
      });
      await until('its row', async () => (await standing(await frameOf(page, 'Errors'))).current === 21);
    },
  ],
  [
    'a run that is still being written grows live, and focus, scroll and current row stay',
    async (page, { workspace, pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await errors.locator('#rows').focus();
      const before = await standing(errors);
      const file = path.join(workspace, BASELINE);
      const rows = readFileSync(file, 'utf8');
      // What the tree says of a run that does not change, as long as the other one does.
      await page.evaluate(() => {
        const seen = (window.seenOfBoxes = new Set());
        const look = () => {
          const row = [...document.querySelectorAll('.sidebar .monaco-list-row')].find((each) =>
            each.textContent.includes('synthetic-boxes'),
          );
          if (row !== undefined) seen.add(row.textContent);
        };
        new MutationObserver(look).observe(document.querySelector('.sidebar'), {
          ...{ subtree: true, childList: true, characterData: true },
        });
        look();
      });
      // The first record of the file, wrong by an orthogonal answer, under other ids.
      const record = (id) =>
        `${id},"Where is the lamp seen from the door?A. left\nB. front\nC. right\nD. back",Camera perspective - Relative Direction,B. front,A. left,False,synthetic\n`;
      appendFileSync(file, [901, 902, 903].map(record).join(''));
      await untilText('three more', () => count(errors), /^55 of 345\b/);
      await untilText('the tree', treeRow(page, 'synthetic-baseline'), /of 117/);
      // Half a record, then its rest.
      appendFileSync(file, record(904).slice(0, 30));
      appendFileSync(file, record(904).slice(30) + record(905));
      await untilText('two more', () => count(errors), /^57 of 347\b/);
      // The new rows stand before the current one.
      await until('the current row where it was', async () => {
        const { question, height, current } = await standing(errors);
        const isSame = question === before.question && height === before.height && current === before.current + 5;
        return isSame || JSON.stringify([question, height, current, before]);
      });
      await until('the place', async () => (await shownItem(page)).place === `${before.current + 5} of 57`);
      assert.equal(await errors.evaluate(() => document.hasFocus() && document.activeElement?.id), 'rows');
      await shoot(page, pictures, 'growing');
      await chip(errors, 'orthogonal').click();
      await addUp(page, { listed: 174, of: 347 });
      assert.deepEqual(await page.evaluate(() => [...window.seenOfBoxes]), ['synthetic-boxes49.1 % of 114']);
      writeFileSync(file, rows);
      await addUp(page, { listed: 169, of: 342 });
    },
  ],
  [
    'a folder of runs that is moved away and back is noticed',
    async (page, { workspace }) => {
      const folder = path.join(workspace, path.dirname(BASELINE));
      const aside = path.join(path.dirname(workspace), 'aside');
      renameSync(folder, aside);
      await addUp(page, { listed: 103, of: 228 });
      renameSync(aside, folder);
      await addUp(page, { listed: 169, of: 342 });
    },
  ],
  [
    'a run that is deleted while open leaves tree, list and counts, and its item says so',
    async (page, { workspace, pictures }) => {
      const errors = await frameOf(page, 'Errors');
      await showRun(page, 'synthetic-boxes', 58, 114);
      await openRow(page, 2);
      rmSync(path.join(workspace, BOXES));
      await treeRow(page, 'synthetic-boxes').waitFor({ state: 'detached', timeout: TIMEOUT });
      const inspector = await frameOf(page, 'Inspector');
      await untilText('the item', inspector.locator('.message'), /is not there any more/);
      await untilText('the list', errors.locator('.card'), /synthetic-boxes.*is not/s);
      await shoot(page, pictures, 'run-deleted');
      await errors.locator('.card vscode-button').click();
      await addUp(page, { listed: 111, of: 228 });
      const tree = pane(page, 'Runs').locator('.monaco-list-row', { hasText: 'of 114' });
      await until('the other runs', async () => (await tree.count()) === 2 || (await tree.allInnerTexts()).join(', '));
    },
  ],
];
