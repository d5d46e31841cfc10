import type { Browser } from 'playwright-core';
import { seeded } from '../../samples/random.js';
import { DrivenWindow, type Mailbox } from './drive.js';
import type { Activated, HostSeen } from './seen.js';

const JUMPS = 40;
/** Jumps without waiting, in parts, between which the memory of the page is looked at. */
const FLIGHTS = 4;
const FLIGHT = 500;
const WHEEL_MS = 5_000;

export interface Desk {
  readonly browser: Browser;
  readonly url: string;
  readonly mailbox: Mailbox;
}

/** What the first window showed: how the extension was activated, and the JavaScript heap of a window without its views. */
export interface First {
  readonly activated: Activated;
  readonly emptyMb: number;
}

/** What one window showed whose times were taken. */
export interface Pass {
  readonly activationMs: number;
  readonly firstRowsMs: number;
  readonly chips: readonly { rows: number; counts: number }[];
  readonly jumps: readonly number[];
  readonly sortMs: number;
  readonly sortedJumps: readonly number[];
  readonly host: HostSeen;
}

/** What one window showed whose memory and work were looked at. */
export interface Examined {
  readonly webviewHeapMb: readonly number[];
  readonly host: HostSeen;
}

/** Opens the first window: activates without a view, then makes the index. */
export async function index({ browser, url, mailbox }: Desk): Promise<First> {
  mailbox.clear();
  mailbox.leave('activate');
  const window = await DrivenWindow.open(browser, url);
  const activated = await mailbox.take<Activated>('activated.json');
  await mailbox.take('settled');
  const emptyMb = await window.heapMb();
  await window.openErrors();
  await window.rest();
  mailbox.leave('begin');
  mailbox.leave('stop');
  await mailbox.take('host.json');
  await window.close();
  return { activated, emptyMb };
}

/** Does in another window what a user does, and takes the times. */
export async function timed(desk: Desk): Promise<Pass> {
  desk.mailbox.clear();
  const window = await begun(desk);
  const firstRowsMs = await window.openErrors();
  await window.rest();
  const random = seeded(7);
  const places = Array.from({ length: JUMPS }, () => random.next());
  const chips = await window.pressChips();
  const jumps = await window.jump(places);
  const sortMs = await window.ask<number>(`sort('confidence')`);
  const sortedJumps = await window.jump(places);
  const host = await ended(desk);
  const activationMs = await window.activationMs();
  await window.close();
  return { activationMs, firstRowsMs, chips, jumps, sortMs, sortedJumps, host };
}

/**
 * Scrolls for long in another window, a profiler in its extension host. No time is taken there: the profiler needs some itself,
 * and the collection that measuring a heap asks for makes others come soon after. `emptyMb` is what heaps are told without.
 */
export async function examined(desk: Desk, emptyMb: number): Promise<Examined> {
  desk.mailbox.clear();
  desk.mailbox.leave('profile');
  const window = await begun(desk);
  await window.openErrors();
  await window.rest();
  const webviewHeapMb = [(await window.heapMb()) - emptyMb];
  const random = seeded(8);
  await window.pressChips();
  await window.ask(`sort('confidence')`);
  for (let flight = 0; flight < FLIGHTS; flight++) {
    await window.ask(`fly(${JSON.stringify(Array.from({ length: FLIGHT }, () => random.next()))})`);
    await window.wheel(WHEEL_MS);
    await window.jump([random.next()]);
    webviewHeapMb.push((await window.heapMb()) - emptyMb);
  }
  const host = await ended(desk);
  await window.close();
  return { webviewHeapMb, host };
}

/** A window at rest, whose extension host is watched from now on. */
async function begun({ browser, url, mailbox }: Desk): Promise<DrivenWindow> {
  const window = await DrivenWindow.open(browser, url);
  await mailbox.take('settled');
  mailbox.leave('begin');
  await mailbox.take('began');
  return window;
}

function ended({ mailbox }: Desk): Promise<HostSeen> {
  mailbox.leave('stop');
  return mailbox.take<HostSeen>('host.json');
}
