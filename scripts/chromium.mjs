/** The browser that tests drive: Debian's Chromium, or any other of its kind that is installed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Quiet, so that a closed network is not asked for anything; no sandbox, because CI runs as root. */
export const CHROMIUM_ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-background-timer-throttling', '--disable-component-update'],
];

/** What to say where there is none. */
export const NO_CHROMIUM =
  'Chromium is missing. On Debian: apt-get install chromium; elsewhere name it in the variable CHROMIUM.';

/** The one that CHROMIUM names, else the first found on PATH; undefined where there is none. */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const all = [process.env.CHROMIUM, ...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)))];
  return all.find((file) => file !== undefined && file !== '' && existsSync(file));
}
