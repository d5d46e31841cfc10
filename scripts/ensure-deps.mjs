/**
 * Installs the dependencies when they are missing or older than package-lock.json, and does nothing otherwise.
 * Plain Node without dependencies, because it runs before there are any. It needs no network once they are installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Is `version` ("v20.19.0") at least `range` (">=20.19.0")? Only ranges of this form are understood: a full range parser
 * would be a dependency.
 */
export function satisfiesNode(version, range) {
  const minimum = /^>=\s*(\d+)\.(\d+)\.(\d+)$/.exec(range);
  const actual = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (minimum === null) throw new Error(`package.json: engines.node is "${range}"; expected ">=MAJOR.MINOR.PATCH".`);
  if (actual === null) return false;
  for (let part = 1; part <= 3; part++) {
    const difference = Number(actual[part]) - Number(minimum[part]);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Does what is installed equal the lock file? Compares npm's own record of the installed tree (node_modules/.package-lock.json)
 * with the lock, so that a tree installed by hand with `npm ci` is not installed again. Optional packages (other platforms'
 * binaries) may be absent.
 */
export function installedMatchesLock(root) {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const found = installed[name];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function runNpmCi(root) {
  const npmCli = process.env.npm_execpath;
  const viaNode = npmCli !== undefined && /\.[cm]?js$/.test(npmCli) && path.basename(npmCli).startsWith('npm');
  const [command, prefix] = viaNode ? [process.execPath, [npmCli]] : ['npm', []];
  // The result goes to stderr: a command that starts with this script keeps its own stdout clean.
  return spawnSync(command, [...prefix, 'ci', '--include=dev'], {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: !viaNode && process.platform === 'win32',
  });
}

/**
 * Makes node_modules equal to package-lock.json. Returns 'current' when nothing had to be done, 'installed' after `npm ci`.
 * Throws an Error whose message says what to do when Node is too old or the installation fails.
 */
export function ensureDeps(root = PROJECT_ROOT) {
  const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  if (!satisfiesNode(process.version, engines.node)) {
    throw new Error(
      `Node ${process.version} is too old: Flipside needs ${engines.node}. Install it and run this again.`,
    );
  }
  const lockFile = path.join(root, 'package-lock.json');
  if (!existsSync(lockFile)) {
    throw new Error(
      `${lockFile} is missing. It belongs to the repository: restore it (git checkout package-lock.json).`,
    );
  }
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  const stamp = path.join(root, 'node_modules', '.flipside-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 'current';
  if (installedMatchesLock(root)) {
    writeFileSync(stamp, hash);
    return 'current';
  }
  process.stderr.write('Installing dependencies (npm ci): node_modules is missing or older than package-lock.json.\n');
  const { status, error } = runNpmCi(root);
  if (status !== 0) {
    const why = error === undefined ? `it ended with status ${status}` : error.message;
    throw new Error(`npm ci failed: ${why}. See its output above; it needs the npm registry once.`);
  }
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return 'installed';
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    ensureDeps();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
