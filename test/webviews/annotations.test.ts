import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { MarkedBox, Marks } from '../../src/protocol/annotations.js';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory, type StoryOptions } from './gallery.js';

interface Said {
  readonly key: { readonly run: string; readonly row: number };
  readonly set: Marks;
  readonly adjudicates: boolean;
  readonly advance: boolean;
}

const KEY = { run: 'qwen', row: 417 };

describe('annotating in the inspector', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} Annotating in the page "inspector" is not tested.\n`);
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
    await story.page.locator('.annotation').waitFor();
    await story.page.locator('.whole img').first().waitFor();
    await story.frame();
  }
  const press = (key: string): Promise<void> => story.page.keyboard.press(key);
  const button = (name: string | RegExp): Locator => story.page.locator('.annotation').getByRole('button', { name });
  const label = (name: string): Locator => story.page.locator('.label-button', { hasText: name });
  const isPressed = async (name: string): Promise<boolean> =>
    (await label(name).getAttribute('aria-pressed')) === 'true';
  const status = (): Promise<string> => story.page.locator('.save-status').innerText();
  const note = (): Locator => story.page.getByRole('textbox', { name: /^Note/ });
  const hasFocus = async (element: Locator): Promise<boolean> =>
    (await element.and(story.page.locator(':focus')).count()) === 1;
  const emitDo = (what: string): Promise<unknown> => story.page.evaluate(`storyEmit('do', { what: '${what}' })`);
  const hold = (): Promise<unknown> => story.page.evaluate(`storyHold('annotate')`);
  const release = (): Promise<unknown> => story.page.evaluate('storyRelease()');
  /** The page is told of another row, as after a step in the list. */
  const turnTo = async (row: number): Promise<void> => {
    await story.page.evaluate(`storyEmit('changed', {
      item: { ...storyItems.flip, key: { run: 'qwen', row: ${row} }, record: { ...storyItems.flip.record, item: '${row}' } },
      place: { position: 4, total: 180 }, pinned: false, message: null, keys: storyKeys, asksAgain: false,
      annotating: storyAnnotating })`);
    await story.page
      .getByRole('cell', { name: String(row), exact: true })
      .first()
      .waitFor();
  };
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = 300; !(await holds()); left--) {
      assert.ok(left > 0, `waited in vain: ${what}`);
      await story.page.waitForTimeout(50);
    }
  }
  /** What was said so far, once it was said `times` times. */
  async function said(times: number): Promise<readonly Said[]> {
    await until(`${times} annotations`, async () => (await story.calls('annotate')).length >= times);
    // One more than was meant would come at once.
    await story.page.waitForTimeout(60);
    const all = (await story.calls('annotate')).map(({ params }) => params as Said);
    assert.equal(all.length, times);
    return all;
  }
  const lastSet = async (times: number): Promise<Marks | undefined> => (await said(times)).at(-1)?.set;

  describe('labels', () => {
    it('have the keys of the scheme, whatever the order, and give themselves by key and by click', async () => {
      await open('unlabelled');
      assert.equal((await story.page.locator('.label-button kbd').allInnerTexts()).join(''), 'hduxwfzgqlaj');
      await press('z');
      assert.deepEqual(await said(1), [{ key: KEY, set: { label: 'wrong-frame' }, adjudicates: false, advance: true }]);
      await until('pressed', () => isPressed('wrong frame of reference'));
      await label('gold label wrong').click();
      assert.deepEqual(await lastSet(2), { label: 'gold-wrong' });
      await until('the other is not', async () => !(await isPressed('wrong frame of reference')));
    });

    it('are taken back by their own key, and nothing goes on then', async () => {
      await open('labelled');
      assert.ok(await isPressed('true horizontal flip'));
      await press('h');
      assert.deepEqual(await said(1), [{ key: KEY, set: { label: null }, adjudicates: false, advance: false }]);
      await until('not pressed', async () => !(await isPressed('true horizontal flip')));
    });

    it('go on to the next item where the settings say so', async () => {
      await open('advancing');
      await story.page.getByText('After a label: next item').waitFor();
      await press('h');
      await story.page.getByRole('cell', { name: '418', exact: true }).first().waitFor();
      await until('a word on the last one', async () => (await status()) === 'item 417 saved');
      await press('h');
      assert.deepEqual(
        (await said(2)).map(({ key, set }) => [key.row, set.label]),
        [
          [417, 'horizontal-flip'],
          [418, 'horizontal-flip'],
        ],
      );
    });

    it('have dead keys while somebody types, and with Ctrl, Alt or Meta', async () => {
      await open('unlabelled');
      await note().click();
      await story.page.keyboard.type('hdk');
      await story.page.getByRole('combobox', { name: /^Class/ }).focus();
      await press('g');
      await story.page.locator('.annotation').focus();
      for (const key of ['Control+h', 'Alt+h', 'Meta+h', 'Shift+H']) await press(key);
      assert.deepEqual(
        (await said(1)).map(({ set }) => set),
        [{ note: 'hdk' }],
      );
      assert.deepEqual(await story.calls('nextUnlabelled'), []);
    });

    it('are given once by a key that is held down', async () => {
      await open('unlabelled');
      await story.page.keyboard.down('h');
      await story.page.keyboard.down('h');
      await story.page.keyboard.down('h');
      await story.page.keyboard.up('h');
      await said(1);
      await label('other').focus();
      await story.page.keyboard.down('Enter');
      await story.page.keyboard.down('Enter');
      await story.page.keyboard.up('Enter');
      assert.deepEqual(await lastSet(2), { label: 'other' });
    });

    it('are given with Caps Lock, and in an alphabet without Latin letters', async () => {
      await open('unlabelled');
      const type = (init: string): Promise<unknown> =>
        story.page.evaluate(`document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...${init} }))`);
      await type(`{ key: 'H', code: 'KeyH' }`);
      assert.deepEqual(await lastSet(1), { label: 'horizontal-flip' });
      await type(`{ key: 'в', code: 'KeyD' }`);
      assert.deepEqual(await lastSet(2), { label: 'depth-flip' });
    });

    it('leave their keys to what had them before, and go no further to the workbench', async () => {
      await open('oldLabel');
      await story.page.evaluate(
        `(window.heard = [], window.addEventListener('keydown', ({ key }) => window.heard.push(key)))`,
      );
      const [first] = await story.page.locator('.label-button').all();
      assert.equal(await first?.locator('kbd').count(), 0);
      assert.match((await first?.getAttribute('title')) ?? '', /Its key c does something else here/);
      await press('c');
      await press('7');
      await story.page.evaluate(
        `document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, key: 'ñ' }))`,
      );
      assert.deepEqual(
        (await said(2)).map(({ set }) => set.label),
        ['label-2', 'label-1'],
      );
      assert.deepEqual(await story.page.evaluate('window.heard'), ['c']);
    });

    it('that the scheme does not know any more are shown by their ids, and can be taken back', async () => {
      await open('oldLabel');
      const old = label('left-right-swap');
      assert.match(await old.innerText(), /left-right-swap not in the scheme any more/);
      assert.match(await story.page.locator('.opinions').innerText(), /left-right-swap not in the scheme any more/);
      await old.click();
      assert.deepEqual(await lastSet(1), { label: null });
    });
  });

  describe('saving', () => {
    it('says saved only once it is', async () => {
      await open('unlabelled');
      await hold();
      await press('h');
      await until('saving', async () => (await status()) === 'saving …');
      assert.match(await label('true horizontal flip').innerText(), /saving/);
      assert.ok(await isPressed('true horizontal flip'));
      await story.page.waitForTimeout(200);
      assert.equal(await status(), 'saving …');
      await release();
      await until('saved', async () => (await status()) === 'saved');
      assert.match(await label('true horizontal flip').innerText(), /saved/);
      assert.equal(await story.page.locator('.save-status').getAttribute('aria-live'), 'polite');
    });

    it('sends one after the other, each to the item that was in sight', async () => {
      await open('unlabelled');
      await hold();
      await press('h');
      await press('d');
      await turnTo(418);
      await press('x');
      await press('Control+z');
      assert.equal((await said(1)).length, 1, 'the others wait for the first');
      assert.deepEqual(await story.calls('undoAnnotation'), []);
      await release();
      assert.deepEqual(
        (await said(3)).map(({ key, set }) => [key.row, set.label]),
        [
          [417, 'horizontal-flip'],
          [417, 'depth-flip'],
          [418, 'orthogonal'],
        ],
      );
      await until('undo after all', async () => (await story.calls('undoAnnotation')).length === 1);
    });

    it('takes a label back that is still on its way', async () => {
      await open('unlabelled');
      await hold();
      await press('h');
      await until('pressed', () => isPressed('true horizontal flip'));
      await press('h');
      await until('not pressed', async () => !(await isPressed('true horizontal flip')));
      await release();
      assert.deepEqual(
        (await said(2)).map(({ set }) => set.label),
        ['horizontal-flip', null],
      );
    });

    it('sends what waits when the page goes away', async () => {
      await open('unlabelled');
      await hold();
      await press('h');
      await press('d');
      await said(1);
      await story.page.evaluate(`window.dispatchEvent(new Event('pagehide'))`);
      await said(2);
    });

    it('says not saved, why, and until when', async () => {
      await open('unsaved');
      await press('h');
      await until('not saved', async () => (await status()) === 'not saved');
      assert.match(await label('true horizontal flip').innerText(), /not saved/);
      await story.page.getByRole('alert').getByText('Not saved: rater-a.jsonl cannot be written').waitFor();
      // Pressing again tries again.
      await press('h');
      assert.deepEqual(
        (await said(2)).map(({ set }) => set.label),
        ['horizontal-flip', 'horizontal-flip'],
      );
      await until('not saved', async () => (await status()) === 'not saved');
      await story.page
        .evaluate(`storyEmit('changed', { item: storyItems.flip, place: null, pinned: false, message: null,
        keys: storyKeys, asksAgain: false, annotating: storyAnnotating })`);
      await until('all is saved', async () => (await status()) === 'saved');
      assert.equal(await story.page.getByRole('alert').count(), 0);
    });

    it('tells of an item that is not in sight any more which one it was', async () => {
      await open('unsaved');
      await hold();
      await press('h');
      await said(1);
      await story.page.evaluate(`storyEmit('changed', { item: { ...storyItems.flip, key: { run: 'qwen', row: 418 } },
        place: null, pinned: false, message: null, keys: storyKeys, asksAgain: false,
        annotating: { ...storyAnnotating, unsaved: 1 } })`);
      await until('the next item', async () => !(await isPressed('true horizontal flip')));
      await release();
      await story.page.getByRole('alert').getByText('Item 417: Not saved: rater-a.jsonl').waitFor();
      assert.equal(await status(), 'item 417 not saved');
    });

    it('offers what is not saved as a file', async () => {
      await open('unsaved');
      await story.page.getByText('3 changes are not saved').waitFor();
      await story.page.getByRole('alert').getByText('.flipside/annotations/rater-a.jsonl cannot be written').waitFor();
      await button('Keep them as a file…').click();
      await until('asked', async () => (await story.calls('keepUnsaved')).length === 1);
    });
  });

  describe('fields', () => {
    it('a note is saved when it is left, and by Ctrl+Enter; Escape gives the old text back', async () => {
      await open('labelled');
      await emitDo('note');
      await until('the focus', async () => hasFocus(note()));
      await press('Control+a');
      await story.page.keyboard.type('Seen in the mirror.');
      await press('Control+Enter');
      assert.deepEqual(await said(1), [
        { key: KEY, set: { note: 'Seen in the mirror.' }, adjudicates: false, advance: false },
      ]);
      // The focus has left the field: keys give labels again.
      await press('d');
      assert.deepEqual(await lastSet(2), { label: 'depth-flip' });
      await note().fill('something else');
      await press('Escape');
      assert.equal(await note().inputValue(), 'Seen in the mirror.');
      await note().fill('');
      await story.page.locator('.annotation').focus();
      assert.deepEqual(await lastSet(3), { note: null });
      await note().focus();
      await note().blur();
      await said(3);
    });

    it('a note goes to the item that it was written for, where another takes its place', async () => {
      await open('unlabelled');
      await note().fill('of the first');
      await hold();
      await turnTo(418);
      assert.deepEqual(
        (await said(1)).map(({ key, set }) => [key.row, set.note]),
        [[417, 'of the first']],
      );
      assert.equal(await note().inputValue(), '');
    });

    it('a note that is gone to lies beside the picture, not under it', async () => {
      await open('unlabelled', { width: 360 });
      const box = await note().boundingBox();
      // Just where the picture lies over it.
      await story.page.evaluate(`window.scrollTo(0, ${(box?.y ?? 0) - 150})`);
      await emitDo('note');
      await until('the focus', () => hasFocus(note()));
      await story.frame();
      const [field, picture] = [await note().boundingBox(), await story.page.locator('.pinned').boundingBox()];
      assert.ok(field !== null && picture !== null);
      assert.ok(field.y >= picture.y + picture.height && field.y + field.height <= 800, `${field.y}`);
    });

    it('a note grows with its text', async () => {
      await open('unlabelled');
      const height = async (): Promise<number> => (await note().boundingBox())?.height ?? 0;
      const before = await height();
      await note().fill('one\ntwo\nthree\nfour');
      assert.ok((await height()) > before + 40);
    });

    it('confidence, corrected gold and class are said and taken back', async () => {
      await open('unlabelled');
      const radio = (name: string): Locator => story.page.getByRole('radio', { name, exact: true });
      await radio('75 %').click();
      assert.deepEqual(await said(1), [{ key: KEY, set: { confidence: 0.75 }, adjudicates: false, advance: false }]);
      await until('checked', async () => (await radio('75 %').getAttribute('aria-checked')) === 'true');
      await press('ArrowRight');
      assert.deepEqual(await lastSet(2), { confidence: 1 });
      // The radio buttons take no letters: keys give labels there too.
      await press('x');
      assert.deepEqual(await lastSet(3), { label: 'orthogonal' });
      const gold = story.page.getByRole('combobox', { name: /^Corrected gold/ });
      assert.deepEqual(await gold.locator('option').allInnerTexts(), [
        'as stated: To the left',
        ...['To the right', 'On top', 'Under'],
      ]);
      await gold.selectOption('On top');
      assert.deepEqual(await lastSet(4), { gold: 'On top' });
      await gold.selectOption('');
      assert.deepEqual(await lastSet(5), { gold: null });
      const choice = story.page.getByRole('combobox', { name: /^Class/ });
      await choice.selectOption('opposite');
      assert.deepEqual(await lastSet(6), { class: 'opposite' });
      await radio('none').click();
      assert.deepEqual(await lastSet(7), { confidence: null });
    });

    it('are folded in a narrow panel, where what they say stands in words, and stay as they were left', async () => {
      await open('labelled', { width: 360 });
      await story.page.getByText('75 % sure · gold: On top').waitFor();
      assert.equal(await story.page.getByRole('radio').count(), 0);
      await button('More').click();
      await story.page.getByRole('radio').first().waitFor();
      await until('kept', async () => (await story.kept()).includes('"more":true'));
      await story.page.reload();
      await story.page.getByRole('radio').first().waitFor();
    });
  });

  describe('drawing', () => {
    const surface = (): Locator => story.page.locator('.draw-surface');
    const picture = async (): Promise<{ x: number; y: number; width: number; height: number }> => {
      const place = await story.page.locator('.whole').first().boundingBox();
      assert.ok(place !== null);
      return place;
    };
    const at = async (x: number, y: number): Promise<[number, number]> => {
      const place = await picture();
      return [place.x + x * place.width, place.y + y * place.height];
    };
    const isNear = (value: number, wanted: number): void =>
      assert.ok(Math.abs(value - wanted) < 0.005, `${value}, not ${wanted}`);
    async function drag(from: [number, number], to: [number, number]): Promise<void> {
      await story.page.mouse.move(...(await at(...from)));
      await story.page.mouse.down();
      await story.page.mouse.move(...(await at(...to)), { steps: 4 });
      await story.page.mouse.up();
    }

    it('a drag makes a box in fractions of the picture, which is drawn, named and removed', async () => {
      await open('unlabelled');
      await button('Draw Box').click();
      await surface().waitFor();
      assert.equal(await button('Draw Box').getAttribute('aria-pressed'), 'true');
      await drag([0.6, 0.5], [0.2, 0.25]);
      const [call] = await said(1);
      const [box] = call?.set.boxes ?? [];
      assert.ok(box !== undefined && call?.advance === false);
      assert.deepEqual([box.unit, box.image, box.label], ['fraction', 0, null]);
      for (const [value, wanted] of [
        [box.x, 0.2],
        [box.y, 0.25],
        [box.width, 0.4],
        [box.height, 0.25],
      ] as const)
        isNear(value, wanted);
      const drawn = await story.page.locator('.mark-box.mine').boundingBox();
      const [left] = await at(0.2, 0.25);
      assert.ok(Math.abs((drawn?.x ?? 0) - left) < 3);
      await press('Escape');
      await surface().waitFor({ state: 'detached' });
      const name = story.page.getByRole('textbox', { name: 'What box 1 shows' });
      await name.fill('table');
      await press('Enter');
      assert.equal((await lastSet(2))?.boxes?.[0]?.label, 'table');
      await story.page.locator('.mark-box.mine').getByText('table').waitFor();
      await button('Remove box 1').focus();
      await press('Enter');
      assert.deepEqual(await lastSet(3), { boxes: null });
      await until('none', async () => (await story.page.locator('.mark-box').count()) === 0);
    });

    it('lies where it was drawn in a picture that is zoomed', async () => {
      await open('unlabelled');
      for (let times = 0; times < 3; times++) await emitDo('zoomIn');
      await story.page.locator('.box.zoomed').waitFor();
      await emitDo('drawBox');
      await surface().waitFor();
      await drag([0.4, 0.4], [0.6, 0.55]);
      const [box] = (await lastSet(1))?.boxes ?? [];
      isNear(box?.x ?? 0, 0.4);
      isNear(box?.height ?? 0, 0.15);
    });

    it('slips of a few pixels make no box, and Escape gives up a box before the drawing', async () => {
      await open('unlabelled');
      await emitDo('drawBox');
      await surface().waitFor();
      await drag([0.5, 0.5], [0.503, 0.503]);
      await story.page.mouse.move(...(await at(0.2, 0.2)));
      await story.page.mouse.down();
      await story.page.mouse.move(...(await at(0.5, 0.5)));
      await story.page.locator('.mark-box.open').waitFor();
      await press('Escape');
      await story.page.locator('.mark-box.open').waitFor({ state: 'detached' });
      await story.page.mouse.move(...(await at(0.6, 0.6)));
      await story.page.mouse.up();
      assert.equal(await surface().count(), 1);
      await said(0);
      await press('Escape');
      await surface().waitFor({ state: 'detached' });
    });

    it('a click makes a point, and the drawing goes on', async () => {
      await open('labelled');
      await emitDo('drawPoint');
      await surface().waitFor();
      await story.page.mouse.click(...(await at(0.3, 0.7)));
      const points = (await lastSet(1))?.points ?? [];
      assert.equal(points.length, 2);
      isNear(points[1]?.x ?? 0, 0.3);
      isNear(points[1]?.y ?? 0, 0.7);
      assert.equal(await surface().count(), 1);
      await emitDo('drawPoint');
      await surface().waitFor({ state: 'detached' });
      await button('Remove point 1').click();
      assert.deepEqual((await lastSet(2))?.points, [points[1]]);
    });

    it('by keys: arrows move a crosshair, Enter sets corners and points, and labels keep their keys', async () => {
      await open('unlabelled');
      await button('Draw Box').focus();
      await press('Enter');
      await surface().waitFor();
      await press('Shift+ArrowLeft');
      await press('Enter');
      for (let times = 0; times < 4; times++) await press('Shift+ArrowRight');
      await press('Shift+ArrowDown');
      await press('ArrowDown');
      await press('Enter');
      const { width, height } = await picture();
      const [box] = ((await lastSet(1))?.boxes ?? []) as MarkedBox[];
      isNear(box?.x ?? 0, 0.5 - 25 / width);
      isNear(box?.width ?? 0, 100 / width);
      isNear(box?.height ?? 0, 30 / height);
      await story.page
        .getByRole('status')
        .getByText(/^6\d % from left, 5\d % from top$/)
        .waitFor();
      await press('h');
      assert.deepEqual(await lastSet(2), { label: 'horizontal-flip' });
      await press('Escape');
      await surface().waitFor({ state: 'detached' });
      await until('the focus is back', async () => hasFocus(button('Draw Box')));
    });

    it('shows again what is drawn where it was switched off', async () => {
      await open('labelled');
      await story.page.locator('.mark-box.mine').waitFor();
      await story.page.getByRole('toolbar').getByRole('button', { name: 'Annotation' }).click();
      await story.page.locator('.mark-box').waitFor({ state: 'detached' });
      await emitDo('drawBox');
      await story.page.locator('.mark-box.mine').waitFor();
    });

    it('belongs to the image that it was drawn on, and ends with it', async () => {
      await open('frames');
      await emitDo('nextImage');
      await story.page.locator('.strip .count').getByText('2 of 32').waitFor();
      await until('a picture', async () => (await button('Draw Point').getAttribute('aria-disabled')) === 'false');
      await emitDo('drawPoint');
      await surface().waitFor();
      await story.page.mouse.click(...(await at(0.5, 0.5)));
      assert.equal((await lastSet(1))?.points?.[0]?.image, 1);
      await story.page.locator('.mark-point').waitFor();
      await story.page.locator('.drawn').getByText('image 2').waitFor();
      await emitDo('nextImage');
      await surface().waitFor({ state: 'detached' });
      await story.page.locator('.mark-point').waitFor({ state: 'detached' });
    });

    it('is not offered where there is no picture', async () => {
      story = await gallery.story('inspector', 'missing', { width: 700, height: 900 });
      await story.page.getByText('Image not found').waitFor();
      assert.equal(await button('Draw Box').getAttribute('aria-disabled'), 'true');
      await emitDo('drawBox');
      await story.page.waitForTimeout(100);
      assert.equal(await surface().count(), 0);
    });
  });

  describe('going on and back', () => {
    it('undo and redo by button and by key, outside of text fields', async () => {
      await open('labelled');
      assert.equal(await button('Redo').getAttribute('aria-disabled'), 'true');
      await press('Control+y');
      await press('Control+Shift+Z');
      assert.deepEqual(await story.calls('undoAnnotation'), []);
      await press('d');
      await until('pressed', () => isPressed('true depth flip'));
      await until('saved', async () => (await status()) === 'saved');
      await press('Control+z');
      await until('undone', () => isPressed('true horizontal flip'));
      await until('redo', async () => (await button('Redo').getAttribute('aria-disabled')) === 'false');
      await button('Redo').click();
      await until('made again', () => isPressed('true depth flip'));
      await button('Undo').click();
      await until('undone', () => isPressed('true horizontal flip'));
      await press('Control+Shift+Z');
      await until('made again', () => isPressed('true depth flip'));
      assert.deepEqual(
        (await story.calls('undoAnnotation')).map(({ params }) => params),
        [false, true, false, true].map((redo) => ({ redo })),
      );
      await note().focus();
      await press('Control+z');
      await story.page.waitForTimeout(100);
      assert.equal((await story.calls('undoAnnotation')).length, 4);
    });

    it('goes on to the next unlabelled item by button and by key, and says how far one is', async () => {
      await open('unlabelled');
      await story.page.getByText('12 of 50 labelled').waitFor();
      await press('k');
      await button('Next unlabelled').click();
      await until('asked', async () => (await story.calls('nextUnlabelled')).length === 2);
      await button('Edit labels…').click();
      await until('asked', async () => (await story.calls('editScheme')).length === 1);
      await button('Settings').click();
      await until('asked', async () => (await story.calls('settings')).length === 1);
    });

    it('leaves the key of the next unlabelled item to the workbench where a command has it', async () => {
      await open('unlabelled');
      await story.page
        .evaluate(`storyEmit('changed', { item: storyItems.flip, place: null, pinned: false, message: null,
        keys: { ...storyKeys, 'flipside.nextUnlabelled': ';' }, asksAgain: false, annotating: storyAnnotating })`);
      await button('Next unlabelled').getByText(';').waitFor();
      await press('k');
      await press(';');
      await story.page.waitForTimeout(100);
      assert.deepEqual(await story.calls('nextUnlabelled'), []);
    });

    it('says as whom, or that the name is asked for', async () => {
      await open('unlabelled');
      assert.match(await story.page.locator('#annotation-heading').innerText(), /as rater-a$/);
      await story.close();
      await open('unnamed');
      assert.match(
        await story.page.locator('#annotation-heading').innerText(),
        /your name is asked for with the first/,
      );
      assert.equal(await story.page.locator('.labelled').count(), 0);
    });
  });

  describe('several annotators', () => {
    it('are heard with all that they say', async () => {
      await open('disputed');
      const said = await story.page.locator('.opinions').innerText();
      for (const words of ['rater-b', 'true horizontal flip', '100 % sure', '1 box', 'gold: On top', 'See the shadow.'])
        assert.ok(said.includes(words), words);
      await story.page.locator('.decision').getByText('Annotators differ.').waitFor();
      assert.equal(await story.page.locator('.mark-box.theirs').innerText(), 'rater-b: box 1');
    });

    it('are decided between while that is switched on, and only then', async () => {
      await open('disputed');
      const decide = button('I decide between them');
      await decide.click();
      await story.page.getByText('Annotators differ. Decide:').waitFor();
      assert.ok(!(await isPressed('true depth flip')), 'one’s own label is not the decision');
      await press('h');
      assert.deepEqual(await said(1), [
        { key: KEY, set: { label: 'horizontal-flip' }, adjudicates: true, advance: true },
      ]);
      await story.page.locator('.decision').getByText('rater-a decided: true horizontal flip').waitFor();
      await press('h');
      assert.deepEqual(await said(2).then((all) => all.at(-1)), {
        ...{ key: KEY, set: { label: null }, adjudicates: true, advance: false },
      });
      await decide.click();
      await press('x');
      assert.equal((await said(3)).at(-1)?.adjudicates, false);
    });

    it('show what was decided, by whom', async () => {
      await open('decided');
      await story.page.locator('.decision').getByText('rater-c decided: true horizontal flip').waitFor();
      assert.ok(await isPressed('true depth flip'));
      await button('I decide between them').click();
      await until('the decision', () => isPressed('true horizontal flip'));
    });

    it('are not asked to decide where nobody differs', async () => {
      await open('disputed');
      await button('I decide between them').click();
      await turnTo(418);
      assert.equal(await story.page.locator('.decision').count(), 0);
      await press('h');
      assert.equal((await said(1))[0]?.adjudicates, false);
    });

    it('are held back, and the class with them, until there is a label of one’s own', async () => {
      await open('blind');
      await story.page.getByText(/What others say and the automatic class are hidden until/).waitFor();
      assert.equal(await story.page.locator('.opinions').count(), 0);
      assert.equal(
        (await story.page.locator('.outcome').first().innerText()).replaceAll(/\s+/g, ' ').trim(),
        'wrong · class hidden',
      );
      assert.match(await story.page.locator('.why').innerText(), /The class is hidden until this item has a label/);
      assert.equal(await story.page.locator('.others').getByText('class hidden').count(), 1);
      assert.equal(await story.page.locator('.chip').count(), 0);
      assert.equal(await story.page.getByRole('option', { name: 'as the rule says', exact: true }).count(), 1);
    });

    it('that spoke of another text or image count no more', async () => {
      await open('stale');
      const notices = await story.page.locator('.annotation .notice').allInnerTexts();
      assert.match(notices[0] ?? '', /question has changed since: rater-a had said true depth flip.*does not count/s);
      assert.match(notices[1] ?? '', /image has changed since: rater-b had said something without a label/);
      assert.ok(!(await isPressed('true depth flip')));
    });
  });

  it('shows what is pressed, chosen and drawn in forced colours', async () => {
    await open('labelled', { theme: 'highContrast' });
    await story.forceColours();
    const grounds = await story.page.evaluate<string[]>(
      `['.label-button[aria-pressed=true]', '.label-button[aria-pressed=false]', '.steps [aria-checked=true]', '.steps [aria-checked=false]']
        .map((selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)`,
    );
    assert.notEqual(grounds[0], grounds[1]);
    assert.notEqual(grounds[2], grounds[3]);
    const borders = await story.page.evaluate<string[]>(
      `[getComputedStyle(document.querySelector('.mark-box')).borderTopStyle, getComputedStyle(document.querySelector('.mark-box')).outlineStyle]`,
    );
    assert.deepEqual(borders, ['solid', 'solid']);
  });

  it('leaves buttons where they are when one is pressed', async () => {
    await open('unlabelled', { width: 360 });
    const places = (): Promise<unknown> =>
      story.page.evaluate(
        `[...document.querySelectorAll('.label-button')].map((each) => each.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height])`,
      );
    const before = await places();
    await press('z');
    await until('saved', async () => (await status()) === 'saved');
    assert.deepEqual(await places(), before);
  });
});
