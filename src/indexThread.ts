/** A thread that reads blocks of one large file (core/analysis/shared.ts starts it). */
import { parentPort, workerData } from 'node:worker_threads';
import { BlockReader, type Block, type SharedFile } from './core/analysis/blockReader.js';

const reader = new BlockReader(workerData as SharedFile);

parentPort?.on('message', (block: Block) => {
  const found = reader.rows(block);
  const handedOver =
    found === null ? [] : [...found.rows.numbers, ...found.rows.codes].map(({ buffer }) => buffer as ArrayBuffer);
  parentPort?.postMessage(found, handedOver);
});
