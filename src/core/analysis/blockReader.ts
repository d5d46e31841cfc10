import { answerRule } from '../answers/index.js';
import { FORMATS } from '../formats/all.js';
import { readBlock, type Block } from '../formats/containers/blocks.js';
import { isDropped, type RecordReader, type Shape } from '../formats/format.js';
import { RowEncoder, type EncodedRows } from '../store/encodeRows.js';
import { Tally, type Counted } from './tally.js';
import { toRow, type Reading } from './toRow.js';

export type { Block };

/** What a thread has to know of a file before it reads blocks of it; plain data. */
export interface SharedFile {
  readonly file: string;
  readonly shape: Shape;
  readonly format: string;
  readonly rule: string;
  readonly ruleForced: boolean;
}

/** A block as rows of a shard. */
export interface BlockRows {
  readonly rows: EncodedRows;
  readonly counted: Counted;
}

/** Reads blocks of one file: records → items → answers → rows, as `ingest` does with a whole file. */
export class BlockReader {
  private readonly read: RecordReader;
  private readonly reading: Reading;
  private readonly encoder = new RowEncoder();

  constructor(private readonly shared: SharedFile) {
    const read = FORMATS.find(({ id }) => id === shared.format)?.reader?.(shared.shape);
    if (read === undefined) throw new Error(`the format ${shared.format} has no reader of records`);
    this.read = read;
    this.reading = { rule: answerRule(shared.rule), ruleForced: shared.ruleForced };
  }

  /** Null where the block's records are not one a line, or one of them is several samples: rows could not be numbered. */
  rows(block: Block): BlockRows | null {
    const records = readBlock(block, this.shared.file);
    if (records === null) return null;
    const tally = new Tally();
    const found = records.map((record) => (isDropped(record) ? record : this.read(record)));
    if (found.some(Array.isArray)) return null;
    const items = tally.count(found as Exclude<(typeof found)[number], readonly unknown[]>[]);
    return { rows: this.encoder.encode(items.map((item) => toRow(item, this.reading))), counted: tally };
  }
}
