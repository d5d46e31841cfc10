/* global document, navigator -- what is handed to a frame runs in its page */
/** Runs compared in the window: what is counted, what each number opens, how runs are chosen, and what a reload leaves. */
import assert from 'node:assert/strict';
import { chooseFromMenu, setBaseline } from './rows.mjs';
import {
  count,
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

const THEMES = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }, 'vscode-light'],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }, 'vscode-dark'],
  ['highContrast', { colorScheme: 'dark', forcedColors: 'active' }, 'vscode-high-contrast'],
];
const WIDTHS = [600, 1800];

/** The page, once what is chosen is compared. */
async function compared(page) {
  const frame = await frameOf(page, 'Compare');
  await until('the comparison', () =>
    frame.evaluate(
      () =>
        document.querySelector('main')?.getAttribute('aria-busy') === 'false' &&
        document.querySelector('.overview tbody tr') !== null,
    ),
  );
  return frame;
}

/** The number that a button's name promises: "broken: 12. Open these rows". */
const promised = (name) => Number(/: ([\d,]+)(?: of [\d,]+, [\d.]+ %)?\. Open/.exec(name)?.[1]?.replaceAll(',', ''));

/** Presses the button, and waits until the error browser lists as many rows as its name says. Returns the number. */
async function opensItsRows(page, button) {
  const name = await button.getAttribute('aria-label', { timeout: TIMEOUT });
  const rows = promised(name);
  assert.ok(rows > 0, name);
  await button.click();
  const list = await frameOf(page, 'Errors');
  await until(name, async () => {
    const text = await count(list);
    return new RegExp(`^${rows.toLocaleString('en')}\\b`).test(text) || text;
  });
  return rows;
}

/** For `drive`, over the samples. */
export const COMPARE_CHECKS = [
  [
    'a command compares the runs of a benchmark, with the lens and the evidence',
    async (page, { pictures }) => {
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: TIMEOUT });
      await openContainer(page);
      await runFromPalette(page, 'Flipside: Compare Runs');
      const frame = await compared(page);
      await untilText('what is compared', frame.locator('.counted'), /2 runs against one base; lens axes, version \d/);
      await until('the evidence of both', async () => {
        const rows = (await frame.locator('.overview tbody tr').allInnerTexts()).map((row) =>
          row.replaceAll(/\s+/g, ' '),
        );
        const isWhole = rows.length === 2 && rows.every((row) => /114 of 114 and 114 114 by content/.test(row));
        return isWhole || rows.join('; ');
      });
      await shoot(page, pictures, 'compare');
    },
  ],
  [
    'each number opens exactly as many rows',
    async (page) => {
      const frame = await compared(page);
      const names = [
        ...[/, joined: /, /, joined by content: /, /, both right: /, /, both wrong: /, /, fixed: /, /, broken: /],
        ...[
          /, right in the base: /,
          /, right in the new run: /,
          /^errors .* in the base: /,
          /^errors .* in the new run: /,
        ],
        ...[/^correct in the base, correct in the new run: /, /^correct in the base: /, /^All that are compared: /],
      ];
      for (const name of names) await opensItsRows(page, frame.getByRole('button', { name }).first());
    },
  ],
  [
    'a table is copied with all of its numbers',
    async (page) => {
      const frame = await compared(page);
      await frame.getByRole('button', { name: 'CSV' }).first().click();
      await frame.getByText('Copied as CSV').waitFor({ timeout: TIMEOUT });
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      await untilText('what was copied', copied, /^new run,base rows,new rows,joined,by content/);
    },
  ],
  [
    'a run of the tree is compared with the baseline by its inline action',
    async (page) => {
      await setBaseline(page, 'synthetic-boxes');
      const row = treeRow(page, 'synthetic-baseline');
      const frame = await compared(page);
      await untilText('the base', frame.locator('.card h2').first(), /Against the base .*synthetic-boxes/);
      // While the tree is made anew, as the star makes it, a click may come to nothing.
      await until('one treatment', async () => {
        await row.hover({ timeout: 5000 });
        await row.locator('.action-label[aria-label^="Compare with Baseline"]').click({ timeout: 5000 });
        await frame.locator('.overview tbody tr:only-child').waitFor({ timeout: 5000 });
        return (await frame.locator('.overview tbody tr').count()) === 1;
      });
    },
  ],
  [
    'several runs that are chosen in the tree are compared together',
    async (page) => {
      const last = treeRow(page, 'synthetic-mirror-augmented');
      await until('two runs are selected', async () => {
        await treeRow(page, 'synthetic-baseline').click({ timeout: 5000 });
        await last.click({ modifiers: ['Control'], timeout: 5000 });
        const selected = await pane(page, 'Runs').locator('.monaco-list-row.selected').count();
        return selected === 2 || selected;
      });
      await chooseFromMenu(page, last, 'Compare with Baseline');
      const frame = await frameOf(page, 'Compare');
      await until('two treatments', async () => (await frame.locator('.overview tbody tr').count()) === 2);
      await untilText('the base', frame.locator('.card h2').first(), /Against the base .*synthetic-boxes/);
    },
  ],
  [
    'base, treatments and target survive a reload, and numbers open rows as before',
    async (page) => {
      const frame = await compared(page);
      await frame.getByLabel('Aimed at').selectOption({ index: 1 });
      const target = await frame.getByLabel('Aimed at').inputValue();
      await untilText('the kept choice', () => keptState(page), new RegExp(`target\\W+${target}`));
      await page.reload();
      const again = await compared(page);
      await untilText('the base', again.locator('.card h2').first(), /Against the base .*synthetic-boxes/);
      await until('two treatments', async () => (await again.locator('.overview tbody tr').count()) === 2);
      await untilText('the target', () => again.getByLabel('Aimed at').inputValue(), target);
      await opensItsRows(page, again.getByRole('button', { name: /, fixed: |, broken: / }).first());
    },
  ],
  [
    'every theme shows the comparison, narrow and wide',
    async (page, { pictures }) => {
      await page.keyboard.press('Control+B');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 1400 });
        for (const [name, media, themeClass] of THEMES) {
          await page.emulateMedia(media);
          const frame = await compared(page);
          await frame.locator(`body.${themeClass}`).waitFor({ timeout: TIMEOUT });
          await shoot(page, pictures, `compare-${name}-${width}`);
        }
      }
    },
  ],
];

/** For `drive`, over the published runs: reworded questions are joined by place and content, never by ids alone. */
export const PUBLISHED_COMPARE_CHECKS = [
  [
    'augmented against visual prompts joins what both asked, and refuses ids alone',
    async (page, { pictures }) => {
      await runFromPalette(page, 'Flipside: Compare Runs');
      const frame = await frameOf(page, 'Compare');
      const base = frame.getByRole('combobox', { name: /^Base/ });
      await base.selectOption(
        await base.locator('option', { hasText: 'mvsm_aug_flip_v1_merged' }).first().getAttribute('value'),
      );
      await frame.getByText(/^Treatments:/).click();
      await frame.getByRole('button', { name: 'None' }).click();
      await frame.getByLabel('Search runs').fill('mvsm_visual_prompt_merged');
      await frame.locator('.choices input').first().check();
      const shown = await compared(page);
      const row = shown.locator('.overview tbody tr');
      await untilText(
        'the evidence',
        async () => (await row.first().innerText()).replaceAll(/\s+/g, ' '),
        /554 of 554 and 554 277 by content 277 by position 47 54 318 135 −1\.3 points/,
      );
      await shoot(page, pictures, 'compare-published');
      await opensItsRows(page, shown.getByRole('button', { name: /, broken: / }).first());
      await opensItsRows(page, shown.getByRole('button', { name: /, joined by position: / }).first());
      await frame.getByLabel('Search runs').fill('Qwen2.5-VL-3B-Instruct');
      await frame.locator('.choices input').first().check();
      const other = row.filter({ hasText: 'Qwen' });
      await untilText(
        'the other run',
        async () => (await other.innerText()).replaceAll(/\s+/g, ' '),
        /91 of 554 and 858 91 by content 489 refused/,
      );
      await opensItsRows(page, shown.getByRole('button', { name: /, refused: / }).first());
    },
  ],
];
