/* global document, navigator, window -- what is handed to a frame runs in its page */
/** The charts in the window: what they show, how they are read without a mouse, and what a mark opens. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { count, frameOf, openContainer, runFromPalette, shoot, TIMEOUT, until, untilText } from './workbench.mjs';

const THEMES = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }, 'vscode-light'],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }, 'vscode-dark'],
  ['highContrast', { colorScheme: 'dark', forcedColors: 'active' }, 'vscode-high-contrast'],
];
const WIDTHS = [600, 1800];

async function openCharts(page) {
  await openContainer(page);
  await runFromPalette(page, 'Flipside: Show Charts');
  const charts = await frameOf(page, 'Charts');
  await until('the first charts', () =>
    charts.evaluate(() => document.querySelector('main')?.getAttribute('aria-busy') === 'false'),
  );
  // The others are asked for once they are near.
  await until('all charts', () =>
    charts.evaluate(() => {
      const isAll = document.querySelector('.end:not(.more)') !== null;
      window.scrollTo(0, isAll ? 0 : document.body.scrollHeight);
      return isAll && document.querySelector('main')?.getAttribute('aria-busy') === 'false';
    }),
  );
  return charts;
}

const card = (charts, title) => charts.locator('.card', { has: charts.locator('h2', { hasText: title }) }).first();

/** The rows of a chart's table, as texts; shows the table where the picture is shown. */
async function tableOf(charts, title) {
  const own = card(charts, title);
  const toggle = own.getByRole('button', { name: 'Table', exact: true });
  if ((await toggle.getAttribute('aria-pressed')) !== 'true') await toggle.click();
  await own.locator('table.data tbody tr').first().waitFor({ timeout: TIMEOUT });
  return own.locator('table.data tbody tr').allInnerTexts();
}

/** For `drive`, over the samples. */
export const CHART_CHECKS = [
  [
    'a command opens the charts, which say what they are of and what is missing',
    async (page) => {
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: TIMEOUT });
      const charts = await openCharts(page);
      // They are counted anew when more is known of the runs.
      for (const title of ['Kinds of errors', 'Accuracy by task'])
        await card(charts, title).waitFor({ timeout: TIMEOUT });
      await untilText('what is counted', charts.locator('.counted'), /items; lens axes, version \d/);
      await untilText('pass@k', card(charts, 'pass@k'), /No question was answered more than once/);
      await untilText('saliency', card(charts, 'Saliency inside boxes'), /flipside rerun .*--saliency gradient/);
      await untilText('the interval', card(charts, 'Kinds of errors'), /95 % interval \(Wilson\)/);
    },
  ],
  [
    'the keyboard goes from mark to mark and says each; Enter opens exactly its rows',
    async (page) => {
      const charts = await frameOf(page, 'Charts');
      const own = card(charts, 'Kinds of errors');
      await own.locator('.keys').focus();
      await page.keyboard.press('ArrowRight');
      const said = own.locator('[role="status"]');
      const told = await untilText('the first mark', said, /horizontal flip|horizontal-flip|orthogonal/);
      const errors = /, (\d+) of \d+/.exec(told)?.[1];
      assert.ok(errors !== undefined, told);
      await page.keyboard.press('Enter');
      const list = await frameOf(page, 'Errors');
      await until(`${errors} rows`, async () => (await count(list)).startsWith(`${errors} of`));
    },
  ],
  [
    'a chart is copied with all of its numbers',
    async (page) => {
      const charts = await frameOf(page, 'Charts');
      await card(charts, 'Accuracy by task').getByRole('button', { name: 'Markdown' }).click();
      await charts.getByText('Copied as Markdown').waitFor({ timeout: TIMEOUT });
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      await untilText(
        'what was copied',
        copied,
        /\| task \| run \| value \| low \| high \| reference \| count \| of \| note \|/,
      );
    },
  ],
  [
    'a run is given a factor, which the workspace keeps and the series follow',
    async (page, { workspace }) => {
      const charts = await frameOf(page, 'Charts');
      await charts.getByText('Runs and factors', { exact: true }).click();
      const field = charts.getByRole('textbox', { name: /^data of / });
      await field.first().fill('mirrored');
      await field.first().press('Enter');
      await page.keyboard.press('Tab');
      const file = path.join(workspace, '.flipside', 'runs.json');
      await until('the file', async () =>
        JSON.stringify(JSON.parse(readFileSync(file, 'utf8')).factors).includes('mirrored'),
      );
      await charts.getByLabel('Series').selectOption('data');
      await until('the series', async () => (await card(charts, 'Accuracy by task').innerText()).includes('mirrored'));
      await charts.getByLabel('Series').selectOption('');
      await charts.getByText('Runs and factors', { exact: true }).click();
    },
  ],
  [
    'a broken runs.json is told and costs no chart; a table of terms is drawn once it is written',
    async (page, { workspace }) => {
      const charts = await frameOf(page, 'Charts');
      const file = path.join(workspace, '.flipside', 'runs.json');
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, '{"factors": {');
      const told = charts.getByRole('alert').filter({ hasText: 'runs.json is no JSON' });
      await told.waitFor({ timeout: TIMEOUT });
      writeFileSync(path.join(workspace, '.flipside', 'terms.csv'), 'term,count\nleft,900\nright,1000\n');
      await until('the chart of terms', async () =>
        (await card(charts, 'Accuracy by frequency of terms').innerText()).includes('rank correlation'),
      );
      await until('the charts', async () => (await charts.locator('canvas').count()) > 3);
      writeFileSync(file, before);
      await told.waitFor({ state: 'detached', timeout: TIMEOUT });
    },
  ],
  [
    'every theme shows the charts, narrow and wide',
    async (page, { pictures }) => {
      await page.keyboard.press('Control+B');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 1400 });
        for (const [name, media, themeClass] of THEMES) {
          await page.emulateMedia(media);
          const charts = await frameOf(page, 'Charts');
          await charts.locator(`body.${themeClass}`).waitFor({ timeout: TIMEOUT });
          await until('drawn', () =>
            charts.evaluate(() => [...document.querySelectorAll('canvas')].every((each) => each.width > 0)),
          );
          await shoot(page, pictures, `charts-${name}-${width}`);
        }
      }
    },
  ],
];

/** For `drive`, over the published runs: the figures of their study. */
export const PUBLISHED_CHART_CHECKS = [
  [
    'the chart of treatments shows the published accuracies',
    async (page, { pictures }) => {
      const charts = await openCharts(page);
      await shoot(page, pictures, 'charts-published');
      const rows = await tableOf(charts, 'Accuracy by task');
      const rowOf = (task, run) =>
        rows.find((row) => row.includes(task) && row.includes(run)) ?? `no row of ${task}, ${run}`;
      assert.match(rowOf('Camera perspective - Relative Direction', 'mvsm_aug_flip_v1_merged'), /63\.3 %/);
      assert.match(rowOf('Camera perspective - Relative Direction', 'mvsm_visual_prompt_merged'), /58\.9 %/);
      assert.match(
        rowOf('Person perspective - Scene Simulation Relative Direction', 'mvsm_visual_prompt_merged'),
        /56\.9 %/,
      );
    },
  ],
];
