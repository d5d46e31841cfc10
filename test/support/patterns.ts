import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { answerRule } from '../../src/core/answers/index.js';
import { openFile } from '../../src/core/analysis/openFile.js';
import { firstPatterns, PatternReading } from '../../src/core/analysis/patterns.js';
import type { IngestPlan } from '../../src/core/analysis/plan.js';
import { Tally } from '../../src/core/analysis/tally.js';
import { plain } from '../../src/core/formats/plain.js';

const OPTIONS = ['front-left', 'front-right', 'back-left', 'back-right'];
export const FRAMES = [
  "from the camera's perspective",
  'from the viewer',
  'if you were the driver of the red car',
  'imagine standing at the table',
  "from the car's perspective",
  'in this picture',
];

/** One record of a file most of whose records are alike; `more` stands in for some of its fields. */
export function record(n: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: n,
    image: `scenes/${n}/frame_00.png`,
    question: `Where is cup ${n} ${FRAMES[n % FRAMES.length] ?? ''}?`,
    options: OPTIONS,
    answer: 'ABCD'[n % 4],
    prediction: 'ABCD'[(n * 7) % 4],
    response: `Looking at cup ${n}, it is clearly there, so ${'ABCD'[n % 3] ?? ''} seems right.`,
    task: `task ${n % 2}`,
    confidence: (n % 1000) / 1000,
    ...more,
  };
}

/** How a file without a format of its own is read. */
export async function planOf(file: string): Promise<IngestPlan> {
  const { shape } = await openFile(file);
  const detected = plain.detect(shape);
  assert.ok(detected?.role === 'run', `${file} is not recognised`);
  return { file, format: plain, detected, rule: answerRule('default'), ruleForced: false } as unknown as IngestPlan;
}

/** Whether the database reads the file, a pattern of records at a time. */
export async function isReadByPattern(file: string): Promise<boolean> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-patterns-'));
  const plan = await planOf(file);
  const first = await firstPatterns(await openFile(file), plan.format, { bytes: 1, folder });
  try {
    return first !== null && (await new PatternReading(plan, first).rows(new Tally())) !== null;
  } finally {
    await first?.end();
    await rm(folder, { recursive: true, force: true });
  }
}
