import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { jsonLines, runCli, summaryOf, withWorkspace, type Workspace } from '../support/cli.js';
import { isReadByPattern, record } from '../support/patterns.js';
import type { ShardManifest } from '../../src/core/store/shards.js';

/** Longer files are hashed by a thread, and read meanwhile. */
const HASHED_BYTES = 64 << 20;
const PART = 10_000;

/** A long file that the database reads: half of its answers are wrong. */
function long(workspace: Workspace): { readonly file: string; readonly rows: number } {
  let text = '';
  let rows = 0;
  while (text.length < HASHED_BYTES) text += jsonLines(Array.from({ length: PART }, () => record(rows++)));
  return { file: workspace.write('long.jsonl', text), rows };
}

const manifestsIn = (cache: string): ShardManifest[] =>
  readdirSync(path.join(cache, 'shards'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(cache, 'shards', name), 'utf8')) as ShardManifest);

describe('a file that is read while it is hashed', function () {
  this.timeout(180_000);

  it('is known by its content, and read once', () =>
    withWorkspace(async (workspace) => {
      const { cache, folder } = workspace;
      const { file, rows } = long(workspace);
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
      assert.ok(await isReadByPattern(file));
      const first = await summaryOf([folder], cache);
      assert.deepEqual(
        first.runs.map(({ items, correct }) => [items, correct]),
        [[rows, rows / 2]],
      );
      assert.deepEqual(
        manifestsIn(cache).map((manifest) => manifest.sourceSha256),
        [sha256],
      );
      // Touched, and copied: what was begun proves to be there, and is given up.
      utimesSync(file, new Date(), new Date());
      copyFileSync(file, path.join(folder, 'copy.jsonl'));
      const result = await runCli(['summary', folder, '--cache', cache, '--format', 'json']);
      assert.equal(result.code, 0, result.stderr);
      assert.doesNotMatch(result.stderr, /^reading /m);
      const again = await summaryOf([folder], cache);
      assert.deepEqual(
        again.runs.map(({ items, correct, aliases }) => [items, correct, aliases.length]),
        [[rows, rows / 2, 1]],
      );
      const left = readdirSync(path.join(cache, 'shards')).filter((name) => name.includes('.tmp'));
      assert.deepEqual(left, []);
    }));

  it('is left alone by the tasks of a job array that it does not belong to', () =>
    withWorkspace(async (workspace) => {
      const { cache, folder } = workspace;
      const { file } = long(workspace);
      const out = path.join(folder, 'out');
      const parts = await Promise.all(
        [0, 1].map((part) => runCli(['index', file, '--cache', cache, '--out', out, '--shard', `${part}/2`])),
      );
      assert.deepEqual(
        parts.map(({ code }) => code),
        [0, 0],
        parts.map(({ stderr }) => stderr).join('\n'),
      );
      assert.equal(readdirSync(out).filter((name) => name.endsWith('.parquet')).length, 1);
    }));
});
