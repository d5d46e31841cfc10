import path from 'node:path';
import type { Overview } from '../src/protocol/analysis.js';
import { ERRORS, type Query } from '../src/protocol/rows.js';
import type { AnalysisClient } from '../src/views/analysisClient.js';
import { seeded } from '../samples/random.js';
import { analysisProcess, paramsFor } from './analysisProcess.js';
import { median } from './measure.js';

/** As many rows as the page asks for at a time. */
const PAGE = 50;
const JUMPS = 40;
/** The facets that are always on the page. */
const SHOWN = ['outcome', 'class'];

/** What the error browser waits for, in milliseconds; medians, and the slowest of the jumps but one in twenty. */
export interface BrowseTimes {
  readonly rows: number;
  /** From starting the analysis process, over an index that is there, to the first rows. */
  readonly firstRowsMs: number;
  /** A class is chosen: the new list, its first rows, and the counts on the page. */
  readonly facetClickMs: number;
  /** Rows anywhere in the list, in file order and sorted by another column. */
  readonly jumpMs: number;
  readonly jumpP95Ms: number;
  readonly sortedJumpMs: number;
  readonly itemMs: number;
}

/** Asks the real analysis process what the error browser asks, over `file`. Indexes it first, in `folder`. */
export async function browse(file: string, folder: string): Promise<BrowseTimes> {
  const params = paramsFor(file, path.join(folder, 'browse-cache'));
  const indexing = analysisProcess();
  await indexing.open(params);
  indexing.dispose();
  const client = analysisProcess();
  const complete = new Promise<Overview>((resolve) => client.on('overview', resolve));
  const [slice, firstRowsMs] = await timed(async () => {
    await client.open(params);
    return listed(client, ERRORS);
  });
  await complete;
  const random = seeded(7);
  const clicks: number[] = [];
  for (const name of ['horizontal-flip', 'depth-flip', 'orthogonal', 'opposite', 'adjacent']) {
    const query: Query = { ...ERRORS, facets: { ...ERRORS.facets, class: [name] } };
    const click = () => Promise.all([listed(client, query), client.ask('facets', { query, fields: SHOWN, limit: 50 })]);
    clicks.push((await timed(click))[1]);
  }
  const jumps = (of: { slice: number; total: number }) => jumpTimes(client, of, () => random.next());
  const inOrder = await jumps(await client.ask('slice', ERRORS));
  const sorted = await jumps(
    await client.ask('slice', { ...ERRORS, sort: [{ field: 'confidence', descending: true }] }),
  );
  const [row] = await client.ask('rows', { slice: (await client.ask('slice', ERRORS)).slice, start: 1000, end: 1001 });
  const [, itemMs] = await timed(() => client.ask('item', { key: row ?? { run: '', row: 0 }, baseline: null }));
  client.dispose();
  return {
    rows: slice.of,
    firstRowsMs: Math.round(firstRowsMs),
    facetClickMs: Math.round(median(clicks)),
    jumpMs: Math.round(median(inOrder)),
    jumpP95Ms: Math.round(inOrder.sort((a, b) => a - b)[Math.floor(inOrder.length * 0.95)] ?? 0),
    sortedJumpMs: Math.round(median(sorted)),
    itemMs: Math.round(itemMs),
  };
}

async function listed(client: AnalysisClient, query: Query) {
  const slice = await client.ask('slice', query);
  await client.ask('rows', { slice: slice.slice, start: 0, end: PAGE });
  return slice;
}

async function jumpTimes(
  client: AnalysisClient,
  { slice, total }: { slice: number; total: number },
  next: () => number,
): Promise<number[]> {
  const times: number[] = [];
  for (let jump = 0; jump < JUMPS; jump++) {
    const from = Math.floor(next() * Math.max(1, total - PAGE));
    times.push((await timed(() => client.ask('rows', { slice, start: from, end: from + PAGE })))[1]);
  }
  return times;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}
