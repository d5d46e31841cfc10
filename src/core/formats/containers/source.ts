import type { Record_, Shape, Source } from '../format.js';
import { parseChunks } from './bytes.js';
import { contentOf, readWholeContent } from './content.js';
import { CsvRecordParser } from './csvRecords.js';
import { JsonRecordParser } from './jsonRecords.js';
import { NpyRecordParser } from './npy.js';
import { readXlsx, workbookRecords } from './xlsx.js';

/** A source that also hands its records out in batches, for readers that go through millions of them. */
export interface BatchedSource extends Source {
  /** The same records as `records()`, some thousands at a time. No batch is empty. */
  recordBatches(): AsyncIterable<readonly Record_[]>;
}

/**
 * The content of a file whose shape is known. Nothing is read before it is asked for; every call of `records()` reads the
 * file again, but for a file whose bytes are `known`. Records are numbered from 1; the header of a table and blank lines are
 * not counted. Containers that are no sequence of records (`json-object`, `zip`, `text`, `binary`, `empty`) have none, except that an object which could
 * not be parsed is one Dropped.
 * While iterating, throws FlipsideError when the file cannot be read or has vanished; bad content becomes Dropped.
 */
export function openSource(path: string, shape: Shape, known?: Buffer): BatchedSource {
  const recordBatches = (): AsyncIterable<readonly Record_[]> => batchesOf(path, shape, known);
  return {
    path,
    shape,
    recordBatches,
    async *records() {
      for await (const batch of recordBatches()) yield* batch;
    },
    bytes: (limit) => readWholeContent(path, limit),
  };
}

function batchesOf(path: string, shape: Shape, known: Buffer | undefined): AsyncIterable<readonly Record_[]> {
  switch (shape.container) {
    case 'csv':
    case 'tsv': {
      const delimiter = shape.delimiter ?? (shape.container === 'csv' ? ',' : '\t');
      return parseChunks(contentOf(path, known), new CsvRecordParser({ file: path, delimiter }));
    }
    case 'json-array':
      return parseChunks(contentOf(path, known), new JsonRecordParser({ file: path, layout: 'array' }));
    case 'json-lines':
      return parseChunks(contentOf(path, known), new JsonRecordParser({ file: path, layout: 'sequence' }));
    case 'xlsx':
      return workbookBatches(path);
    case 'npy':
      return parseChunks(contentOf(path, known), new NpyRecordParser(path));
    case 'json-object':
      return shape.root === null ? failedRoot(path, known) : noBatches();
    default:
      return noBatches();
  }
}

async function* workbookBatches(path: string): AsyncGenerator<Record_[]> {
  const { batches } = workbookRecords(await readXlsx(await readWholeContent(path), { file: path }));
  yield* batches();
}

async function* noBatches(): AsyncGenerator<Record_[]> {}

/** Why the one object of a file could not be parsed: cut off, or too large. */
async function* failedRoot(path: string, known: Buffer | undefined): AsyncGenerator<Record_[]> {
  yield* parseChunks(contentOf(path, known), new JsonRecordParser({ file: path, layout: 'sequence' }));
}
