import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { AnswerStatus, DepthConvention, Flag, Frame, ItemKind, JsonObject } from '../../../src/core/model.js';
import { NO_DIRECTION_CODE } from '../../../src/core/relations/direction.js';
import { lensNamed } from '../../../src/core/relations/lenses/index.js';
import { Database, type RunSource } from '../../../src/core/store/database.js';
import { packAnswerKey, packItemKey } from '../../../src/core/store/lensKey.js';
import type { StoredRow } from '../../../src/core/store/row.js';
import { ShardWriter } from '../../../src/core/store/shardWriter.js';

export const KINDS: readonly ItemKind[] = ['choice', 'yes-no', 'count', 'depth-order', 'distance-order', 'open'];
export const FRAMES: readonly Frame[] = ['camera', 'person', 'object', 'imagined', 'unstated'];
export const CONVENTIONS: readonly DepthConvention[] = ['toward-viewer', 'away-from-viewer', 'facing', 'unstated'];
const STATUSES: readonly AnswerStatus[] = ['parsed', 'empty', 'refusal', 'off-list', 'ambiguous', 'unparsed'];
const FLAGS: readonly Flag[] = ['letterTextConflict', 'goldConflict', 'imageAmbiguous', 'storedDiffers', 'frameSwap'];

/** A stored row without its nesting, so that a test states only what it is about. */
export interface FlatRow extends Omit<StoredRow, 'raw' | 'answer' | 'itemKey' | 'answerKey'> {
  readonly row: number;
  readonly id: string | null;
  readonly split: string | null;
  readonly model: string | null;
  readonly unit: string | null;
  readonly sample: number | null;
  readonly task: string | null;
  readonly question: string | null;
  readonly response: string | null;
  readonly status: AnswerStatus;
  readonly storedCorrect: boolean | null;
  readonly confidence: number | null;
  readonly contrastSet: string | null;
  readonly images: readonly string[];
  readonly meta: JsonObject;
}

/** A right answer to a question about nothing, with whatever a test says of it. */
export function flatRow(row: number, more: Partial<FlatRow> = {}): FlatRow {
  return {
    ...{ row, id: `q${row}`, split: null, model: null, unit: null, sample: null, kind: 'choice', task: null },
    ...{ family: null, frame: 'unstated', convention: 'unstated', contact: false, question: `Question ${row}?` },
    ...{ options: [], gold: 'left', goldOption: null, predicted: 'left', goldDirection: NO_DIRECTION_CODE },
    ...{ predictedDirection: NO_DIRECTION_CODE, relationDirection: NO_DIRECTION_CODE, wrongDirections: '' },
    ...{ goldYes: null, answeredYes: null, countError: null, status: 'parsed', correct: true, storedCorrect: null },
    ...{ confidence: null, response: 'left', flags: [], images: [], cluster: null, contrastSet: null },
    ...{ frameSwapExpected: null, frameSwapOf: null, meta: {} },
    ...more,
  };
}

/** The row as a shard takes it; the lens's keys follow from the rest. */
export function storedRow(flat: FlatRow): StoredRow {
  const { row, id, split, model, unit, sample, task, question, response, images, meta, ...rest } = flat;
  const { status, storedCorrect, confidence, contrastSet, ...stored } = rest;
  return {
    ...stored,
    raw: {
      ...{ row, id, split, model, unit, sample, task, question, response, images, meta, storedCorrect, confidence },
      ...{ contrastSet, options: flat.options, gold: flat.gold, extracted: null, kind: flat.kind, relation: null },
      ...{ frame: null, convention: null, flags: [] },
    },
    answer: {
      ...{ status, option: null, value: status === 'parsed' ? flat.predicted : null, flags: [] },
      trace: { rule: 'test', start: 0, end: 4, text: 'left', source: 'response' },
    },
    itemKey: packItemKey(flat.kind, flat.goldDirection, flat.frame, flat.convention),
    answerKey: status === 'parsed' ? packAnswerKey(flat.predictedDirection, flat.answeredYes, flat.countError) : null,
  };
}

/** Rows of every sort: what tests count with SQL and again by hand. */
export function anyRows(most = 40): fc.Arbitrary<FlatRow[]> {
  const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null, freq: 2 });
  const codes = fc.constantFrom(...Array(27).keys());
  const one = fc.record({
    kind: fc.constantFrom(...KINDS),
    frame: fc.constantFrom(...FRAMES),
    convention: fc.constantFrom(...CONVENTIONS),
    status: fc.constantFrom<AnswerStatus>('parsed', 'parsed', 'parsed', ...STATUSES),
    correct: nullable(fc.boolean()),
    storedCorrect: nullable(fc.boolean()),
    goldDirection: codes,
    predictedDirection: codes,
    wrongDirections: fc.array(codes, { maxLength: 3 }).map((all) =>
      all
        .map((code) => String.fromCharCode(97 + code))
        .sort()
        .join(''),
    ),
    options: fc
      .integer({ min: 0, max: 4 })
      .map((n) => Array.from({ length: n }, (_, at) => ({ label: null, text: `${at}` }))),
    task: nullable(fc.constantFrom('one', 'two')),
    unit: nullable(fc.constantFrom('u1', 'u2', 'u3')),
    sampled: fc.boolean(),
    goldYes: nullable(fc.boolean()),
    answeredYes: nullable(fc.boolean()),
    countError: nullable(fc.constantFrom(-2, 0, 5)),
    flags: fc.subarray([...FLAGS]),
    cluster: nullable(fc.constantFrom('scene:1', 'scene:2', 'image:a', 'item:u1')),
    contrastSet: nullable(fc.constantFrom('s1', 's2')),
    confidence: nullable(fc.constantFrom(0, 0.25, 0.5, 1)),
    frameSwapExpected: nullable(fc.constantFrom(0, 0.5, 1)),
    images: fc.subarray(['a.png', 'b.png']),
    meta: fc.constantFrom<JsonObject>({}, { object: 'Cup' }, { object: 'box' }, { object: null }),
  });
  return fc
    .array(one, { maxLength: most })
    .map((all) =>
      all.map(({ sampled, ...each }, at) =>
        flatRow(at + 1, { ...each, sample: each.unit !== null && sampled ? at + 1 : null }),
      ),
    );
}

/** A temporary folder for one test, gone after it. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-store-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Real shards, one for each run, behind a real database under the lens axes. */
export async function withDatabase<T>(
  runs: readonly (readonly FlatRow[])[],
  use: (db: Database, files: readonly string[]) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const files: string[] = [];
    const sources: RunSource[] = [];
    for (const [index, rows] of runs.entries()) {
      const writer = await ShardWriter.open(folder);
      writer.append(rows.map(storedRow));
      const parquet = path.join(folder, `${index}.parquet`);
      const { lensKeys } = await writer.finish(parquet);
      files.push(parquet);
      sources.push({ id: `run${index}.csv`, parquet, split: null, lensKeys });
    }
    const db = await Database.open(sources);
    try {
      await db.setLens(lensNamed('axes'));
      return await use(db, files);
    } finally {
      db.close();
    }
  });
}
