/** Where the files of an npm package lie: installed, or, for other platforms, fetched. Both are what package-lock.json says. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const CACHE = path.join(root, '.vscode-test', 'packages');

/** Version and integrity of a package as the lock file states them. */
export function locked(name) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const entry = packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`${name} is not in package-lock.json.`);
  return { version: entry.version, integrity: entry.integrity };
}

function run(command, args, folder) {
  const shell = process.platform === 'win32';
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/** Throws where the bytes of a file are not those that the lock file names. */
export function checkIntegrity(file, name, integrity) {
  const [algorithm] = integrity.split('-');
  const actual = `${algorithm}-${createHash(algorithm).update(readFileSync(file)).digest('base64')}`;
  if (actual !== integrity) {
    throw new Error(`${name}: the registry's file is ${actual}, package-lock.json says ${integrity}. Do not use it.`);
  }
}

/** Fetches a package from the registry, without running anything of it, and returns its folder. */
function fetchPackage(name, { version, integrity }) {
  const kept = path.join(CACHE, `${name.replace('/', '__')}@${version}`);
  if (existsSync(kept)) return path.join(kept, 'package');
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(path.join(CACHE, 'new-'));
  try {
    const [packed] = JSON.parse(run('npm', ['pack', `${name}@${version}`, '--json', '--ignore-scripts'], folder));
    // Older npm tells the name with the scope's slash in it.
    const file = packed.filename.replace(/^@/, '').replace('/', '-');
    checkIntegrity(path.join(folder, file), name, integrity);
    run('tar', ['-xzf', file], folder);
    rmSync(path.join(folder, file));
    renameSync(folder, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path.join(kept, 'package');
}

/** The folder that holds the package, in the version of the lock file. */
export function packageFolder(name) {
  const wanted = locked(name);
  const installed = path.join(root, 'node_modules', name);
  const manifest = path.join(installed, 'package.json');
  const isThere = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === wanted.version;
  return isThere ? installed : fetchPackage(name, wanted);
}
