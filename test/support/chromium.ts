import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

interface Chromium {
  readonly CHROMIUM_ARGUMENTS: readonly string[];
  readonly NO_CHROMIUM: string;
  readonly findChromium: () => string | undefined;
}

const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'scripts', 'chromium.mjs');
const { CHROMIUM_ARGUMENTS, NO_CHROMIUM, findChromium } = (await import(pathToFileURL(script).href)) as Chromium;

/** Why there is no browser to test with, as a sentence; null where there is one. */
export const noChromium: string | null = findChromium() === undefined ? NO_CHROMIUM : null;

/** `without`: arguments that Playwright adds, and is not to. */
export function launchChromium(more: readonly string[] = [], without: string[] = []): Promise<Browser> {
  const args = [...CHROMIUM_ARGUMENTS, ...more];
  return chromium.launch({ executablePath: findChromium(), args, ignoreDefaultArgs: without });
}
