import { createRequire } from 'node:module';
import type sharpModule from 'sharp';

export type Sharp = typeof sharpModule;

let loaded: Promise<Sharp> | null = null;

/** The image library, set up once for this process. It is loaded when the first picture is asked for. */
export function loadSharp(): Promise<Sharp> {
  loaded ??= load(needsWasm());
  return loaded;
}

/** Electron on Linux brings libraries of its own, with which sharp's native decoders crash the process. */
function needsWasm(): boolean {
  const { electron } = process.versions as { electron?: string };
  return process.platform === 'linux' && electron !== undefined;
}

/** For tests of the WebAssembly build; a process has one of the two for good. */
export async function load(wasm: boolean): Promise<Sharp> {
  if (wasm) standInForNative();
  const { default: sharp } = await import('sharp');
  // The cache goes by file names: an image that was replaced would be shown as it was.
  sharp.cache(false);
  // Pictures are made side by side, each in a thread of its own: that is faster than several threads for one.
  sharp.concurrency(1);
  return sharp;
}

/**
 * Puts the WebAssembly build in the place of the native one among the loaded modules, so that sharp, which has no setting
 * for it, never opens the latter. Where no native build is installed, sharp takes WebAssembly by itself.
 */
function standInForNative(): void {
  const ofSharp = createRequire(createRequire(import.meta.url).resolve('sharp'));
  const wasm = ofSharp.resolve('@img/sharp-wasm32/sharp.node');
  ofSharp(wasm);
  for (const libc of ['linux', 'linuxmusl']) {
    try {
      ofSharp.cache[ofSharp.resolve(`@img/sharp-${libc}-${process.arch}/sharp.node`)] = ofSharp.cache[wasm];
    } catch {
      // Not installed for this kind of Linux.
    }
  }
}
