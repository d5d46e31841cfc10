import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory, type StoryOptions } from './gallery.js';

interface PictureCall {
  readonly index: number;
  readonly size: number;
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

describe('the inspector', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "inspector" is not tested.\n`);
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

  async function open(name: string, options: StoryOptions = {}): Promise<void> {
    story = await gallery.story('inspector', name, { width: 700, height: 900, ...options });
    // Once it is no skeleton any more, and listens.
    await story.page.locator('main:not(.skeleton) > .text, .empty').waitFor();
    await story.frame();
  }
  const button = (name: string | RegExp): Locator => story.page.getByRole('button', { name });
  async function drawn(): Promise<void> {
    await story.page.locator('.whole img').first().waitFor();
    await story.frame();
  }
  const kept = (part: string): Promise<void> => until(part, async () => (await story.kept()).includes(part));
  const pictures = async (): Promise<PictureCall[]> =>
    (await story.calls('picture')).map((call) => call.params as PictureCall);
  const change = (name: string, part = '{}'): Promise<unknown> =>
    story.page.evaluate(
      `storyEmit('changed', { item: { ...storyItems['${name}'], ...${part} }, place: { position: 4, total: 180 }, pinned: false, message: null, keys: storyKeys, asksAgain: false, annotating: storyAnnotating })`,
    );
  /** Waits until `holds`: on this side, because the page's policy forbids the browser to poll a text for it. */
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = 300; !(await holds()); left--) {
      assert.ok(left > 0, `waited in vain: ${what}`);
      await story.page.waitForTimeout(50);
    }
  }
  /** What the page asked for with `method`, the last time, once it has done so `times` times. */
  async function asked(method: string, times = 1): Promise<unknown> {
    await until(`${method} ${times} times`, async () => (await story.calls(method)).length >= times);
    return (await story.calls(method)).at(-1)?.params;
  }
  const shows = (text: string | RegExp): Promise<void> =>
    story.page.locator('main').getByText(text, { exact: true }).first().waitFor();

  describe('text', () => {
    it('marks exactly the characters from which the answer was read', async () => {
      await open('flip');
      assert.deepEqual(await story.page.locator('mark').allTextContents(), ['B']);
      const passage = await story.page.locator('.passage').textContent();
      assert.equal(passage, 'The banana is placed next to the table, so the answer is B: to the right.');
    });

    it('shows the id that the file states beside the number by which the item goes', async () => {
      await open('numbered');
      await shows('417 (the number of its row)');
      await shows('q-10');
    });

    it('marks in the extracted answer where that was read', async () => {
      await open('yesNo');
      const passage = story.page.locator('.passage', { has: story.page.locator('mark') });
      assert.equal(await passage.getAttribute('aria-label'), 'Extracted answer');
      assert.equal(await passage.locator('mark').textContent(), 'yes');
    });

    it('folds a long response around the mark, and shows all of it on demand', async () => {
      await open('longTexts');
      assert.equal(await story.page.locator('mark').textContent(), 'B');
      const folded = (await story.page.locator('.passage').textContent())?.length ?? 0;
      assert.ok(folded < 2000, `${folded} characters`);
      await button(/^Show all [\d,]+ characters$/).click();
      const all = (await story.page.locator('.passage').textContent())?.length ?? 0;
      assert.ok(all > 20_000, `${all} characters`);
      assert.equal(await story.page.locator('mark').textContent(), 'B');
    });

    it('makes control characters visible', async () => {
      await open('emoji');
      assert.match((await story.page.locator('.passage').textContent()) ?? '', /␛\[0m␇$/);
    });

    it('makes characters without width visible, but for joiners that belong to letters and emoji', async () => {
      await open('zeroWidth');
      const passage = await story.page.locator('.passage').textContent();
      assert.equal(passage, 'So B⟦U+200B⟧⟦U+200D⟧, as 👩🏽‍🚀 می\u200cخواهم⟦U+200F⟧');
    });

    it('shows markup as text', async () => {
      await open('markup');
      assert.match((await story.page.locator('.passage').textContent()) ?? '', /^<img src=x onerror=/);
      assert.equal(await story.page.locator('.text img, .text script').count(), 0);
      assert.equal(await story.page.evaluate('window.broken'), undefined);
      await change('oddMeta');
      await story.page.getByText('onerror="alert(1)"').waitFor();
      assert.equal(await story.page.locator('.text img, .text script').count(), 0);
    });

    it('names gold and prediction in words', async () => {
      await open('flip');
      const options = story.page.getByRole('list', { name: 'Options' }).getByRole('listitem');
      const words = async (at: number) => (await options.nth(at).innerText()).replaceAll(/\s+/g, ' ');
      assert.match(await words(0), /^A To the left gold$/);
      assert.match(await words(1), /^B To the right predicted · confidence 0.62$/);
      assert.doesNotMatch(await options.nth(2).innerText(), /gold|predicted/);
    });

    it('names both on one option where the answer is right', async () => {
      await open('right');
      assert.match(await story.page.getByRole('listitem').first().innerText(), /gold\s+predicted/);
      assert.equal(await story.page.locator('.option.wrong').count(), 0);
    });

    it('says so where there is no gold, or no answer', async () => {
      await open('noGold');
      await shows('No gold answer: nothing here is marked right or wrong.');
      await change('unanswered');
      await story.page.getByText('no answer: refusal').waitFor();
      assert.equal(await story.page.locator('mark').textContent(), 'I can’t help');
    });

    it('explains a chip to whoever reaches it by keyboard', async () => {
      await open('personFrame');
      await button(/^frame swap/).focus();
      await story.page.locator('.tip').getByText('right answer in another frame').waitFor();
    });
  });

  describe('layers', () => {
    it('switch by button and by key, and stay as they are after a reload', async () => {
      await open('boxes');
      await drawn();
      await story.page.locator('.data-box').first().waitFor();
      assert.equal(await story.page.locator('.data-box').count(), 2);
      await button('Boxes').click();
      assert.equal(await button('Boxes').getAttribute('aria-pressed'), 'false');
      assert.equal(await story.page.locator('.data-box').count(), 0);
      await story.page.evaluate(`storyEmit('do', { what: 'compass' })`);
      await story.page.locator('.image-arrows').waitFor({ state: 'detached' });
      await kept('"layers":{"boxes":false,"compass":false}');
      await story.page.reload();
      await drawn();
      assert.equal(await button('Boxes').getAttribute('aria-pressed'), 'false');
      assert.equal(await button('Compass').getAttribute('aria-pressed'), 'false');
    });

    it('that came later than what was kept are on as if nobody had chosen', async () => {
      await open('boxes');
      await drawn();
      // The page keeps its own state first, which would take the place of this one.
      await kept('"layers":{}');
      const old = JSON.stringify({ layers: { compass: false }, pinned: false });
      await story.page.evaluate(`sessionStorage.setItem('flipside-story-state', ${JSON.stringify(old)})`);
      await story.page.reload();
      await drawn();
      await story.page.locator('.data-box').first().waitFor();
      assert.equal(await button('Boxes').getAttribute('aria-pressed'), 'true');
      assert.equal(await button('Compass').getAttribute('aria-pressed'), 'false');
      await button('Boxes').click();
      await until('boxes off', async () => (await button('Boxes').getAttribute('aria-pressed')) === 'false');
    });

    it('that have nothing to show say why', async () => {
      await open('yesNo');
      assert.equal(await button(/^Compass: Neither gold nor answer/).getAttribute('aria-disabled'), 'true');
      assert.equal(await button(/^Boxes: The data gives no boxes/).getAttribute('aria-disabled'), 'true');
      assert.equal(
        await button(/^Saliency: There is no saliency map of this image/).getAttribute('aria-disabled'),
        'true',
      );
    });

    const named = (name: string): Promise<void> => story.page.getByRole('img', { name, exact: true }).waitFor();

    it('name the directions in words, on the image for the camera', async () => {
      await open('flip');
      await named('Compass, as seen by the camera: gold left, predicted right.');
      assert.deepEqual(await story.page.locator('.arrow-label').allInnerTexts(), ['gold left', 'predicted right']);
    });

    it('judge nothing where there is no gold', async () => {
      await open('noGold');
      await named('Compass, as seen by the camera: predicted right.');
      const label = story.page.locator('.arrow-label');
      assert.equal(await label.locator('.codicon-dash').count(), 1);
      await change('flip');
      await label.locator('.codicon-close').waitFor();
    });

    it('draw a plan for every other frame, and for depth', async () => {
      await open('personFrame');
      await named('Compass, as seen by the person: gold front-left, predicted right (front: where it faces).');
      await change('depth');
      await named('Compass, as seen by the camera: gold front, predicted back (front: nearer to the viewer).');
      await change('imagined');
      await named('Compass, from the imagined stand-point: gold above-left, predicted below-right.');
      assert.equal(await story.page.locator('.plan').count(), 1);
    });
  });

  describe('picture', () => {
    it('is asked for at the size of its box', async () => {
      await open('flip');
      await drawn();
      const [first] = await pictures();
      assert.equal(first?.crop, null);
      assert.ok(first !== undefined && first.size >= 700 && first.size <= 828, `${first?.size}`);
    });

    it('that is huge is seen sharp by a crop, asked for once the zoom rests', async () => {
      await open('huge');
      await drawn();
      // Without waiting in between: how fast presses come depends on how busy the machine is.
      await story.page.evaluate(`for (let n = 8; n > 0; n--) document.querySelector('[aria-label="Zoom in"]').click()`);
      const crops = async (): Promise<PictureCall[]> => (await pictures()).filter(({ crop }) => crop !== null);
      await until('a crop of the part seen', async () => ((await crops()).at(-1)?.crop?.width ?? 1) < 0.3);
      await story.page.locator('.patch').waitFor();
      const all = await crops();
      assert.ok(all.length <= 4, `${all.length} crops for 8 presses`);
      assert.ok((all.at(-1)?.size ?? 1e9) < 1500, 'no more pixels than the box shows');
      await button('Fit').click();
      await story.page.locator('.patch').waitFor({ state: 'detached' });
    });

    it('zooms by wheel with Ctrl, double click and keys of the workbench; arrows pan', async () => {
      await open('flip');
      await drawn();
      const scale = (): Promise<string> => story.page.locator('.scale').innerText();
      const fit = await scale();
      await story.page.mouse.move(300, 200);
      await story.page.keyboard.down('Control');
      await story.page.mouse.wheel(0, -240);
      await story.page.keyboard.up('Control');
      await story.page.locator('.box.zoomed').waitFor();
      assert.notEqual(await scale(), fit);
      const left = async (): Promise<number> => (await story.page.locator('.whole').boundingBox())?.x ?? 0;
      const before = await left();
      await story.page.locator('.box').focus();
      await story.page.keyboard.press('ArrowRight');
      await until('panned', async () => (await left()) < before);
      await story.page.evaluate(`storyEmit('do', { what: 'fit' })`);
      await story.page.locator('.box:not(.zoomed)').waitFor();
      await story.page.mouse.dblclick(300, 200);
      await story.page.locator('.box.zoomed').waitFor();
      assert.equal(await story.page.evaluate('window.scrollY'), 0);
    });

    it('moves nothing when it comes', async () => {
      await open('slow');
      const place = async (): Promise<number | undefined> => (await story.page.locator('.question').boundingBox())?.y;
      const before = await place();
      await story.page.locator('.waiting').waitFor();
      await drawn();
      assert.equal(await place(), before);
    });

    it('stays in sight while the text scrolls, in at most half the height', async () => {
      await open('manyRuns');
      await drawn();
      await story.page.evaluate('window.scrollTo(0, 600)');
      const rect = await story.page.locator('.pinned').boundingBox();
      assert.equal(rect?.y, 0);
      assert.ok((rect?.height ?? 1e9) <= 450);
    });

    it('that could not be loaded is asked for again', async () => {
      await open('failing');
      await story.page.getByText('Image could not be loaded').waitFor();
      const before = (await pictures()).length;
      await button('Try again').click();
      await asked('picture', before + 1);
    });

    it('that is missing leaves its path, the places tried, and a way to locate it', async () => {
      await open('missing');
      await story.page.getByText('Image not found').waitFor();
      const words = await story.page.locator('.missing').innerText();
      assert.equal(words.split('val2017/table_0417.png').length, 2, 'its path, once');
      await story.page.getByText('3 places tried').click();
      assert.equal(await story.page.locator('.missing li').count(), 3);
      await button('Locate images…').click();
      // The page knows long paths and images inside data in short only: the row is named, and the server knows the rest.
      assert.deepEqual(await asked('locate'), { key: { run: 'qwen', row: 417 }, index: 0 });
      const before = (await pictures()).length;
      await story.page.evaluate(`storyEmit('picturesChanged', null)`);
      await asked('picture', before + 1);
    });

    for (const [name, words] of [
      ['corrupt', 'Image cannot be read'],
      ['tooLarge', 'Image too large'],
      ['remote', 'Image lies on the network'],
      ['ambiguous', 'Image ambiguous'],
      ['failing', 'Image could not be loaded'],
      ['noImage', 'This item names no image'],
    ] as const) {
      it(`says why it is not there: ${name}`, async () => {
        await open(name);
        await story.page.locator('.stage').getByText(words).waitFor();
      });
    }

    it('offers only what can help: to locate one of several, nothing for what stands in the data', async () => {
      for (const [name, words, buttons] of [
        ['ambiguous', 'Image ambiguous', ['Show candidates', 'Locate images…']],
        ['corrupt', 'Image cannot be read', ['Locate images…', 'Open image']],
        ['inside', 'Image cannot be read', []],
        ['remote', 'Image lies on the network', ['Locate images…', 'Settings of images']],
        ['tooLarge', 'Image too large', ['Open image', 'Settings of images']],
      ] as const) {
        await open(name);
        await story.page.locator('.missing').getByText(words).waitFor();
        assert.deepEqual(await story.page.locator('.missing button').allTextContents(), buttons, name);
      }
    });

    it('leads to the settings that decide where images lie, and how answers are read', async () => {
      await open('missing');
      await button('Settings of images').click();
      assert.deepEqual(await asked('settings'), { about: 'images' });
      await button('Settings of rule and lens').click();
      assert.deepEqual(await asked('settings', 2), { about: 'reading' });
    });

    it('lists the candidates where it is ambiguous', async () => {
      await open('ambiguous');
      const notice = story.page.getByRole('region', { name: 'Image ambiguous' });
      assert.equal(await notice.getByRole('listitem').count(), 0);
      await button('Show candidates').click();
      assert.equal(await notice.getByRole('listitem').count(), 3);
      assert.equal(await story.page.evaluate('document.activeElement.textContent'), '3 candidates');
    });
  });

  describe('strip', () => {
    it('shows images that the data do not name, as many as a file beside them holds', async () => {
      await open('embeddedFrames');
      const strip = story.page.getByRole('listbox');
      assert.equal(await strip.getByRole('option').count(), 3);
      await strip.focus();
      await story.page.keyboard.press('End');
      await story.page.locator('.strip .count').getByText('3 of 3').waitFor();
      await story.page.getByRole('group', { name: /^Image 3 of 3 of item/ }).waitFor();
    });

    it('steps through the images by arrows and keys of the workbench', async () => {
      await open('frames');
      const strip = story.page.getByRole('listbox');
      await strip.focus();
      await story.page.keyboard.press('ArrowRight');
      await story.page.keyboard.press('ArrowRight');
      await story.page.locator('.strip .count').getByText('3 of 32').waitFor();
      assert.equal(await strip.getAttribute('aria-activedescendant'), 'frame-2');
      await story.page.evaluate(`storyEmit('do', { what: 'previousImage' })`);
      await story.page.locator('.strip .count').getByText('2 of 32').waitFor();
      await story.page.keyboard.press('End');
      await story.page.locator('.strip .count').getByText('32 of 32').waitFor();
      await story.page.getByRole('img', { name: /^Image 32 of 32/ }).waitFor();
    });

    it('asks for thumbnails only as they come into sight', async () => {
      await open('frames');
      const thumbnails = async (): Promise<PictureCall[]> => (await pictures()).filter(({ size }) => size === 96);
      await until('thumbnails', async () => (await thumbnails()).length > 4);
      await drawn();
      const small = await thumbnails();
      assert.ok(small.length < 20, `${small.length} thumbnails`);
    });
  });

  describe('moving on', () => {
    it('opens another run’s answer by click and by Enter, and the focus stays', async () => {
      await open('flip');
      await story.page.getByRole('row', { name: /mvsm_aug/ }).click();
      assert.deepEqual(await asked('show'), { key: { run: 'mvsm_aug_flip_v1_merged', row: 417 } });
      await story.page.keyboard.press('ArrowDown');
      await story.page.keyboard.press('Enter');
      assert.deepEqual(await asked('show', 2), { key: { run: 'mvsm_visual_prompt_merged', row: 417 } });
      await change('flip', `{ key: { run: 'mvsm_visual_prompt_merged', row: 417 } }`);
      await shows('4 of 180');
      assert.match(await story.page.evaluate('document.activeElement.textContent'), /mvsm_visual/);
    });

    it('asks to step, pin, copy, and open source and image', async () => {
      await open('flip');
      await button(/Next item/).click();
      assert.deepEqual(await asked('step'), { by: 1 });
      await button('Pin').click();
      assert.deepEqual(await asked('pin'), { pinned: true });
      await button('Copy item id').click();
      assert.deepEqual(await asked('copy'), { text: '417' });
      await button(/\.csv, row 417$/).click();
      assert.deepEqual(await asked('openSource'), { key: { run: 'qwen', row: 417 } });
      await button(/^Open image/).click();
      assert.deepEqual(await asked('openImage'), { key: { run: 'qwen', row: 417 }, index: 0 });
    });

    it('reads a new item from its top, and the same one from where it was', async () => {
      await open('manyRuns');
      await story.page.evaluate('window.scrollTo(0, 300)');
      await change('manyRuns');
      await shows('4 of 180');
      assert.equal(await story.page.evaluate('window.scrollY'), 300);
      await change('manyRuns', `{ key: { run: 'qwen', row: 418 } }`);
      await until('the top', async () => (await story.page.evaluate('window.scrollY')) === 0);
    });

    it('tells what failed, without losing the item', async () => {
      await open('failing');
      await button(/\.csv, row 417$/).click();
      await story.page.getByRole('alert').getByText('The file is gone.').waitFor();
      await button('Dismiss').click();
      assert.equal(await story.page.getByRole('alert').count(), 0);
    });

    it('leads to the list where there is no item', async () => {
      await open('noItem');
      await story.page.getByText('No item is chosen.').waitFor();
      await button('Go to the errors').click();
      await asked('list');
    });
  });

  describe('in a narrow panel', () => {
    const narrow = { width: 300 };
    const rectOf = async (selector: string) => {
      const rect = await story.page.locator(selector).first().boundingBox();
      assert.ok(rect !== null, `${selector} is drawn`);
      return { ...rect, right: rect.x + rect.width, bottom: rect.y + rect.height };
    };

    it('marks options beside their words or below, never over them', async () => {
      await open('flip', narrow);
      const over = await story.page.evaluate<string[]>(
        `[...document.querySelectorAll('.option')].filter((option) => {
          const range = document.createRange();
          range.selectNodeContents(option.querySelector('.words'));
          const words = range.getBoundingClientRect();
          return [...option.querySelectorAll('.mark')].some((mark) => {
            const box = mark.getBoundingClientRect();
            return box.left < words.right && box.top < words.bottom;
          });
        }).map((option) => option.innerText)`,
      );
      assert.deepEqual(over, []);
    });

    it('draws the plan under the picture, and both stay in sight in at most half the height', async () => {
      await open('personFrame', narrow);
      await drawn();
      const [picture, plan, pinned] = [await rectOf('.whole'), await rectOf('.plan'), await rectOf('.pinned')];
      assert.ok(plan.y >= picture.bottom - 1, `the plan begins at ${plan.y}, the picture ends at ${picture.bottom}`);
      assert.ok(pinned.bottom >= plan.bottom && pinned.height <= 450, `${plan.bottom} in ${pinned.height}`);
      await story.page.evaluate('window.scrollTo(0, 400)');
      assert.equal((await rectOf('.pinned')).y, 0);
    });

    it('leaves room for why a picture is missing', async () => {
      await open('missing', narrow);
      await story.page.getByText('Image not found').waitFor();
      const [title, plan] = [await rectOf('.missing .title'), await rectOf('.plan')];
      assert.ok(title.height < 30, `the title takes ${title.height} pixels`);
      assert.ok((await rectOf('.missing .actions')).bottom <= plan.y);
    });

    it('keeps every key beside its button', async () => {
      await open('boxes', narrow);
      await drawn();
      assert.deepEqual(await story.page.locator('.stage-bar kbd:visible').allInnerTexts(), ['c', 'b', '-', '=', '0']);
    });
  });

  describe('buttons', () => {
    it('cover nothing of the picture', async () => {
      await open('boxes');
      await drawn();
      const bar = await story.page.locator('.stage-bar').boundingBox();
      const picture = await story.page.locator('.whole').boundingBox();
      assert.ok(bar !== null && picture !== null && picture.y >= bar.y + bar.height);
    });

    it('have their keys printed beside them, not in their names', async () => {
      await open('frames');
      await drawn();
      for (const [name, key] of [
        ['Compass', 'c'],
        ['Zoom in', '='],
        ['Pin', 't'],
        ['Next item of the list', 'n'],
        [/\.csv, row 417$/, 'o'],
      ] as const) {
        assert.equal(await button(name).locator('kbd').innerText(), key, String(name));
      }
      assert.deepEqual(await story.page.locator('.strip kbd').allInnerTexts(), ['[', ']']);
    });

    it('that can do nothing say why to whoever reaches them by keyboard', async () => {
      await open('flip');
      await button(/^Saliency/).focus();
      await story.page.locator('.tip').getByText('no saliency map of this image').waitFor();
      await button('Compass').focus();
      await story.page.locator('.tip').waitFor({ state: 'detached' });
    });
  });

  it('says that a frame is not stated where it draws the camera’s', async () => {
    await open('unstated');
    const words = 'Compass, frame not stated: gold left, predicted right (drawn as the camera sees it).';
    await story.page.getByRole('img', { name: words, exact: true }).waitFor();
    await story.page.getByText('frame not stated: drawn as the camera sees it').waitFor();
    await change('flip');
    await story.page.locator('.frame-note').waitFor({ state: 'detached' });
  });

  it('calls runs of one model by what tells them apart', async () => {
    await open('twins');
    const names = (await story.page.locator('.others td.run').allInnerTexts()).map((name) => name.trim());
    assert.deepEqual(names, ['val.json', 'test.json', 'llava-onevision-7b']);
  });

  describe('asking again', () => {
    const cards = (): Locator => story.page.locator('.rerun-card');
    const emitDo = (what: string): Promise<unknown> => story.page.evaluate(`storyEmit('do', { what: '${what}' })`);
    const maps = (): Promise<number> => story.page.locator('canvas.map').count();

    it('shows what was asked before: answers, probabilities, class, and what they were made with', async () => {
      await open('reruns');
      await until('three cards', async () => (await cards().count()) === 3);
      const sampled = cards().nth(2);
      assert.match(await sampled.locator('.answers').innerText(), /2 ×\s*B\s/);
      assert.match(await sampled.innerText(), /estimated from sampled answers/);
      assert.match(await sampled.innerText(), /horizontal flip/);
      assert.match(await sampled.innerText(), /temperature 0.7 · seed 3/);
      const first = cards().nth(1);
      const numbers = await first.locator('.probabilities .number').allInnerTexts();
      assert.deepEqual(numbers, ['94 %', '5 %', '0.7 %', 'unknown']);
      assert.match(await first.innerText(), /does not know the word/);
    });

    it('lays the latest map over the picture, in its own cells, and switches it', async () => {
      await open('reruns');
      await drawn();
      await until('a map', async () => (await maps()) === 1);
      const size = await story.page.evaluate(
        '[document.querySelector("canvas.map").width, document.querySelector("canvas.map").height]',
      );
      assert.deepEqual(size, [16, 16]);
      await emitDo('saliency');
      await until('no map', async () => (await maps()) === 0);
      await emitDo('saliency');
      await story.page
        .getByRole('combobox', { name: 'Map over the picture' })
        .selectOption({ label: 'imported map · grad-cam' });
      await until(
        'the other map',
        async () => (await story.page.evaluate('document.querySelector("canvas.map")?.width')) === 24,
      );
    });

    it('says the map’s value under the pointer, and its share inside the boxes', async () => {
      await open('reruns');
      await drawn();
      await until('a map', async () => (await maps()) === 1);
      await story.page.locator('.box').first().hover();
      await until('a value', async () => /^here \d/.test(await story.page.locator('.map-bar .value').innerText()));
      assert.match(await story.page.locator('.map-bar .share').innerText(), /^44 % in boxes \(18 % of the area\)$/);
      const rows = await cards().first().locator('.inside tbody th').allInnerTexts();
      assert.deepEqual(rows, ['table', 'banana', 'all together']);
      await story.page.mouse.move(5, 895);
      await until('no value', async () => (await story.page.locator('.map-bar .value').innerText()) === '');
    });

    it('shows two maps side by side that move together', async () => {
      await open('reruns');
      await drawn();
      await emitDo('compareMaps');
      await until('two maps', async () => (await maps()) === 2);
      await emitDo('zoomIn');
      await story.page.locator('.box.zoomed').nth(1).waitFor();
      const widths = (): Promise<unknown> =>
        story.page.evaluate('[...document.querySelectorAll(".whole")].map((each) => each.style.width)');
      const [left, right] = (await widths()) as string[];
      assert.equal(left, right);
      await emitDo('compareMaps');
      await until('one map', async () => (await maps()) === 1);
    });

    it('asks with what was chosen, shows a map while it is made, and gives up', async () => {
      await open('flip');
      await emitDo('editRerun');
      await story.page.getByRole('textbox', { name: 'Prompt' }).fill('Look again: {question}');
      await story.page.getByRole('combobox', { name: 'Map', exact: true }).selectOption('occlusion');
      await emitDo('rerun');
      const { choices } = (await asked('rerun')) as { choices: Record<string, unknown> };
      assert.equal(choices['prompt'], 'Look again: {question}');
      assert.equal(choices['method'], 'occlusion');
      await shows('Map: 40 of 87');
      await until('a partial map', async () => (await maps()) === 1);
      await button('Cancel').click();
      await until('nothing', async () => (await maps()) === 0);
      assert.equal(await story.page.locator('.rerun .problem').count(), 0);
    });

    it('says what failed, and goes on', async () => {
      await open('flip');
      await emitDo('editRerun');
      await story.page.getByRole('textbox', { name: 'Prompt' }).fill('fail');
      await button(/^Rerun/).click();
      await shows('The model process ended (SIGKILL). Ask again: it is started anew.');
      await story.page.getByRole('textbox', { name: 'Prompt' }).fill('');
      await button(/^Rerun/).click();
      await until('a card', async () => (await cards().count()) === 1);
      assert.equal(await story.page.locator('.rerun .problem').count(), 0);
    });

    it('asks once each time that the extension wants it', async () => {
      await open('flip');
      await story.page.evaluate(
        `storyEmit('changed', { item: storyItems['boxes'], place: null, pinned: false, message: null, keys: storyKeys, asksAgain: true, annotating: storyAnnotating })`,
      );
      await asked('rerun');
      await change('boxes');
      await story.page.waitForTimeout(200);
      assert.equal((await story.calls('rerun')).length, 1);
    });

    it('keeps how items are asked, for the next item and after a reload', async () => {
      await open('flip');
      await emitDo('editRerun');
      await story.page.getByRole('spinbutton', { name: 'Seed' }).fill('41');
      await change('boxes');
      await shows('4 of 180');
      assert.equal(await story.page.getByRole('spinbutton', { name: 'Seed' }).inputValue(), '41');
      await kept('"seed":41');
      await story.page.reload();
      await drawn();
      await emitDo('editRerun');
      assert.equal(await story.page.getByRole('spinbutton', { name: 'Seed' }).inputValue(), '41');
    });
  });
});
