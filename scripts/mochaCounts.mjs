/**
 * A mocha reporter: prints what `dot` prints, and writes {passed, failed, skipped} as JSON to the file named by
 * FLIPSIDE_TEST_COUNTS when the run has ended. Without that file the run was cut short.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import Mocha from 'mocha';

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
