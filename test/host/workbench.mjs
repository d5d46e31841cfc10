/* global document, indexedDB -- what is handed to a frame runs in its page */
/** How a window is driven, and how what it shows is read: what the checks of all subjects have in common. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

export const TIMEOUT = 60_000;
/** A check that takes so long hangs: what runs in a page has no time limit of its own. */
const CHECK_TIMEOUT = 600_000;

const { contributes } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const SETTINGS = [contributes.configuration].flat().flatMap(({ properties }) => Object.keys(properties));

/** As VS Code writes the last part of a setting's name: `imageRoots` is "Image Roots". */
function titleOfSetting(name) {
  const last = name.slice(name.lastIndexOf('.') + 1).replaceAll(/(?=[A-Z])/g, ' ');
  return last[0].toUpperCase() + last.slice(1);
}

/** Waits until `look` answers true, and says what it answered last where it never does. */
export async function until(what, look) {
  let last;
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(100)) {
    last = await Promise.resolve()
      .then(look)
      .catch((error) => error);
    if (last === true) return;
  }
  throw new Error(`${what}: not within ${TIMEOUT / 1000} s (last: ${String(last)})`);
}

/** Waits until a text, of a locator or what a function reads, is the expected one or matches the pattern. Returns it. */
export async function untilText(what, from, expected) {
  const read = typeof from === 'function' ? from : () => from.innerText({ timeout: 1000 });
  let text = '';
  await until(what, async () => {
    text = await read();
    return (expected instanceof RegExp ? expected.test(text) : text === expected) || text;
  });
  return text;
}

/** The inner frame of the webview whose page has that title: webviews sit in two nested frames. */
export async function frameOf(page, title) {
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(100)) {
    for (const frame of page.frames()) {
      if ((await frame.title().catch(() => '')) === title) return frame;
    }
  }
  throw new Error(`no webview has the title "${title}"`);
}

/** Shows the container by its icon, unless it is shown. */
export async function openContainer(page) {
  const icon = page.locator('.activitybar .action-item', { has: page.locator('[aria-label^="Flipside"]') }).first();
  await icon.waitFor({ timeout: TIMEOUT });
  const shown = page.locator('.sidebar .pane-header', { hasText: 'Runs' }).first();
  // The icon hides a container that is shown: a window that is still opening may show it in the moment of the click.
  await until('the container', async () => {
    if (await shown.isVisible()) return true;
    await icon.locator('.action-label').click({ timeout: 5000 });
    await shown.waitFor({ timeout: 5000 });
    return true;
  });
}

export function treeRow(page, text) {
  return page.locator('.sidebar .pane-body .monaco-list-row', { hasText: text }).first();
}

/** The part of the container with that heading. */
export function pane(page, name) {
  return page.locator('.sidebar .pane', { has: page.locator('.pane-header', { hasText: name }) }).first();
}

/** Runs a command by its name, with the keyboard alone. */
export async function runFromPalette(page, name) {
  const input = page.locator('.quick-input-widget input.input');
  const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name });
  // The palette closes when something else takes the focus, as parts of the window that are still opening do.
  for (const end = Date.now() + TIMEOUT; ;) {
    await page.keyboard.press('F1');
    const error = await input
      .fill(`>${name}`, { timeout: 3000 })
      .then(() => row.waitFor({ timeout: 3000 }))
      .then(() => null, String);
    if (error === null) break;
    if (Date.now() > end) throw new Error(`the palette did not run "${name}": ${error}`);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Enter');
  // What the command asks for comes in the same box: what is typed next is not to reach the palette.
  await row.waitFor({ state: 'hidden', timeout: TIMEOUT });
}

/** Presses a key until what it calls is there: the workbench hears a moment late that a page has the focus. */
export async function pressFor(page, key, called) {
  await until(`the key ${key}`, async () => {
    if (await called.isVisible()) return true;
    await page.keyboard.press(key);
    await called.waitFor({ timeout: 3000 });
    return true;
  });
}

/** Answers the box in which VS Code asks for a line of text. */
export async function typeAnswer(page, text) {
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor({ timeout: TIMEOUT });
  await input.fill(text);
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden', timeout: TIMEOUT });
}

/** What we say in the notification centre; with the smoke test driver VS Code shows no toasts. */
export function notices(page) {
  return page.locator('.notifications-center .notification-list-item', { hasText: /Flipside/ });
}

/** Opens the notification centre as soon as there is something new in it. */
export async function openNotices(page) {
  await page.locator('#status\\.notifications .codicon-bell-dot').click({ timeout: TIMEOUT });
  await notices(page).first().waitFor({ timeout: TIMEOUT });
}

export async function clearNotices(page) {
  const center = page.locator('.notifications-center.visible');
  // One that comes in the moment of the click stays: then once more.
  await until('no notices', async () => {
    if (!(await center.isVisible())) return true;
    await page.locator('.notifications-center .codicon-notifications-clear-all').click({ timeout: 3000 });
    return !(await center.isVisible());
  });
}

function settingsShown(page) {
  const titles = page.locator('.settings-editor .setting-item-contents .setting-item-title .setting-item-label');
  return titles.allInnerTexts();
}

/** VS Code may lay its settings editor over the window. */
async function closeSettings(page) {
  const close = page.locator('[aria-label^="Close Modal Editor"]');
  if (await close.isVisible()) await close.click({ timeout: TIMEOUT });
  await close.waitFor({ state: 'hidden', timeout: TIMEOUT });
}

/** Waits until the settings editor lists settings of these names. */
export async function expectSettings(page, expected) {
  await untilText('the settings', async () => (await settingsShown(page)).sort().join(', '), expected);
  await closeSettings(page);
}

/** Waits until the settings editor is filled with settings of the extension alone, of several topics: how many are drawn depends on their heights. */
export async function expectOwnSettings(page) {
  const own = new Set(SETTINGS.map(titleOfSetting));
  await until('the settings', async () => {
    const shown = await settingsShown(page);
    const isOfAll = ['Answers', 'Image Roots', 'Name'].every((title) => shown.includes(title));
    return (isOfAll && shown.every((title) => own.has(title))) || shown.join(', ');
  });
  await closeSettings(page);
}

// --- The error browser and the inspector ----------------------------------------------------------------------------------

/** What the error browser says of how many rows it lists. */
export async function count(errors) {
  const text = await errors.locator('.count-line .count').innerText();
  return text.replaceAll(/\s+/g, ' ');
}

/** A chip of the error browser: an outcome or a class. */
export function chip(errors, name) {
  return errors.locator('.toggle-chip[aria-pressed]', { hasText: name }).first();
}

/** The numbers on the chips of one field, added up; `pressed`: of the chosen ones. */
export async function chipSum(errors, field, pressed = false) {
  const chips = errors.locator(
    `.chips[aria-label="${field}"] .toggle-chip${pressed ? '[aria-pressed=true]' : ''} .muted`,
  );
  return (await chips.allInnerTexts()).reduce((total, text) => total + Number(text), 0);
}

/** The list as somebody sees it: how far it is scrolled, which row is current, and how high in the view that one stands. */
export async function standing(errors) {
  return errors.evaluate(() => {
    const list = document.querySelector('#rows');
    const current = document.querySelector('.row.current');
    return {
      top: Math.round(list?.scrollTop ?? -1),
      current: Number(current?.getAttribute('aria-posinset') ?? 0),
      height: Math.round(current?.getBoundingClientRect().top ?? -1),
      question: current?.querySelector('.question')?.textContent ?? null,
    };
  });
}

/** What the inspector shows: the item's place in the list ("2 of 56"), its id and its question. */
export async function shownItem(page) {
  const inspector = await frameOf(page, 'Inspector');
  return inspector.evaluate(() => ({
    place: document.querySelector('.place .count')?.textContent.trim() ?? null,
    id: /^Copy the id: (.*)$/s.exec(document.querySelector('[title^="Copy the id"]')?.title ?? '')?.[1] ?? null,
    question: document.querySelector('h1, h2')?.textContent ?? null,
  }));
}

/** What VS Code has written of the list and of editor panels into the browser's storage, which it does every few seconds. */
export function keptState(page) {
  return page.evaluate(async () => {
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const texts = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        for (const key of ['webviewView.flipside.errors', 'workbench.parts.editor']) {
          texts.push(await answer(database.transaction(table).objectStore(table).get(`memento/${key}`)));
        }
      }
      database.close();
    }
    return texts.join('');
  });
}

// --- Runs of checks -------------------------------------------------------------------------------------------------------

/** Takes a picture. A busy machine has been seen on which Chromium drew no frame for one within 30 s: it is asked anew. */
export async function shoot(page, pictures, name) {
  const file = path.join(pictures, `${name}.png`);
  for (let left = 2; ; left--) {
    try {
      await page.screenshot({ path: file, timeout: 20_000 });
      return;
    } catch (error) {
      if (left === 0) throw error;
      process.stderr.write(`${name}.png is taken once more: ${error.message.split('\n')[0]}\n`);
    }
  }
}

/** Photographs what failed. Where that fails too, it is told, and hides neither the failure nor the checks that follow. */
async function photograph(page, pictures, name) {
  try {
    await shoot(page, pictures, name);
  } catch (error) {
    process.stderr.write(`No picture ${name}.png: ${error.message}\n`);
  }
}

/** Opens a window in a context of its own; `inEveryFrame`: a function that runs in each frame before its scripts. */
export async function openWindow(browser, url, { size, scheme, inEveryFrame } = {}) {
  const viewport = size ?? { width: 1280, height: 800 };
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ viewport, colorScheme: scheme ?? 'dark', permissions });
  context.setDefaultTimeout(TIMEOUT);
  if (inEveryFrame !== undefined) await context.addInitScript(inEveryFrame);
  try {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** Waits for `work`; false once that has taken too long. */
function inTime(work) {
  return Promise.race([work.then(() => true), sleep(CHECK_TIMEOUT, false, { ref: false })]);
}

/**
 * Runs checks one after another in a window of their own; each goes on where the one before it ended. A check is
 * [what is checked, async (page, place)], where `place.pictures` is the folder for pictures and `place` holds whatever else
 * the caller gives. What failed is photographed; a window that does not open fails the check that needs it. Returns
 * {passed, failed, skipped, failures}.
 */
export async function drive(browser, { name, url, checks, size, scheme, inEveryFrame, ...place }) {
  const failures = [];
  let [page, isHung] = [null, false];
  for (const [index, [title, check]] of checks.entries()) {
    // What follows on two failures would wait for what cannot come; what follows on a check that hangs would share its window.
    if (failures.length > 1 || isHung) {
      failures.push(
        `${title}\nnot tried, because ${isHung ? 'a check before it hangs' : 'two checks before it failed'}`,
      );
      continue;
    }
    try {
      page ??= await openWindow(browser, url, { size, scheme, inEveryFrame });
      isHung = !(await inTime(check(page, place)));
      if (isHung) throw new Error(`not over within ${CHECK_TIMEOUT / 1000} s`);
    } catch (error) {
      failures.push(`${title}\n${error.stack}`);
      if (page !== null) await photograph(page, place.pictures, `failed-${name}-${index}`);
    }
  }
  // Those too that checks have opened besides: the next window is not to share the machine with them.
  for (const context of browser.contexts()) {
    await context.close().catch((error) => process.stderr.write(`${name}: a window did not close: ${error.message}\n`));
  }
  return { passed: checks.length - failures.length, failed: failures.length, skipped: 0, failures };
}
