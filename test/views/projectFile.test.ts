import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePlace, writeNotebook } from '../../src/views/notebookFiles.js';
import { readProjectFile, writeProjectFile } from '../../src/views/projectFile.js';
import { withWorkspace } from '../support/cli.js';

describe('files in the folder of a project', () => {
  it('are written whole, with the folders they need, and read again', () =>
    withWorkspace(async ({ folder }) => {
      assert.equal(await readProjectFile(folder, 'formats/a.json'), null);
      await writeProjectFile(folder, 'formats/a.json', { match: 'a' });
      await writeProjectFile(folder, 'formats/a.json', { match: 'b' });
      assert.deepEqual(await readProjectFile(folder, 'formats/a.json'), { match: 'b' });
      assert.deepEqual(readdirSync(path.join(folder, '.flipside', 'formats')), ['a.json']);
    }));

  it('that cannot be written are told by name and reason, and what stands in the way stays', () =>
    withWorkspace(async (workspace) => {
      const { folder } = workspace;
      const words = { name: 'FlipsideError', message: /cannot be written \(E[A-Z]+\)/ };
      const inTheWay = workspace.write('.flipside', 'Not a folder.\n');
      await assert.rejects(writeProjectFile(folder, 'formats/a.json', {}), words);
      await assert.rejects(writeProjectFile(folder, 'runs.json', {}), words);
      await assert.rejects(freePlace(folder, 'rows'), words);
      await assert.rejects(writeNotebook(path.join(inTheWay, 'notebooks', 'rows.ipynb'), {}), words);
      assert.equal(readFileSync(inTheWay, 'utf8'), 'Not a folder.\n');
      assert.equal(await readProjectFile(folder, 'runs.json'), null);
    }));
});
