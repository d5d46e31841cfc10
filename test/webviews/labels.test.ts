import assert from 'node:assert/strict';
import { noChromium } from '../support/chromium.js';
import { Gallery, THEMES, type OpenStory } from './gallery.js';

/** Labels in the list of errors: their keys, what they are given to, and what is told of it. */
describe('labels in the errors page', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} Labels in the page "errors" are not tested.\n`);
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

  async function open(name: string, options: Parameters<Gallery['story']>[2] = {}): Promise<OpenStory['page']> {
    story = await gallery.story('errors', name, options);
    await story.page.locator('.question').first().waitFor();
    await story.page.locator('#rows').focus();
    return story.page;
  }
  interface Annotated {
    readonly keys: readonly { readonly row: number }[] | null;
    readonly set: { readonly label: string | null };
  }
  const annotated = async (): Promise<Annotated[]> =>
    (await story.calls('annotate')).map(({ params }) => params as Annotated);
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = 500; !(await holds()); left--) {
      assert.ok(left > 0, `waited in vain: ${what}`);
      await story.page.waitForTimeout(30);
    }
  }
  const current = (): Promise<string | null> => story.page.locator('#rows').getAttribute('aria-activedescendant');
  const told = (): Promise<string> => story.page.locator('.saved').innerText();

  it('go to the current row by one key, are called saved once they are, and the list goes on', async () => {
    const page = await open('few');
    await page.keyboard.press('Home');
    await page.keyboard.press('w');
    await until('saved', async () => /saved.*wrong object/.test(await told()));
    assert.deepEqual(await annotated(), [{ ...(await annotated())[0], set: { label: 'wrong-object' } }]);
    assert.deepEqual(
      (await annotated())[0]?.keys?.map(({ row }) => row),
      [0],
    );
    // As the list of a thousand rows does: to the next error of the stub.
    await until('the next row', async () => (await current()) !== 'row-0');
    await until('the label', async () => /wrong object/.test(await page.locator('#row-0').innerText()));
  });

  it('are taken back by the same key, without going on', async () => {
    const page = await open('labelled');
    await page.keyboard.press('Home');
    await page.keyboard.press('h');
    await until('taken back', async () => /taken back/.test(await told()));
    assert.deepEqual((await annotated())[0]?.set, { label: null });
    assert.equal(await current(), 'row-0');
  });

  it('go to all selected rows in one go', async () => {
    const page = await open('few');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('q');
    await until('saved', async () => /3 rows: question ambiguous/.test(await told()));
    assert.deepEqual(
      (await annotated())[0]?.keys?.map(({ row }) => row),
      [0, 1, 2],
    );
    await page.keyboard.press('Control+a');
    await page.keyboard.press('j');
    await until('all', async () => (await annotated()).length === 2);
    assert.equal((await annotated())[1]?.keys, null, 'all rows of the query');
  });

  it('that are said again are told to be on their way at once: the same words would tell nothing', async () => {
    const page = await open('few');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('q');
    await until('saved', async () => /saved.*2 rows: question ambiguous/.test(await told()));
    await page.evaluate(`storyHold('annotate')`);
    await page.keyboard.press('q');
    assert.match(await told(), /^saving/);
    await page.evaluate('storyRelease()');
    await until('saved again', async () => /saved.*2 rows: question ambiguous/.test(await told()));
  });

  it('mean nothing in the search field, with Ctrl, or where a key is held down', async () => {
    const page = await open('few');
    await page.keyboard.press('Home');
    await page.locator('vscode-text-field, input').first().focus();
    await page.keyboard.type('whd');
    await page.locator('#rows').focus();
    await page.keyboard.press('Alt+w');
    await page.evaluate(
      `document.getElementById('rows').dispatchEvent(new KeyboardEvent('keydown', { key: 'w', repeat: true, bubbles: true }))`,
    );
    await page.waitForTimeout(200);
    assert.deepEqual(await annotated(), []);
  });

  it('are those of the same keys with Caps Lock, and in an alphabet without these letters', async () => {
    const page = await open('few');
    await page.keyboard.press('Home');
    const press = (key: string, code: string): Promise<unknown> =>
      page.evaluate(
        `document.getElementById('rows').dispatchEvent(new KeyboardEvent('keydown', ${JSON.stringify({ key, code, bubbles: true })}))`,
      );
    await press('W', 'KeyW');
    await until('the first', async () => /wrong object/.test(await told()));
    await press('ч', 'KeyX');
    await until('the second', async () => (await annotated()).length === 2);
    assert.deepEqual(
      (await annotated()).map(({ set }) => set.label),
      ['wrong-object', 'orthogonal'],
    );
  });

  it('ask for a row where none is current', async () => {
    const page = await open('few');
    await page.keyboard.press('w');
    await until('the notice', async () => /Select a row first/.test(await page.locator('header').innerText()));
    assert.deepEqual(await annotated(), []);
  });

  it('are undone and made again by keys', async () => {
    const page = await open('few');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+y');
    await until('three', async () => (await story.calls('undoAnnotation')).length === 3);
    assert.deepEqual(
      (await story.calls('undoAnnotation')).map(({ params }) => params),
      [{ redo: false }, { redo: true }, { redo: true }],
    );
  });

  it('that cannot be written are called so, with what to do', async () => {
    const page = await open('unsaved');
    await page.keyboard.press('Home');
    await page.keyboard.press('w');
    await until('not saved', async () => /not saved/.test(await told()));
    assert.equal(await current(), 'row-0', 'the list does not go on');
    const labels = page.locator('.labels');
    assert.match(await labels.innerText(), /cannot be written \(EROFS\)/);
    await labels.getByRole('button', { name: 'Keep as a file…' }).click();
    assert.deepEqual((await story.calls('command')).at(-1)?.params, { command: 'flipside.keepUnsavedAnnotations' });
  });

  it('are hidden and shown by a button that stays as it was left', async () => {
    const page = await open('few');
    const button = page.getByRole('button', { name: /the labels/ });
    await button.click();
    assert.equal(await page.locator('.label-keys').count(), 0);
    await button.click();
    assert.equal(await page.locator('.label-keys button').count(), 12);
  });

  it('tell in blind mode that the class is hidden, and no class', async () => {
    const page = await open('blind');
    const text = await page.locator('#rows').innerText();
    assert.match(text, /class hidden/);
    assert.doesNotMatch(text, /horizontal|depth|vertical|orthogonal/);
  });

  for (const name of ['labelled', 'blind', 'unsaved']) {
    it(`stand out in every theme, narrow and wide: ${name}`, async () => {
      for (const [at, theme] of THEMES.entries()) {
        for (const width of [260, 900]) {
          if (at > 0 || width > 260) await story.close();
          await open(name, { theme, width, height: 800 });
          await story.page.keyboard.press('Home');
          assert.deepEqual(await story.tooPale(), [], `${theme} ${width}`);
          const overflow = await story.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          assert.ok(overflow <= 0, `${theme} ${width}: ${overflow} pixels too wide`);
          await story.photograph(`labels-${name}`);
        }
      }
    });
  }
});
