/**
 * A mocha reporter: prints what `dot` prints and, of a long run, which files took longest; and writes {passed, failed, skipped} as JSON to the file
 * named by FLIPSIDE_TEST_COUNTS when the run has ended. Without that file the run was cut short.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import Mocha from 'mocha';

/**
 * Processes that run files of tests write down at their end which lines ran, some ten megabytes; on a busy machine that takes longer than the
 * second after which they are killed, and half of the coverage is lost. Mocha has no setting for it.
 */
const PATIENCE_MS = 120_000;

const ofMocha = createRequire(createRequire(import.meta.url).resolve('mocha'));
const workers = ofMocha('workerpool');
const { pool } = workers;
workers.pool = (script, options) => pool(script, { ...options, workerTerminateTimeout: PATIENCE_MS });

/** Where tests took so many seconds together, so many files are named. */
const LONG_S = 60;
const NAMED = 12;

/** Lines that name the files whose tests took longest, hooks left out. */
function slowest(times) {
  const total = [...times.values()].reduce((sum, each) => sum + each, 0);
  if (total < 1000 * LONG_S) return [];
  const line = ([file, time]) => `  ${(time / 1000).toFixed(0).padStart(4)} s  ${path.relative(process.cwd(), file)}`;
  const most = [...times].sort(([, one], [, other]) => other - one).slice(0, NAMED);
  return [`  ${(total / 1000).toFixed(0)} s in tests; most of it in:`, ...most.map(line), ''];
}

export default class MochaCounts extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const times = new Map();
    runner.on(Mocha.Runner.constants.EVENT_TEST_END, ({ file, duration = 0 }) => {
      if (file !== undefined) times.set(file, (times.get(file) ?? 0) + duration);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      const file = process.env.FLIPSIDE_TEST_COUNTS;
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
      for (const line of slowest(times)) process.stdout.write(`${line}\n`);
    });
  }
}
