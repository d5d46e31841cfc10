/* global window -- what is handed to a frame runs in its page */
/** Blind annotating: what pages receive and show of an item before it has a label of one's own. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  annotationFile,
  changeSettings,
  errorsOf,
  eventsIn,
  labelsIn,
  listRun,
  photographWindow,
  saved,
  untilCurrent,
  untilLabel,
} from './annotated.mjs';
import { goToRow } from './rows.mjs';
import {
  chip,
  count,
  frameOf,
  openContainer,
  runFromPalette,
  shownItem,
  TIMEOUT,
  until,
  untilText,
} from './workbench.mjs';

/** What stands in the other's file and nowhere else: whatever holds it was told what the other says. */
const LABEL = 'zebra-of-the-other';
const NOTE = 'A giraffe that nobody but the other wrote.';
const OTHERS = /zebra-of-the-other|giraffe/i;
/** Names of classes, as values and as words; the scheme of labels and counts of whole runs are left out where they are looked for. */
const CLASS = /horizontal|depth(?! convention)|vertical|orthogonal|opposite|adjacent|drift/i;
const ROWS = 5;

/** Writes a file of another annotator about the same items, made of the events of one that a window wrote. */
export function writeOthersFile(from, workspace) {
  const file = annotationFile(workspace, 'cleo');
  const lines = eventsIn(from).map((event, at) =>
    JSON.stringify({ ...event, id: `other-${at}`, by: 'cleo', set: { label: LABEL, note: NOTE } }),
  );
  assert.ok(lines.length > ROWS);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/** Runs in every frame before its own scripts: keeps what comes in as messages. */
export function recordMessages() {
  const { addEventListener } = window.EventTarget.prototype;
  const heard = (window.heardMessages = []);
  window.EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    if (type === 'message' && this === window && window.isRecorded !== true) {
      window.isRecorded = true;
      addEventListener.call(this, type, (event) => heard.push(JSON.stringify(event.data)));
    }
    return addEventListener.call(this, type, listener, ...rest);
  };
}

/** What our pages have received since the last time: [frame's title, text]. */
async function received(page) {
  const all = [];
  for (const title of ['Errors', 'Inspector']) {
    const frame = await frameOf(page, title);
    const texts = await frame.evaluate(() => window.heardMessages.splice(0));
    all.push(...texts.map((text) => [title, text]));
  }
  return all;
}

/** Texts in a message that tell a class: keys whose value does, with where they lie. What is about whole runs is left out. */
function classesIn(value, at = '') {
  if (typeof value === 'string') return CLASS.test(value) ? [`${at}: ${value.slice(0, 80)}`] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    ['scheme', 'overview', 'lens'].includes(name) ? [] : classesIn(each, `${at}.${name}`),
  );
}

/** What somebody can read or point at in a page, without the labels' keys and what explains them. */
function shownIn(frame, selector) {
  return frame.locator(selector).evaluateAll((elements) =>
    elements
      .map((element) => {
        const copy = element.cloneNode(true);
        for (const each of copy.querySelectorAll('.labels, style, script, select')) each.remove();
        return copy.outerHTML;
      })
      .join('\n'),
  );
}

async function tabs(page) {
  const texts = await page.locator('.tab').evaluateAll((all) => all.map((tab) => tab.outerHTML));
  return [await page.title(), ...texts].join('\n');
}

function noneIn(text, pattern, where) {
  const found = new RegExp(`.{0,60}(?:${pattern.source}).{0,60}`, 'i').exec(text)?.[0];
  assert.equal(found, undefined, `${where}: ${found}`);
}

/** For `drive`, with `inEveryFrame: recordMessages`, in a workspace that is set to blind and holds another's file. */
export const BLIND_ANNOTATING_CHECKS = [
  [
    'before a label of one’s own, neither page, tab nor message tells what the other says, or a class',
    async (page, { pictures }) => {
      const errors = await listRun(page);
      await page.keyboard.press('Enter');
      const inspector = await frameOf(page, 'Inspector');
      const heard = [];
      for (let position = 1; position <= ROWS; position++) {
        await goToRow(page, position);
        await until('the item', async () => (await shownItem(page)).place?.startsWith(`${position} of `) === true);
        await inspector.locator('.held-back').waitFor({ timeout: TIMEOUT });
        heard.push(...(await received(page)));
        for (const pattern of [OTHERS, CLASS]) {
          noneIn(await shownIn(errors, '#rows'), pattern, 'the list');
          noneIn(await shownIn(inspector, 'body'), pattern, 'the inspector');
          noneIn(await tabs(page), pattern, 'the tabs');
        }
        noneIn(await shownIn(errors, 'body'), OTHERS, 'the page of the list');
      }
      assert.ok(
        heard.some(([, text]) => text.includes('"isClassHidden":true')),
        `${heard.length} messages`,
      );
      for (const [title, text] of heard) {
        noneIn(text, OTHERS, `a message to ${title}`);
        assert.deepEqual(classesIn(JSON.parse(text)), [], `a message to ${title}`);
      }
      await photographWindow(page, pictures, 'annotations-blind', ['Errors', 'Inspector']);
    },
  ],
  [
    'the panel of filters counts nothing that the other said, and no classes',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      assert.equal(await errors.locator('.chips[aria-label="class"] .toggle-chip').count(), 0);
      await errors.locator('.filter-toggle').click({ timeout: TIMEOUT });
      for (const field of ['annotation.label', 'annotation.status', 'axis', 'drift']) {
        await errors.locator('#filters .section-head', { hasText: field }).click({ timeout: TIMEOUT });
        const values = errors.locator(`#filters .section-head:has-text("${field}") + *`);
        await until(`the values of ${field}`, async () => (await values.locator('.skeleton-value').count()) === 0);
        noneIn(await values.evaluate((element) => element.outerHTML), OTHERS, field);
        if (field === 'axis' || field === 'drift') await untilText(field, values, /No row has a value here/);
      }
      await errors.locator('.filter-toggle').click({ timeout: TIMEOUT });
      for (const [title, text] of await received(page)) noneIn(text, OTHERS, `a message to ${title}`);
    },
  ],
  [
    'once it has one, both are told, of this row alone',
    async (page, { workspace }) => {
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, 2);
      await page.keyboard.press('w');
      await untilCurrent(errors, 3);
      await page.keyboard.press('ArrowUp');
      const inspector = await frameOf(page, 'Inspector');
      await untilText('what the other says', inspector.locator('.opinions'), /cleo[^]*zebra[^]*giraffe/);
      await untilLabel(errors, 2, 'disputed');
      const { class: name } = errorsOf(workspace)[1];
      await untilText('the class', errors.locator('.row[aria-posinset="2"]'), new RegExp(name.replace(/-flip$/, '')));
      await until('the tab', async () => (await tabs(page)).includes(name.replace(/-flip$/, '')));
      await page.keyboard.press('ArrowDown');
      await inspector.locator('.held-back').waitFor({ timeout: TIMEOUT });
      noneIn(await shownIn(inspector, 'body'), OTHERS, 'the inspector');
      // The tab is named anew a moment after the page is.
      await until('another tab', async () => !(await tabs(page)).includes(name.replace(/-flip$/, '')));
      noneIn(await tabs(page), CLASS, 'the tabs');
      noneIn(await shownIn(errors, '.row[aria-posinset="3"]'), CLASS, 'the next row');
      assert.deepEqual([...labelsIn(annotationFile(workspace, 'bo')).values()], ['wrong-object']);
      await untilText('what is said', saved(errors), /saved/);
    },
  ],
  [
    'a list in the order of classes is refused with a sentence, and the page of agreement tells nothing',
    async (page) => {
      const errors = await frameOf(page, 'Errors');
      await errors.getByLabel('Sort by').selectOption('class', { force: true });
      await untilText(
        'the refusal',
        errors.locator('.list-area'),
        /Blind annotating is on: this list would tell the class/,
      );
      await errors.getByLabel('Sort by').selectOption('', { force: true });
      await errors.locator('.row .question').first().waitFor({ timeout: TIMEOUT });
      await runFromPalette(page, 'Flipside: Show Agreement of Annotators');
      const agreement = await frameOf(page, 'Agreement');
      await untilText('the page', agreement.locator('main'), /Blind annotating is on/);
      noneIn(await shownIn(agreement, 'body'), OTHERS, 'the page of agreement');
      const texts = await agreement.evaluate(() => window.heardMessages);
      for (const text of texts) noneIn(text, OTHERS, 'a message to Agreement');
    },
  ],
  [
    'when blind annotating ends, all is told at once; when it begins, a list of one class is refused at once',
    async (page, { workspace }) => {
      changeSettings(workspace, { 'flipside.annotations.blind': false });
      await openContainer(page);
      const errors = await frameOf(page, 'Errors');
      await goToRow(page, 4);
      await untilLabel(errors, 4, LABEL);
      await untilText('the classes', errors.locator('.chips[aria-label="class"]'), /horizontal/);
      await chip(errors, 'horizontal').click({ timeout: TIMEOUT });
      await untilText('the rows of a class', () => count(errors), /^22 of 114\b/);
      changeSettings(workspace, { 'flipside.annotations.blind': true });
      await untilText('the refusal', errors.locator('.list-area'), /Blind annotating is on: this list would tell/);
    },
  ],
];
