/**
 * Annotating with 100,000 annotations present: how long it takes from a key that the page hears to the word "saved" in it, in a real VS Code, and from the
 * request to the answer of the analysis process alone, both in turn with a bare append and fdatasync of about as long a line in the same folder; how long
 * loading takes; and until what is said stands in the fields of all rows.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Analysis } from '../src/core/analysis.js';
import { lineOf, type AnnotationEvent } from '../src/core/analysis/annotations.js';
import type { RowKey } from '../src/core/model.js';
import type { AnalysisClient } from '../src/views/analysisClient.js';
import { analysisProcess, paramsFor } from './analysisProcess.js';
import { savedInWindow, type WindowTimes } from './annotatingWindow.js';
import { BareAppends, type Times } from './bareAppends.js';
import { median, percentile } from './measure.js';
import { writeRows } from './rows.js';
import { makeWorkspace } from './window/workspace.js';

const LOAD = fileURLToPath(new URL('annotationLoad.ts', import.meta.url));
const EVENTS = 100_000;
const PRESSES = 200;
const LABELS = ['horizontal-flip', 'depth-flip', 'wrong-object', 'ambiguous'];

export interface AnnotationTimes {
  readonly annotations: number;
  /** Milliseconds, medians: reading the files until any item can be asked what is said of it. */
  readonly loadMs: number;
  /** Milliseconds from there until fields of all rows hold it. */
  readonly fieldsMs: number;
  /** From a key in the list of a real VS Code until the page says "saved"; null where there is none. */
  readonly window: (Compared & ComparedMessages) | null;
  /** From the request to the analysis process to its answer, which comes once the line is on the disk. */
  readonly request: Compared;
}

/** In milliseconds. */
interface Compared {
  readonly saved: Spread;
  /** A bare append and fsync in the same folder, in turn with what is measured. */
  readonly bare: Spread;
  /** `saved.p95 - bare.p95`. */
  readonly overBareMs: number;
}

interface ComparedMessages {
  /** From another key in the same window that sends a message until it is answered, which is at once. */
  readonly messages: Spread;
  /** Of each key, what is left of its time without the append and the message that followed it. */
  readonly overBareAndMessages: Spread;
}

interface Spread {
  readonly p50: number;
  readonly p95: number;
}

export async function annotationTimes(
  folder: string,
  { runs, progress }: { runs: number; progress: (text: string) => void },
): Promise<AnnotationTimes> {
  const home = path.join(folder, 'annotating');
  mkdirSync(path.join(home, '.flipside', 'annotations'), { recursive: true });
  const rows = path.join(folder, 'annotated.jsonl');
  writeRows(rows, EVENTS);
  await makeWorkspace(home, rows);
  const file = path.join(home, 'predictions.jsonl');
  const cacheDir = path.join(folder, 'annotating-cache');
  const keys = await writeAnnotations(home, { file, cacheDir });
  const loads: number[] = [];
  for (let run = 0; run < runs; run++) loads.push(await loaded(home));
  const bare = new BareAppends(path.join(home, '.flipside', 'annotations', 'bare.txt'));
  const client = analysisProcess();
  try {
    const fieldsMs = await opened(client, { home, file, cacheDir });
    const request = await asked(client, bare, keys);
    client.dispose();
    const window = await savedInWindow(home, { folder, bare, presses: PRESSES, progress });
    return {
      annotations: EVENTS,
      ...{ loadMs: rounded(median(loads)), fieldsMs: rounded(fieldsMs) },
      window: window === null ? null : comparedInWindow(window),
      request: compared(request),
    };
  } finally {
    client.dispose();
    bare.close();
  }
}

/** An annotator's file with a label for each row, as the extension would have written it. Returns the keys of the rows. */
async function writeAnnotations(
  home: string,
  { file, cacheDir }: { file: string; cacheDir: string },
): Promise<readonly RowKey[]> {
  const analysis = await Analysis.open([file], { cacheDir, homes: [home] });
  try {
    const run = analysis.runs[0]?.id ?? '';
    const keys = Array.from({ length: EVENTS }, (_, at) => ({ run, row: at + 1 }));
    const lines: string[] = [];
    for (let at = 0; at < EVENTS; at += 5000) {
      const judged = await analysis.annotated.judged(keys.slice(at, at + 5000), () => null);
      for (const { item, content } of judged) {
        const order = lines.length + 1;
        const event: AnnotationEvent = {
          ...{ id: `bench-${order}`, at: new Date(1.76e12 + 1000 * order).toISOString(), order, by: 'ada', scheme: 1 },
          ...{ item, content, set: { label: LABELS[order % LABELS.length] ?? null }, undoes: null, adjudicates: null },
        };
        lines.push(lineOf(event));
      }
    }
    await writeFile(path.join(home, '.flipside', 'annotations', 'ada.jsonl'), lines.join(''));
    return keys;
  } finally {
    analysis.close();
  }
}

/** In a process of its own, as when a window is opened. */
async function loaded(home: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', LOAD, home, String(EVENTS)]);
  return Number(stdout);
}

async function opened(
  client: AnalysisClient,
  { home, file, cacheDir }: { home: string; file: string; cacheDir: string },
): Promise<number> {
  let complete = 0;
  const told = new Promise<number>((resolve) => {
    client.on('overview', () => (complete = performance.now()));
    client.on('annotated', () => resolve(performance.now()));
  });
  const params = { ...paramsFor(file, cacheDir), homes: [home] };
  await client.open({ ...params, viewer: { name: 'bo', blind: false } });
  return (await told) - complete;
}

/** One after another, as somebody presses keys; a bare append after each, so that both meet the same disk. */
async function asked(client: AnalysisClient, bare: BareAppends, keys: readonly RowKey[]): Promise<Times> {
  const times: Times = { saved: [], bare: [] };
  for (let press = 0; press < PRESSES; press++) {
    const key = keys[(press * 7919) % keys.length];
    if (key === undefined) continue;
    // The item is in sight before its key is pressed.
    await client.ask('item', { key, baseline: null });
    await sleep(50);
    const start = performance.now();
    const changes = [{ key, set: { label: 'misread' }, undoes: null }];
    const { problem } = await client.ask('annotate', { changes, adjudicates: false });
    times.saved.push(performance.now() - start);
    if (problem !== null) throw new Error(problem);
    // What the list is told of follows, as it does between two keys of a person.
    await sleep(50);
    times.bare.push(bare.time());
  }
  return times;
}

function compared({ saved, bare }: Times): Compared {
  const over = percentile(saved, 0.95) - percentile(bare, 0.95);
  return { saved: spread(saved), bare: spread(bare), overBareMs: rounded(over) };
}

function comparedInWindow(times: WindowTimes): Compared & ComparedMessages {
  const shared = compared(times);
  const left = times.saved.map((saved, at) => saved - (times.bare[at] ?? 0) - (times.messages[at] ?? 0));
  return { ...shared, messages: spread(times.messages), overBareAndMessages: spread(left) };
}

function spread(times: readonly number[]): Spread {
  return { p50: rounded(percentile(times, 0.5)), p95: rounded(percentile(times, 0.95)) };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
