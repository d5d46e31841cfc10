import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Compared } from '../../src/core/model.js';
import type { Query } from '../../src/protocol/rows.js';
import { toCsv, toLatex, toMarkdown } from '../../src/webviews/shared/copyTable.js';
import { chosenOf, goneOf } from '../../src/webviews/compare/choice.js';
import { changesTable, classesTable, overviewTable, transitionsTable } from '../../src/webviews/compare/copied.js';
import { scaleOf } from '../../src/webviews/compare/scale.js';
import { joined } from '../../src/webviews/compare/queries.js';
import { change, count, percent, points, pointsRange, pValue } from '../../src/webviews/compare/words.js';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory, type StoryOptions } from './gallery.js';
import { AUGMENTED, BASE, comparison, FOREIGN, oneItem, PROMPTED, RUNS, treatment } from './stories/compareData.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

describe('comparison: words and choice', () => {
  it('says numbers as the command line does', () => {
    assert.deepEqual([percent(0.34848), percent(null)], ['34.8 %', '–']);
    assert.deepEqual([points(0.032), points(-0.0321), points(0)], ['+3.2 points', '−3.2 points', '+0.0 points']);
    assert.deepEqual([pointsRange([-0.012, 0.076]), pointsRange(null)], ['[−1.2, 7.6]', '']);
    assert.deepEqual([pValue(0.00009), pValue(0.0105), pValue(null)], ['< 0.0001', '0.0105', '–']);
    assert.deepEqual(
      [change(-3), change(0), change(12), count(50.25), count(1234)],
      ['−3', '0', '+12', '50.25', '1,234'],
    );
  });

  it('begins with the baseline and the other runs of its dataset, and never compares a run with itself', () => {
    const nothing = { base: null, treatments: null };
    assert.deepEqual(chosenOf(nothing, RUNS), { base: BASE, treatments: [AUGMENTED, PROMPTED] });
    assert.deepEqual(chosenOf({ base: FOREIGN, treatments: null }, RUNS), { base: FOREIGN, treatments: [] });
    const kept = { base: AUGMENTED, treatments: [AUGMENTED, BASE, 'gone'] };
    assert.deepEqual(chosenOf(kept, RUNS), { base: AUGMENTED, treatments: [BASE] });
    assert.equal(chosenOf(nothing, []), null);
    const stranger = chosenOf({ base: 'gone', treatments: null }, RUNS.slice(1, 2));
    assert.deepEqual(stranger, { base: AUGMENTED, treatments: [] });
    assert.deepEqual(goneOf({ base: 'gone', treatments: ['gone', AUGMENTED, 'lost'] }, RUNS), ['gone', 'lost']);
    assert.deepEqual(goneOf(nothing, RUNS), []);
  });

  it('draws all intervals of a table on one scale', () => {
    assert.equal(scaleOf([{ difference: 0.01, differenceCi95: [-0.04, 0.06] }]), 0.1);
    assert.equal(scaleOf([{ difference: null, differenceCi95: null }]), 0.02);
    assert.equal(scaleOf([{ difference: -0.9, differenceCi95: null }]), 1);
  });

  it('counts joined rows without a right answer among the joined ones', () => {
    assert.deepEqual(joined({ noGold: 0 }, 'id'), { by: 'id' });
    assert.ok(joined({ noGold: 1 }).cells?.includes('no gold'));
  });

  it('copies every table with as many cells in every row', () => {
    const made = treatment(AUGMENTED);
    const own = { base: BASE, lens: 'axes, version 3', treatment: made };
    const tables = [
      overviewTable(comparison(BASE, [made])),
      changesTable('task', own),
      changesTable('direction', own),
      classesTable(own),
      transitionsTable(own),
    ];
    for (const table of tables) {
      for (const named of [BASE, 'lens axes, version 3']) assert.ok(table.caption.includes(named), table.caption);
      for (const row of table.rows) assert.equal(row.length, table.columns.length, table.caption);
      assert.equal(toCsv(table).trimEnd().split('\r\n').length, table.rows.length + 1);
      assert.ok(toMarkdown(table).includes(' ---: |'));
      assert.ok(toLatex(table).includes('\\toprule'));
    }
    assert.match(
      toMarkdown(changesTable('task', own)),
      /Person perspective - Relative Direction \| 140 \| 70 \| 50 .* forgotten \|/,
    );
  });

  it('copies classes that are called like what every object has', () => {
    const { columns, rows } = transitionsTable({ base: BASE, lens: 'own, version 1', treatment: oneItem(AUGMENTED) });
    assert.deepEqual(rows, [['adjacent', 1, 0, 1]]);
    assert.deepEqual(columns, ['base', 'correct', 'adjacent', 'constructor']);
  });

  it('is a page of at most 400 KB', () => {
    const bytes = ['js', 'css'].map(
      (end) => readFileSync(path.join(root, 'dist', 'webviews', `compare.${end}`)).length,
    );
    assert.ok(bytes.reduce((sum, each) => sum + each, 0) <= 400 * 1024, bytes.join(' + '));
  });
});

describe('the comparison of runs', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "compare" is not tested.\n`);
      this.skip();
    }
    gallery = await Gallery.open();
  });
  after(() => gallery?.close());
  afterEach(async () => {
    const { errors } = story;
    await story.close();
    assert.deepEqual(errors, [], 'errors in the console');
  });

  async function open(name: string, options: StoryOptions = {}): Promise<OpenStory> {
    story = await gallery.story('compare', name, { width: 1300, height: 900, ...options });
    // Not the paragraph that stands there until the host has answered.
    await story.page.locator('.overview tbody tr, .empty, .problem, div.waiting').first().waitFor();
    return story;
  }
  async function until<T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    for (let left = 300; ; left--) {
      const value = await read();
      if (holds(value)) return value;
      assert.ok(left > 0, `waited in vain: ${what}; ${JSON.stringify(value)}`);
      await story.page.waitForTimeout(50);
    }
  }
  /** What a click on the button of that name asks the error browser for. */
  async function opened(name: string | RegExp): Promise<Compared> {
    const before = (await story.calls('open')).length;
    await story.page
      .getByRole('button', { name, exact: typeof name === 'string' })
      .first()
      .click();
    const calls = await until(
      String(name),
      () => story.calls('open'),
      (all) => all.length > before,
    );
    const { query } = calls.at(-1)?.params as { query: Query };
    assert.deepEqual([query.facets, query.ids, query.search, query.group], [{}, null, '', null], 'right rows too');
    return (query.filter as { compared: Compared }).compared;
  }
  const asked = async (): Promise<unknown> => (await story.calls('compare')).at(-1)?.params;
  const PAIR = { base: BASE, new: AUGMENTED };
  const STATE = { id: 'second', emptiness: null, message: null, lens: 'axes, version 3', asked: null };

  it('shows the baseline against the other runs of its dataset, with the lens', async () => {
    await open('usual');
    assert.deepEqual(await asked(), { base: BASE, treatments: [AUGMENTED, PROMPTED], target: null });
    assert.match(await story.page.locator('.counted').innerText(), /2 runs against one base; lens axes, version 3/);
    const cells = await story.page.locator('.overview tbody tr').first().locator('td').allInnerTexts();
    assert.match(
      cells[0]?.replaceAll(/\s+/g, ' ') ?? '',
      /^554 of 560 and 570 500 by content 54 by position 12 refused$/,
    );
    assert.deepEqual(cells.slice(1, 6), ['80', '50', '210', '200', '+5.6 points']);
    assert.match(cells[6] ?? '', /\[1\.4, 9\.7\]/);
    assert.deepEqual(cells.slice(7), ['0.0105', '0.0210', '14', '6', '16']);
  });

  it('opens exactly the rows of each kind of cell', async () => {
    await open('usual');
    const joinedCells = ['both right', 'both wrong', 'fixed', 'broken', 'partly', 'no gold'];
    assert.deepEqual(await opened(/^augmented, joined: 554/), { ...PAIR, cells: joinedCells });
    assert.deepEqual(await opened(/^augmented, joined by position: 54/), {
      ...PAIR,
      cells: joinedCells,
      by: 'position',
    });
    for (const cell of ['refused', 'only base', 'only new', 'no gold', 'both right', 'both wrong', 'fixed', 'broken']) {
      assert.deepEqual(await opened(new RegExp(`^augmented, ${cell}: `)), { ...PAIR, cells: [cell] });
    }
    const task = 'Person perspective - Relative Direction';
    assert.deepEqual(await opened(`${task}, joined: 140. Open these rows`), { ...PAIR, task });
    const before = { cells: ['both right', 'broken'], side: 'base' };
    const after = { cells: ['both right', 'fixed'] };
    assert.deepEqual(await opened(`${task}, right in the base: 70. Open these rows`), { ...PAIR, task, ...before });
    assert.deepEqual(await opened(`${task}, right in the new run: 50. Open these rows`), { ...PAIR, task, ...after });
    assert.deepEqual(await opened(task), { ...PAIR, task }, 'in the sentence on forgetting');
    assert.deepEqual(await opened(/^right, joined: 130/), { ...PAIR, direction: 'right' });
    assert.deepEqual(await opened(/^left, right in the new run: 90/), { ...PAIR, direction: 'left', ...after });
    assert.deepEqual(await opened(/^errors depth-flip in the base: 60/), { ...PAIR, from: 'depth-flip', side: 'base' });
    assert.deepEqual(await opened(/^errors depth-flip in the new run: 70/), { ...PAIR, to: 'depth-flip' });
    const broken = /^correct in the base, horizontal-flip in the new run: 30 of 260, 11\.5 %/;
    assert.deepEqual(await opened(broken), { ...PAIR, from: 'correct', to: 'horizontal-flip' });
    assert.deepEqual(await opened(/^adjacent in the base: 40/), { ...PAIR, from: 'adjacent' });
    assert.deepEqual(await opened(/^All that are compared: 540/), PAIR);
  });

  it('marks what was forgotten and what collapsed, in words', async () => {
    await open('usual');
    const marks = (title: string): Promise<string[]> =>
      story.page
        .locator('.card', { has: story.page.locator('h2', { hasText: title }) })
        .locator('.mark')
        .allInnerTexts();
    assert.deepEqual(
      (await marks('By task')).map((text) => text.trim()),
      ['forgotten', 'fell'],
    );
    assert.deepEqual(
      (await marks('By direction')).map((text) => text.trim()),
      ['collapse'],
    );
    const said = (await story.page.locator('.told, .fallen').allInnerTexts()).join(' ');
    assert.match(
      said,
      /All items together rose by \+5\.6 points\. 2 tasks fell meanwhile, 1 of them significantly \(Holm\)/,
    );
  });

  it('asks again for another base, other treatments, another target, and keeps all of it', async () => {
    await open('usual');
    await story.page.getByLabel('Aimed at').selectOption('Camera perspective - Relative Direction');
    await until('the target', asked, (ask) => (ask as { target: string | null }).target !== null);
    await story.page.locator('summary').click();
    await story.page.getByLabel('Search runs').fill('answers');
    assert.equal(await story.page.locator('.choices label').count(), 1);
    await story.page.locator('.choices input').check();
    await until('three', asked, (ask) => (ask as { treatments: string[] }).treatments.length === 3);
    await story.page.getByRole('button', { name: 'visual prompts', exact: true }).click();
    await story.page.locator('h2', { hasText: 'visual prompts against the base' }).waitFor();
    await story.page.reload();
    await story.page.locator('h2', { hasText: 'visual prompts against the base' }).waitFor();
    const target = 'Camera perspective - Relative Direction';
    assert.deepEqual(await asked(), { base: BASE, treatments: [AUGMENTED, PROMPTED, FOREIGN], target });
    await story.page.getByRole('combobox', { name: /^Base/ }).selectOption(PROMPTED);
    await until('the base', asked, (ask) => (ask as { base: string }).base === PROMPTED);
    assert.deepEqual(await asked(), { base: PROMPTED, treatments: [AUGMENTED, FOREIGN], target });
  });

  it('keeps the list open and the focus in it while runs are ticked, from none on', async () => {
    await open('usual');
    await story.page.locator('summary').click();
    await story.page.getByRole('button', { name: 'None' }).click();
    await story.page.getByText('Choose at least one treatment').waitFor();
    const tick = story.page.locator('.choices input').first();
    await tick.focus();
    await story.page.keyboard.press('Space');
    await story.page.locator('.overview tbody tr').waitFor();
    assert.ok(await tick.isVisible());
    assert.ok(await story.page.evaluate<boolean>(`document.activeElement.matches('.choices input')`));
  });

  it('takes the runs that were chosen elsewhere, before and while it is shown', async () => {
    await open('asked');
    assert.deepEqual(
      await asked(),
      { base: AUGMENTED, treatments: [PROMPTED], target: null },
      'the base is no treatment',
    );
    await story.page.evaluate(`storyEmit('choose', ${JSON.stringify({ base: BASE, treatments: [PROMPTED] })})`);
    await until('the choice', asked, (ask) => (ask as { base: string }).base === BASE);
  });

  it('is used by keyboard alone: arrows go from number to number, Enter opens, the order turns', async () => {
    await open('usual');
    await story.page.getByRole('button', { name: /^augmented, fixed/ }).focus();
    await story.page.keyboard.press('ArrowRight');
    const focused = (): Promise<string> =>
      story.page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
    assert.match(await focused(), /^augmented, broken: 50/);
    await story.page.keyboard.press('ArrowDown');
    assert.match(await focused(), /^visual prompts, broken: 65/);
    await story.page.keyboard.press('Enter');
    await until(
      'opened',
      () => story.calls('open'),
      (calls) => calls.length === 1,
    );
    const first = (): Promise<string> =>
      story.page.locator('.card', { hasText: 'By task' }).locator('tbody th .name').first().innerText();
    assert.equal(await first(), 'Person perspective - Relative Direction');
    const order = story.page.getByRole('button', { name: 'difference' }).first();
    await order.focus();
    await story.page.keyboard.press('Enter');
    await until('the other end', first, (name) => name === 'Camera perspective - Relative Direction');
  });

  it('names every table, head, field and button', async () => {
    await open('usual');
    await story.page.locator('summary').click();
    const wrong = await story.page.evaluate<string[]>(`[
      ...[...document.querySelectorAll('table')].filter((each) => !each.caption?.textContent).map(() => 'a table without caption'),
      ...[...document.querySelectorAll('th')].filter((each) => !each.scope).map((each) => 'no scope: ' + each.textContent),
      ...[...document.querySelectorAll('button')].filter((each) => !(each.ariaLabel ?? each.textContent).trim()).map(() => 'a button without name'),
      ...[...document.querySelectorAll('input, select')].filter((each) => !each.ariaLabel && !each.closest('label')).map(() => 'a field without label'),
      ...[...document.querySelectorAll('[aria-labelledby]')].filter((each) => !document.getElementById(each.getAttribute('aria-labelledby'))).map(() => 'a label that is not there'),
      ...(document.querySelectorAll('h1').length === 1 ? [] : ['not one h1']),
    ]`);
    assert.deepEqual(wrong, []);
  });

  it('copies a table', async () => {
    await open('usual');
    await story.page.getByRole('button', { name: 'Markdown' }).first().click();
    const [call] = await until(
      'copied',
      () => story.calls('copy'),
      (calls) => calls.length > 0,
    );
    assert.match((call?.params as { text: string }).text, /\| new run \| base rows \|/);
    await until(
      'said',
      () => story.page.locator('.counted').innerText(),
      (text) => /Copied as Markdown\./.test(text),
    );
  });

  it('is stopped while it compares, and begun again', async () => {
    await open('two');
    await story.page.evaluate(`storyHold('compare')`);
    await story.page.getByLabel('Aimed at').selectOption({ index: 1 });
    await story.page.getByRole('button', { name: 'Cancel' }).click();
    await story.page.getByText('Stopped.').waitFor();
    assert.equal(await story.page.locator('.overview').count(), 0, 'numbers of another choice');
    await story.page.evaluate('storyRelease()');
    await story.page.getByRole('button', { name: 'Compare', exact: true }).click();
    await story.page.locator('.overview tbody tr').waitFor();
  });

  it('says what is missing, and what to do', async () => {
    const told: readonly (readonly [string, RegExp])[] = [
      ['oneRun', /There is one run only/],
      [
        'foreign',
        /These runs share no item: vanilla and answers\.jsonl.*300 items of the new run share only an id or a place/,
      ],
      ['noGold', /No item that these runs share has a right answer on both sides/],
      ['failing', /The index could not answer this/],
      ['noFolder', /No folder is open/],
      ['restricted', /not trusted/],
      ['nothingFound', /No prediction files were found/],
      ['failed', /could not be read.\s+The disk is full/],
      ['indexing', /Reading predictions/],
    ];
    for (const [name, words] of told) {
      await open(name);
      await until(
        name,
        () => story.page.locator('#page').innerText(),
        (text) => words.test(text.replaceAll(/\s+/g, ' ')),
      );
      if (name === 'foreign') assert.equal(await story.page.locator('.warned').count(), 0, 'said twice');
      if (name === 'failing') assert.ok(await story.page.getByRole('button', { name: 'Try Again' }).isVisible());
      if (name !== 'indexing') await story.close();
    }
  });

  it('counts shares of samples without a promise of rows', async () => {
    await open('sampled');
    const row = story.page.locator('.card', { hasText: 'By task' }).locator('tbody tr').first();
    assert.match(await row.innerText(), /50\.25 50\.2 %/);
    assert.equal(await row.getByRole('button').count(), 1, 'the joined ones alone');
    assert.deepEqual(await opened(/right in part: 90/), { ...PAIR, cells: ['partly'] });
  });

  it('says of one item and of odd names what is there, and nothing else', async () => {
    await open('odd');
    const text = (await story.page.locator('#page').innerText()).replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /All items together rose by \+50\.0 points, but with one cluster of items there is no interval\./,
    );
    assert.match(text, /In no row: 1 joined item without a task\./);
    assert.deepEqual(await opened(/^joined, without a task: 1\./), { ...PAIR, task: null });
    const matrix = await story.page.locator('table.matrix tbody tr').allInnerTexts();
    assert.deepEqual(
      matrix.map((row) => row.split(/\s+/)),
      [
        ['adjacent', '1', '1', '2'],
        ['all', '1', '1', '2'],
      ],
    );
    await story.page.locator('summary').click();
    assert.equal((await story.page.locator('.choices .aside').innerText()).trim(), '1 item', 'no dataset');
    assert.match(await story.page.locator('.card h2').first().innerText(), /turned ⟦U\+202E⟧txet/);
    const heights = await story.page.evaluate<number[]>(
      `[...document.querySelectorAll('h2')].map((each) => each.getBoundingClientRect().height)`,
    );
    assert.ok(Math.max(...heights) < 40, `a sign on a line of its own: ${heights.join(', ')}`);
  });

  it('says how many joined items have no direction', async () => {
    await open('usual');
    const card = story.page.locator('.card', { hasText: 'By direction' });
    assert.match(await card.innerText(), /In no row: 130 joined items whose right answer is no direction\./);
  });

  it('says which chosen runs are not there any more, until others are chosen', async () => {
    await open('asked');
    const left = { ...STATE, runs: RUNS.filter(({ id }) => id !== AUGMENTED && id !== PROMPTED) };
    await story.page.evaluate(`storyEmit('changed', ${JSON.stringify(left)})`);
    const told = story.page.locator('.controls ~ .warned').first();
    await told.getByText('is not there any more').waitFor();
    assert.equal(
      (await told.innerText()).trim(),
      `The base ${AUGMENTED} is not there any more: vanilla stands in its place. Not there any more, and left out: ${PROMPTED}.`,
    );
    await story.page.getByText('Choose at least one treatment').waitFor();
    await story.page.locator('summary').click();
    await story.page.locator('.choices input').first().check();
    await until(
      'no more',
      () => story.page.getByText('not there any more').count(),
      (count) => count === 0,
    );
  });

  it('shows the first of two hundred tasks, and all on demand', async () => {
    await open('many', { width: 400 });
    const rows = story.page.locator('.card', { hasText: 'By task' }).locator('tbody tr');
    assert.equal(await rows.count(), 25);
    await story.page.getByRole('button', { name: 'Show All 200' }).click();
    assert.equal(await rows.count(), 200);
    assert.ok((await story.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')) <= 0);
  });
});
