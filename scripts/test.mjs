/**
 * `npm test`: dependencies, build, then every test/**\/*.test.ts under mocha. The last line is `N passed, N failed` (and
 * `, N skipped`), from mocha's own counts; the exit status is not 0 when a test fails, none ran, or coverage is too low.
 *
 * `--coverage` / `--no-coverage` choose whether lines of src/core are counted (at least 90 % must run); other arguments
 * go to mocha: `npm test -- --grep wilson`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MINIMUM_LINES = 90;

const C8_ARGUMENTS = [
  ...['--all', '--src', 'src/core', '--include', 'src/core/**', '--check-coverage', '--lines', String(MINIMUM_LINES)],
  ...['--reporter', 'text-summary', '--reporter', 'lcovonly', '--skip-full'],
];

function bin(name, file) {
  return path.join(root, 'node_modules', name, file);
}

/** Runs mocha and returns its exit status and its counts; counts are null when it ended before the tests did. */
function runMocha(mochaArguments, withCoverage) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-test-'));
  const countsFile = path.join(folder, 'counts.json');
  try {
    const mocha = [
      bin('mocha', 'bin/mocha.js'),
      ...['--config', '.mocharc.json', '--reporter', path.join(root, 'scripts', 'mochaCounts.mjs')],
      ...mochaArguments,
    ];
    const command = withCoverage ? [bin('c8', 'bin/c8.js'), ...C8_ARGUMENTS, process.execPath, ...mocha] : mocha;
    const { status, signal } = spawnSync(process.execPath, command, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, FLIPSIDE_TEST_COUNTS: countsFile },
    });
    const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : null;
    return { status: status ?? 1, signal, counts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with a run, as a sentence, or null. */
function problem({ status, signal, counts }, withCoverage) {
  if (counts === null) return `mocha ended ${signal ?? `with status ${status}`} before the tests did.`;
  if (counts.passed + counts.failed === 0) return 'No test ran.';
  if (counts.failed > 0) return null;
  if (status === 0) return null;
  return withCoverage
    ? `All tests passed, but fewer than ${MINIMUM_LINES} % of the lines of src/core ran, or mocha failed (status ${status}).`
    : `All tests passed, but mocha ended with status ${status}.`;
}

async function main() {
  const flags = new Set(['--coverage', '--no-coverage']);
  const given = process.argv.slice(2);
  const mochaArguments = given.filter((argument) => !flags.has(argument));
  // Part of a suite covers part of the code: the threshold means something for the whole suite only.
  const withCoverage =
    given.includes('--coverage') || (!given.includes('--no-coverage') && mochaArguments.length === 0);
  await build();
  const run = runMocha(mochaArguments, withCoverage);
  const message = problem(run, withCoverage);
  if (message !== null) process.stdout.write(`\n${message}\n`);
  const { passed, failed, skipped } = run.counts ?? { passed: 0, failed: 1, skipped: 0 };
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return message === null && failed === 0 && run.status === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stdout.write(`${error.message}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
