import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { ModelsState } from '../../src/protocol/modelsPage.js';
import { KINDS, runningWords, sizeOf } from '../../src/webviews/models/words.js';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory, type StoryOptions } from './gallery.js';

const AUGMENTED = 'Flipside scenes, augmented';

describe('the page of models', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "models" is not tested.\n`);
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
    story = await gallery.story('models', name, { width: 1100, height: 900, ...options });
    await story.page.locator('article, .failed').first().waitFor();
    return story;
  }
  const card = (name: string): Locator => story.page.getByRole('article', { name, exact: true });
  const button = (name: string): Locator => story.page.getByRole('button', { name, exact: true });
  const focused = (): Promise<string> =>
    story.page.evaluate<string>(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName`);
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = 300; !(await holds()); left--) {
      assert.ok(left > 0, `waited in vain: ${what}`);
      await story.page.waitForTimeout(50);
    }
  }
  const says = (of: Locator, words: RegExp): Promise<void> =>
    until(String(words), async () => words.test(await of.innerText()));
  const said = (words: RegExp): Promise<void> => says(story.page.locator('main > .sr-only[role=status]'), words);
  const params = async (method: string): Promise<unknown> => (await story.calls(method)).at(-1)?.params;
  const tell = (state: ModelsState): Promise<unknown> =>
    story.page.evaluate(`storyEmit('changed', ${JSON.stringify(state)})`);
  const stateOf = (more: Partial<ModelsState>): ModelsState => {
    const status = { loaded: [], running: null, waiting: 0 };
    return { ...{ models: [], servers: [], usual: null, status, isTrusted: true, revision: 0 }, ...more };
  };

  it('shows every model under its kind: name, id, place and size, and loads none', async () => {
    await open('usual');
    assert.deepEqual(
      await story.page.locator('h2').allInnerTexts(),
      Object.values(KINDS).map(({ title }) => title),
    );
    const sections = await story.page.locator('section').all();
    const counts = await Promise.all(sections.map((section) => section.getByRole('article').count()));
    assert.deepEqual(counts, [2, 2, 1, 2, 1]);
    const text = await card(AUGMENTED).innerText();
    for (const part of ['bundled:augmented', '/opt/extensions/flipside/models/augmented.json', '825 kB'])
      assert.ok(text.includes(part), part);
    assert.deepEqual(await story.calls('probe'), []);
    assert.match(await story.page.locator('.doing').innerText(), /Nothing is loaded/);
  });

  it('says of one that cannot be loaded what is missing, and offers no trial', async () => {
    await open('usual');
    assert.match(await card('broken.json').innerText(), /Cannot be loaded\. .* Put it beside the manifest\./);
    assert.deepEqual(await card('broken.json').getByRole('button').allInnerTexts(), ['Copy id']);
  });

  it('tries a model: device, what did not answer and why, what it gives and what not, size, memory, hash, notes', async () => {
    await open('fresh');
    await button(`Try: ${AUGMENTED}`).click();
    await card(AUGMENTED).locator('dl').waitFor();
    const lines = await card(AUGMENTED).locator('dl > div').allInnerTexts();
    const told = new Map(lines.map((line) => [line.split('\n')[0] ?? '', line.split('\n').slice(1).join('\n').trim()]));
    assert.equal(told.get('Runs on'), 'CPU');
    assert.match(
      told.get('Not on') ?? '',
      /CUDA: its library is not installed.*\nWebGPU: Failed to get a WebGPU adapter/s,
    );
    assert.doesNotMatch(told.get('Not on') ?? '', /CPU/);
    assert.match(told.get('Gives') ?? '', /probabilities over the options.*gradients by the pixels.*boxes/s);
    assert.match(told.get('Does not give') ?? '', /answers in words.*attention/s);
    assert.doesNotMatch(told.get('Does not give') ?? '', /occlusion/);
    assert.equal(told.get('Images'), 'brought to 64 × 64 pixels');
    assert.equal(told.get('Memory'), '1.2 MB');
    assert.match(told.get('Weights') ?? '', /^SHA-256 a9a19598ba45…\s+Copy$/);
    assert.equal(told.get('Notes'), 'Knows synthetic scenes of coloured shapes only.');
    assert.deepEqual(await params('probe'), { model: 'bundled:augmented' });
    await said(/augmented answers on CPU/);
    await says(story.page.locator('.doing'), /Loaded: Flipside scenes, augmented on CPU \(1\.2 MB\)/);
    assert.deepEqual(await card(AUGMENTED).locator('.tag').allInnerTexts(), ['loaded']);
    await button(`Copy the SHA-256 of the weights: ${AUGMENTED}`).click();
    await said(/Copied the SHA-256/);
    assert.match(((await params('copy')) as { text: string }).text, /^a9a19598[0-9a-f]{56}$/);
  });

  it('says of a server that its weights are not known, and that maps are made by occlusion', async () => {
    await open('server');
    await button('Try: vl-7b (lab)').click();
    await says(card('vl-7b (lab)'), /Maps are made by occlusion then\./);
    await says(card('vl-7b (lab)'), /their SHA-256 is not known/);
    await says(card('vl-7b (lab)'), /in a size that depends on the image/);
  });

  it('shows that a model is being loaded, or waits, and gives up when asked, with the focus where it was', async () => {
    await open('fresh');
    await story.page.evaluate(`storyHold('probe')`);
    await button(`Try: ${AUGMENTED}`).focus();
    await story.page.keyboard.press('Enter');
    await says(card(AUGMENTED), /Loading, and trying what it can do/);
    assert.equal(await focused(), `Try: ${AUGMENTED}`);
    const status = { loaded: [], running: 'ask onnx:other', waiting: 1 };
    const models = [
      { id: 'bundled:augmented', kind: 'bundled' as const, name: AUGMENTED, where: '/x', bytes: 1, missing: null },
    ];
    await tell(stateOf({ models, status }));
    await says(card(AUGMENTED), /Waiting\. First: Asking onnx:other$/m);
    // Pressed once more it begins nothing.
    await story.page.keyboard.press('Enter');
    assert.equal((await story.calls('probe')).length, 1);
    await story.page.keyboard.press('Tab');
    assert.equal(await focused(), `Cancel: ${AUGMENTED}`);
    await story.page.keyboard.press('Enter');
    await said(/Cancelled/);
    await until('the focus', async () => (await focused()) === `Try: ${AUGMENTED}`);
    assert.equal(await card(AUGMENTED).locator('progress').count(), 0);
    assert.equal(await card(AUGMENTED).locator('.failed').count(), 0);
  });

  it('says why a model cannot be loaded, and tries again', async () => {
    await open('refused');
    await button('Try: two-towers').click();
    await says(card('two-towers'), /two-towers\.onnx is no ONNX graph .* Export it again\./);
    await button('Try again: two-towers').click();
    await until('asked again', async () => (await story.calls('probe')).length === 2);
  });

  it('shows what is loaded, what runs and how much waits, as it changes', async () => {
    await open('loaded');
    await says(story.page.locator('.doing'), /baseline on CPU .*; Flipside scenes, augmented on CPU/);
    await says(story.page.locator('.doing'), /Asking bundled:augmented, 2 waiting/);
    assert.deepEqual(await card(AUGMENTED).locator('.tag').allInnerTexts(), ['loaded', 'default']);
    await card(AUGMENTED).locator('dl').waitFor();
    await tell(stateOf({ status: { loaded: [], running: 'load onnx:a b', waiting: 0 } }));
    await says(story.page.locator('.doing'), /Nothing is loaded\.\s+Loading onnx:a b$/);
  });

  it('uses a model by default, and stops, in place; says where a workspace holds against it', async () => {
    await open('fresh');
    await button(`Use by default: ${AUGMENTED}`).focus();
    await story.page.keyboard.press('Enter');
    await said(/bundled:augmented is used by default/);
    assert.deepEqual(await params('useByDefault'), { model: 'bundled:augmented' });
    assert.equal(await focused(), `Stop using by default: ${AUGMENTED}`);
    await story.page.keyboard.press('Enter');
    await said(/No model is used by default/);
    assert.deepEqual(await params('useByDefault'), { model: null });
    await story.close();
    await open('workspaceDefault');
    await button(`Use by default: ${AUGMENTED}`).click();
    await says(story.page.locator('.notice'), /a setting of this workspace goes before them/);
    await button('Dismiss').click();
    assert.equal(await story.page.locator('.notice').count(), 0);
  });

  it('copies an id', async () => {
    await open('fresh');
    await button('Copy id: bundled:baseline').click();
    await said(/Copied the id bundled:baseline/);
    assert.deepEqual(await params('copy'), { text: 'bundled:baseline' });
  });

  it('says for each server whether a key is kept, and asks for one by the server’s address', async () => {
    await open('usual');
    const lines = await story.page.locator('.servers li').allInnerTexts();
    assert.match(lines[0] ?? '', /^\s*lab https:\/\/models\.example\.org:8443\/v1\s+A key is kept/);
    assert.match(lines[1] ?? '', /No key is kept/);
    await button('Set API key of lab').click();
    assert.deepEqual(await params('setKey'), { where: 'https://models.example.org:8443/v1' });
  });

  it('says for kinds of which there is none how one is added, and opens the settings', async () => {
    await open('fresh');
    const sentences = await story.page.locator('.nothing > span').allInnerTexts();
    assert.equal(sentences.length, 4);
    for (const [index, setting] of ['folders', 'folders', 'endpoints', 'processes'].entries())
      assert.ok(sentences[index]?.includes(`flipside.models.${setting}`), sentences[index]);
    await button('Open settings: Servers').click();
    assert.deepEqual(await params('settings'), { about: 'models' });
  });

  it('looks again when asked, and by itself once settings have changed: what was tried before holds no more', async () => {
    await open('fresh');
    assert.equal((await story.calls('find')).length, 1);
    await button('Refresh').click();
    await until('looked again', async () => (await story.calls('find')).length === 2);
    await story.close();
    await open('refused');
    await button('Try: two-towers').click();
    await says(card('two-towers'), /is no ONNX graph/);
    await tell(stateOf({ revision: 1 }));
    await until('looked by itself', async () => (await story.calls('find')).length >= 2);
    await button('Try: two-towers').waitFor();
    assert.doesNotMatch(await card('two-towers').innerText(), /is no ONNX graph/);
  });

  it('says that the process died, and tries again', async () => {
    await open('ended');
    await says(story.page.locator('.notice'), /The model process ended \(SIGKILL; .*more memory.*\)/);
    await button('Try again').click();
    await until('looked again', async () => (await story.calls('find')).length === 2);
    await story.close();
    await open('failed');
    await says(story.page.locator('.failed'), /Models cannot be looked for\. .*flipside\.nodePath/);
    await button('Show log').click();
    assert.deepEqual(await params('command'), { command: 'flipside.showLog' });
    await button('Try again').click();
    await card(AUGMENTED).waitFor();
    assert.equal(await story.page.locator('.failed').count(), 0);
  });

  it('says in a workspace that is not trusted whose settings count, and shows what these give', async () => {
    await open('restricted');
    await says(story.page.locator('.notice'), /not trusted, so only your own settings/);
    await card(AUGMENTED).waitFor();
    await button('Manage trust').click();
    assert.deepEqual(await params('command'), { command: 'workbench.trust.manage' });
  });

  it('says where the default is none of the models', async () => {
    await open('unknownDefault');
    await says(story.page.locator('.notice'), /flipside\.models\.default says “gone”, which is none of these/);
  });

  it('goes from model to model by arrow keys, on the same button', async () => {
    await open('many');
    await button(`Copy id: bundled:augmented`).focus();
    await story.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'Copy id: bundled:baseline');
    await story.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'Copy id: openai:lab/model-0');
    await story.page.keyboard.press('End');
    assert.equal(await focused(), 'Copy id: openai:lab/model-59');
    await story.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'Copy id: openai:lab/model-59');
    await story.page.keyboard.press('Home');
    await story.page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 'Copy id: bundled:augmented');
  });

  it('shows markup, hidden characters and names from right to left as text', async () => {
    await open('odd');
    await story.page.getByRole('button', { name: 'Try: <img' }).click();
    await story.page.locator('dl').waitFor();
    assert.equal(await story.page.locator('main img').count(), 0);
    assert.match(await story.page.locator('main').innerText(), /⟦U\+202E⟧evil/);
  });
});

describe('the words of the page of models', () => {
  it('are sizes in decimal units', () => {
    assert.deepEqual([1, 12, 825_265, 1_237_898, 46_200_000, 1_830_000_000].map(sizeOf), [
      '1 byte',
      '12 bytes',
      '825 kB',
      '1.2 MB',
      '46 MB',
      '1.8 GB',
    ]);
  });

  it('say what runs, also where it is called otherwise', () => {
    const words = (running: string | null, waiting = 0): string | null =>
      runningWords({ loaded: [], running, waiting });
    assert.equal(words(null), null);
    assert.equal(words('explain onnx:a'), 'Making a map with onnx:a');
    assert.equal(words('detect onnx:a', 1), 'Looking for boxes with onnx:a, 1 waiting');
    assert.equal(words('tidy'), 'tidy');
  });
});
