/**
 * A mocha reporter: prints what `dot` prints, and writes {passed, failed, skipped} as JSON to the file named by
 * FLIPSIDE_TEST_COUNTS when the run has ended. Without that file the run was cut short.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

export default class MochaCounts extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      const file = process.env.FLIPSIDE_TEST_COUNTS;
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}
