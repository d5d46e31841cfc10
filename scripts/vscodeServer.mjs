/**
 * A real VS Code without a desktop: its own server, which comes inside the npm package code-server. About 600 MB, kept in
 * .vscode-test/, and fetched from the npm registry only after a yes: typed, `--yes`, or CI=true.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const cache = path.join(root, '.vscode-test');
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
export function environment(more = {}) {
  // What an npm around us says of itself would be taken by the one that installs: its Node's version, for one.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/.test(name));
  const folders = [path.dirname(NODE), process.env.PATH].join(path.delimiter);
  return { ...Object.fromEntries(own), PATH: folders, ...more };
}

async function mayDownload(packages, purpose) {
  if (process.env.CI === 'true' || process.argv.includes('--yes')) return true;
  const list = packages.map(({ name, version, size }) => `${name}@${version} (${size})`).join(', ');
  if (!process.stdin.isTTY) return false;
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question(
    `${purpose} needs ${list} from the npm registry, kept in .vscode-test. Fetch? [y/N] `,
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

/** Sees to it that the server is there; `purpose` is what wants it. Returns why it is not, as a sentence, or null. */
export async function prepareServer(purpose) {
  if (process.platform === 'win32') return 'code-server does not run on Windows.';
  const missing = PACKAGES.filter(({ name }) => !existsSync(entryOf(name)));
  if (missing.length > 0 && !(await mayDownload(missing, purpose))) {
    return `${missing.map(({ name }) => name).join(', ')} not in .vscode-test, and nothing is fetched without a yes (--yes)`;
  }
  for (const each of missing) {
    const problem = install(each);
    if (problem !== null) return problem;
  }
  return null;
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Where a server of VS Code keeps what it writes, below `folder`. */
function foldersBelow(folder) {
  return [
    ...['--user-data-dir', path.join(folder, 'data'), '--server-data-dir', path.join(folder, 'server')],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
}

/** Installs a .vsix file for the server that is started in `folder`, and returns what VS Code said. Throws where it failed. */
export function installExtension(folder, vsix) {
  const args = [entryOf('code-server'), '--accept-server-license-terms', ...foldersBelow(folder)];
  const { status, stdout, stderr } = spawnSync(NODE, [...args, '--install-extension', vsix], {
    env: environment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Starts VS Code's server with everything it writes below `folder`. Every folder is trusted, unless `asksForTrust`. Returns
 * its address, its process, which leads the group of all that it starts, and how to stop it.
 */
export async function startServer(folder, env, { asksForTrust = false, token = null } = {}) {
  const port = await freePort();
  const args = [
    ...[entryOf('code-server'), '--host', '127.0.0.1', '--port', String(port)],
    // Whoever reaches the server has a shell as its user: on a machine that others use too, the token keeps them out.
    ...(token === null ? ['--without-connection-token'] : ['--connection-token', token]),
    ...['--accept-server-license-terms', '--enable-smoke-test-driver', '--disable-telemetry'],
    ...(asksForTrust ? [] : ['--disable-workspace-trust']),
    ...foldersBelow(folder),
  ];
  const log = [];
  // A group of its own, so that the extension hosts it starts end with it.
  const child = spawn(NODE, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => log.push(text));
  const stop = () => {
    process.removeListener('exit', stop);
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', stop);
  const address = `http://127.0.0.1:${port}/`;
  for (const end = Date.now() + START_TIMEOUT; Date.now() < end && child.exitCode === null; await sleep(200)) {
    const up = await globalThis.fetch(token === null ? address : `${address}?tkn=${token}`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return { address, group: child.pid, stop };
  }
  stop();
  throw new Error(`VS Code's server did not start:\n${log.join('')}`);
}

/**
 * The address of a window with the installed extensions alone: on a folder, on a .code-workspace file, or with null on
 * nothing. `more`: what the window is told besides, as [key, file].
 */
export function plainWindowUrl(address, workspace, more = [], token = null) {
  const payload = more.map(([key, file]) => [key, `vscode-remote://remote${file}`]);
  const kind = workspace?.endsWith('.code-workspace') === true ? 'workspace' : 'folder';
  // Told nothing, the server would open the folder of the last time.
  const opens = workspace === null ? 'ew=true' : `${kind}=${encodeURIComponent(workspace)}`;
  const key = token === null ? '' : `tkn=${token}&`;
  return `${address}?${key}${opens}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** The address of a window with our extension as it lies in the project. */
export function windowUrl(address, workspace, more = [], token = null) {
  return plainWindowUrl(address, workspace, [['extensionDevelopmentPath', root], ...more], token);
}
