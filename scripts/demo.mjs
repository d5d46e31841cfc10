/**
 * `npm run demo`: the summary of the sample runs, then the samples in VS Code: the user's own where `code` is on
 * the PATH, else the browser-based one, after asking, as it is a large download. `-- --no-open` prints the summary only.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.mjs';
import { ensureDeps } from './ensure-deps.mjs';
import { cache, environment, prepareServer, startServer, windowUrl } from './vscodeServer.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const NEXT = `
These are answers of two small models about synthetic pictures: samples/README.md says what they show. Try next:
  npx flipside errors samples --class horizontal-flip --limit 5
  npx flipside item samples --run result_baseline.csv --item 11
  npx flipside compare samples --base result_baseline.csv --new result_augmented.csv
  npx flipside summary YOUR_RESULTS_FOLDER
`;

const IN_THE_WINDOW =
  'Choose Flipside in the activity bar (or F1, "Flipside: Focus on Errors View"), open a row with Enter, then walk with n and p.';

/** What else the window would open takes the room of what is to be seen. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/** A copy of the samples to open: what a user does there (slices, baselines) is no change of the project. */
function makeWorkspace() {
  const workspace = path.join(cache, 'demo', 'samples');
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  for (const part of ['README.md', 'benchmark.json', 'results', 'scenes']) {
    cpSync(path.join(root, 'samples', part), path.join(workspace, part), { recursive: true });
  }
  mkdirSync(path.join(workspace, '.vscode'));
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), `${JSON.stringify(SETTINGS, null, 2)}\n`);
  return workspace;
}

/** Opens the user's own VS Code; false where there is none. */
function openOwn(workspace) {
  const shell = process.platform === 'win32';
  if (spawnSync('code', ['--version'], { shell, stdio: 'ignore' }).status !== 0) return false;
  const { status } = spawnSync('code', [`--extensionDevelopmentPath=${root}`, workspace], { shell, stdio: 'inherit' });
  if (status === 0) process.stdout.write(`\nVS Code opens with the samples. ${IN_THE_WINDOW}\n`);
  return status === 0;
}

/** Serves the browser-based VS Code until it is interrupted. */
async function openServed(workspace) {
  const problem = await prepareServer('VS Code in the browser');
  if (problem !== null) {
    process.stdout.write(`\nNot opened in VS Code: no "code" on the PATH, and ${problem}\n`);
    return;
  }
  const token = randomBytes(16).toString('hex');
  const { address, stop } = await startServer(path.join(cache, 'demo', 'server'), environment(), { token });
  process.stdout.write(
    `\nOpen in a browser on this machine (Ctrl-C ends it): ${windowUrl(address, workspace, [], token)}\n${IN_THE_WINDOW}\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      stop();
      process.exit(0);
    });
  }
  await new Promise(() => undefined);
}

// A reader that has seen enough (`npm run demo | head`) is no failure.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  ensureDeps();
  await buildIfStale();
  const { status } = spawnSync(process.execPath, ['dist/cli.js', 'summary', 'samples', '--format', 'table'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
  if (status === 0) process.stdout.write(NEXT);
  if (status === 0 && !process.argv.includes('--no-open')) {
    const workspace = makeWorkspace();
    // Where nobody looks, a server would only keep the command from ending.
    const attended = process.stdin.isTTY || process.argv.includes('--yes');
    if (!openOwn(workspace) && attended) await openServed(workspace);
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
