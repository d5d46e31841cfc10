import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/**
 * The entry that VS Code calls inside the extension host: runs every suite file beside it and leaves
 * {passed, failed, skipped, failures} as JSON in the file that FLIPSIDE_HOST_RESULT names, which is what the launching script
 * waits for.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ timeout: 60_000, reporter: 'min' });
  // The build writes the names of the suite files here, found by glob.
  for (const file of (process.env['FLIPSIDE_HOST_SUITES'] ?? '').split(path.delimiter)) mocha.addFile(file);
  const failures: string[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures: failed = 0, pending = 0 } = runner.stats ?? {};
      const file = process.env['FLIPSIDE_HOST_RESULT'];
      if (file !== undefined) {
        writeFileSync(file, JSON.stringify({ passed: passes, failed, skipped: pending, failures }));
      }
      resolve();
    });
    runner.on('fail', (test, error: Error) => failures.push(`${test.fullTitle()}\n${error.stack ?? error.message}`));
  });
}
