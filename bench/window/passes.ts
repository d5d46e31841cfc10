import type { Browser } from 'playwright-core';
import { seeded } from '../../samples/random.js';
import { DrivenWindow, type Mailbox } from './drive.js';
import type { Activated, HostSeen } from './seen.js';

const JUMPS = 40;
/** Jumps without waiting, in parts, between which the memory of the page is looked at. */
const FLIGHTS = 4;
const FLIGHT = 500;
const WHEEL_MS = 5_000;

/** What one window showed. */
export interface Pass {
  readonly activationMs: number;
  readonly firstRowsMs: number;
  readonly chips: readonly { rows: number; counts: number }[];
  readonly jumps: readonly number[];
  readonly sortMs: number;
  readonly sortedJumps: readonly number[];
  readonly webviewHeapMb: readonly number[];
  readonly host: HostSeen;
}

export interface Desk {
  readonly browser: Browser;
  readonly url: string;
  readonly mailbox: Mailbox;
}

/** Opens the first window: activates without a view, then makes the index. */
export async function index({ browser, url, mailbox }: Desk): Promise<Activated> {
  mailbox.clear();
  mailbox.leave('activate');
  const window = await DrivenWindow.open(browser, url);
  const activated = await mailbox.take<Activated>('activated.json');
  await mailbox.take('settled');
  await window.openErrors();
  await window.rest();
  mailbox.leave('begin');
  mailbox.leave('stop');
  await mailbox.take('host.json');
  await window.close();
  return activated;
}

export async function pass({ browser, url, mailbox }: Desk, long: boolean): Promise<Pass> {
  mailbox.clear();
  const window = await DrivenWindow.open(browser, url);
  await mailbox.take('settled');
  const empty = await window.heapMb();
  mailbox.leave('begin');
  await mailbox.take('began');
  const firstRowsMs = await window.openErrors();
  const random = seeded(7);
  const places = Array.from({ length: JUMPS }, () => random.next());
  await window.rest();
  const heap = [(await window.heapMb()) - empty];
  const chips = await window.pressChips();
  const jumps = await window.jump(places);
  const sortMs = await window.ask<number>(`sort('confidence')`);
  const sortedJumps = await window.jump(places);
  for (let flight = 0; long && flight < FLIGHTS; flight++) {
    await window.ask(`fly(${JSON.stringify(Array.from({ length: FLIGHT }, () => random.next()))})`);
    await window.wheel(WHEEL_MS);
    await window.jump([random.next()]);
    heap.push((await window.heapMb()) - empty);
  }
  mailbox.leave('stop');
  const host = await mailbox.take<HostSeen>('host.json');
  const activationMs = await window.activationMs();
  await window.close();
  return { activationMs, firstRowsMs, chips, jumps, sortMs, sortedJumps, webviewHeapMb: heap, host };
}
