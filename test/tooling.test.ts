import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, percentile } from '../bench/measure.js';
import { longestOwn } from '../bench/window/profile.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A temporary folder for one test, gone after it. */
function withFolder(body: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-tooling-'));
  try {
    body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('scripts/ensure-deps.mjs', () => {
  /** A project of its own with this script in it. */
  function project(folder: string, engines: string, packages: object): () => { status: number | null; stderr: string } {
    mkdirSync(path.join(folder, 'scripts'));
    cpSync(path.join(root, 'scripts', 'ensure-deps.mjs'), path.join(folder, 'scripts', 'ensure-deps.mjs'));
    const manifest = { name: 'tiny', version: '1.0.0', type: 'module' };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, engines: { node: engines } }));
    const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
    return () => {
      const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'scripts', 'ensure-deps.mjs')], {
        encoding: 'utf8',
        cwd: os.tmpdir(),
      });
      return { status, stderr };
    };
  }

  it('installs once, says so in one line, and is silent from then on', () => {
    withFolder((folder) => {
      const run = project(folder, '>=20.0.0', {});
      const first = run();
      assert.equal(first.status, 0, first.stderr);
      assert.match(first.stderr, /^Installing dependencies \(npm ci\)/);
      assert.deepEqual(run(), { status: 0, stderr: '' });
    });
  });

  it('takes an installation that equals the lock file as it is, without npm', () => {
    withFolder((folder) => {
      const entry = { version: '1.2.3', integrity: 'sha512-x' };
      const packages = { 'node_modules/a': entry, 'node_modules/b': { version: '1.0.0', optional: true } };
      const run = project(folder, '>=20.0.0', packages);
      mkdirSync(path.join(folder, 'node_modules'));
      const record = path.join(folder, 'node_modules', '.package-lock.json');
      writeFileSync(record, JSON.stringify({ packages: { 'node_modules/a': entry } }));
      assert.deepEqual(run(), { status: 0, stderr: '' });
      assert.match(readFileSync(path.join(folder, 'node_modules', '.flipside-lock'), 'utf8'), /^[0-9a-f]{64}$/);
    });
  });

  it('refuses an old Node with the version that is needed', () => {
    withFolder((folder) => {
      const { status, stderr } = project(folder, '>=999.0.0', {})();
      assert.equal(status, 1);
      assert.match(stderr, /too old: Flipside needs >=999\.0\.0/);
    });
  });

  it('says what to do when the lock file is gone', () => {
    withFolder((folder) => {
      const run = project(folder, '>=20.0.0', {});
      rmSync(path.join(folder, 'package-lock.json'));
      const { status, stderr } = run();
      assert.equal(status, 1);
      assert.match(stderr, /package-lock\.json is missing.*restore it/);
    });
  });
});

describe('scripts/mochaCounts.mjs', () => {
  it("writes mocha's own counts", () => {
    withFolder((folder) => {
      const countsFile = path.join(folder, 'counts.json');
      writeFileSync(
        path.join(folder, 'some.cjs'),
        `describe('some', () => {
          it('passes', () => {});
          it('passes too', () => {});
          it('fails', () => { throw new Error('on purpose'); });
          it('is not written yet');
        });`,
      );
      const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
      const reporter = path.join(root, 'scripts', 'mochaCounts.mjs');
      const { status } = spawnSync(process.execPath, [mocha, '--no-config', '--reporter', reporter, 'some.cjs'], {
        cwd: folder,
        env: { ...process.env, FLIPSIDE_TEST_COUNTS: countsFile },
      });
      assert.equal(status, 1);
      assert.deepEqual(JSON.parse(readFileSync(countsFile, 'utf8')), { passed: 2, failed: 1, skipped: 1 });
    });
  });
});

describe('the benchmark', () => {
  it('takes the middle of its runs', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.ok(Number.isNaN(median([])));
    assert.equal(percentile([5, 1, 4, 2, 3], 0.8), 4);
    assert.equal(percentile([5, 1, 4, 2, 3], 0.81), 5);
  });

  it('prints one JSON object with floor, index and machine', function () {
    if (!existsSync(path.join(root, 'dist', 'cli.js'))) this.skip();
    const bench = ['--import', 'tsx', 'bench/main.ts', '--rows', '2000', '--runs', '1', '--only', 'index'];
    const { status, stdout, stderr } = spawnSync(process.execPath, bench, { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const result = JSON.parse(stdout) as Record<string, unknown> & Record<'floor' | 'index', { seconds: number }>;
    assert.equal(result['rows'], 2000);
    assert.ok(result.floor.seconds > 0 && result.index.seconds > 0);
    assert.ok(Math.abs(Number(result['ratio']) - result.index.seconds / result.floor.seconds) < 0.02);
  });

  it('refuses a count that is none', () => {
    const bench = ['--import', 'tsx', 'bench/main.ts', '--rows', 'many'];
    const { status, stderr } = spawnSync(process.execPath, bench, { cwd: root, encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /--rows many: expected a whole number from 1/);
  });

  it('refuses a part that there is not', () => {
    const bench = ['--import', 'tsx', 'bench/main.ts', '--only', 'index,doors'];
    const { status, stderr } = spawnSync(process.execPath, bench, { cwd: root, encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /--only doors: expected some of index, large, browse, warm, compare, charts, files, window, thumbnails/,
    );
  });

  it('finds how long our own code held a busy event loop', () => {
    const node = (id: number, url: string, functionName: string, children: number[] = []) => ({
      ...{ id, children, hitCount: 0 },
      callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 },
    });
    const nodes = [
      node(1, '', '(root)', [2, 3, 5]),
      node(2, '', '(idle)'),
      node(3, 'file:///x/dist/extension.cjs', 'activate', [4]),
      node(4, 'node:fs', 'stat'),
      node(5, 'file:///x/other.js', 'theirs'),
    ];
    // A sample stands for the time until the next one.
    const samples = [2, 3, 4, 5, 4, 2, 3, 2];
    const timeDeltas = [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000];
    assert.equal(longestOwn({ nodes, samples, timeDeltas, startTime: 0, endTime: 0 }, 'extension.cjs'), 10);
  });
});
