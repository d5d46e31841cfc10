import assert from 'node:assert/strict';
import path from 'node:path';
import { isBelow, isMappable, mappingFileAt, newMappingFile } from '../../src/views/mappingFiles.js';
import { reopen } from '../core/analysis/support.js';
import { withWorkspace } from '../support/cli.js';

describe('where mappings are kept', () => {
  it('is a file called like the predictions, with a number where the name is taken', async () => {
    await withWorkspace(async (workspace) => {
      const { folder } = workspace;
      const first = await newMappingFile(folder, path.join(folder, 'results', 'answers.v2.jsonl'));
      assert.equal(first.path, path.join(folder, '.flipside', 'formats', 'answers.v2.json'));
      workspace.write('.flipside/formats/answers.v2.json', '{}');
      const second = await newMappingFile(folder, '/elsewhere/answers.v2.csv');
      assert.equal(second.name, path.join('formats', 'answers.v2-2.json'));
      assert.equal((await newMappingFile(folder, '/elsewhere/.jsonl')).name, path.join('formats', '.jsonl.json'));
      assert.deepEqual(mappingFileAt(first.path), first);
    });
  });

  it('knows what lies below a path', () => {
    assert.ok(isBelow('/a/b/c.csv', ['/x', '/a']));
    assert.ok(isBelow('/a/..b/c.csv', ['/a']));
    assert.ok(isBelow('/a/c.csv', ['/a/c.csv']));
    assert.ok(!isBelow('/ab/c.csv', ['/a']));
    assert.ok(!isBelow('/c.csv', ['/a']));
    assert.ok(!isBelow('/c.csv', []));
  });

  it('is offered for reasons that a mapping mends', () => {
    const file = '/work/a.csv';
    assert.ok(
      isMappable(file, 'The columns do not say what they hold. … complete what `flipside mapping a.csv` writes.'),
    );
    assert.ok(isMappable(file, 'a.csv: the mapping x.json gives the role gold to …'));
    assert.ok(!isMappable(file, 'a picture (PNG)'));
  });

  it('is offered for the files of a mapping that is unfinished, and not for the mapping', async () => {
    await withWorkspace(async (workspace) => {
      const file = workspace.write('a.csv', 'x,y\n1,2\n');
      const own = workspace.write('.flipside/formats/a.json', '{"version": 1, "match": "a.csv", "roles": {"id": "x"}}');
      const { skipped } = await reopen(workspace, (analysis) => Promise.resolve(analysis.found()));
      assert.deepEqual(skipped.map((each) => [each.file, isMappable(each.file, each.reason)]).sort(), [
        [own, false],
        [file, true],
      ]);
    });
  });
});
