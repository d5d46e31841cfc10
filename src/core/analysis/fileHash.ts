import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { threadProgram } from './threads.js';

/** Read at a time while a file is hashed. */
const PART_BYTES = 4 << 20;
/** A smaller file is hashed before a thread would have started. */
const THREAD_BYTES = 64 << 20;

/** The SHA-256 of a file's bytes, in hexadecimal. Throws what reading the file throws. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    const parts = [Buffer.allocUnsafe(PART_BYTES), Buffer.allocUnsafe(PART_BYTES)] as const;
    // One part is read while the other is hashed.
    let next = handle.read(parts[0], 0, PART_BYTES);
    for (let part = 0; ; part = 1 - part) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) return hash.digest('hex');
      next = handle.read(parts[part === 0 ? 1 : 0], 0, PART_BYTES);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** The hash of a file's content. */
export interface FileHash {
  /** Computes it, or waits for it. */
  readonly value: () => Promise<string>;
  /** Whether a thread computes it meanwhile; else `value` does. */
  readonly isAside: boolean;
  /** It is not asked for again. */
  readonly end: () => void;
}

/** The hash of a file of `content` bytes, or of these bytes. That of a large one is computed by a thread of its own, from now on. */
export function fileHash(file: string, content: number | Buffer): FileHash {
  const end = (): void => undefined;
  if (typeof content !== 'number') {
    return { value: () => Promise.resolve(createHash('sha256').update(content).digest('hex')), isAside: false, end };
  }
  const program = content < THREAD_BYTES ? null : threadProgram('hashThread');
  if (program === null) return { value: () => hashFile(file), isAside: false, end };
  const worker = new Worker(program, { workerData: file });
  const found = new Promise<string>((resolve, reject) => {
    worker
      .once('message', resolve)
      .once('error', reject)
      .once('exit', (code) => reject(new Error(`the thread that hashes ${file} ended with code ${code}`)));
  });
  // Until it is asked for, a failure is nobody's.
  found.catch(() => undefined);
  return { value: () => found, isAside: true, end: () => void worker.terminate() };
}
