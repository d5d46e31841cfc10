import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Frame, Page } from 'playwright-core';

const TIMEOUT = 120_000;
const REST = 5_000;
const inPage = readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'inPage.js'), 'utf8');

/** Files by which the module in the extension host (host.ts) is told what to do, and says what it saw. */
export class Mailbox {
  constructor(private readonly folder: string) {}

  clear(): void {
    for (const name of [
      'activate',
      'activated.json',
      'settled',
      'profile',
      'begin',
      'began',
      'stop',
      'host.json',
      'failed',
    ]) {
      rmSync(path.join(this.folder, name), { force: true });
    }
  }

  leave(name: string): void {
    writeFileSync(path.join(this.folder, name), '');
  }

  /** What the module wrote under a name, as soon as it is there. */
  async take<T>(name: string): Promise<T> {
    const [file, failed] = [path.join(this.folder, name), path.join(this.folder, 'failed')];
    for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(50)) {
      if (existsSync(failed)) throw new Error(`In the extension host: ${readFileSync(failed, 'utf8')}`);
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (text.endsWith('\n')) return JSON.parse(text) as T;
    }
    throw new Error(`The extension host left no ${name} within ${TIMEOUT / 1000} s.`);
  }
}

/** One window of VS Code with the error browser in it. */
export class DrivenWindow {
  private constructor(
    readonly page: Page,
    private readonly tools: CDPSession,
  ) {}

  static async open(browser: Browser, url: string): Promise<DrivenWindow> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(TIMEOUT);
    await page.goto(url);
    await page.evaluate(inPage);
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    return new DrivenWindow(page, await page.context().newCDPSession(page));
  }

  /** The server keeps what belongs to a window that vanishes; one that goes elsewhere says so. */
  async close(): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.context().close();
  }

  /** Opens the error browser by its icon. Milliseconds until its first rows. */
  async openErrors(): Promise<number> {
    const rows = this.ask<number>('firstRows()');
    await this.page.locator('.activitybar .action-label[aria-label^="Flipside"]').first().click();
    return rows;
  }

  /** Waits until all numbers are there, and for what the analysis process makes ready afterwards. */
  async rest(): Promise<void> {
    await this.page
      .locator('.pane-body .monaco-list-row', { hasText: /% of \d/ })
      .first()
      .waitFor();
    await this.ask('complete()');
    await sleep(REST);
  }

  ask<T = void>(call: string): Promise<T> {
    return this.page.evaluate<T>(`flipsideBench.${call}`);
  }

  /** The page of the error browser. */
  async errors(): Promise<Frame> {
    for (const frame of this.page.frames()) if ((await frame.title().catch(() => '')) === 'Errors') return frame;
    throw new Error('The error browser is not there.');
  }

  /** Presses the chip of every class on and off again. */
  async pressChips(): Promise<{ rows: number; counts: number }[]> {
    const errors = await this.errors();
    const times: { rows: number; counts: number }[] = [];
    for (const name of await this.ask<string[]>('classes()')) {
      const chip = errors.locator(`[role=group][aria-label=class] .toggle-chip[title^="${name}:"]`);
      for (const chosen of [name, null]) {
        const time = this.ask<{ rows: number; counts: number }>(`chip(${JSON.stringify(chosen)})`);
        await chip.click();
        times.push(await time);
        await sleep(300);
      }
    }
    return times;
  }

  async jump(fractions: readonly number[]): Promise<number[]> {
    const times: number[] = [];
    for (const fraction of fractions) {
      times.push(await this.ask<number>(`jump(${fraction})`));
      // Somebody looks at what came; its pictures come meanwhile.
      await sleep(150);
    }
    return times;
  }

  /** Turns the wheel over the list for so long. */
  async wheel(milliseconds: number): Promise<void> {
    const box = await (await this.errors()).locator('#rows').boundingBox();
    if (box === null) throw new Error('The list is not in sight.');
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (const end = Date.now() + milliseconds; Date.now() < end;) await this.page.mouse.wheel(0, 600);
  }

  /** JavaScript heap of the window with all its pages, after a collection, in MB. */
  async heapMb(): Promise<number> {
    await this.tools.send('Performance.enable');
    await this.tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.tools.send('Performance.getMetrics');
    const found = metrics.find(({ name }) => name === 'JSHeapUsedSize');
    if (found === undefined) throw new Error('Chromium tells no JSHeapUsedSize.');
    return found.value / 1e6;
  }

  /** What VS Code itself says of how long the extension took to load and activate, in milliseconds. */
  async activationMs(): Promise<number> {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input.input').fill('>Developer: Show Running Extensions');
    await this.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'Show Running Extensions' })
      .first()
      .click();
    const row = this.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Flipside' }).first();
    const said = /Activation: (\d+)\s?ms/.exec(await row.innerText())?.[1];
    if (said === undefined) throw new Error('VS Code does not say how long activating took.');
    return Number(said);
  }
}
