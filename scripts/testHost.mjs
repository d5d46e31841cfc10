/**
 * `npm run test:host`: the extension in a real VS Code. VS Code's own server (it comes inside the npm package code-server)
 * runs on this machine and a headless Chromium opens its window; first the suites of test/host run inside the extension
 * host, then test/host/window.mjs drives the window as a user would. Last line: `N passed, N failed`.
 *
 * The server is about 600 MB and is kept in .vscode-test/. It is fetched from the npm registry only after a yes: typed,
 * `--yes`, or CI=true. Without it, or without Chromium, the script says what is missing and ends with status 0.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from './build.mjs';
import { CHROMIUM_ARGUMENTS, findChromium, NO_CHROMIUM } from './chromium.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const cache = path.join(root, '.vscode-test');
const SUITES_TIMEOUT = 300_000;
const START_TIMEOUT = 60_000;

/** What npm brings into the cache, each in a folder of its own; `entry` is there once it is installed. Order matters: Node first. */
const PACKAGES = [
  { name: 'node', version: '24', size: '120 MB', entry: 'bin/node' },
  { name: 'code-server', version: '4.139.1', size: '600 MB', entry: 'lib/vscode/out/server-main.js' },
];

function entryOf(name) {
  const { entry } = PACKAGES.find((each) => each.name === name);
  return path.join(cache, name, 'node_modules', name, entry);
}

const NODE = entryOf('node');

/** The environment in which the server's parts are installed and run: its own Node comes first. */
function environment(more = {}) {
  return { ...process.env, PATH: [path.dirname(NODE), process.env.PATH].join(path.delimiter), ...more };
}

async function mayDownload(packages) {
  if (process.env.CI === 'true' || process.argv.includes('--yes')) return true;
  const list = packages.map(({ name, version, size }) => `${name}@${version} (${size})`).join(', ');
  if (!process.stdin.isTTY) return false;
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question(
    `The host test needs ${list} from the npm registry, kept in .vscode-test. Fetch? [y/N] `,
  );
  ask.close();
  return /^y(es)?$/i.test(answer.trim());
}

function install({ name, version }) {
  const folder = path.join(cache, name);
  mkdirSync(folder, { recursive: true });
  // Without a package.json of its own, npm would install into the project.
  const manifest = { private: true, allowScripts: { node: true, 'code-server': true, argon2: true } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  process.stderr.write(`Installing ${name}@${version} into .vscode-test (code-server takes some minutes).\n`);
  const stdio = ['ignore', process.stderr.fd, process.stderr.fd];
  const { status } = spawnSync('npm', ['install', '--no-save', `${name}@${version}`], {
    cwd: folder,
    stdio,
    env: environment(),
  });
  if (status === 0 && existsSync(entryOf(name))) return null;
  rmSync(path.join(folder, 'node_modules'), { recursive: true, force: true });
  return `npm could not install ${name}@${version}; its output is above. On Debian, code-server needs the packages libkrb5-dev, g++, make and python3.`;
}

/** Sees to it that everything is there. Returns why it is not, as a sentence, or null. */
async function prepare() {
  if (process.platform === 'win32') return 'code-server does not run on Windows.';
  if (findChromium() === undefined) return NO_CHROMIUM;
  const missing = PACKAGES.filter(({ name }) => !existsSync(entryOf(name)));
  if (missing.length > 0 && !(await mayDownload(missing))) {
    return `${missing.map(({ name }) => name).join(', ')} not in .vscode-test, and nothing is fetched without a yes: npm run test:host -- --yes`;
  }
  for (const each of missing) {
    const problem = install(each);
    if (problem !== null) return problem;
  }
  return null;
}

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

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts VS Code's server with everything it writes below `folder`. Returns its address and how to stop it. */
async function startServer(folder, env) {
  const port = await freePort();
  const args = [
    ...[entryOf('code-server'), '--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
    ...[
      '--accept-server-license-terms',
      '--enable-smoke-test-driver',
      '--disable-telemetry',
      '--disable-workspace-trust',
    ],
    ...['--user-data-dir', path.join(folder, 'data'), '--server-data-dir', path.join(folder, 'server')],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
  const log = [];
  // A group of its own, so that the extension hosts it starts end with it.
  const child = spawn(NODE, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => log.push(text));
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', stop);
  const address = `http://127.0.0.1:${port}/`;
  for (const end = Date.now() + START_TIMEOUT; Date.now() < end && child.exitCode === null; await sleep(200)) {
    const up = await globalThis.fetch(address).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return { address, stop };
  }
  stop();
  throw new Error(`VS Code's server did not start:\n${log.join('')}`);
}

function windowUrl(address, workspace, more = []) {
  const remote = (file) => `vscode-remote://remote${file}`;
  const payload = [['extensionDevelopmentPath', remote(root)], ...more.map(([key, file]) => [key, remote(file)])];
  return `${address}?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
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
    const outside = await driveWindow(browser, windowUrl(server.address, workspace), pictures);
    return [inside, outside];
  } finally {
    await browser.close();
    server.stop();
  }
}

async function main() {
  const problem = await prepare();
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
