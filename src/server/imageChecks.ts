import { setTimeout as sleep } from 'node:timers/promises';
import type { RowKey } from '../protocol/rows.js';
import type { Annotatable } from './annotationDesk.js';

/** Rows whose images are looked at before lists hear of them. */
const TOGETHER = 50;
/** So long, in milliseconds, this waits while somebody asks for something else. */
const REST = 50;

/**
 * Looks at the images of all rows that were judged with theirs, one after another, and tells lists of those that are others by now. It takes as long as
 * reading them does, and gives way to whoever waits: `isCalm`. An image that is not there changes nothing.
 */
export async function checkImages(open: Annotatable, isCalm: () => boolean, signal: AbortSignal): Promise<void> {
  const { annotated } = open.analysis;
  const rows = annotated.judgedImages();
  for (let at = 0; at < rows.length; at += TOGETHER) {
    const seen: { key: RowKey; images: readonly string[] }[] = [];
    for (const key of rows.slice(at, at + TOGETHER)) {
      while (!isCalm() && !signal.aborted) await sleep(REST);
      if (signal.aborted) return;
      const digests = await open.images(key);
      if (digests !== null) seen.push({ key, images: digests });
    }
    const others = await annotated.sawImages(seen);
    if (others.length > 0 && !signal.aborted) open.changed(await annotated.renewAt(others));
  }
}
