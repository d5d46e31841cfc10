/** Prediction files in an editor: lenses and hovers of their rows, notebooks of slices, and the walkthrough. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from './rows.mjs';
import {
  expectSettings,
  frameOf,
  openContainer,
  runFromPalette,
  shoot,
  shownItem,
  TIMEOUT,
  until,
  untilText,
} from './workbench.mjs';

const RUN = 'result_synthetic-baseline.csv';

/** Writes a run of three rows, two of them wrong, on one line. */
export function writeOneLine(workspace) {
  const records = ['left', 'right', 'right'].map((prediction, id) => {
    return { id, question: `Where is cup ${id}?`, options: ['left', 'right'], gold: 'left', prediction };
  });
  writeFileSync(path.join(workspace, 'one-line.json'), JSON.stringify(records));
}

/** Opens a file by its name, with the keyboard alone. */
async function openByName(page, name) {
  const input = page.locator('.quick-input-widget input.input');
  const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name });
  for (const end = Date.now() + TIMEOUT; ;) {
    await page.keyboard.press('Control+P');
    const error = await input
      .fill(name, { timeout: 3000 })
      .then(() => row.waitFor({ timeout: 3000 }))
      .then(() => null, String);
    if (error === null) break;
    if (Date.now() > end) throw new Error(`no file "${name}" to open: ${error}`);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: TIMEOUT });
  await page.locator('.editor-instance .view-line').first().waitFor({ timeout: TIMEOUT });
}

function lenses(page) {
  return page.locator('.editor-instance .codelens-decoration');
}

/** The lenses in sight from top to bottom: their texts, and how high each stands. */
async function lensTexts(page) {
  const found = await lenses(page).evaluateAll((all) =>
    all.map((each) => ({ top: each.getBoundingClientRect().top, text: each.innerText.replaceAll(/\s+/g, ' ').trim() })),
  );
  // Those that are not drawn yet hold no text.
  const drawn = found.filter(({ text }) => text !== '');
  return drawn.sort((one, other) => one.top - other.top).map(({ text }) => text);
}

/** Clicks a link of the topmost lens that holds the text, until what that leads to can be seen: lenses are drawn anew when more is known. */
async function clickLens(page, text, effect) {
  const links = lenses(page).locator('a', { hasText: text });
  await until(`the lens "${text}"`, async () => {
    if (await effect.isVisible()) return true;
    const tops = await links.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    if (tops.length === 0) return false;
    await links.nth(tops.indexOf(Math.min(...tops))).click({ timeout: 5000 });
    await effect.waitFor({ timeout: 5000 });
    return true;
  });
}

/** The number of the line that a text stands on, as the editor shows it. */
function lineOf(page, text) {
  return page.locator('.editor-instance .view-line', { hasText: text }).first();
}

/** Chooses our walkthrough. As the palette, the list of them closes when something else takes the focus: then once more. */
async function openWalkthrough(page) {
  const input = page.locator('.quick-input-widget input.input');
  const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Flipside' });
  for (const end = Date.now() + TIMEOUT; ;) {
    await runFromPalette(page, 'Welcome: Open Walkthrough...');
    const error = await input
      .fill('Get Started with Flipside', { timeout: 3000 })
      .then(() => row.waitFor({ timeout: 3000 }))
      .then(() => null, String);
    if (error === null) return page.keyboard.press('Enter');
    if (Date.now() > end) throw new Error(`the walkthroughs cannot be chosen from: ${error}`);
    await page.keyboard.press('Escape');
  }
}

/** For `drive`, with `workspace`. */
export const EDITOR_CHECKS = [
  [
    'a prediction file that is opened starts nothing',
    async (page) => {
      await openByName(page, RUN);
      await sleep(2000);
      assert.equal(await lenses(page).count(), 0);
      assert.equal(await page.locator('#flipside\\.flipside\\.flipside\\.status').count(), 0);
    },
  ],
  [
    'once the runs are open, each error near what is seen stands over its line',
    async (page, { pictures }) => {
      await openContainer(page);
      await untilText(
        'the first lens',
        async () => (await lensTexts(page))[0] ?? '',
        /^✗ horizontal-flip · front-left → front-right ?\|? ?all horizontal-flip of this run$/,
      );
      await shoot(page, pictures, 'editor-lenses');
    },
  ],
  [
    'a hover tells the row, with its picture',
    async (page, { pictures }) => {
      const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'Open item 1' }).first();
      // Another moving of the pointer, where the editor was still being drawn under the first.
      for (const end = Date.now() + TIMEOUT; ; await page.mouse.move(5, 5)) {
        await lineOf(page, 'Seen from the camera, in which direction is the purple').hover({
          position: { x: 200, y: 8 },
        });
        const shown = await hover.waitFor({ timeout: 5000 }).then(
          () => true,
          () => false,
        );
        if (shown) break;
        if (Date.now() > end) throw new Error('the hover does not show');
      }
      await untilText(
        'the hover',
        async () => (await hover.innerText({ timeout: 1000 })).replaceAll(/\s+/g, ' '),
        /✗ wrong · horizontal-flip, lens axes v1 front-left → front-right The answer "front-right" was read/,
      );
      await until('its picture', () =>
        hover.locator('img').evaluate((image) => image.complete && image.naturalWidth > 50),
      );
      await shoot(page, pictures, 'editor-hover');
      await page.keyboard.press('Escape');
    },
  ],
  [
    'a lens opens the item, and the other lists those of its class',
    async (page) => {
      await clickLens(page, 'front-left → front-right', page.locator('.tab', { hasText: 'Item 1 ' }).first());
      await until('the item', async () => (await shownItem(page)).id === '1' || JSON.stringify(await shownItem(page)));
      await page.locator('.tab', { hasText: RUN }).first().click();
      const errors = await frameOf(page, 'Errors');
      await clickLens(page, 'all horizontal-flip', counted(errors, 22, 114));
    },
  ],
  [
    'the inspector leads to the settings of rule and lens',
    async (page) => {
      await page.locator('.tab', { hasText: 'Item 1 ' }).first().click({ timeout: TIMEOUT });
      const inspector = await frameOf(page, 'Inspector');
      await inspector.getByRole('button', { name: 'Settings of rule and lens' }).click({ timeout: TIMEOUT });
      await expectSettings(page, 'Answers, Lens');
    },
  ],
  [
    'rows that share a line have one way to the errors of their run',
    async (page, { pictures }) => {
      await openByName(page, 'one-line.json');
      await untilText(
        'the lens',
        async () => (await lensTexts(page)).join(),
        /^Rows share this line: 2 wrong of 3 items, one-line\.json$/,
      );
      await shoot(page, pictures, 'editor-shared-line');
      const errors = await frameOf(page, 'Errors');
      await clickLens(page, '2 wrong of 3', counted(errors, 2, 3));
      await page.locator('.tab', { hasText: RUN }).first().click();
      await clickLens(page, 'all horizontal-flip', counted(errors, 22, 114));
    },
  ],
  [
    'lenses follow the scrolling, go when the text is typed in, and come back',
    async (page) => {
      await page.locator('.tab', { hasText: RUN }).first().click();
      await lineOf(page, 'In the picture').click();
      await page.keyboard.press('Control+End');
      await until('the lenses of the last lines', async () => (await lenses(page).count()) > 0);
      await page.keyboard.type('x');
      await until('no lenses', async () => (await lenses(page).count()) === 0);
      await page.keyboard.press('Control+Z');
      await until('the lenses again', async () => (await lenses(page).count()) > 0);
      await page.keyboard.press('Control+Home');
      await until('those of the first lines', async () =>
        (await lensTexts(page)).some((text) => text.includes('front-left → front-right')),
      );
    },
  ],
  [
    'the list becomes a notebook beside its rows, and another one does not take its place',
    async (page, { workspace, pictures }) => {
      const folder = path.join(workspace, '.flipside', 'notebooks');
      for (const name of ['rows', 'rows-2']) {
        await runFromPalette(page, 'Flipside: Open in Notebook');
        await page.locator('.tab.active', { hasText: `${name}.ipynb` }).waitFor({ timeout: TIMEOUT });
        assert.ok(existsSync(path.join(folder, `${name}.parquet`)));
        const { cells } = JSON.parse(readFileSync(path.join(folder, `${name}.ipynb`), 'utf8'));
        assert.match(
          cells[0].source.join(''),
          /22 rows of Flipside.*\n\n- outcome is wrong or unanswered\n- run is samples/,
        );
      }
      await page.locator('.notebookOverlay .cell-list-container').first().waitFor({ timeout: TIMEOUT });
      await sleep(1000);
      await shoot(page, pictures, 'editor-notebook');
    },
  ],
  [
    'the walkthrough shows a picture for each step, in every theme',
    async (page, { pictures }) => {
      await openWalkthrough(page);
      const steps = page.locator('.gettingStartedContainer .getting-started-step');
      await until('the steps', async () => (await steps.count()) === 8 || (await steps.count()));
      // Pictures stand beside the steps where there is room.
      await page.setViewportSize({ width: 1700, height: 1000 });
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.locator(`.monaco-workbench.vs${scheme === 'dark' ? '-dark' : ''}`).waitFor({ timeout: TIMEOUT });
        for (let at = 0; at < 8; at++) {
          const step = steps.nth(at);
          if (!(await step.evaluate((each) => each.classList.contains('expanded')))) await step.click();
          await sleep(800);
          await shoot(page, pictures, `walkthrough-${scheme}-${at + 1}`);
        }
      }
      await steps.nth(2).click();
      await steps.nth(2).getByRole('button', { name: 'Next Error' }).click({ timeout: TIMEOUT });
      await openWalkthrough(page);
      await until('the step is done', async () => {
        const done = await page.locator('.getting-started-step .codicon.complete').count();
        return done >= 1 || done;
      });
    },
  ],
];

/** For `drive`: files that VS Code hands to extensions in part or not at all. */
export const LARGE_FILE_CHECKS = [
  [
    'a file of 30 MB has hovers, one of 60 MB nothing, and both open',
    async (page, { pictures }) => {
      await openContainer(page);
      const errors = await frameOf(page, 'Errors');
      await errors.locator('[role=option]').first().waitFor({ timeout: TIMEOUT });
      for (const [name, expected] of [
        ['medium.jsonl', true],
        ['large.jsonl', false],
      ]) {
        await openByName(page, name);
        const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'Open item' }).first();
        let shown = false;
        for (let tries = 0; tries < (expected ? 10 : 2) && !shown; tries++) {
          await page.mouse.move(5, 5);
          await page
            .locator('.editor-instance .view-line')
            .nth(3)
            .hover({ position: { x: 60, y: 8 } });
          shown = await hover.waitFor({ timeout: 3000 }).then(
            () => true,
            () => false,
          );
        }
        assert.equal(shown, expected, name);
        await shoot(page, pictures, `editor-${name}`);
        await page.keyboard.press('Escape');
      }
      // The extension answers as before.
      await errors.locator('[role=option]').first().dblclick();
      await frameOf(page, 'Inspector');
    },
  ],
];
