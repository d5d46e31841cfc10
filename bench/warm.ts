import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ERRORS, type Query } from '../src/protocol/rows.js';
import type { AnalysisClient } from '../src/views/analysisClient.js';
import { seeded } from '../samples/random.js';
import { analysisProcess, paramsFor } from './analysisProcess.js';
import { measure, median, percentile } from './measure.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');
const PAGE = 100;
const PAGES = 100;
const SEARCHES = 40;
/** A search is given up this long after it was asked for. */
const PATIENCE_MS = 10;
/** After this long the process has in memory what it copies there, some three seconds for a million rows. */
const REST_MS = 8000;

/** What an index that is there answers; milliseconds, seconds for whole commands in fresh processes (medians). */
export interface WarmTimes {
  readonly helpMs: number;
  /** `flipside index` and `flipside summary`, where nothing has changed. */
  readonly rerunS: number;
  readonly summaryCommandS: number;
  /** The façade's summary, by itself: the first after opening, and the median of later ones. */
  readonly summaryFirstMs: number;
  readonly summaryMs: number;
  /** A hundred rows of a list of errors, filtered and sorted: making the list with its first page, and a page anywhere in it. */
  readonly listMs: number;
  readonly pageMs: number;
  readonly pageP95Ms: number;
  /** Pages right after the counts have come, while the process still copies into memory what lists show. */
  readonly pageLoadingMs: number;
  /** A text that is searched for the first time: its first hits. */
  readonly searchMs: number;
  readonly searchP95Ms: number;
  /** From giving up a search until a page of another list is there. */
  readonly cancelledP95Ms: number;
}

/** Indexes `file` into a cache in `folder`, and asks of it what is asked once it is there. */
export async function warm(file: string, { folder, runs }: { folder: string; runs: number }): Promise<WarmTimes> {
  const cacheDir = path.join(folder, 'warm-cache');
  const command = async (...args: string[]): Promise<number> =>
    (await measure([process.execPath, CLI, ...args], 'none')).seconds;
  const medianOf = async (...args: string[]): Promise<number> => {
    const times: number[] = [];
    for (let run = 0; run <= runs; run++) times.push(await command(...args));
    return median(times.slice(1));
  };
  const index = ['index', file, '--cache', cacheDir, '--out', path.join(cacheDir, 'shards')];
  await command(...index);
  const commands = {
    helpMs: Math.round(1000 * (await medianOf('--help'))),
    rerunS: Number((await medianOf(...index)).toFixed(3)),
    summaryCommandS: Number((await medianOf('summary', file, '--cache', cacheDir)).toFixed(3)),
  };
  const summaries = await summaryTimes(file, cacheDir, runs);
  const client = analysisProcess();
  try {
    const complete = new Promise((resolve) => client.on('overview', resolve));
    await client.open(paramsFor(file, cacheDir));
    await client.ask('rows', { slice: (await client.ask('slice', ERRORS)).slice, start: 0, end: PAGE });
    await complete;
    const pageLoadingMs = Math.round(median((await pagesOf(client, [0], 20)).pages));
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    return { ...commands, ...summaries, ...(await pageTimes(client)), pageLoadingMs, ...(await searchTimes(client)) };
  } finally {
    client.dispose();
  }
}

async function summaryTimes(
  file: string,
  cacheDir: string,
  runs: number,
): Promise<Pick<WarmTimes, 'summaryFirstMs' | 'summaryMs'>> {
  // Only here: a benchmark that is refused loads none of the core.
  const { Analysis } = await import('../src/core/analysis.js');
  const analysis = await Analysis.open([file], { cacheDir });
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) times.push((await timed(() => analysis.summary())).ms);
  analysis.close();
  const [first = NaN, ...later] = times;
  return { summaryFirstMs: Math.round(first), summaryMs: Math.round(median(later)) };
}

/** Errors of one task that are no mirror images, the least sure first. */
const FILTERED: Query = {
  ...ERRORS,
  facets: { ...ERRORS.facets, class: ['depth-flip', 'orthogonal', 'adjacent'] },
  sort: [{ field: 'confidence', descending: false }],
};

async function pageTimes(client: AnalysisClient): Promise<Pick<WarmTimes, 'listMs' | 'pageMs' | 'pageP95Ms'>> {
  const { lists, pages } = await pagesOf(client, [0, 1, 2, 3, 4], PAGES / 5);
  return {
    listMs: Math.round(median(lists)),
    pageMs: Math.round(median(pages)),
    pageP95Ms: Math.round(percentile(pages, 0.95)),
  };
}

/** Makes a list for each of these tasks, with its first page, and asks for so many pages anywhere in each. */
async function pagesOf(
  client: AnalysisClient,
  tasks: readonly number[],
  each: number,
): Promise<{ lists: number[]; pages: number[] }> {
  const random = seeded(11);
  const lists: number[] = [];
  const pages: number[] = [];
  for (const task of tasks) {
    const query = { ...FILTERED, facets: { ...FILTERED.facets, task: [`Relative direction ${String(task)}`] } };
    const { result: slice, ms } = await timed(async () => {
      const made = await client.ask('slice', query);
      await client.ask('rows', { slice: made.slice, start: 0, end: PAGE });
      return made;
    });
    lists.push(ms);
    for (let page = 0; page < each; page++) {
      const start = Math.floor(random.next() * Math.max(1, slice.total - PAGE));
      pages.push((await timed(() => client.ask('rows', { slice: slice.slice, start, end: start + PAGE }))).ms);
    }
  }
  return { lists, pages };
}

async function searchTimes(
  client: AnalysisClient,
): Promise<Pick<WarmTimes, 'searchMs' | 'searchP95Ms' | 'cancelledP95Ms'>> {
  const random = seeded(13);
  const text = (): Query => ({ ...ERRORS, search: `picture ${String(random.below(1000))}` });
  const hits: number[] = [];
  const cancelled: number[] = [];
  for (let search = 0; search < SEARCHES; search++) {
    const first = async (): Promise<void> => {
      const { slice } = await client.ask('slice', text());
      await client.ask('rows', { slice, start: 0, end: PAGE });
    };
    hits.push((await timed(first)).ms);
  }
  for (let search = 0; search < SEARCHES; search++) {
    const errors = await client.ask('slice', ERRORS);
    const giveUp = new AbortController();
    const asked = client.ask('slice', text(), giveUp.signal).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    giveUp.abort();
    cancelled.push((await timed(() => client.ask('rows', { slice: errors.slice, start: 0, end: PAGE }))).ms);
    await asked;
  }
  return {
    searchMs: Math.round(median(hits)),
    searchP95Ms: Math.round(percentile(hits, 0.95)),
    cancelledP95Ms: Math.round(percentile(cancelled, 0.95)),
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}
