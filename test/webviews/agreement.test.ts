import assert from 'node:assert/strict';
import { noChromium } from '../support/chromium.js';
import { Gallery, THEMES, type OpenStory } from './gallery.js';

/** The page of agreement, with numbers that the core's own functions make of labels drawn at random. */
describe('the page of agreement', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "agreement" is not tested.\n`);
      return this.skip();
    }
    gallery = await Gallery.open();
  });
  after(() => gallery?.close());
  afterEach(async () => {
    const { errors } = story;
    await story.close();
    assert.deepEqual(errors, [], 'console errors or policy violations');
  });

  async function open(
    name: string,
    ready: string,
    options: Parameters<Gallery['story']>[2] = {},
  ): Promise<OpenStory['page']> {
    story = await gallery.story('agreement', name, { width: 1200, height: 900, ...options });
    await story.page.locator(ready).first().waitFor();
    return story.page;
  }
  const card = (name: RegExp) => story.page.getByRole('region', { name });

  it('tells κ of two with its interval, label by label too, and no α', async () => {
    await open('two', '.card');
    const text = await card(/^Agreement of annotators/).innerText();
    assert.match(text, /ada, bo\s+κ\s+\d+\s+[\d.]+ %\s+[\d.]+ %\s+0\.\d\d\s+−?0\.\d\d to 0\.\d\d/);
    assert.doesNotMatch(text, /\sα\s+\d/);
    assert.match(await card(/^Agreement on each label/).innerText(), /true horizontal flip\s+ada, bo\s+κ/);
  });

  it('tells α of three beside κ of each pair', async () => {
    await open('three', '.card');
    const rows = await card(/^Agreement of annotators/)
      .locator('tbody tr')
      .allInnerTexts();
    assert.equal(rows.length, 4);
    assert.match(rows[3] ?? '', /^all\s+α\s+\d+/);
  });

  it('opens rows by label and class, the disagreements, and those that wait for a judgement', async () => {
    const page = await open('two', 'table.matrix');
    await page.locator('table.matrix button').first().click();
    type Opened = { readonly query: { readonly facets: Record<string, unknown> } };
    const opened = (await story.calls('open')).at(-1)?.params as Opened;
    assert.deepEqual(Object.keys(opened.query.facets), ['annotation.label', 'class']);
    await page.getByRole('button', { name: /^Go through/ }).click();
    const queue = (await story.calls('open')).at(-1)?.params as Opened;
    assert.deepEqual(queue.query.facets, { 'annotation.status': ['disputed'] });
    await card(/annotators differ/)
      .locator('button.link')
      .first()
      .click();
    assert.equal((await story.calls('open')).length, 3);
  });

  it('estimates rates from a sample, which is drawn or chosen', async () => {
    const page = await open('two', '.card');
    await page.getByRole('button', { name: /Draw a sample/ }).click();
    await card(/^Rates among 2,000 rows/).waitFor();
    assert.match(
      await card(/^Rates among/).innerText(),
      /100 rows drawn at random with seed 1, in proportion to class; \d+ of them have a label/,
    );
    await page.getByRole('combobox', { name: 'Sample' }).selectOption('');
    await card(/^Rates among/).waitFor({ state: 'detached' });
  });

  it('lists right answers held to be wrong, counts with and without, and saves the patch', async () => {
    const page = await open('two', '.card');
    const relabels = card(/held to be wrong/);
    await relabels.waitFor();
    assert.match(await relabels.innerText(), /q-9\s+above\s+not said\s+ada\s+not reviewed: names no correction/);
    assert.match(await card(/without and with 1 corrected/).innerText(), /right\s+59\/90\s+60\/90/);
    await page.getByRole('checkbox').check();
    await card(/without and with 2 corrected/).waitFor();
    await relabels.getByRole('button', { name: /Save as a patch/ }).click();
    await page.getByText('Saved: 2 corrected items.').waitFor();
    assert.deepEqual((await story.calls('savePatch')).at(-1)?.params, { pending: true });
  });

  it('says why there is nothing to tell: nobody annotated, blind mode, a sample that is none', async () => {
    await open('empty', '.empty');
    assert.match(await story.page.locator('.empty').innerText(), /Nobody has annotated anything yet/);
    await story.close();
    await open('blind', '.empty');
    await story.page.getByRole('button', { name: 'End Blind Annotating' }).click();
    assert.deepEqual((await story.calls('command')).at(-1)?.params, { command: 'flipside.toggleBlind' });
    assert.equal((await story.calls('load')).length, 0, 'nothing is asked for that would tell');
    await story.close();
    await open('failing', '.problem');
    assert.match(await story.page.locator('.problem').innerText(), /is no sample/);
    await story.close();
    await open('problems', 'details');
    await story.page.locator('summary').click();
    assert.match(await story.page.locator('details').innerText(), /bo\.jsonl, line 17: a mark of a merge conflict/);
  });

  for (const [name, ready] of [
    ['two', '.card'],
    ['three', '.card'],
    ['problems', 'details'],
    ['blind', '.empty'],
  ] as const) {
    it(`stands out in every theme, narrow and wide: ${name}`, async () => {
      for (const [at, theme] of THEMES.entries()) {
        for (const width of [360, 1600]) {
          if (at > 0 || width > 360) await story.close();
          await open(name, ready, { theme, width, height: 1000 });
          if (name === 'two') {
            await story.page.getByRole('combobox', { name: 'Sample' }).selectOption({ index: 1 });
            await card(/^Rates among/).waitFor();
          }
          assert.deepEqual(await story.tooPale(), [], `${theme} ${width}`);
          const overflow = await story.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          assert.ok(overflow <= 0, `${theme} ${width}: ${overflow} pixels too wide`);
          await story.photograph(name);
        }
      }
    });
  }
});
