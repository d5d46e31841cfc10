/**
 * `npm run test:host`: the extension in a real VS Code. VS Code's own server (it comes inside the npm package code-server)
 * runs on this machine and a headless Chromium opens its windows; first the suites of test/host run inside the extension
 * host, then the subjects of test/host/subjects.mjs drive windows as a user would. Last line: `N passed, N failed`.
 * `-- --only NAME` runs one subject, `-- --only suites` the suites.
 *
 * Without the server (vscodeServer.mjs), or without Chromium, the script says what is missing and ends with status 0.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from './build.mjs';
import { CHROMIUM_ARGUMENTS, findChromium, NO_CHROMIUM } from './chromium.mjs';
import { makeWorkspace, SUBJECTS, writeSettings } from '../test/host/subjects.mjs';
import { cache, environment, prepareServer, startServer, windowUrl } from './vscodeServer.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SUITES_TIMEOUT = 300_000;
const OPENING_TIMEOUT = 60_000;

/** Bundles the entry and every suite into .vscode-test/out, and returns their files. */
async function buildSuites() {
  const esbuild = await import('esbuild');
  const outdir = path.join(cache, 'out');
  rmSync(outdir, { recursive: true, force: true });
  const sources = readdirSync(path.join(root, 'test', 'host'), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join('test', 'host', file));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/host/index.ts', ...sources],
    outbase: 'test/host',
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const built = (source) => path.join(outdir, path.relative('test/host', source).replace(/\.ts$/, '.cjs'));
  return { entry: built('test/host/index.ts'), suites: sources.map(built) };
}

function isWhole(json) {
  try {
    return typeof JSON.parse(json) === 'object';
  } catch {
    return false;
  }
}

/** Opens a window whose extension host runs the suites, and waits for what they leave. */
async function runSuites(browser, url, resultFile) {
  const page = await browser.newPage({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(url, { timeout: OPENING_TIMEOUT });
  for (const end = Date.now() + SUITES_TIMEOUT; Date.now() < end; await sleep(250)) {
    const text = existsSync(resultFile) ? readFileSync(resultFile, 'utf8') : '';
    if (isWhole(text)) return JSON.parse(text);
  }
  throw new Error(`The suites left no result within ${SUITES_TIMEOUT / 1000} s: did the extension host load them?`);
}

/**
 * What `work` counts in a browser of its own. Where it throws, because a window or a server does not come up, that is a check
 * that failed: it says nothing of what the other subjects show.
 */
async function counted(name, work) {
  let browser = null;
  try {
    browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGUMENTS });
    return await work(browser);
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${name}\n${error.stack}`] };
  } finally {
    await browser?.close().catch((error) => process.stderr.write(`${name}: no end of the browser: ${error.message}\n`));
  }
}

/** Runs the suites that live in the extension host, in a window of their own. */
async function testInside(browser, server, folder, { entry, resultFile }) {
  const workspace = makeWorkspace(path.join(folder, 'suites'));
  const result = await runSuites(
    browser,
    windowUrl(server.address, workspace, [['extensionTestsPath', entry]]),
    resultFile,
  );
  if (existsSync(`${resultFile}.notes`)) process.stderr.write(readFileSync(`${resultFile}.notes`, 'utf8'));
  return result;
}

/** Runs the subjects one after another, each in a folder of its own. */
async function testOutside(server, folder, chosen) {
  const pictures = path.join(cache, 'screenshots');
  if (chosen === null) rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  const results = [];
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    if (chosen !== null && chosen !== name) continue;
    const own = path.join(folder, name);
    mkdirSync(own);
    const before = Date.now();
    const result = await counted(name, (browser) => subject({ browser, server, folder: own, pictures }));
    if (result === null) continue;
    const seconds = ((Date.now() - before) / 1000).toFixed(1);
    process.stderr.write(`${name}: ${result.passed} passed, ${result.failed} failed, ${seconds} s\n`);
    results.push(result);
  }
  return results;
}

async function test(folder, chosen) {
  const { entry, suites: files } = await buildSuites();
  const resultFile = path.join(folder, 'result.json');
  writeSettings(folder);
  const server = await startServer(
    folder,
    environment({
      FLIPSIDE_HOST_RESULT: resultFile,
      FLIPSIDE_HOST_SUITES: files.join(path.delimiter),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    }),
  );
  try {
    const inside = (browser) => testInside(browser, server, folder, { entry, resultFile });
    const suites = chosen === null || chosen === 'suites' ? [await counted('suites', inside)] : [];
    return [...suites, ...(await testOutside(server, folder, chosen))];
  } finally {
    server.stop();
  }
}

/** What `--only` names; null: everything. */
function chosenSubject() {
  const at = process.argv.indexOf('--only');
  if (at < 0) return null;
  const name = process.argv[at + 1];
  const names = [...Object.keys(SUBJECTS), 'suites'];
  if (!names.includes(name)) throw new Error(`--only ${name}: expected one of ${names.join(', ')}.`);
  return name;
}

async function main() {
  const chosen = chosenSubject();
  const problem = findChromium() === undefined ? NO_CHROMIUM : await prepareServer('The host test');
  if (problem !== null) {
    process.stdout.write(`test:host skipped: ${problem}\n`);
    return 0;
  }
  await build();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-host-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  const results = await test(folder, chosen);
  for (const failure of results.flatMap((each) => each.failures)) process.stdout.write(`\nFAILED ${failure}\n`);
  const sum = (key) => results.reduce((total, each) => total + each[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') === 0 && results.length > 0 && results.every((each) => each.passed > 0) ? 0 : 1;
}

// An exit runs the handler that stops the server; a signal by itself would leave it behind.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => process.exit(status));
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stdout.write(`${error.stack}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
