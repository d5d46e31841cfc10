import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { Analysis } from '../../../src/core/analysis.js';
import { homesOf } from '../../../src/core/analysis/userMappings.js';
import { withWorkspace, type Workspace } from '../../support/cli.js';
import { reopen } from './support.js';

const ODD = 'c1,c2,c3,c4\nq1,Where is cup 1?,left,right\nq2,Where is cup 2?,left,left\n';

/** A mapping of the odd file in which one column is the prediction. */
function mapping(prediction: string, match = 'odd.csv'): string {
  return JSON.stringify({ version: 1, match, roles: { id: 'c1', question: 'c2', gold: 'c3', prediction } });
}

function open<T>(workspace: Workspace, names: readonly string[], use: (analysis: Analysis) => T): Promise<T> {
  const paths = names.map((name) => path.join(workspace.folder, name));
  return Analysis.open(paths, { cacheDir: workspace.cache, homes: [] }).then((analysis) => {
    try {
      return use(analysis);
    } finally {
      analysis.close();
    }
  });
}

const idsOf = (analysis: Analysis): string[] => analysis.runs.map(({ id }) => id);

describe('the mappings of the user', () => {
  it('count in every folder that is opened, and in that of every file', () =>
    withWorkspace(async (workspace) => {
      for (const folder of ['one', 'two']) {
        workspace.write(`${folder}/odd.csv`, folder === 'one' ? ODD : `${ODD}q3,Where is cup 3?,left,left\n`);
        workspace.write(`${folder}/.flipside/formats/odd.json`, mapping('c4'));
      }
      assert.deepEqual(await open(workspace, ['one', 'two'], idsOf), ['one/odd.csv', 'two/odd.csv']);
      assert.deepEqual(await open(workspace, ['one/odd.csv', 'two/odd.csv'], idsOf), ['one/odd.csv', 'two/odd.csv']);
    }));

  it('are those kept nearest above a file, where several folders have one that matches', () =>
    withWorkspace(async (workspace) => {
      workspace.write('.flipside/formats/odd.json', mapping('c3'));
      for (const [folder, column] of [
        ['one', 'c3'],
        ['two', 'c4'],
      ] as const) {
        workspace.write(`${folder}/odd.csv`, `${ODD}${folder},Where is cup 3?,left,left\n`);
        workspace.write(`${folder}/.flipside/formats/odd.json`, mapping(column));
      }
      const right = (analysis: Analysis): Promise<unknown> =>
        analysis.summary().then(({ runs }) => runs.map(({ id, correct, items }) => [id, correct, items]));
      for (const names of [
        ['one', 'two'],
        ['two', 'one'],
      ]) {
        const paths = names.map((name) => path.join(workspace.folder, name));
        const analysis = await Analysis.open(paths, { cacheDir: workspace.cache, homes: [] });
        try {
          // Where gold and prediction are one column, the mapping does not fit: only the other folder's run is there.
          assert.deepEqual(await right(analysis), [['two/odd.csv', 2, 3]]);
        } finally {
          analysis.close();
        }
      }
    }));

  it('of another folder count where none lies above the file', () =>
    withWorkspace(async (workspace) => {
      workspace.write('results/odd.csv', ODD);
      workspace.write('project/.flipside/formats/odd.json', mapping('c4'));
      const homes = [path.join(workspace.folder, 'project')];
      const analysis = await Analysis.open([path.join(workspace.folder, 'results')], {
        cacheDir: workspace.cache,
        homes,
      });
      assert.deepEqual(idsOf(analysis), ['odd.csv']);
      analysis.close();
    }));

  it('that cannot be read are told with the reason, and stop nothing', () =>
    withWorkspace(async (workspace) => {
      workspace.write('odd.csv', ODD);
      workspace.write('.flipside/formats/odd.json', mapping('c4'));
      const formats = path.join(workspace.folder, '.flipside', 'formats');
      mkdirSync(path.join(formats, 'folder.json'));
      symlinkSync('nowhere', path.join(formats, 'gone.json'));
      await reopen(workspace, (analysis) => {
        assert.deepEqual(idsOf(analysis), ['odd.csv']);
        assert.deepEqual(
          analysis.found().skipped.map(({ file, reason }) => [path.basename(file), reason.replace(/^\S+ /, '')]),
          [
            ['folder.json', 'cannot be read (it is no file). The mapping is ignored.'],
            ['gone.json', 'cannot be read (ENOENT). The mapping is ignored.'],
          ],
        );
        return Promise.resolve();
      });
    }));

  it('are looked for where indexing looks: in the folders of paths and in what they have in common', () =>
    withWorkspace(async (workspace) => {
      const { folder } = workspace;
      const file = workspace.write('a/b/odd.csv', ODD);
      workspace.write('a/c/x.csv', ODD);
      const place = (...parts: string[]): string => path.join(folder, ...parts);
      assert.deepEqual(await homesOf([file], ['/home']), [place('a', 'b'), place('a', 'b'), '/home']);
      assert.deepEqual(await homesOf([file, place('a', 'c')], []), [place('a'), place('a', 'b'), place('a', 'c')]);
      assert.deepEqual(await homesOf([place('gone')], ['/home']), ['/home']);
    }));
});
