/** `npm run demo`: the summary of the synthetic sample runs, and what to try next. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, isStale } from './build.mjs';
import { ensureDeps } from './ensure-deps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const NEXT = `
These runs are synthetic: samples/README.md states the rule that made them. Try next:
  npx flipside errors samples --class horizontal-flip --limit 5
  npx flipside item samples --run result_synthetic-baseline.csv --item 0
  npx flipside compare samples --base result_synthetic-baseline.csv --new result_synthetic-mirror-augmented.csv
  npx flipside summary YOUR_RESULTS_FOLDER
`;

// A reader that has seen enough (`npm run demo | head`) is no failure.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  ensureDeps();
  if (isStale()) await build();
  const { status } = spawnSync(process.execPath, ['dist/cli.js', 'summary', 'samples', '--format', 'table'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === 0) process.stdout.write(NEXT);
  process.exitCode = status ?? 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
