import { setTimeout as sleep } from 'node:timers/promises';
import type { Analysis } from '../core/analysis.js';
import { mayEmbedImages } from '../core/analysis/images.js';
import { FlipsideError } from '../core/model.js';
import type { OpenParams, Overview } from '../protocol/analysis.js';
import type { RowKey } from '../protocol/rows.js';
import type { Listing } from './firstRows.js';
import type { PictureRequest, Pictures } from './pictures.js';

/** Nothing was asked for so long, in milliseconds: nobody waits. */
const CALM = 300;
/** Somebody who asks without end gets the numbers all the same. */
const PATIENCE = 3000;
const STEP = 20;

/** One open analysis, and how many questions it is still answering. */
export interface Opened extends Listing {
  /** Names this opening in what is told of it. */
  readonly id: string;
  params: OpenParams;
  readonly analysis: Analysis;
  readonly pictures: Pictures;
  /** Those that were opened, and those of files that were. */
  readonly folders: readonly string[];
  /** What it was opened with, and what is there, as one text: the same text stands for the same rows. */
  readonly state: string;
  /** The latest of what was told of it; null before the first. */
  overview: Overview | null;
  busy: number;
  /** Questions that somebody waits for, and when the last one came. */
  asked: number;
  lastAsked: number;
  readonly end: AbortController;
  /** What is opened in its place where its index was lost. */
  anew: Promise<Opened> | null;
}

/** Asks what is open; an analysis that has ended is closed once it has answered all that it was asked. */
export async function using<T>(opened: Opened, ask: (opened: Opened) => Promise<T>): Promise<T> {
  opened.busy += 1;
  try {
    return await ask(opened);
  } finally {
    opened.busy -= 1;
    if (opened.end.signal.aborted && opened.busy === 0) opened.analysis.close();
  }
}

/** Ends it, once it has answered what it was asked. */
export function end(opened: Opened): void {
  opened.end.abort();
  if (opened.busy === 0) opened.analysis.close();
}

/** Resolves when nobody has asked anything for a while, when `early` holds, when somebody asks without end, or at the end. */
export async function calm(opened: Opened, early: () => boolean = () => false): Promise<void> {
  for (const latest = performance.now() + PATIENCE; performance.now() < latest; await sleep(STEP)) {
    const isCalm = opened.asked === 0 && performance.now() - opened.lastAsked > CALM;
    if (isCalm || early() || opened.end.signal.aborted) return;
  }
}

/** Whatever the rows that are shown depend on. */
export function stateOf(analysis: Analysis, { paths, answers, cacheDir }: OpenParams): string {
  const runs = analysis.runs.map(({ id, file, manifest, aliases }) => [id, file, manifest.key, aliases]);
  const { homes } = analysis.annotated.store;
  return JSON.stringify([paths, homes, analysis.lens, analysis.lensNames(), answers, cacheDir, runs, analysis.found()]);
}

/** Every file under the opened paths: some hold the images of others. */
export function filesOf(analysis: Analysis): string[] {
  const { datasets, skipped } = analysis.found();
  return [...new Set([...analysis.runs, ...datasets, ...skipped].map(({ file }) => file))];
}

/** CSV files may hold images too, but are what predictions come in: only the other kinds say that there is something to ask for. */
export function holdsImages(file: string): boolean {
  return mayEmbedImages(file) && !file.toLowerCase().endsWith('.csv');
}

export async function requestOf({ browsing, folders }: Opened, key: RowKey, index: number): Promise<PictureRequest> {
  const [row] = await browsing.images([key]);
  if (row === undefined) throw new FlipsideError('This row is not there any more.');
  return { ...row, opened: folders, index };
}
