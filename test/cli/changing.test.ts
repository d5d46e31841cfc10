import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { jsonLines, runCli, skippedReason, summaryOf, startCli, withWorkspace } from '../support/cli.js';
import { isReadByPattern, record } from '../support/patterns.js';
import type { Summary } from '../../src/core/analysis.js';

/** Longer ones are read by several threads, where the database does not read them. */
const LONG_BYTES = 24 << 20;
/** Those that the database reads are being read before it is known what they are. */
const HASHED_BYTES = 64 << 20;
const OFTEN_MS = 2;

const side = (id: number): string => (id % 2 === 0 ? 'left' : 'right');

function unlike(id: number): object {
  const response = `Seen from door ${id}, it is to the ${side(id)} of it.`;
  return { id: `q${id}`, question: `Where is bowl ${id}?`, options: ['left', 'right'], answer: 'left', response };
}

/** Each way in which a long file is read, with records and a length that lead to it. */
const WAYS: readonly (readonly [way: string, record: (id: number) => object, bytes: number])[] = [
  ['by the database, while it is hashed', record, HASHED_BYTES],
  ['by several threads', unlike, LONG_BYTES],
];

describe('a long file that is still written to, through the command line', function () {
  this.timeout(180_000);

  for (const [way, recordOf, bytes] of WAYS) {
    it(`is not taken for what it was: read ${way}`, () =>
      withWorkspace(async (workspace) => {
        const part = jsonLines(Array.from({ length: 10_000 }, (_, id) => recordOf(id)));
        const times = Math.ceil(bytes / part.length);
        const file = workspace.write('long.jsonl', part.repeat(times));
        workspace.write('short.jsonl', jsonLines([unlike(1)]));
        assert.ok(statSync(file).size >= bytes);
        assert.equal(await isReadByPattern(file), recordOf === record);
        let rows = 10_000 * times;
        const grow = (): void => appendFileSync(file, jsonLines([recordOf(rows++)]));
        const writing = setInterval(grow, OFTEN_MS);
        const running = await startCli(['summary', workspace.folder, '--cache', workspace.cache, '--format', 'json']);
        const result = await running.done.finally(() => clearInterval(writing));
        assert.equal(result.code, 0, result.stderr);
        const summary = result.json<Summary>();
        assert.deepEqual(
          summary.runs.map(({ id }) => id),
          ['short.jsonl'],
        );
        assert.match(skippedReason(summary, 'long.jsonl'), /long\.jsonl: it changed while it was read/);
        assert.equal(readdirSync(path.join(workspace.cache, 'shards')).length, 2);
        const rested = await summaryOf([workspace.folder], workspace.cache);
        assert.deepEqual(
          rested.runs.map(({ id, items }) => [id, items]),
          [
            ['long.jsonl', rows],
            ['short.jsonl', 1],
          ],
        );
        const again = await runCli(['summary', workspace.folder, '--cache', workspace.cache]);
        assert.doesNotMatch(again.stderr, /^reading /m);
      }));
  }
});
