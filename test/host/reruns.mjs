/* global document -- what is handed to a frame runs in its page */
/** From a horizontal flip of the samples to the model's answer, its probabilities and its maps, in a real window with a real model. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { THEMES } from './pictures.mjs';
import { clickFor, goToRow, openRow } from './rows.mjs';
import {
  chip,
  clearNotices,
  count,
  frameOf,
  notices,
  openContainer,
  openNotices,
  runFromPalette,
  shoot,
  shownItem,
  TIMEOUT,
  treeRow,
  until,
  untilText,
} from './workbench.mjs';

const cards = (inspector) => inspector.locator('.rerun-card');

/** The lines of all files of reruns, by file; throws while one of them is being written. */
function rerunFiles(workspace) {
  const folder = path.join(workspace, '.flipside', 'reruns');
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  return files.sort().map((file) => {
    const lines = readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n');
    return { file, records: lines.map((line) => JSON.parse(line)), maps: readdirSync(folder) };
  });
}

/** A NumPy array of 2 × 2 numbers. */
function npy(values) {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".padEnd(117) + '\n';
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), Buffer.from(Float32Array.from(values).buffer)]);
}

/** What is drawn of a map: how many of its cells have which size, and whether any is bright. */
function drawnMaps(inspector) {
  return inspector.evaluate(() =>
    [...document.querySelectorAll('canvas.map')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return {
        width: canvas.width,
        height: canvas.height,
        brightest: Math.max(...data.filter((_, at) => at % 4 === 0)),
      };
    }),
  );
}

async function photograph(page, pictures, name) {
  for (const [theme, media, windowClass, pageClass] of THEMES) {
    await page.emulateMedia(media);
    await page.locator(`.monaco-workbench${windowClass}`).waitFor({ timeout: TIMEOUT });
    const inspector = await frameOf(page, 'Inspector');
    await inspector.locator(`body.${pageClass}`).waitFor({ timeout: TIMEOUT });
    await shoot(page, pictures, `${name}-${theme}`);
  }
  await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
}

/** For `drive`, in a window on the samples: `workspace` is their copy. */
export const RERUN_CHECKS = [
  [
    'a horizontal flip is picked, and one key asks its model again: answer, probabilities, map and its share in the boxes',
    async (page, { workspace }) => {
      await openContainer(page);
      const errors = await frameOf(page, 'Errors');
      await errors.locator('.row').first().waitFor({ timeout: TIMEOUT });
      await chip(errors, 'horizontal').click({ timeout: TIMEOUT });
      await untilText('the flips', () => count(errors), /^11 of /);
      await openRow(page, 1);
      const inspector = await frameOf(page, 'Inspector');
      await inspector.locator('.whole img').first().waitFor({ timeout: TIMEOUT });
      await inspector.getByText('Nothing has been asked again here').waitFor({ timeout: TIMEOUT });
      await inspector.locator('.box').first().focus();
      await page.keyboard.press('r');
      await cards(inspector).first().waitFor({ timeout: TIMEOUT });
      // As the run says: it is the model that made the error.
      await untilText('the model', cards(inspector).first().locator('header strong'), 'baseline');
      await until('the probabilities', async () => {
        const texts = await cards(inspector).first().locator('.probabilities .number').allInnerTexts();
        const sum = texts.reduce((total, text) => total + Number.parseFloat(text.replace(/[<>] /, '')), 0);
        return (texts.length > 1 && sum > 97 && sum < 103) || texts.join(', ');
      });
      await inspector.locator('canvas.map').waitFor({ timeout: TIMEOUT });
      await until('the map', async () => {
        const [map] = await drawnMaps(inspector);
        return (map.width > 32 && map.brightest > 200) || JSON.stringify(map);
      });
      await untilText(
        'the share',
        inspector.locator('.map-bar .share'),
        /^\d+(\.\d)? % in boxes \(\d+(\.\d)? % of the area\)$/,
      );
      await until('its file', async () => rerunFiles(workspace).length === 1);
      const [{ records, maps }] = rerunFiles(workspace);
      assert.equal(records.length, 1);
      const [record] = records;
      assert.equal(record.model_id, 'bundled:baseline');
      assert.equal(record.device, 'CPU');
      assert.match(record.weights, /^[0-9a-f]{64}$/);
      assert.match(record.image_sha256[0], /^[0-9a-f]{64}$/);
      assert.equal(record.saliency_method, 'gradient');
      assert.ok(maps.some((name) => name.endsWith('.maps')));
      const shown = await inspector.locator('.map-bar .share strong').innerText();
      assert.ok(Math.abs(Number.parseFloat(shown) / 100 - record.saliency_inside) < 0.006, shown);
    },
  ],
  [
    'the rerun is read by the same reader, and is a run like any other',
    async (page) => {
      const inspector = await frameOf(page, 'Inspector');
      const card = cards(inspector).first();
      await card.locator('.ended .chip, .ended .ending').waitFor({ timeout: TIMEOUT });
      // The model makes the same error again: the weights are the same.
      await untilText('the class', card.locator('.ended'), /horizontal/);
      const own = inspector.locator('table.others tbody tr', { hasText: 'horizontal' });
      await until('it among the other runs', async () => (await own.count()) > 0);
    },
  ],
  [
    'the value under the pointer is the map’s own',
    async (page) => {
      const inspector = await frameOf(page, 'Inspector');
      const value = inspector.locator('.map-bar .value', { hasText: /^\s*here\s*\d/ }).first();
      // What is drawn anew under a pointer that rests hears nothing of it.
      await until('the value', async () => {
        await page.mouse.move(640, 2);
        await inspector.locator('.box').first().hover({ timeout: 5000 });
        await value.waitFor({ timeout: 5000 });
        return true;
      });
    },
  ],
  [
    'occlusion beside the gradient, by keyboard alone',
    async (page, { pictures, workspace }) => {
      const inspector = await frameOf(page, 'Inspector');
      await inspector.locator('.box').first().focus();
      await page.keyboard.press('e');
      const prompt = inspector.locator('.rerun-form textarea');
      await until('the prompt has the focus', () => prompt.evaluate((field) => field === document.activeElement));
      // A letter in a field is a letter.
      await page.keyboard.type('r');
      assert.equal(rerunFiles(workspace).length, 1);
      await page.keyboard.press('Backspace');
      await inspector.getByRole('combobox', { name: 'Map', exact: true }).selectOption('occlusion');
      await inspector.locator('.box').first().focus();
      await page.keyboard.press('r');
      await until('a second rerun', async () => (await cards(inspector).count()) === 2);
      await page.keyboard.press('v');
      // Occlusion is coarser than the gradient.
      await until('two maps', async () => {
        const maps = await drawnMaps(inspector);
        return (maps.length === 2 && maps[0].width < maps[1].width) || JSON.stringify(maps);
      });
      await until('a choice for each', async () => (await inspector.locator('.map-bar select').count()) === 2);
      await inspector.getByRole('button', { name: /^How/ }).click({ timeout: TIMEOUT });
      await inspector.locator('.rerun-form').waitFor({ state: 'detached', timeout: TIMEOUT });
      await inspector.locator('.rerun').evaluate((section) => section.scrollIntoView());
      await page.mouse.move(640, 2);
      await photograph(page, pictures, 'reruns-pair');
      await page.setViewportSize({ width: 1600, height: 1000 });
      await photograph(page, pictures, 'reruns-pair-1600');
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.keyboard.press('v');
      await until('one map', async () => (await drawnMaps(inspector)).length === 1);
      await page.keyboard.press('m');
      await until('no map', async () => (await drawnMaps(inspector)).length === 0);
      await page.keyboard.press('m');
      await until('the map again', async () => (await drawnMaps(inspector)).length === 1);
      await inspector.locator('.rerun').scrollIntoViewIfNeeded();
      await photograph(page, pictures, 'reruns');
    },
  ],
  [
    'what was asked before is there again when the item is',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      const inspector = await frameOf(page, 'Inspector');
      await errors.locator('#rows').focus();
      await page.keyboard.press('ArrowDown');
      await until('another item', async () => (await cards(inspector).count()) === 0);
      await page.keyboard.press('ArrowUp');
      await until('both reruns', async () => (await cards(inspector).count()) === 2);
      await inspector.locator('canvas.map').waitFor({ timeout: TIMEOUT });
    },
  ],
  [
    'a row of the list is asked again by the same key, in the inspector',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      const inspector = await frameOf(page, 'Inspector');
      const before = rerunFiles(workspace).length;
      await errors.locator('#rows').focus();
      await page.keyboard.press('End');
      await until('another item', async () => (await cards(inspector).count()) === 0);
      await page.keyboard.press('r');
      await until('its rerun', async () => (await cards(inspector).count()) === 1);
      // Once, and of this item.
      await until('its file', async () => rerunFiles(workspace).length > before);
      const files = rerunFiles(workspace);
      assert.equal(files.length, before + 1);
      const { records } = files.find(({ records: [{ id }] }) => id !== '11') ?? {};
      await untilText('the item', async () => (await shownItem(page)).id, records[0].id);
      await page.keyboard.press('Home');
      await until('the first item', async () => (await cards(inspector).count()) === 2);
    },
  ],
  [
    'the status bar says what runs the model',
    async (page) => {
      await untilText(
        'the device',
        page.locator('#inspiredlabs\\.flipside\\.flipside\\.models, [id$="flipside.models"]').first(),
        /baseline on CPU/,
      );
    },
  ],
  [
    'a map that another tool made is laid over the item of its name',
    async (page, { workspace, pictures }) => {
      const inspector = await frameOf(page, 'Inspector');
      const folder = path.join(workspace, 'maps');
      mkdirSync(folder);
      writeFileSync(path.join(folder, '11.npy'), npy([0, 0.25, 0.5, 1]));
      writeFileSync(path.join(folder, 'of-nobody.npy'), npy([0, 0, 0, 1]));
      await runFromPalette(page, 'Flipside: Import Saliency Maps');
      const place = page.locator('.quick-input-widget input.input');
      await place.waitFor({ timeout: TIMEOUT });
      // The dialog writes its own first folder into the field once it has read that.
      await until('the dialog ends', async () => {
        if (!(await place.isVisible())) return true;
        if ((await place.inputValue()) !== `${folder}/`) {
          await place.fill(`${folder}/`);
          return false;
        }
        await page.locator('.quick-input-widget .monaco-button', { hasText: 'Import' }).click({ timeout: 5000 });
        await place.waitFor({ state: 'hidden', timeout: 5000 });
        return true;
      });
      await openNotices(page);
      await untilText('the news', notices(page).first(), /Maps of 1 of \d+ items.*1 file in the folder/s);
      await clearNotices(page);
      const choice = inspector.getByRole('combobox', { name: 'Map over the picture', exact: true });
      await until('it among the maps', async () =>
        (await choice.locator('option').allInnerTexts()).includes('imported map · maps'),
      );
      await choice.selectOption({ label: 'imported map · maps' });
      await until('its four cells', async () => (await drawnMaps(inspector))[0]?.width === 2);
      await shoot(page, pictures, 'reruns-imported');
    },
  ],
  [
    'several rows of the list are asked in one go, of another model, and open as a list of errors',
    async (page, { pictures, workspace }) => {
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, 1);
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      await errors.getByRole('toolbar', { name: 'Selected rows' }).waitFor({ timeout: TIMEOUT });
      const asked = rerunFiles(workspace).length;
      // The workbench hears a moment late that the list has the focus.
      const input = page.locator('.quick-input-widget input.input');
      await until('the menu', async () => {
        if (await input.isVisible()) return true;
        await page.keyboard.press('r');
        await input.waitFor({ timeout: 5000 });
        return true;
      });
      const menu = page.locator('.quick-input-list .monaco-list-row');
      await menu.filter({ hasText: 'Ask all 3 now' }).waitFor({ timeout: TIMEOUT });
      assert.equal(rerunFiles(workspace).length, asked, 'nothing is asked before somebody says so');
      await shoot(page, pictures, 'reruns-menu');
      await clickFor(menu.filter({ hasText: 'Model' }).first(), menu.filter({ hasText: 'bundled:augmented' }).first());
      await input.fill('augmented');
      const focused = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'bundled:augmented' });
      await focused.waitFor({ timeout: TIMEOUT });
      await page.keyboard.press('Enter');
      const ask = menu.filter({ hasText: 'Ask all 3 now' });
      await ask.waitFor({ timeout: TIMEOUT });
      await until('the menu is taken', async () => {
        if (await ask.isVisible()) await ask.click({ timeout: 5000 });
        await ask.waitFor({ state: 'hidden', timeout: 5000 });
        return true;
      });
      // The first rows are of three runs, reruns before among them.
      const byAnother = () =>
        rerunFiles(workspace).filter(({ records }) => records[0].model_id === 'bundled:augmented');
      await until('a file for each run', async () => byAnother().length === 3);
      for (const { records } of byAnother()) assert.equal(records.length, 1);
      await openNotices(page);
      await untilText('the news', notices(page).first(), /3 of 3 items were asked again, in 3 files, one for each run/);
      await clearNotices(page);
      await openContainer(page);
      await treeRow(page, 'augmented').waitFor({ timeout: TIMEOUT });
    },
  ],
  [
    'a prompt with nothing a model could answer fails with a sentence, and the page goes on',
    async (page) => {
      await runFromPalette(page, 'Flipside: Rerun with Another Prompt or Model');
      const inspector = await frameOf(page, 'Inspector');
      const samples = inspector.getByRole('spinbutton', { name: 'Samples', exact: true });
      await samples.fill('5');
      await inspector.getByRole('button', { name: /^Rerun/ }).click({ timeout: TIMEOUT });
      await untilText(
        'the reason',
        inspector.locator('.rerun .problem').first(),
        /temperature 0 all samples are the same/,
      );
      await samples.fill('1');
    },
  ],
];
