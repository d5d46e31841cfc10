import assert from 'node:assert/strict';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory, type StoryOptions } from './gallery.js';

describe('the charts', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "dashboard" is not tested.\n`);
      this.skip();
    }
    gallery = await Gallery.open();
  });
  after(() => gallery?.close());
  afterEach(async () => {
    const errors = story.errors;
    await story.close();
    assert.deepEqual(errors, [], 'errors in the console');
  });

  async function open(name: string, options: StoryOptions = {}): Promise<OpenStory> {
    story = await gallery.story('dashboard', name, { width: 1200, height: 900, ...options });
    // Not what stands there until the first answer.
    await story.page.locator('.card:not(.skeleton)').first().waitFor();
    return story;
  }
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = 300; !(await holds()); left--) {
      assert.ok(left > 0, `waited in vain: ${what}`);
      await story.page.waitForTimeout(50);
    }
  }
  const asked = async (): Promise<string[]> =>
    (await story.calls('charts')).map(({ params }) => (params as { kinds: string[] }).kinds.join());
  const toTheEnd = (): Promise<void> =>
    until('all charts', async () => {
      await story.page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      return (await story.page.locator('.end.more').count()) === 0;
    });
  /** The bytes of the picture that was saved last, under its name. */
  async function saved(ending: 'SVG' | 'PNG', title: string): Promise<{ name: string; bytes: Uint8Array }> {
    const before = (await story.calls('save')).length;
    const card = story.page.locator('.card', { has: story.page.getByRole('heading', { name: title, exact: true }) });
    await card.getByRole('button', { name: ending, exact: true }).click();
    await until('the file', async () => (await story.calls('save')).length > before);
    const { name, bytes } = (await story.calls('save')).at(-1)?.params as { name: string; bytes: object };
    return { name, bytes: Uint8Array.from(Object.values(bytes) as number[]) };
  }

  it('asks for what is seen first, for the rest once it is near, and for all that were near after a change', async () => {
    await open('many', { height: 500 });
    await until('the first charts', async () => (await story.page.locator('canvas').count()) === 3);
    await story.page.waitForTimeout(300);
    const first = await asked();
    assert.equal(first[0], 'classes,tasks');
    assert.ok(first.length < 9, first.join(' '));
    await toTheEnd();
    const all = await asked();
    assert.equal(all.length, 9, 'each part once');
    await story.page.locator('.controls select').nth(1).selectOption('Counting');
    await until('all anew', async () => (await asked()).length === 18);
    assert.deepEqual((await asked()).slice(9), all);
    assert.match(await story.page.locator('.counted').innerText(), /90 of 540 items/);
  });

  it('keeps charts of before, dimmed, until theirs come', async () => {
    await open('usual');
    await toTheEnd();
    await story.page.evaluate(`storyHold('charts')`);
    await story.page.locator('.controls select').nth(1).selectOption('Counting');
    await story.page.locator('.card.stale').first().waitFor();
    assert.equal(await story.page.locator('.card.skeleton').count(), 0);
    await story.page.evaluate('storyRelease()');
    await until('fresh ones', async () => (await story.page.locator('.card.stale').count()) === 0);
  });

  it('saves SVG that says all by itself, as texts, in the colours of the theme', async () => {
    await open('usual', { theme: 'light' });
    await toTheEnd();
    const plots = ['Kinds of errors', 'Accuracy by task', 'Angles of errors', 'Rates of errors over training'];
    const looked = 'Saliency inside boxes: gradient';
    for (const title of [...plots, looked, 'Confusion of directions: baseline']) {
      const { name, bytes } = await saved('SVG', title);
      assert.match(name, /^[\w-]+\.svg$/);
      const text = new TextDecoder().decode(bytes);
      const axis = plots.includes(title) ? 'right units / units with a right answer' : 'answers that could be read';
      for (const part of [title, 'lens axes, version 1', title === looked ? 'mean share of the map' : axis])
        assert.ok(text.includes(part), `${title}: ${part}`);
      assert.doesNotMatch(text, /color\(|color-mix|NaN|undefined|var\(/);
      const told = await story.page.evaluate<{ errors: number; texts: number; outside: string[] }>(
        `(() => {
          const parsed = new DOMParser().parseFromString(${JSON.stringify(text)}, 'image/svg+xml');
          const errors = parsed.querySelectorAll('parsererror').length;
          const drawn = document.body.appendChild(document.importNode(parsed.documentElement, true));
          const texts = [...drawn.querySelectorAll('text')];
          const { width, height } = drawn.viewBox.baseVal;
          const outside = texts.filter((each) => {
            const box = each.getBBox();
            return each.getAttribute('transform') === null && (box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height);
          }).map((each) => each.textContent);
          drawn.remove();
          return { errors, texts: texts.length, outside };
        })()`,
      );
      assert.equal(told.errors, 0, title);
      assert.ok(told.texts > 10, title);
      assert.deepEqual(told.outside, [], title);
    }
    assert.match(await story.page.locator('.counted').innerText(), /Saved as/);
  });

  it('says of a mean of how many rows it is, by keys and in its table, and opens these', async () => {
    await open('usual');
    await toTheEnd();
    const card = story.page.locator('.card', { hasText: 'Saliency inside boxes: gradient' });
    await card.locator('.keys').focus();
    await story.page.keyboard.press('ArrowRight');
    const said = card.locator('[role="status"]');
    await until('the first mark', async () => /n = 90/.test(await said.innerText()));
    assert.match(await said.innerText(), /correct.*baseline.*n = 90, reference 20\.0 %, 60 clusters/);
    await story.page.keyboard.press('Enter');
    await until('its rows', async () => (await story.calls('open')).length === 1);
    await card.getByRole('button', { name: 'Table', exact: true }).click();
    const rows = await card.locator('table.data tbody tr').allInnerTexts();
    assert.equal(rows.filter((row) => /n = 1\t.*1 cluster: no interval/s.test(row)).length, 3, rows.join(' / '));
  });

  it('saves a PNG of the same, twice as sharp', async () => {
    await open('usual');
    const { name, bytes } = await saved('PNG', 'Kinds of errors');
    assert.equal(name, 'classes.png');
    assert.deepEqual([...bytes.slice(1, 4)], [...new TextEncoder().encode('PNG')]);
    const view = new DataView(bytes.buffer);
    assert.equal(view.getUint32(16), 1840);
    assert.ok(view.getUint32(20) > 800);
  });

  it('keeps names of 300 characters and signs that turn texts within cards and pictures', async () => {
    await open('long', { width: 600 });
    await toTheEnd();
    const { bytes } = await saved('SVG', 'Accuracy by task');
    const text = new TextDecoder().decode(bytes);
    assert.ok(text.includes('⟦U+202E⟧evil') && text.includes('&lt;b&gt;run&lt;/b&gt;'));
    const wide = await story.page.evaluate<number>(
      `Math.max(...[...document.querySelectorAll('.card, .card *:not(.sr-only)')].map((each) => each.getBoundingClientRect().right)) - innerWidth`,
    );
    assert.ok(wide <= 0, `${wide} pixels too wide`);
  });

  it('draws two hundred tasks in a card that is scrolled through, also by keys', async () => {
    await open('many');
    const picture = story.page.locator('.picture', {
      has: story.page.getByRole('application', { name: /^Accuracy by task/ }),
    });
    await picture.waitFor();
    await story.frame();
    const sizeOf = (name: string): Promise<number> =>
      story.page.evaluate<number>(
        `[...document.querySelectorAll('.picture')].find((each) => each.querySelector('[aria-label^="Accuracy by task"]')).${name}`,
      );
    const [inner, outer] = [await sizeOf('scrollHeight'), await sizeOf('clientHeight')];
    assert.ok(inner > 4000 && outer <= 640, `${inner}, ${outer}`);
    await picture.locator('.keys').focus();
    await story.page.keyboard.press('ArrowRight');
    await story.page.keyboard.press('End');
    await until('the last one', async () => (await sizeOf('scrollTop')) > 3000);
  });

  it('lays bars where the window is too narrow for their names, and stands them up where it is not', async () => {
    await open('usual', { width: 400 });
    const height = (): Promise<number> =>
      story.page.evaluate<number>(`document.querySelector('[aria-label^="Kinds of errors"]').clientHeight`);
    await until('lying bars', async () => (await height()) !== 280);
    await story.page.setViewportSize({ width: 1200, height: 900 });
    await until('standing bars', async () => (await height()) === 280);
  });

  it('tells what of the notes on runs cannot be read, draws all the same, and follows what people reach and terms', async () => {
    await open('usual', { height: 500 });
    await until('the first charts', async () => (await story.page.locator('canvas').count()) >= 3);
    await story.page.waitForTimeout(300);
    const before = (await asked()).length;
    const state = {
      ...{ id: 'one', emptiness: null, message: null, lens: 'axes, version 1', keys: {}, terms: 0 },
      ...{ human: { left: 0.9 }, problem: '/toy/runs.json is no JSON: <b>. Mend it, or delete it.' },
      runs: [{ id: 'a', model: null, dataset: null, items: 1, factors: {}, baseline: false }],
    };
    await story.page.evaluate(`storyEmit('changed', ${JSON.stringify(state)})`);
    await story.page.getByText('/toy/runs.json is no JSON: <b>.').waitFor();
    await until('charts anew', async () => (await asked()).length > before);
    await story.page.waitForTimeout(300);
    const after = (await asked()).length;
    await story.page.evaluate(`storyEmit('changed', ${JSON.stringify({ ...state, terms: 1 })})`);
    await until('charts anew', async () => (await asked()).length > after);
    assert.ok((await story.page.locator('canvas').count()) >= 3);
  });

  it('says why there is nothing to draw where no item has a right answer', async () => {
    await open('noGold');
    assert.equal(await story.page.locator('canvas').count(), 0);
    const words = await story.page.locator('main').innerText();
    assert.match(words, /No item has a right answer: predictions alone have no accuracy/);
  });
});
