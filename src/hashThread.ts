/** A thread that hashes one large file (core/analysis/fileHash.ts starts it). */
import { parentPort, workerData } from 'node:worker_threads';
import { hashFile } from './core/analysis/fileHash.js';

parentPort?.postMessage(await hashFile(workerData as string));
