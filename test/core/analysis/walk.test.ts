import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MAX_FOLDER_DEPTH, walk } from '../../../src/core/analysis/walk.js';
import { FlipsideError } from '../../../src/core/model.js';
import { withWorkspace, type Workspace } from '../../support/cli.js';

/** Files and skipped entries relative to the workspace. */
async function listed({ folder }: Workspace, ...names: string[]): Promise<{ files: string[]; skipped: string[] }> {
  const found = await walk(names.length === 0 ? [folder] : names.map((name) => path.join(folder, name)));
  const relative = (file: string): string => path.relative(folder, file).split(path.sep).join('/');
  return {
    files: found.files.map(relative),
    skipped: found.skipped.map(({ file, reason }) => `${relative(file)}: ${reason}`),
  };
}

function link(workspace: Workspace, target: string, name: string): void {
  symlinkSync(path.join(workspace.folder, target), path.join(workspace.folder, name));
}

describe('analysis: finding files', () => {
  it('lists every file in full, sorted, whatever .gitignore says', () =>
    withWorkspace(async (workspace) => {
      for (const name of ['.gitignore', 'b.csv', 'a/deep/er.jsonl', 'a/.hidden.csv', 'node_modules.csv'])
        workspace.write(name, '*');
      assert.deepEqual((await listed(workspace)).files, [
        '.gitignore',
        'a/.hidden.csv',
        'a/deep/er.jsonl',
        'b.csv',
        'node_modules.csv',
      ]);
    }));

  it('leaves out version control, packages, virtual environments and its own folder but for reruns', () =>
    withWorkspace(async (workspace) => {
      const left = [
        '.git/x',
        '.hg/x',
        '.svn/x',
        'a/node_modules/x',
        '__pycache__/x',
        '.tox/x',
        'env/pyvenv.cfg',
        'env/lib/x',
      ];
      const own = ['.flipside/lenses/x.json', '.flipside/formats/x.json', '.flipside/annotations/x.jsonl'];
      for (const name of [...left, ...own]) workspace.write(name, 'x');
      workspace.write('.flipside/reruns/again.jsonl', 'x');
      workspace.write('.flipside/reruns/again.maps/1-item.npy', 'x');
      workspace.write('.flipside/reruns/.m_on_r_20261130-080000-123.77.tmp', 'x');
      workspace.write('environment/x.csv', 'x');
      const { files, skipped } = await listed(workspace);
      assert.deepEqual(files, ['.flipside/reruns/again.jsonl', 'environment/x.csv']);
      assert.deepEqual(skipped, []);
    }));

  it('honours .flipsideignore in every folder, also what it takes back', () =>
    withWorkspace(async (workspace) => {
      workspace.write('.flipsideignore', '*.log\n/old/\nfigures/\n!keep.log\n');
      workspace.write('runs/.flipsideignore', 'draft-*\n# a comment\n');
      const names = [
        'a.log',
        'keep.log',
        'old/a.csv',
        'runs/old/a.csv',
        'runs/draft-1.csv',
        'draft-2.csv',
        'runs/figures/x.csv',
      ];
      for (const name of names) workspace.write(name, 'x');
      assert.deepEqual((await listed(workspace)).files, ['draft-2.csv', 'keep.log', 'runs/old/a.csv']);
    }));

  it('lists a file once, however many paths reach it', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a/b/x.csv', 'x');
      workspace.write('a/y.csv', 'y');
      for (const order of [
        ['a', 'a/b'],
        ['a/b', 'a'],
        ['a', 'a', 'a/y.csv'],
      ]) {
        assert.deepEqual(
          await listed(workspace, ...order),
          { files: ['a/b/x.csv', 'a/y.csv'], skipped: [] },
          order.join(),
        );
      }
    }));

  it('follows links, but never twice, and says what leads nowhere', () =>
    withWorkspace(async (workspace) => {
      workspace.write('real/x.csv', 'x');
      workspace.write('real/sub/y.csv', 'y');
      link(workspace, 'real/x.csv', 'link.csv');
      link(workspace, 'real', 'zlink');
      link(workspace, 'absent', 'dangling');
      link(workspace, 'loop', 'loop');
      link(workspace, '.', 'real/sub/up');
      const { files, skipped } = await listed(workspace);
      assert.deepEqual(files, ['link.csv', 'real/sub/y.csv', 'real/x.csv']);
      assert.deepEqual(skipped, [
        'dangling: a link to nothing (ENOENT)',
        'loop: a link that leads back to itself (ELOOP)',
        'real/sub/up: a link to a folder that is already read',
        'zlink: a link to a folder that is already read',
      ]);
    }));

  it('says of a folder that was read through a link where it is', () =>
    withWorkspace(async (workspace) => {
      workspace.write('real/x.csv', 'x');
      link(workspace, 'real', 'alias');
      assert.deepEqual(await listed(workspace), {
        files: ['alias/x.csv'],
        skipped: ['real: already read through a link to it'],
      });
    }));

  it('takes no pipe for a file', function () {
    if (process.platform === 'win32') return this.skip();
    return withWorkspace(async (workspace) => {
      execFileSync('mkfifo', [path.join(workspace.folder, 'pipe')]);
      assert.deepEqual(await listed(workspace), {
        files: [],
        skipped: ['pipe: not a regular file (a pipe, socket or device); save its content to a file, and name that'],
      });
      const named = await listed(workspace, 'pipe');
      assert.deepEqual([named.files, named.skipped.length], [[], 1], 'nor where the user names it');
    });
  });

  it('follows folders so far and no further', () =>
    withWorkspace(async (workspace) => {
      const inside = (depth: number): string => 'd/'.repeat(depth);
      workspace.write(`${inside(MAX_FOLDER_DEPTH)}in.csv`, 'x');
      workspace.write(`${inside(MAX_FOLDER_DEPTH + 1)}out.csv`, 'x');
      assert.deepEqual(await listed(workspace), {
        files: [`${inside(MAX_FOLDER_DEPTH)}in.csv`],
        skipped: [
          `${inside(MAX_FOLDER_DEPTH + 1).slice(0, -1)}: lies more than 100 folders deep; name it as a PATH of its own`,
        ],
      });
    }));

  it('goes on behind a name that is no text', function () {
    // Other systems refuse to make such a name.
    if (process.platform !== 'linux') return this.skip();
    return withWorkspace(async (workspace) => {
      workspace.write('\u{fffd}.csv', 'a name may hold this character');
      const odd = Buffer.concat([Buffer.from(`${workspace.folder}/a`), Buffer.from([0xff])]);
      mkdirSync(odd);
      writeFileSync(Buffer.concat([odd, Buffer.from('.csv')]), 'x');
      const { files, skipped } = await listed(workspace);
      assert.deepEqual(files, ['\u{fffd}.csv']);
      assert.deepEqual(skipped, [
        'a\u{fffd}: its name is not valid UTF-8, or it is gone; rename it',
        'a\u{fffd}.csv: its name is not valid UTF-8, or it is gone; rename it',
      ]);
    });
  });

  it('goes on behind a folder that may be listed but not entered', function () {
    // Windows has no such permissions, and to root every folder is open.
    if (process.platform === 'win32' || process.getuid?.() === 0) return this.skip();
    return withWorkspace(async (workspace) => {
      workspace.write('shut/in/x.csv', 'x');
      workspace.write('y.csv', 'y');
      chmodSync(path.join(workspace.folder, 'shut'), 0o400);
      try {
        const { files, skipped } = await listed(workspace);
        assert.deepEqual(files, ['y.csv']);
        assert.deepEqual(skipped, ['shut/in: the folder cannot be read (EACCES); check its permissions']);
      } finally {
        chmodSync(path.join(workspace.folder, 'shut'), 0o700);
      }
    });
  });

  it('says which folders cannot be read', function () {
    // Windows has no such permissions, and to root every folder is open.
    if (process.platform === 'win32' || process.getuid?.() === 0) return this.skip();
    return withWorkspace(async (workspace) => {
      workspace.write('shut/x.csv', 'x');
      chmodSync(path.join(workspace.folder, 'shut'), 0o000);
      try {
        assert.deepEqual(await listed(workspace), {
          files: [],
          skipped: ['shut: the folder cannot be read (EACCES); check its permissions'],
        });
      } finally {
        chmodSync(path.join(workspace.folder, 'shut'), 0o700);
      }
    });
  });

  it('takes the deepest common folder for the root', () =>
    withWorkspace(async (workspace) => {
      for (const name of ['run/a/x.csv', 'run/b/y.csv', 'runs/z.csv']) workspace.write(name, 'x');
      const rootOf = async (...names: string[]): Promise<string> =>
        path.relative(workspace.folder, (await walk(names.map((name) => path.join(workspace.folder, name)))).root);
      assert.equal(await rootOf('run/a', 'run/b'), 'run');
      assert.equal(await rootOf('run/a/x.csv', 'run/b/y.csv'), 'run');
      assert.equal(await rootOf('run/a/x.csv'), path.join('run', 'a'));
      assert.equal(await rootOf('run', 'runs'), '', '"run" is no folder of "runs"');
      assert.equal((await walk([])).root, process.cwd());
    }));

  it('says which path does not exist, and what to give', () =>
    withWorkspace(async (workspace) => {
      mkdirSync(path.join(workspace.folder, 'there'));
      await assert.rejects(
        walk([path.join(workspace.folder, 'there'), path.join(workspace.folder, 'gone')]),
        (error) => {
          assert.ok(error instanceof FlipsideError);
          assert.match(error.message, /gone does not exist\. Give the folder or file/);
          assert.equal(error.options.exitCode, 2);
          return true;
        },
      );
      const file = workspace.write('x.csv', 'x');
      await assert.rejects(walk([path.join(file, 'below')]), /cannot be read \(ENOTDIR\)/);
    }));
});
