import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { MappingDraft } from '../../src/protocol/mapping.js';
import { noChromium } from '../support/chromium.js';
import { Gallery, type OpenStory, type StoryOptions } from './gallery.js';

describe('the mapping assistant', function () {
  let gallery: Gallery;
  let story: OpenStory;

  before(async function () {
    if (noChromium !== null) {
      process.stderr.write(`${noChromium} The page "mapping" is not tested.\n`);
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
    story = await gallery.story('mapping', name, { width: 1200, height: 900, ...options });
    await story.page.locator('.panes, .empty').waitFor();
    return story;
  }
  const field = (label: string): Locator => story.page.locator(`#pick-${label}`);
  const state = (): Locator => story.page.locator('.preview .state');
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let left = 300; !(await holds()); left--) {
      assert.ok(left > 0, `waited in vain: ${what}`);
      await story.page.waitForTimeout(50);
    }
  }
  const says = (words: RegExp): Promise<void> =>
    until(String(words), async () => words.test(await state().innerText()));
  const focused = (): Promise<string> => story.page.evaluate<string>('document.activeElement.id');
  async function lastDraft(): Promise<MappingDraft> {
    const calls = await story.calls('preview');
    return (calls.at(-1)?.params as { draft: MappingDraft }).draft;
  }

  it('shows the first rows, what was inferred and why, and how the rows are read', async () => {
    await open('usual');
    assert.deepEqual(await story.page.locator('.head th .cell').allInnerTexts(), [
      ...['n', 'question', 'picture', 'offered', 'answer', 'first_output', 'second_output'],
    ]);
    assert.match(await story.page.locator('#note-gold').innerText(), /A guess \(0\.42\): the name 'answer'/);
    assert.match(await story.page.locator('header').innerText(), /Could not be decided: whether 'first_output'/);
    await says(/3 of 3 read, as questions/);
  });

  it('takes a column by keyboard alone, shows its rows at once, and leaves the focus where it is', async () => {
    await open('usual');
    await says(/as questions/);
    await field('prediction').focus();
    await story.page.keyboard.type('second');
    await story.page.keyboard.press('Enter');
    await says(/3 of 3 read: 3 right|3 of 3 read: 2 right/);
    assert.equal(await focused(), 'pick-prediction');
    assert.deepEqual((await lastDraft()).roles['prediction'], ['second_output']);
    // Another column takes its place; of images it would be one more.
    await story.page.keyboard.press('ArrowDown');
    await story.page.keyboard.press('ArrowDown');
    await story.page.keyboard.press('Enter');
    await until('another', async () => (await lastDraft()).roles['prediction']?.join() !== 'second_output');
    assert.equal((await lastDraft()).roles['prediction']?.length, 1);
    await field('image').focus();
    for (const name of ['picture', 'n']) {
      await story.page.keyboard.type(name);
      await story.page.keyboard.press('Enter');
    }
    await until('both', async () => (await lastDraft()).roles['image']?.join() === 'picture,n');
    await story.page.keyboard.press('Backspace');
    await until('one', async () => (await lastDraft()).roles['image']?.join() === 'picture');
  });

  it('asks once for what is typed in a moment, and shows the latest of several answers', async () => {
    await open('complete');
    await says(/1 right, 1 wrong, 1 without a readable answer/);
    const before = (await story.calls('preview')).length;
    await story.page.locator('input[title^="A name, or a pattern"]').fill('results/answers.csv?');
    await says(/does not match answers\.csv/);
    await story.page.locator('input[title^="A name, or a pattern"]').pressSequentially('x', { delay: 5 });
    await story.page.locator('input[title^="A name, or a pattern"]').fill('answers.csv');
    await says(/1 right/);
    assert.ok((await story.calls('preview')).length - before <= 4);
  });

  it('says what is wrong at its place, asks nothing then, and offers no acceptance', async () => {
    await open('nothing');
    await says(/Choose a column for at least one of Right answer/);
    assert.equal((await story.calls('preview')).length, 0);
    const accept = story.page.locator('vscode-button', { hasText: 'Accept' });
    await until('no acceptance', async () => (await accept.getAttribute('disabled')) !== null);
    await story.close();
    await open('clash');
    await says(/"answer" is Right answer and Prediction at once/);
    assert.match(await story.page.locator('#note-prediction').innerText(), /at once/);
  });

  it('keeps its layout while the rows change', async () => {
    await open('complete');
    await says(/1 right/);
    await story.frame();
    const places = (): Promise<unknown> =>
      story.page.evaluate(`['#role-gold', '.preview .scroll', 'footer'].map((of) => {
        const { top, height } = document.querySelector(of).getBoundingClientRect();
        return [top, height];
      })`);
    const before = await places();
    await field('prediction').focus();
    await story.page.keyboard.type('second');
    await story.page.keyboard.press('Enter');
    await says(/3 right|2 right/);
    assert.deepEqual(await places(), before);
  });

  it('stays usable with thousands of columns', async () => {
    await open('many');
    assert.equal(await story.page.locator('.head th').count(), 60);
    await field('prediction').click();
    assert.equal(await story.page.locator('[role=option]').count(), 100);
    await story.page.keyboard.type('feature_4999');
    assert.equal(await story.page.locator('[role=option]').count(), 1);
    await story.page.keyboard.press('Enter');
    await until('the column', async () => (await lastDraft()).roles['prediction']?.[0] === 'feature_4999');
    await story.page.locator('.filter input').fill('feature_4999');
    assert.deepEqual(await story.page.locator('.head th .cell').allInnerTexts(), ['feature_4999']);
  });

  it('writes on Accept and says what became of it; declining changes nothing', async () => {
    await open('complete');
    await says(/1 right/);
    await story.page.locator('vscode-button', { hasText: 'Accept' }).click();
    await until('done', async () => /read as the run/.test(await story.page.locator('footer').innerText()));
    assert.match(await story.page.locator('footer').innerText(), /Written to \.flipside\/formats\/answers\.json/);
    await story.close();
    await open('declined');
    await says(/1 right/);
    await story.page.locator('vscode-button', { hasText: 'Accept' }).click();
    await until('asked', async () => (await story.calls('accept')).length === 1);
    await until('answered', async () => /Accept writes/.test(await story.page.locator('footer').innerText()));
  });

  it('keeps what was edited when it is loaded again, and takes it back when asked', async () => {
    await open('usual');
    await field('prediction').focus();
    await story.page.keyboard.type('second');
    await story.page.keyboard.press('Enter');
    await says(/right/);
    await story.page.reload();
    await story.page.locator('.panes').waitFor();
    await says(/right/);
    assert.deepEqual((await lastDraft()).roles['prediction'], ['second_output']);
    await story.page.getByRole('button', { name: 'Back to what was inferred' }).click();
    await says(/as questions/);
  });

  it('tells that the file has changed, and keeps the mapping', async () => {
    await open('usual');
    await field('prediction').focus();
    await story.page.keyboard.type('second');
    await story.page.keyboard.press('Enter');
    await says(/right/);
    const subject = {
      columns: [{ name: 'question', cells: ['?'] }],
      rows: 1,
      isWhole: true,
      inferred: [],
      undecided: [],
    };
    const more = { confidence: 0, isDecided: false, alreadyRead: null, stated: null };
    const draft = { match: 'x', roles: {}, kind: null, base: null, convention: null, model: null, dataset: null };
    const file = '/work/toy/results/answers.csv';
    const now = { file, shown: 'answers.csv', subject: { ...subject, ...more, draft }, message: null, target: null };
    const payload = { state: now, reason: 'The file has changed: its first rows were read again.' };
    await story.page.evaluate(`storyEmit('changed', ${JSON.stringify(payload)})`);
    await story.page.locator('.notice', { hasText: 'has changed' }).waitFor();
    assert.match(await story.page.locator('#note-prediction').innerText(), /"second_output" is no column/);
    await story.page.getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await story.page.locator('.notice').count(), 0);
  });

  it('leads to the settings that decide how the rows are read', async () => {
    await open('usual');
    await story.page.getByRole('button', { name: 'Settings of rule and lens' }).click();
    await until('asked', async () => (await story.calls('settings')).length === 1);
    assert.deepEqual((await story.calls('settings'))[0]?.params, { about: 'reading' });
  });

  it('says why a file cannot be mapped, with a way to try again', async () => {
    await open('empty');
    assert.match(await story.page.locator('.empty').innerText(), /answers\.csv is empty/);
    await story.page.locator('vscode-button', { hasText: 'Try again' }).click();
    await until('asked again', async () => (await story.calls('start')).length === 2);
  });

  it('shows markup, hidden characters and names from right to left as text', async () => {
    await open('odd');
    assert.equal(await story.page.locator('main img').count(), 0);
    assert.match(await story.page.locator('.head').innerText(), /⟦U\+202E⟧evil/);
    assert.match(await story.page.locator('#note-prediction').innerText(), /"gone" is no column/);
  });
});
