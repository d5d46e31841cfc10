/**
 * `npm test`: dependencies, build, every test/**\/*.test.ts under mocha, then the extension in a real VS Code where that can
 * be (see testHost.mjs). The last line is `N passed, N failed` (and `, N skipped`), from the runners' own counts; the exit status is not 0 when a test fails, none ran, or coverage is too low.
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

/** Files of tests beside one another, where there are processors for it; each waits for others (a database, a browser, a command) half its time. */
function besideOneAnother() {
  return ['--parallel', '--jobs', String(Math.max(2, os.availableParallelism()))];
}

/** Runs mocha and returns its exit status and its counts; counts are null when it ended before the tests did. */
function runMocha(mochaArguments, withCoverage) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-test-'));
  const countsFile = path.join(folder, 'counts.json');
  try {
    const mocha = [
      bin('mocha', 'bin/mocha.js'),
      ...['--config', '.mocharc.json', '--reporter', path.join(root, 'scripts', 'mochaCounts.mjs')],
      // Some of the tests are looked at as they come.
      ...(mochaArguments.length === 0 ? besideOneAnother() : mochaArguments),
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

/** Runs the extension in a real VS Code and returns its counts; where it says why it cannot, that is one skipped. */
function runHost() {
  const script = path.join(root, 'scripts', 'testHost.mjs');
  const { stdout, status } = spawnSync(process.execPath, [script], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  const text = String(stdout);
  process.stdout.write(text);
  const counts = /^(\d+) passed, (\d+) failed$/m.exec(text);
  if (counts !== null) return { passed: Number(counts[1]), failed: Number(counts[2]), skipped: 0 };
  return status === 0 ? { passed: 0, failed: 0, skipped: 1 } : { passed: 0, failed: 1, skipped: 0 };
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
  const own = run.counts ?? { passed: 0, failed: 1, skipped: 0 };
  // Arguments choose among mocha's tests.
  const host = mochaArguments.length === 0 ? runHost() : { passed: 0, failed: 0, skipped: 0 };
  const sum = (key) => own[key] + host[key];
  const skipped = sum('skipped');
  process.stdout.write(
    `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  );
  return message === null && sum('failed') === 0 && run.status === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stdout.write(`${error.message}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
