/**
 * The extension as people get it: `npm run package` makes it for this machine, a clean VS Code installs it, and a window that
 * knows nothing of the project shows the samples' runs.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ownTarget } from '../../scripts/package/targets.mjs';
import { installExtension } from '../../scripts/vscodeServer.mjs';
import { childrenOf } from './processes.mjs';
import { VIEW_CHECKS } from './views.mjs';
import { WINDOW_CHECKS } from './window.mjs';
import { until } from './workbench.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What makes a process take itself for Electron's, where pictures are decoded by WebAssembly. */
const LIKE_ELECTRON = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,electron:'37.0.0'}})`;

/**
 * Packages the extension for `target` into `folder`, installs it for the server that is started there, and returns where VS
 * Code has put it.
 */
export function installPackage(folder, target) {
  const script = path.join(root, 'scripts', 'package.mjs');
  const made = spawnSync(process.execPath, [script, '--target', target, '--out', folder], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`npm run package failed:\n${made.stdout}${made.stderr}`);
  const vsix = readdirSync(folder).find((name) => name.endsWith('.vsix'));
  installExtension(folder, path.join(folder, vsix));
  const extensions = path.join(folder, 'extensions');
  const installed = readdirSync(extensions).filter((name) => name.startsWith('flipside.'));
  assert.equal(installed.length, 1, `${extensions} holds ${readdirSync(extensions).join(', ')}`);
  return path.join(extensions, installed[0]);
}

/** Has the packaged command line alone write the samples' report, and returns how many pictures are in it. */
async function picturesOfReport({ extension, samples, folder }, name, options) {
  const out = path.join(folder, `${name}.html`);
  const cli = path.join(extension, 'dist', 'cli.js');
  const command = ['export', samples, '--to', 'html', '--out', out, '--cache', path.join(folder, `cache-${name}`)];
  // In a folder of its own, so that no package of the project can be found.
  const child = spawn(process.execPath, [...options, cli, ...command], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = [];
  child.stderr.setEncoding('utf8').on('data', (text) => said.push(text));
  const text = () => (existsSync(out) ? readFileSync(out, 'utf8') : '');
  const isWhole = () => text().trimEnd().endsWith('</html>');
  try {
    // The threads of WebAssembly outlive the work.
    await until('the report', () => Promise.resolve(isWhole() || child.exitCode !== null));
  } finally {
    child.kill();
  }
  assert.ok(isWhole(), `no report: ${said.join('')}`);
  return text().split('data:image/').length - 1;
}

/** For `drive`: a window on the samples, `extension` is the installed one. */
export const PACKAGED_CHECKS = [
  WINDOW_CHECKS[0],
  ...VIEW_CHECKS.slice(0, 2),
  [
    'what runs is the installed extension alone',
    async (page, { extension, group }) => {
      const scripts = childrenOf(group, 'dist/server.cjs');
      assert.equal(scripts.length, 1);
      assert.deepEqual(childrenOf(group, path.join(extension, 'dist', 'server.cjs')), scripts);
      assert.deepEqual(childrenOf(group, path.join(root, 'dist')), []);
      // The modules of the process that reads: each native library comes out of the package.
      if (process.platform !== 'linux') return;
      const maps = readFileSync(`/proc/${scripts[0]}/maps`, 'utf8').split('\n');
      const libraries = new Set(maps.map((line) => /\S*(?:duckdb|vips|sharp)\S*$/.exec(line)?.[0]).filter(Boolean));
      assert.ok(libraries.size >= 3, `loaded: ${[...libraries].join(', ')}`);
      const within = `${realpathSync(extension)}${path.sep}`;
      assert.deepEqual(
        [...libraries].filter((file) => !file.startsWith(within)),
        [],
      );
    },
  ],
  [
    "the packaged files suffice for pictures, by the native decoder and, as in Electron on Linux, by sharp's WebAssembly",
    async (page, place) => {
      const native = await picturesOfReport(place, 'native', []);
      assert.ok(native > 0, 'the report has no pictures');
      if (process.platform !== 'linux') return;
      // Without the native decoder, which the window above has used, nothing else can have made them.
      rmSync(path.join(place.extension, 'node_modules', '@img', `sharp-${ownTarget()}`), { recursive: true });
      assert.equal(await picturesOfReport(place, 'wasm', ['--import', LIKE_ELECTRON]), native);
    },
  ],
];

/** The folder for this subject's pictures: the checks that it shares with others name theirs alike. */
export function ownPictures(pictures) {
  const folder = path.join(pictures, 'packaged');
  mkdirSync(folder, { recursive: true });
  return folder;
}
