import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Frame } from 'playwright-core';
import type { BareAppends, Times } from './bareAppends.js';
import { DrivenWindow } from './window/drive.js';
import { windowScripts } from './window/scripts.js';
import { settle } from './window/workspace.js';

/** Between two keys, as of somebody who is fast. */
const REST = 150;
const LABEL_KEYS = ['h', 'd', 'w', 'q'];
const OTHER_KEY = 'y';

/** What was measured in the window, in milliseconds. */
export interface WindowTimes extends Times {
  /** From a key that sends the extension a message until its answer, which comes at once: what VS Code and the browser take by themselves. */
  readonly messages: number[];
}

/**
 * In the page. `heed()` waits for a key that gives a label, and `taken` is then promised: milliseconds from when the page hears it until it says that the
 * label is saved, which names the item: what was said of the one before does not count. `heedMessage()` waits for a key that means nothing, tells the
 * extension whether the page has the focus, as the page does when that changes, and promises the time until the answer.
 */
const IN_PAGE = `
  const said = () => {
    const element = document.querySelector('.labels .saved');
    return element?.querySelector('.codicon-check') ? element.querySelector('.said').textContent : null;
  };
  globalThis.heedMessage = () => {
    globalThis.taken = new Promise((resolve) => {
      addEventListener('keydown', () => {
        const start = performance.now();
        addEventListener('message', function hear({ data }) {
          if (data.type !== 'result') return;
          removeEventListener('message', hear);
          resolve(performance.now() - start);
        });
        dispatchEvent(new Event('blur'));
      }, { capture: true, once: true });
    });
  };
  globalThis.heed = () => {
    const before = said();
    let start = 0;
    addEventListener('keydown', () => { start = performance.now(); }, { capture: true, once: true });
    globalThis.taken = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        const now = said();
        if (start === 0 || now === null || now === before) return;
        observer.disconnect();
        resolve(performance.now() - start);
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
  };
`;

/**
 * Labels `presses` rows by key in the list of a real VS Code that has the folder `home` open, a bare append after each. Null, with the reason said to
 * `progress`, where there is no Chromium or no server.
 */
export async function savedInWindow(
  home: string,
  {
    folder,
    bare,
    presses,
    progress,
  }: {
    folder: string;
    bare: BareAppends;
    presses: number;
    progress: (text: string) => void;
  },
): Promise<WindowTimes | null> {
  const scripts = await windowScripts(progress);
  if (scripts === null) return null;
  const own = path.join(folder, 'annotating-server');
  settle(own);
  mkdirSync(path.join(own, 'data', 'User'), { recursive: true });
  writeFileSync(
    path.join(own, 'data', 'User', 'settings.json'),
    JSON.stringify({ 'flipside.annotations.name': 'cy', 'workbench.startupEditor': 'none' }),
  );
  const env = scripts.environment({ XDG_CACHE_HOME: path.join(own, 'cache') });
  const browser = await chromium.launch({ executablePath: scripts.executablePath, args: scripts.CHROMIUM_ARGUMENTS });
  const server = await scripts.startServer(own, env).catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  try {
    progress('annotations: opening a window …');
    const window = await DrivenWindow.open(browser, scripts.windowUrl(server.address, home));
    await window.openErrors();
    await window.rest();
    const errors = await window.errors();
    await errors.locator('.row .label-of-people').first().waitFor();
    const times = await press(window, errors, { presses, bare });
    await window.close();
    return times;
  } finally {
    await browser.close();
    server.stop();
  }
}

async function press(
  window: DrivenWindow,
  errors: Frame,
  { presses, bare }: { presses: number; bare: BareAppends },
): Promise<WindowTimes> {
  await errors.evaluate(IN_PAGE);
  await errors.locator('#rows').focus();
  await window.page.keyboard.press('Home');
  const times: WindowTimes = { saved: [], bare: [], messages: [] };
  for (let number = 0; number < presses; number++) {
    await sleep(REST);
    await errors.evaluate('heed()');
    await window.page.keyboard.press(LABEL_KEYS[number % LABEL_KEYS.length] ?? 'h');
    times.saved.push(await errors.evaluate<number>('taken'));
    times.bare.push(bare.time());
    await sleep(REST);
    await errors.evaluate('heedMessage()');
    await window.page.keyboard.press(OTHER_KEY);
    times.messages.push(await errors.evaluate<number>('taken'));
  }
  return times;
}
