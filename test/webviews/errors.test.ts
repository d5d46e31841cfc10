import assert from 'node:assert/strict';
import { NO_ANNOTATING } from '../../src/protocol/annotations.js';
import { ERRORS, type Query } from '../../src/protocol/rows.js';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory } from './gallery.js';
import { rowAt } from './stories/errorsData.js';
import { OVERVIEW } from './stories/errorsOverview.js';

/** Bytes that scripts may hold after garbage collection, however long one scrolled. */
const HEAP = 100 * 1024 * 1024;

const NOTHING_ASKED = { query: null, current: null, what: null };
const START = {
  overview: { complete: true, lens: { name: 'axes', version: '1', note: null }, fields: [], rows: 0, runs: [] },
  ...{
    emptiness: null,
    message: null,
    query: null,
    first: null,
    asked: NOTHING_ASKED,
    keys: {},
    annotating: NO_ANNOTATING,
  },
};

describe('errors page', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "errors" is not tested.\n`);
      return this.skip();
    }
    gallery = await Gallery.open();
  });
  after(() => gallery?.close());
  afterEach(async function () {
    if (story === undefined) return;
    const { errors } = story;
    await story.close();
    assert.deepEqual(errors, [], 'console errors or policy violations');
  });

  async function open(name: string, options: Parameters<Gallery['story']>[2] = {}): Promise<OpenStory['page']> {
    story = await gallery.story('errors', name, options);
    return story.page;
  }

  async function openRows(name: string): Promise<OpenStory['page']> {
    const page = await open(name);
    await page.locator('.question').first().waitFor();
    // The header takes its height a frame after the first rows.
    await story.frame();
    return page;
  }

  const emit = (name: string, payload: unknown): Promise<unknown> =>
    story.page.evaluate(`storyEmit(${JSON.stringify(name)}, ${JSON.stringify(payload)})`);
  const currentId = (): Promise<string | null> => story.page.locator('#rows').getAttribute('aria-activedescendant');
  const active = (): Promise<string> => story.page.evaluate<string>('document.activeElement.tagName.toLowerCase()');
  const focusedId = (): Promise<string> => story.page.evaluate<string>('document.activeElement.id');
  const searched = () => story.page.evaluate<string>('document.querySelector("vscode-text-field").value');

  const askedPictures = async (): Promise<number> =>
    (await story.calls('thumbnails')).flatMap(({ params }) => (params as { keys: unknown[] }).keys).length;
  const sliced = async (): Promise<number> => (await story.calls('slice')).length;

  async function asked(): Promise<Query> {
    const slices = await story.calls('slice');
    return slices.at(-1)?.params as Query;
  }

  /** Waits until `what` holds; fails with its last answer where it never does. */
  async function until<T>(what: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
    const end = Date.now() + 15_000;
    for (;;) {
      const answer = await what();
      if (wanted(answer)) return answer;
      if (Date.now() > end) assert.fail(`Still ${JSON.stringify(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const calledTimes = (method: string, times: number) =>
    until(
      () => story.calls(method),
      (all) => all.length === times,
    );

  it('shows rows, counts with their denominator, and the classes', async () => {
    const page = await openRows('usual');
    assert.match(await page.locator('#row-0').innerText(), /#0 Where is the banana.*left.*right.*horizontal/s);
    assert.equal(await page.locator('.count').first().innerText(), '559 of 858 · lens axes v1');
    await page.getByRole('button', { name: /^horizontal 180$/ }).waitFor();
    const outcomes = await page.getByRole('group', { name: 'outcome' }).getByRole('button').allInnerTexts();
    assert.deepEqual(
      outcomes.map((text) => text.split('\n')[0]),
      ['wrong', 'unanswered', 'right'],
    );
    assert.deepEqual(await asked(), ERRORS);
    await page.locator('#row-0 img').waitFor();
    const keys = await askedPictures();
    assert.ok(keys < 40, `${keys} pictures asked for`);
  });

  it('shows rows that were told with what is open, if they are those of its query, and asks for the others', async () => {
    const page = await open('indexing');
    await page.getByText('Reading result_').waitFor();
    const rows = Array.from({ length: 50 }, (_, at) => ({ ...rowAt(at), question: `Told ${at}` }));
    const slice = { slice: 70, total: 60, of: 90, groups: null, unknownIds: [], numbered: [] };
    await emit('changed', { ...START, overview: OVERVIEW, first: { query: ERRORS, slice, rows } });
    await page.locator('#row-0', { hasText: 'Told 0' }).waitFor();
    assert.match(await page.locator('.count').first().innerText(), /^60 of 90/);
    assert.deepEqual([await story.calls('slice'), await story.calls('rows')], [[], []]);
    await page.evaluate('document.getElementById("rows").scrollTop = 1e6');
    await page.locator('#row-59').waitFor();
    assert.deepEqual(
      (await story.calls('rows')).map(({ params }) => params),
      [{ slice: 70, start: 50, end: 60 }],
    );
    const other = { ...START, overview: { ...OVERVIEW, id: 'another' } };
    await emit('changed', { ...other, first: { query: { ...ERRORS, search: 'cup' }, slice, rows } });
    await until(sliced, (count) => count === 1);
    assert.deepEqual(await asked(), ERRORS);
  });

  it('shows the other pictures while one is on its way, and asks for that one alone', async () => {
    const page = await openRows('hanging');
    for (const row of [0, 2, 4, 8]) await page.locator(`#row-${row} img`).waitFor();
    const alone = await until(
      async () => (await story.calls('thumbnails')).map(({ params }) => (params as { keys: { row: number }[] }).keys),
      (all) => all.some((keys) => keys.length === 1),
    );
    assert.deepEqual(
      alone.filter((keys) => keys.length === 1).map(([key]) => key?.row),
      [3],
    );
    assert.equal(await page.locator('#row-3 img').count(), 0);
  });

  it('reaches any place of a million rows, and the wheel moves by rows there', async () => {
    const page = await openRows('many');
    await page.evaluate(
      'document.getElementById("rows").scrollTop = document.querySelector(".spacer").offsetHeight / 2',
    );
    await page
      .locator('.question', { hasText: /^#50\d{4} / })
      .first()
      .waitFor();
    const first = async (): Promise<number> =>
      page.evaluate<number>(
        `[...document.querySelectorAll('.row')].map((row) => [Number(row.id.slice(4)), row.getBoundingClientRect().top - document.getElementById('rows').getBoundingClientRect().top]).find(([, top]) => top > -44)[0]`,
      );
    const before = await first();
    await page.locator('#rows').hover();
    await page.mouse.wheel(0, 440);
    await until(first, (at) => at === before + 10);
    await page.locator('#rows').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('End');
    await page.locator('#row-999999 .question').waitFor();
    const below = await page.evaluate<number>(
      'document.getElementById("rows").getBoundingClientRect().bottom - document.getElementById("row-999999").getBoundingClientRect().bottom',
    );
    assert.ok(Math.abs(below) <= 1, `the last row ends ${below} pixels above the lower edge`);
  });

  it('asks for rows at once after a jump, and takes back what is passed over', async () => {
    const page = await openRows('slow');
    await page.evaluate('storyHold("rows")');
    for (const top of [4_000, 12_000, 20_000, 30_000]) {
      await page.evaluate(`document.getElementById("rows").scrollTop = ${top}`);
      await page.waitForTimeout(30);
    }
    // Skeleton rows until rows are there.
    await page.locator('#row-690 .bar').first().waitFor();
    await page.evaluate('storyRelease()');
    await page.locator('#row-690 .question').waitFor();
    const starts = async () => (await story.calls('rows')).map(({ params }) => (params as { start: number }).start);
    await until(starts, (all) => all.includes(650));
  });

  it('walks by keyboard, tells the extension where it stops, and opens with Enter', async () => {
    const page = await openRows('usual');
    await page.locator('#rows').focus();
    for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowDown');
    assert.equal(await currentId(), 'row-5');
    await until(
      () => story.calls('select'),
      (calls) => (calls.at(-1)?.params as { position: number } | undefined)?.position === 5,
    );
    await page.keyboard.press('Enter');
    const calls = await until(
      () => story.calls('select'),
      (all) => (all.at(-1)?.params as { open: boolean }).open,
    );
    assert.deepEqual(calls.at(-1)?.params, { slice: 1, position: 5, key: { run: 'run-1', row: 5 }, open: true });
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Home');
    assert.equal(await currentId(), 'row-0');
    await emit('do', { what: 'next' });
    await until(currentId, (id) => id === 'row-1');
    await emit('do', { what: 'previous' });
    await until(currentId, (id) => id === 'row-0');
  });

  it('moves no row when a filter is set that has a chip', async () => {
    const page = await openRows('usual');
    const top = (): Promise<number> =>
      page.evaluate<number>('document.getElementById("rows").getBoundingClientRect().top');
    const before = await top();
    assert.equal(await page.getByRole('button', { name: 'No condition is set' }).getAttribute('aria-disabled'), 'true');
    await page.getByRole('button', { name: /^horizontal / }).click();
    await page.getByText(/^187 of 858/).waitFor();
    assert.equal(await top(), before);
  });

  it('goes along the chips and down to the rows by arrows', async () => {
    const page = await openRows('usual');
    await page.getByRole('button', { name: /^horizontal / }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await until(asked, (query) => query.facets['class']?.join() === 'orthogonal');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate('document.activeElement.id'), 'rows');
    await page.getByText(/^187 of 858/).waitFor();
    await page.keyboard.press('ArrowDown');
    await until(currentId, (id) => id === 'row-0');
  });

  it('searches on demand; what is typed there is no key of the list', async () => {
    const page = await openRows('usual');
    await page.locator('#row-2').click();
    await emit('do', { what: 'search' });
    await until(active, (tag) => tag === 'vscode-text-field');
    await page.evaluate(
      "window.heard = []; window.addEventListener('keydown', (event) => window.heard.push(event.key))",
    );
    await page.keyboard.type('npa j');
    await until(asked, (query) => query.search === 'npa j');
    assert.equal((await story.calls('select')).length, 1);
    const before = await sliced();
    // Without waiting in between: how fast keys come depends on how busy the machine is.
    await Promise.all(['x', 'y', 'z'].map((text) => page.keyboard.insertText(text)));
    await until(asked, (query) => query.search === 'npa jxyz');
    assert.equal(await sliced(), before + 1, 'one request for what was typed in one go');
    // VS Code listens on the window and would try its key bindings for what is typed.
    assert.deepEqual(await page.evaluate('window.heard'), []);
    await page.keyboard.press('Escape');
    await until(asked, (query) => query.search === '');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate('document.activeElement.id'), 'rows');
  });

  it('filters by classes and by any field, shows it, and takes it back', async () => {
    const page = await openRows('usual');
    await page.getByRole('button', { name: /^horizontal / }).click();
    await page.getByRole('button', { name: /^depth / }).click();
    await until(asked, (query) => query.facets['class']?.join() === 'horizontal-flip,depth-flip');
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Add field…').selectOption('meta.scene');
    await page.getByRole('checkbox', { name: /meta.scene 3 / }).click();
    await until(asked, (query) => query.facets['meta.scene']?.join() === 'meta.scene 3');
    await page.getByRole('button', { name: 'Remove scene: meta.scene 3' }).click();
    await until(asked, (query) => query.facets['meta.scene'] === undefined);
    assert.equal(await page.evaluate('document.activeElement.id'), 'rows');
    await page.getByRole('button', { name: 'Clear all conditions' }).click();
    assert.deepEqual(await until(asked, (query) => query.facets['class'] === undefined), ERRORS);
  });

  it('sorts and groups; headings are not rows', async () => {
    const page = await openRows('grouped');
    assert.equal(
      await page.locator('.window .heading').first().innerText(),
      'Camera perspective - Relative Direction\n33 rows',
    );
    await emit('reveal', { key: { run: 'run-1', row: 32 } });
    await page.locator('#row-32').click();
    await page.keyboard.press('ArrowDown');
    assert.equal(await currentId(), 'row-33');
    await page.getByLabel('Sort by').selectOption('confidence');
    await page.getByRole('button', { name: 'Turn the order' }).click();
    const query = await until(asked, ({ sort }) => sort[0]?.descending === true);
    assert.deepEqual(query.sort, [{ field: 'confidence', descending: true }]);
    assert.equal(query.group, 'task');
  });

  it('selects several rows and puts them to an action', async () => {
    const page = await openRows('usual');
    await page.locator('#row-1').click();
    await page.locator('#row-3').click({ modifiers: ['Shift'] });
    await page.locator('#row-5').click({ modifiers: ['ControlOrMeta'] });
    await page.getByRole('button', { name: 'Copy ids' }).click();
    const acts = await calledTimes('act', 1);
    const keys = [1, 2, 3, 5].map((row) => ({ run: 'run-1', row }));
    assert.deepEqual(acts[0]?.params, { action: 'copyIds', keys, query: ERRORS });
    await page.locator('#rows').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.getByText('559 of 559 selected').last().waitFor();
    await page.getByRole('button', { name: 'Export…', exact: true }).click();
    const all = await calledTimes('act', 2);
    assert.deepEqual(all[1]?.params, { action: 'export', keys: null, query: ERRORS });
    await page.locator('#rows').focus();
    await page.keyboard.press('Escape');
    await page.locator('.actions').waitFor({ state: 'detached' });
  });

  async function paste(ids: string): Promise<void> {
    await emit('do', { what: 'pasteIds' });
    await until(active, (tag) => tag === 'vscode-text-area');
    await story.page.keyboard.insertText(ids);
    // The button lets itself be pressed a frame later.
    await story.frame();
    await story.page.getByText('Show items', { exact: true }).click();
  }

  it('takes pasted ids, and tells those that no item has', async () => {
    const page = await openRows('usual');
    await paste('item-1, item-2\titem-1\nnope x');
    const query = await until(asked, ({ ids }) => ids?.length === 4);
    assert.deepEqual(query, { ...ERRORS, facets: {}, ids: ['item-1', 'item-2', 'nope', 'x'] });
    await page.getByText('2 of 4 ids are of no item: nope, x').waitFor();
    await page.getByRole('button', { name: 'Remove 4 pasted ids' }).click();
    await until(asked, ({ ids }) => ids === null);
  });

  it('says where pasted ids were taken as numbers of rows', async () => {
    const page = await openRows('usual');
    await paste('item-3');
    await page.getByText('In plain/answers.jsonl an id is the number of the row').waitFor();
    await page.getByRole('button', { name: 'Remove 1 pasted id' }).click();
    await page.getByText('an id is the number of the row').waitFor({ state: 'detached' });
  });

  for (const [width, height, least] of [
    [360, 900, 5],
    [300, 900, 5],
    [360, 500, 2],
    [300, 500, 2],
    [300, 400, 2],
  ] as const) {
    it(`leaves ${least} rows in sight under open filters, ${width} wide and ${height} high`, async () => {
      const page = await open('usual', { width, height });
      await page.locator('.question').first().waitFor();
      await page.getByRole('button', { name: 'Filters' }).click();
      const heads = page.locator('#filters .section-head');
      for (let at = 0; at < (await heads.count()); at++) await heads.nth(at).click();
      await page.locator('.toggle-chip', { hasText: 'adjacent' }).click();
      await page.getByText(/^187 of 858/).waitFor();
      await page.locator('#row-0').click();
      await page.locator('.skeleton-value').first().waitFor({ state: 'detached' });
      await story.frame();
      const measured = await page.evaluate<Record<'rows' | 'panel' | 'scrolls' | 'overlap' | 'below', number>>(`(() => {
        const box = (of) => document.querySelector(of).getBoundingClientRect();
        const [list, panel] = [box('#rows'), document.getElementById('filters')];
        const above = [...document.querySelectorAll('.above')].map((each) => each.getBoundingClientRect());
        const rows = [...document.querySelectorAll('.row')].map((row) => row.getBoundingClientRect());
        return {
          rows: rows.filter(({ top, bottom }) => top >= list.top - 1 && bottom <= Math.min(list.bottom, innerHeight) + 1).length,
          panel: panel.clientHeight,
          scrolls: panel.scrollHeight - panel.clientHeight,
          overlap: Math.max(above[0].bottom - panel.getBoundingClientRect().top, above[1].bottom - list.top),
          below: document.querySelector('.errors').scrollHeight - innerHeight,
        };
      })()`);
      assert.ok(measured.rows >= least, JSON.stringify(measured));
      assert.ok(measured.panel >= 60 && measured.scrolls > 0, JSON.stringify(measured));
      assert.ok(measured.overlap <= 0.5 && measured.below <= 0, JSON.stringify(measured));
    });
  }

  it('has the focus in the list once a dialog is closed that a key of the workbench opened', async () => {
    const page = await openRows('usual');
    await page.evaluate('document.activeElement.blur()');
    await emit('do', { what: 'pasteIds' });
    await until(active, (tag) => tag === 'vscode-text-area');
    await page.keyboard.press('Escape');
    await until(focusedId, (id) => id === 'rows');
  });

  it('names a run that is filtered by and not open', async () => {
    const page = await open('none');
    await page.getByText(/^No errors among/).waitFor();
    await emit('apply', { query: { ...ERRORS, facets: { ...ERRORS.facets, run: ['old/result_gone.csv'] } } });
    await page.getByText('The run old/result_gone.csv is not open').waitFor();
    await page.getByText('Clear filters', { exact: true }).click();
    await page.getByText(/^No errors among/).waitFor();
  });

  it('tells where the current row stands in another list', async () => {
    const page = await openRows('usual');
    const told = async (): Promise<unknown> => (await story.calls('placed')).at(-1)?.params;
    assert.deepEqual(await until(told, (place) => place !== undefined), { slice: 1, current: null });
    await page.locator('#row-3').click();
    const current = { position: 3, key: { run: 'run-1', row: 3 } };
    for (const slice of [2, 3]) {
      await page.getByRole('button', { name: /^adjacent / }).click();
      const place = await until(told, (latest) => (latest as { slice: number }).slice === slice);
      assert.deepEqual(place, { slice, current });
    }
  });

  it('has the same current row again after a search that it is not in', async () => {
    const page = await openRows('usual');
    await page.locator('#row-3').click();
    const id = await currentId();
    await emit('do', { what: 'search' });
    await until(active, (tag) => tag === 'vscode-text-field');
    await page.keyboard.type('nothing');
    await page.getByText(/^None of /).waitFor();
    const told = async (): Promise<unknown> =>
      ((await story.calls('placed')).at(-1)?.params as { current: unknown }).current;
    await until(told, (current) => current === null);
    await page.keyboard.press('Escape');
    await until(currentId, (now) => now === id);
    assert.deepEqual(await until(told, (current) => current !== null), {
      position: 3,
      key: { run: 'run-1', row: 3 },
    });
  });

  it('stands where it stood after a reload, and after the data changed', async () => {
    const page = await openRows('many');
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('button', { name: /^adjacent / }).click();
    await until(asked, (query) => query.facets['class'] !== undefined);
    await page.getByText(/^333,334 of /).waitFor();
    await page.evaluate('document.getElementById("rows").scrollTop = 1_000_000');
    await page.locator('#row-0').waitFor({ state: 'detached' });
    const row = page.locator('.row', { has: page.locator('.question') }).nth(9);
    await row.click();
    const id = await currentId();
    const topOf = (): Promise<number> =>
      page.evaluate<number>(
        `document.getElementById('${id}').getBoundingClientRect().top - document.getElementById('rows').getBoundingClientRect().top`,
      );
    await page.waitForTimeout(400);
    const top = await topOf();
    await page.reload();
    await until(currentId, (now) => now === id);
    assert.deepEqual((await asked()).facets, { outcome: ['wrong', 'unanswered'], class: ['adjacent'] });
    // The header takes its height a frame after the first rows.
    await until(topOf, (restored) => Math.abs(restored - top) <= 2);
    const restored = await topOf();
    assert.equal(await page.locator('#filters').count(), 1);
    const overview = { ...START.overview, lens: { name: 'axes', version: '2', note: null } };
    await emit('changed', { ...START, overview });
    await page.getByText('lens axes v2').waitFor();
    await until(sliced, (count) => count === 2);
    await page.waitForTimeout(100);
    assert.equal(await currentId(), id);
    const kept = await topOf();
    assert.ok(Math.abs(kept - restored) <= 2, `${restored} before the change, ${kept} after`);
  });

  it('follows another page: rows to show, a row to make current', async () => {
    const page = await openRows('usual');
    await emit('reveal', { key: { run: 'run-1', row: 300 } });
    await until(currentId, (id) => id === 'row-300');
    assert.deepEqual(await story.calls('select'), []);
    await emit('apply', { query: { ...ERRORS, search: 'lamp', filter: { field: 'angle', op: 'ge', value: 90 } } });
    await until(asked, (query) => query.search === 'lamp');
    await page.getByRole('button', { name: 'Remove angle ≥ 90' }).waitFor();
    await until(searched, (text) => text === 'lamp');
  });

  it('does first what was asked for while it was not there: rows, the row gone on to, a dialog', async () => {
    const page = await openRows('usual');
    const overview = { ...START.overview, id: 'second' };
    const current = { position: 7, key: { run: 'run-1', row: 450 } };
    await emit('changed', { ...START, overview, asked: { ...NOTHING_ASKED, current } });
    await until(currentId, (id) => id === 'row-450');
    assert.ok(await page.locator('#row-450').isVisible(), 'it is scrolled to');
    const query = { ...ERRORS, search: 'lamp' };
    await emit('changed', { ...START, overview, asked: { query, current: null, what: 'pasteIds' } });
    await until(asked, ({ search }) => search === 'lamp');
    await page.getByRole('dialog', { name: 'Show items by their ids' }).waitFor();
  });

  it('asks anew for pictures that may lie elsewhere, or be of other contents, and keeps the rest', async () => {
    const page = await openRows('usual');
    await page.locator('img.thumbnail').first().waitFor();
    const calls = async (): Promise<number> => (await story.calls('thumbnails')).length;
    const shown = (): Promise<string[]> =>
      page.evaluate<string[]>('[...document.querySelectorAll("img.thumbnail")].map((image) => image.src)');
    // All that were asked for are drawn, and no more are asked for.
    let last = -1;
    await until(async () => {
      const [wanted, drawn] = [await askedPictures(), (await shown()).length];
      const isDone = wanted === drawn && drawn === last;
      last = drawn;
      await page.waitForTimeout(150);
      return isDone;
    }, Boolean);
    const [before, addresses] = [await calls(), await shown()];
    await emit('picturesChanged', null);
    await until(calls, (count) => count > before);
    await page.waitForTimeout(400);
    assert.deepEqual(await shown(), addresses, 'the same pictures stay as they are drawn');
    const again = await calls();
    const runs = [{ id: 'run-1', content: 'other' }];
    await emit('changed', { ...START, overview: { ...START.overview, id: 'second', runs } });
    await until(calls, (count) => count > again);
  });

  it('keeps its chips in their places while changed runs are counted again, without the old numbers', async () => {
    const page = await openRows('usual');
    const horizontal = page.locator('.toggle-chip', { hasText: 'horizontal' });
    await page.getByRole('button', { name: /^horizontal 180$/ }).waitFor();
    const before = await horizontal.boundingBox();
    await page.evaluate('storyHold("facets")');
    const changed = (overview: typeof OVERVIEW): Promise<unknown> => emit('changed', { ...START, overview });
    await changed({ ...OVERVIEW, id: 'second' });
    await page.getByRole('button', { name: /^horizontal$/ }).waitFor();
    assert.deepEqual(await horizontal.boundingBox(), before);
    await page.evaluate('storyRelease()');
    await page.getByRole('button', { name: /^horizontal 180$/ }).waitFor();
    await page.evaluate('storyHold("facets")');
    await changed({ ...OVERVIEW, id: 'third', runs: OVERVIEW.runs.slice(1) });
    await horizontal.waitFor({ state: 'detached' });
    await page.evaluate('storyRelease()');
    await page.getByRole('button', { name: /^horizontal 180$/ }).waitFor();
  });

  it('goes from error to error by n and p where right rows are listed too, and keeps its list when only counts are news', async () => {
    await openRows('usual');
    await emit('apply', { query: { ...ERRORS, facets: {} } });
    await until(asked, ({ facets }) => Object.keys(facets).length === 0);
    await emit('reveal', { key: { run: 'run-1', row: 10 } });
    await until(currentId, (id) => id === 'row-10');
    await emit('do', { what: 'next' });
    await until(currentId, (id) => id === 'row-13');
    await emit('do', { what: 'previous' });
    await until(currentId, (id) => id === 'row-10');
    const slices = await sliced();
    const overview = { ...START.overview, id: 'first', lens: { name: 'axes', version: '9', note: null } };
    await emit('changed', { ...START, overview });
    await story.page.getByText('lens axes v9').waitFor();
    assert.equal(await sliced(), slices);
  });

  it('stands where it stood although reading comes first after a reload', async () => {
    const page = await openRows('reading');
    await emit('reveal', { key: { run: 'run-1', row: 300 } });
    await until(currentId, (id) => id === 'row-300');
    await page.waitForTimeout(400);
    await page.evaluate('sessionStorage.setItem("reading", "yes")');
    await page.reload();
    await page.getByText('Reading again').waitFor();
    const overview = { ...START.overview, lens: { name: 'axes', version: '2', note: null } };
    await emit('changed', { ...START, overview });
    await until(currentId, (id) => id === 'row-300');
  });

  it('asks once more where a slice has ended', async () => {
    await openRows('ended');
    assert.equal(await sliced(), 2);
  });

  it('says what to do where there is nothing', async () => {
    const buttons = {
      noFolder: ['Open Folder', 'vscode.openFolder'],
      restricted: ['Manage Workspace Trust', 'workbench.trust.manage'],
      nothingFound: ['Choose files…', 'flipside.analyse'],
      failed: ['Show log', 'flipside.showLog'],
    };
    for (const [name, [button = '', command]] of Object.entries(buttons)) {
      const page = await open(name);
      await page.getByText(button, { exact: true }).click();
      const calls = await calledTimes('command', 1);
      assert.deepEqual(calls[0]?.params, { command });
      const settings = page.getByRole('button', { name: 'Settings', exact: true });
      assert.equal(await settings.count(), name === 'nothingFound' || name === 'failed' ? 1 : 0, name);
      if ((await settings.count()) === 1) {
        await settings.click();
        const last = await calledTimes('command', 2);
        assert.deepEqual(last[1]?.params, { command: 'flipside.openSettings' });
      }
      await story.close();
    }
    const indexing = await open('indexing');
    await indexing.getByText('3 of 12 files').waitFor();
    await story.close();
    const none = await open('none');
    await none.getByText('Show all rows').click();
    await until(asked, (query) => Object.keys(query.facets).length === 0);
  });

  it('offers to clear filters that no row passes', async () => {
    const page = await openRows('usual');
    await page.locator('vscode-text-field').click();
    await page.keyboard.type('nothing');
    await page.getByText('Clear filters').click();
    await page.locator('.question').first().waitFor();
    await until(focusedId, (id) => id === 'rows');
    await until(searched, (text) => text === '');
  });

  it('holds little, however long one scrolls', async function () {
    this.timeout(60_000);
    const page = await openRows('many');
    for (let step = 1; step <= 150; step++) {
      await page.evaluate(`document.getElementById("rows").scrollTop = ${step * 50_000}`);
      await page.waitForTimeout(step % 5 === 0 ? 120 : 16);
    }
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    assert.ok(usedSize < HEAP, `${usedSize} bytes`);
    assert.ok((await page.locator('.row').count()) < 60);
  });

  it('opens all rows by name where all are selected', async () => {
    const page = await openRows('few');
    await page.locator('#rows').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    const acts = await calledTimes('act', 1);
    const keys = Array.from({ length: 12 }, (_, row) => ({ run: 'run-1', row }));
    assert.deepEqual(acts[0]?.params, { action: 'open', keys, query: ERRORS });
  });

  it('leads to saved slices', async () => {
    const page = await openRows('usual');
    await page.getByRole('button', { name: 'Show a saved slice…' }).click();
    const calls = await calledTimes('command', 1);
    assert.deepEqual(calls[0]?.params, { command: 'flipside.openSlice' });
  });

  it('calls runs by what tells them apart, in filters and headings', async () => {
    const page = await openRows('usual');
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.locator('.section-head', { hasText: /^run$/ }).click();
    await page.getByRole('checkbox', { name: /^result_2026-05-01\.csv / }).waitFor();
    await page.getByRole('checkbox', { name: /^Qwen2.5-VL-3B-Instruct / }).click();
    const query = await until(asked, ({ facets }) => facets['run'] !== undefined);
    assert.deepEqual(query.facets['run'], ['results/ViewSpatial-Bench/Qwen2.5-VL-3B-Instruct/result.csv']);
    await page.getByRole('button', { name: 'Remove run: Qwen2.5-VL-3B-Instruct' }).waitFor();
  });

  it('says the heading of a group with its first row', async () => {
    const page = await openRows('grouped');
    await page.getByRole('option', { name: /^Camera perspective - Relative Direction: #0 / }).waitFor();
    assert.equal(await page.getByRole('option', { name: /^Camera perspective/ }).count(), 1);
  });

  it('prints the keys, and moves nothing when the actions take their place', async () => {
    const page = await openRows('usual');
    const hints = page.locator('.hints');
    assert.match(await hints.innerText(), /^n p next, previous\s*Enter open/);
    const height = (): Promise<number> => page.evaluate<number>('document.getElementById("rows").clientHeight');
    const before = await height();
    await page.locator('#row-1').click();
    await page.locator('#row-3').click({ modifiers: ['Shift'] });
    await page.getByRole('toolbar', { name: 'Selected rows' }).waitFor();
    assert.equal(await height(), before);
  });

  describe('in a narrow side bar', () => {
    const side = { width: 300 };
    /** Rows for which `wrong`, a function of the page, holds. */
    const rows = (wrong: string): Promise<string[]> =>
      story.page.evaluate<string[]>(
        `[...document.querySelectorAll('.row:has(.question)')].filter(${wrong}).map((row) => row.innerText)`,
      );

    it('keeps its rows where they are when the counts come', async () => {
      const page = await open('slow', side);
      await page.evaluate('storyHold("facets")');
      await page.locator('.chips .waiting').first().waitFor();
      await story.frame();
      const top = (): Promise<number> =>
        page.evaluate<number>('document.querySelector(".list-area").getBoundingClientRect().top');
      const before = await top();
      await page.evaluate('storyRelease()');
      await page.getByRole('button', { name: /^horizontal / }).waitFor();
      assert.equal(await top(), before);
    });

    it('leaves the numbers whole where the view is low', async () => {
      for (const name of ['usual', 'many']) {
        const page = await open(name, { width: 300, height: 330 });
        await page.locator('.count span').first().waitFor();
        const cut = await page.evaluate<number>(
          '((rows) => rows.scrollWidth - rows.clientWidth)(document.querySelector(".count span"))',
        );
        assert.ok(cut <= 0, `${cut} pixels of ${await page.locator('.count').innerText()} are cut`);
        await story.close();
      }
      await open('usual', side);
    });

    it('shows directions whole, or their arrows alone', async () => {
      await open('usual', side);
      await story.page.locator('#row-3 .question').waitFor();
      const cut = `(row) => [...row.querySelectorAll('.directed')].some((side) => {
        const [box, arrow, name] = [side, ...side.querySelectorAll('.arrow, .name')].map((part) => part.getBoundingClientRect());
        const hidden = name.top >= box.bottom;
        return arrow.right > box.right || (!hidden && name.right > box.right + 0.5);
      })`;
      assert.deepEqual(await rows(cut), []);
      const alone = `(row) => [...row.querySelectorAll('.name')].every((name) => name.getBoundingClientRect().top >= row.getBoundingClientRect().bottom - 4)`;
      const arrowsOnly = await rows(alone);
      assert.ok(arrowsOnly.length > 0 && arrowsOnly.every((text) => /-(left|right)/.test(text)), arrowsOnly.join());
    });

    it('cuts a class before its drift', async () => {
      await open('longNames', side);
      await story.page.locator('#row-0 .drift').waitFor();
      const cut = `(row) => [...row.querySelectorAll('.drift')].some((drift) => {
        const chip = drift.parentElement.getBoundingClientRect();
        return drift.getBoundingClientRect().right > chip.right;
      })`;
      assert.deepEqual(await rows(cut), []);
      const short = `(row) => { const name = row.querySelector('.class'); return name.scrollWidth > name.clientWidth; }`;
      assert.ok((await rows(short)).length > 0, 'a class is cut somewhere in this story');
    });

    it('says all of what is being read', async () => {
      const page = await open('indexing', side);
      await page.getByText('3 of 12 files').waitFor();
      const hidden = await page.evaluate<number>(
        '((line) => Math.max(line.scrollHeight - line.clientHeight, line.scrollWidth - line.clientWidth))(document.querySelector(".indexing"))',
      );
      assert.ok(hidden <= 0, `${hidden} pixels hidden`);
    });
  });

  it('sets answers, classes and tasks in columns where there is room', async () => {
    const page = await open('usual', { width: 600 });
    await page.locator('#row-9 .question').waitFor();
    const columns = await page.evaluate<number[]>(
      `['.chip', '.task'].map((part) => new Set([...document.querySelectorAll('.second ' + part)].map((cell) => cell.getBoundingClientRect().left)).size)`,
    );
    assert.deepEqual(columns, [1, 1]);
  });

  it('shows the id in the place of a question that is empty', async () => {
    const page = await openRows('odd');
    assert.equal(await page.locator('#row-5 .question').innerText(), 'item-5');
  });

  it('makes characters visible that turn the direction of what follows', async () => {
    const page = await openRows('odd');
    assert.match((await page.locator('#row-4 .question').textContent()) ?? '', /& ⟦U\+202E⟧"quotes"⟦U\+202C⟧␇$/);
    assert.match((await page.locator('#row-4 .side.wrong').textContent()) ?? '', /⟦U\+202E⟧Something else/);
  });
});
