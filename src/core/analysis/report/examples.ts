import type { Filter } from '../../model.js';
import { drawPositions, seededUint32 } from '../../metrics/random.js';
import type { Lens } from '../../relations/lens.js';
import type { Database } from '../../store/database.js';
import { recordsAt } from '../../store/pageQueries.js';
import { countKept, placesAt } from '../../store/reportQueries.js';
import { Browsing } from '../browsing.js';
import { Comparisons } from '../comparisons.js';
import { explain } from '../explain.js';
import type { RunInfo } from '../runs.js';
import type { Example, ExamplesOfClass, PictureOf } from './data.js';

/** What examples are drawn from. */
export interface Drawing {
  readonly runs: readonly RunInfo[];
  readonly lens: Lens;
  readonly folders: ReadonlySet<string>;
  /** Conditions that an example has to meet. */
  readonly filters: readonly Filter[];
  /** The classes that occur, in the order in which they are shown. */
  readonly classes: readonly string[];
  /** How many of each. */
  readonly each: number;
  readonly seed: number;
  readonly pictureOf: PictureOf;
}

/** Some errors of every class, and answers that could not be read: the same seed draws the same from the same data. */
export async function drawExamples(db: Database, drawing: Drawing): Promise<ExamplesOfClass[]> {
  const { filters, classes, each, seed } = drawing;
  const unread: Filter = {
    and: [
      { field: 'correct', op: 'eq', value: false },
      { field: 'status', op: 'ne', value: 'parsed' },
    ],
  };
  const groups: (readonly [string | null, Filter])[] = [
    ...classes.map((name) => [name, { field: 'class', op: 'eq', value: name }] as const),
    [null, unread] as const,
  ];
  const drawn: ExamplesOfClass[] = [];
  for (const [name, own] of groups) {
    const filter: Filter = { and: [own, ...filters] };
    const total = [...(await countKept(db, filter)).values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    const positions = drawPositions(total, each, streamOf(seed, name ?? ''));
    drawn.push({ class: name, total, examples: await examplesAt(db, drawing, filter, positions) });
  }
  return drawn;
}

/** A stream of numbers for every class, so that a class more or less changes no other's examples. */
function streamOf(seed: number, name: string): () => number {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return seededUint32((hash ^ seed) >>> 0);
}

async function examplesAt(
  db: Database,
  { runs, lens, folders, pictureOf }: Drawing,
  filter: Filter,
  positions: readonly number[],
): Promise<Example[]> {
  const places = await placesAt(db, filter, positions);
  const browsing = new Browsing(db, runs, folders, new Comparisons(db, runs, true));
  const images = await browsing.images(places.map(({ runIndex, row }) => ({ run: runs[runIndex]?.id ?? '', row })));
  const records = await recordsAt(db, places, (run) => runs[run]?.file ?? '');
  const examples: Example[] = [];
  for (const [at, { record, trace }] of records.entries()) {
    const row = images[at];
    if (row === undefined) continue;
    examples.push({ record, why: explain(record, trace, lens), picture: await pictureOf(row) });
  }
  return examples;
}
