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

export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGUMENTS, ...more] });
}
