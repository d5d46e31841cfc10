/**
 * `npm run package`: builds, and makes dist-vsix/flipside-TARGET-VERSION.vsix for every platform, or with `-- --target NAME`
 * for one; `--out FOLDER` puts them elsewhere. Each is read again and held against the rules (package/rules.mjs); the exit
 * status is 1 where one breaks them. Binaries of other platforms come from the npm registry, checked against the lock file.
 */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ensureDeps } from './ensure-deps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Makes one package, and returns its file, its size in bytes, how many files it holds, and what is wrong with it. */
async function makePackage(target, built, out) {
  // Loaded late: they need packages that ensureDeps() may have to install.
  const { contentsOf } = await import('./package/contents.mjs');
  const { problemsOf } = await import('./package/rules.mjs');
  const { readVsix, writeVsix } = await import('./package/vsix.mjs');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(out, `flipside-${target}-${version}.vsix`);
  await writeVsix(file, target, contentsOf(target, built));
  const entries = await readVsix(file);
  const bytes = statSync(file).size;
  return { file, bytes, count: entries.length, problems: problemsOf(entries, { target, bytes, places: [root] }) };
}

async function main() {
  const { values } = parseArgs({
    options: { target: { type: 'string', multiple: true }, out: { type: 'string', default: 'dist-vsix' } },
  });
  const { TARGETS } = await import('./package/targets.mjs');
  const odd = (values.target ?? []).find((target) => !TARGETS.includes(target));
  if (odd !== undefined) throw new Error(`--target ${odd}: expected one of ${TARGETS.join(', ')}.`);
  ensureDeps();
  const built = await build();
  const out = path.resolve(root, values.out);
  mkdirSync(out, { recursive: true });
  let failed = 0;
  for (const target of values.target ?? TARGETS) {
    const { file, bytes, count, problems } = await makePackage(target, built, out);
    process.stdout.write(`${path.basename(file)}: ${(bytes / 1e6).toFixed(1)} MB, ${count} files\n`);
    for (const problem of problems) process.stdout.write(`  ${problem}\n`);
    failed += problems.length;
  }
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  // esbuild has already printed its own errors.
  if (error.errors === undefined) process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
