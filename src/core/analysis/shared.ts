import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { blocksOf, isCuttable, type Block } from '../formats/containers/blocks.js';
import type { Source } from '../formats/format.js';
import type { EncodedRows } from '../store/encodeRows.js';
import type { BlockRows, SharedFile } from './blockReader.js';
import type { IngestPlan } from './plan.js';
import type { Tally } from './tally.js';
import { threadProgram } from './threads.js';

/** More threads than this wait for the one that writes. */
const MOST_THREADS = 6;
/** Blocks that a thread has been handed: one that it reads, one that lies ready. */
const AHEAD = 2;
/** Most objects of a block live until it is encoded: with room for them, V8 need not move them about. In MB. */
const YOUNG_MB = 32;

/** Whether several threads can read the file: its records are lines of its own, and not rows of a table that stand for such. */
export function canShare({ format, mapping }: IngestPlan, { shape, table }: Source): boolean {
  return (
    mapping === null &&
    table === undefined &&
    format.reader !== undefined &&
    isCuttable(shape) &&
    threadProgram('indexThread') !== null
  );
}

/** Takes rows, in file order; `encoder` says whose codes they hold. */
export type TakeRows = (rows: EncodedRows, encoder: number) => void;

/**
 * Reads a file by several threads, each a block at a time. False where its records proved not to be one a line, one item each:
 * then it is to be read from its beginning by one thread.
 */
export async function readShared(plan: IngestPlan, source: Source, tally: Tally, take: TakeRows): Promise<boolean> {
  const { file, format, rule, ruleForced } = plan;
  const shared: SharedFile = { file, shape: source.shape, format: format.id, rule: rule.id, ruleForced };
  const count = Math.min(os.availableParallelism(), MOST_THREADS);
  const threads = Array.from({ length: count }, () => new Thread(threadProgram('indexThread') ?? '', shared));
  const ahead: { readonly encoder: number; readonly found: Promise<BlockRows | null> }[] = [];
  const settle = async (most: number): Promise<boolean> => {
    for (let first = ahead[0]; first !== undefined && ahead.length > most; first = ahead[0]) {
      ahead.shift();
      const found = await first.found;
      if (found === null) return false;
      tally.add(found.counted);
      take(found.rows, first.encoder);
    }
    return true;
  };
  try {
    let handed = 0;
    for await (const block of blocksOf(file)) {
      const encoder = handed++ % threads.length;
      const found = (threads[encoder] as Thread).read(block);
      // It is awaited later, and until then nobody's.
      found.catch(() => undefined);
      ahead.push({ encoder: encoder + 1, found });
      if (!(await settle(count * AHEAD - 1))) return false;
    }
    return await settle(0);
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** A thread that reads blocks, one after another. */
class Thread {
  private readonly worker: Worker;
  private readonly awaited: PromiseWithResolversOf<BlockRows | null>[] = [];
  private failure: Error | null = null;

  constructor(program: string, shared: SharedFile) {
    const limits = { maxYoungGenerationSizeMb: YOUNG_MB };
    this.worker = new Worker(program, { workerData: shared, resourceLimits: limits });
    this.worker.on('message', (rows: BlockRows | null) => this.awaited.shift()?.resolve(rows));
    this.worker.on('error', (error: Error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`a thread that reads ended with code ${code}`)));
  }

  read(block: Block): Promise<BlockRows | null> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.awaited.push({ resolve, reject });
      this.worker.postMessage(block, [block.bytes.buffer]);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.awaited.splice(0)) reject(this.failure);
  }
}

interface PromiseWithResolversOf<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}
