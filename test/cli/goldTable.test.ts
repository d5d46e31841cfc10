import assert from 'node:assert/strict';
import path from 'node:path';
import type { Summary } from '../../src/core/analysis.js';
import { jsonLines, onlyRun, runCli, summaryOf, withWorkspace, type Workspace } from '../support/cli.js';

const ANSWERS = ['left', 'right', 'left', 'behind'];

function summary({ folder, cache }: Workspace, names: readonly string[], ...more: string[]): Promise<Summary> {
  return summaryOf(
    names.map((name) => path.join(folder, name)),
    cache,
    ...more,
  );
}

describe('cli: a table of nothing but ids and right answers', () => {
  it('is read where the user calls it gold, and joined by id', () =>
    withWorkspace(async (workspace) => {
      const answers = ANSWERS.map((prediction, at) => ({ id: `q${at}`, question: `Where is bowl ${at}?`, prediction }));
      workspace.write('answers.jsonl', jsonLines(answers));
      workspace.write(
        'gold.csv',
        `id,label\n${['left', 'left', 'left', 'front'].map((gold, at) => `q${at},${gold}\n`).join('')}`,
      );
      const alone = await summary(workspace, ['.']);
      assert.equal(onlyRun(alone).noGold, 4);
      assert.match(
        alone.skipped.find(({ file }) => file === 'gold.csv')?.reason ?? '',
        /that mapping makes it their gold; on the command line, --gold does so/,
      );
      for (const name of ['.', 'answers.jsonl']) {
        const found = await summary(workspace, [name], '--gold', path.join(workspace.folder, 'gold.csv'));
        const run = onlyRun(found);
        assert.deepEqual([run.noGold, run.correct, run.items], [0, 2, 4]);
        assert.deepEqual(
          run.joined.map(({ byId, byContent }) => [byId, byContent]),
          [[4, 0]],
        );
        assert.deepEqual(
          found.datasets.map(({ format, items }) => [format, items]),
          [['gold', 4]],
        );
        assert.deepEqual(found.skipped, []);
      }
      // Without the user's word it is again what it was.
      assert.equal(onlyRun(await summary(workspace, ['.'])).noGold, 4);
      // A mapping is that word too, also where there is no command line.
      const mapping = await runCli(['mapping', path.join(workspace.folder, 'gold.csv'), '--format', 'json']);
      workspace.write('.flipside/formats/gold.json', mapping.stdout);
      const mapped = await summary(workspace, ['.']);
      assert.deepEqual([onlyRun(mapped).correct, mapped.skipped], [2, []]);
    }));

  it('is nothing of the kind where it holds answers of a model, or does not say whose they are', () =>
    withWorkspace(async (workspace) => {
      workspace.write(
        'answers.jsonl',
        jsonLines(ANSWERS.map((prediction, at) => ({ id: `q${at}`, question: `Where is bowl ${at}?`, prediction }))),
      );
      workspace.write('gold.csv', `label\n${ANSWERS.join('\n')}\n`);
      const found = await summary(workspace, ['.'], '--gold', path.join(workspace.folder, 'gold.csv'));
      assert.equal(onlyRun(found).noGold, 4);
      assert.deepEqual(
        found.skipped.map(({ file }) => file),
        ['gold.csv'],
      );
    }));
});
