/**
 * `npm run test:host`: the extension in a real VS Code. VS Code's own server (it comes inside the npm package code-server)
 * runs on this machine and a headless Chromium opens its window; first the suites of test/host run inside the extension
 * host, then test/host/window.mjs drives the window as a user would. Last line: `N passed, N failed`.
 *
 * Without the server (vscodeServer.mjs), or without Chromium, the script says what is missing and ends with status 0.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from './build.mjs';
import { CHROMIUM_ARGUMENTS, findChromium, NO_CHROMIUM } from './chromium.mjs';
import { cache, environment, prepareServer, startServer, windowUrl } from './vscodeServer.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SUITES_TIMEOUT = 300_000;

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

/** The workspace that the window opens: the samples, and a folder that holds no predictions. */
function makeWorkspace(folder) {
  const workspace = path.join(folder, 'workspace');
  for (const part of ['benchmark.json', 'results', 'scenes']) {
    cpSync(path.join(root, 'samples', part), path.join(workspace, 'samples', part), { recursive: true });
  }
  mkdirSync(path.join(workspace, 'nothing'), { recursive: true });
  writeFileSync(path.join(workspace, 'nothing', 'notes.md'), 'Nothing to read here.\n');
  const settings = {
    'window.autoDetectColorScheme': true,
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'extensions.ignoreRecommendations': true,
  };
  mkdirSync(path.join(workspace, '.vscode'));
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
  return workspace;
}

/** Opens a window whose extension host runs the suites, and waits for what they leave. */
async function runSuites(browser, url, resultFile) {
  const page = await browser.newPage();
  await page.goto(url);
  for (const end = Date.now() + SUITES_TIMEOUT; Date.now() < end; await sleep(250)) {
    const text = existsSync(resultFile) ? readFileSync(resultFile, 'utf8') : '';
    if (text.endsWith('}')) {
      await page.close();
      return JSON.parse(text);
    }
  }
  throw new Error(`The suites left no result within ${SUITES_TIMEOUT / 1000} s: did the extension host load them?`);
}

/** The published runs, where a contributor has them: a copy, because the extension writes beside what it opens. */
async function published(browser, address, folder, pictures) {
  const source = path.resolve(root, process.env.REAL_DATA ?? '../shared/data/real', 'wurf2026');
  if (!existsSync(source)) {
    process.stdout.write(`Skipped: no published runs at ${source}; set REAL_DATA.\n`);
    return [];
  }
  const workspace = path.join(folder, 'published');
  cpSync(source, workspace, { recursive: true });
  const { drivePublished } = await import('../test/host/published.mjs');
  return [await drivePublished(browser, windowUrl(address, workspace), pictures)];
}

async function test(folder) {
  const { entry, suites } = await buildSuites();
  const pictures = path.join(cache, 'screenshots');
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  const workspace = makeWorkspace(folder);
  const resultFile = path.join(folder, 'result.json');
  const server = await startServer(
    folder,
    environment({
      FLIPSIDE_HOST_RESULT: resultFile,
      FLIPSIDE_HOST_SUITES: suites.join(path.delimiter),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    }),
  );
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGUMENTS });
  try {
    const { driveWindow } = await import('../test/host/window.mjs');
    const inside = await runSuites(
      browser,
      windowUrl(server.address, workspace, [['extensionTestsPath', entry]]),
      resultFile,
    );
    if (existsSync(`${resultFile}.notes`)) process.stderr.write(readFileSync(`${resultFile}.notes`, 'utf8'));
    const outside = await driveWindow(browser, windowUrl(server.address, workspace), pictures);
    return [inside, outside, ...(await published(browser, server.address, folder, pictures))];
  } finally {
    await browser.close();
    server.stop();
  }
}

async function main() {
  const problem = findChromium() === undefined ? NO_CHROMIUM : await prepareServer('The host test');
  if (problem !== null) {
    process.stdout.write(`test:host skipped: ${problem}\n`);
    return 0;
  }
  await build();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-host-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  const results = await test(folder);
  for (const failure of results.flatMap((each) => each.failures)) process.stdout.write(`\nFAILED ${failure}\n`);
  const sum = (key) => results.reduce((total, each) => total + each[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') === 0 && results.every((each) => each.passed > 0) ? 0 : 1;
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
