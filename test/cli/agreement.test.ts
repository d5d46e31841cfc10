import assert from 'node:assert/strict';
import { appendFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analysis, type AgreementAnswer, type Sample } from '../../src/core/analysis.js';
import { say, type Saying } from '../core/analysis/annotating.js';
import { jsonOf, runCli, withWorkspace, type Workspace } from '../support/cli.js';
import { PATIENCE_MS } from './trapSupport.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const ROOM = path.join(ROOT, 'test', 'fixtures', 'room');

/** A study with a sample of 40 errors, of which three people have labelled 30: the first third otherwise than one another. */
async function withStudy(
  use: (workspace: Workspace, sample: Sample & { readonly file: string }) => Promise<void>,
): Promise<void> {
  await withWorkspace(async (workspace) => {
    const { folder, cache } = workspace;
    cpSync(ROOM, folder, { recursive: true });
    const out = path.join(folder, 'sample.json');
    const args = ['sample', folder, '--cache', cache, '--out', out, '--n', '40', '--class', 'horizontal-flip'];
    const sample = await jsonOf<Sample & { file: string }>([...args, '--by', 'run']);
    const analysis = await Analysis.open([folder], { cacheDir: cache });
    try {
      await say(analysis, sample.rows.slice(0, 30).flatMap(labelsOf));
    } finally {
      analysis.close();
    }
    await use(workspace, sample);
  });
}

function labelsOf({ run, row }: Sample['rows'][number], at: number): Saying[] {
  const key = { run, row };
  const other = at < 10 ? 'gold-wrong' : 'horizontal-flip';
  return [
    { by: 'ann', key, set: { label: 'horizontal-flip' } },
    { by: 'ben', key, set: { label: other } },
    ...(at % 2 === 0 ? [{ by: 'cleo', key, set: { label: at < 4 ? 'off-scheme' : 'horizontal-flip' } }] : []),
    ...(at === 0 ? [{ by: 'ann', key, set: { label: 'gold-wrong' }, adjudicates: true }] : []),
  ];
}

describe('agreement, through the command line', function () {
  this.timeout(PATIENCE_MS);

  it('is told of the annotations beside what is open, with rates from a sample', () =>
    withStudy(async ({ folder, cache }, { file, of }) => {
      const answer = await jsonOf<AgreementAnswer>(['agreement', folder, '--cache', cache, '--sample', file]);
      const { counts, annotators, pairs, alpha, unknownLabels, rule, disagreements, sample } = answer;
      // Rows of several runs that are one answer to one item are labelled once.
      assert.ok(counts.answers <= 30 && counts.answers > 10);
      assert.equal(counts.ofNoOpenRow, 0);
      assert.deepEqual(
        annotators.map(({ name }) => name),
        ['ann', 'ben', 'cleo'],
      );
      assert.deepEqual(
        pairs.map((pair) => pair.annotators),
        [
          ['ann', 'ben'],
          ['ann', 'cleo'],
          ['ben', 'cleo'],
        ],
      );
      assert.ok(alpha !== null && alpha.items === counts.several);
      assert.deepEqual(unknownLabels, ['off-scheme']);
      assert.deepEqual(rule.classes, ['horizontal-flip']);
      assert.equal(disagreements.length, counts.disputed);
      assert.equal(counts.adjudicated, 1);
      assert.deepEqual([sample?.file, sample?.of, sample?.drawn], [file, of, 40]);
      assert.equal((sample?.labelled ?? 0) + (sample?.unlabelled ?? 0), 40);
      assert.ok((sample?.labelled ?? 0) >= 30);
      assert.ok(
        sample?.rates.some(({ label }) => label === null),
        'disputed ones are named',
      );
    }));

  it('is printed as tables', () =>
    withStudy(async ({ folder, cache }, { file }) => {
      const args = ['agreement', folder, '--cache', cache, '--format', 'table'];
      const { code, stdout, stderr } = await runCli([...args, '--sample', file]);
      assert.equal(code, 0, stderr);
      for (const title of [
        /^\d+ answers with annotations$/m,
        /^Agreement of annotators$/m,
        /^Agreement on each label, against all others$/m,
        /^Human labels against classes, lens axes v\d+$/m,
        /^Labels that are called like a class of axes$/m,
        /^Answers on which annotators differ: \d+$/m,
        /^Rates among \d+ rows, estimated from a sample of 40$/m,
      ])
        assert.match(stdout, title);
      assert.match(stdout, /Not in the scheme: off-scheme\. They count as labels\./);
      assert.match(stdout, /^off-scheme \(not in the scheme\)/m);
      assert.match(stdout, /of 40 are not labelled yet\. Each stratum counts what was looked at alone/);
      assert.doesNotMatch((await runCli(args)).stdout, /Rates among/);
    }));

  it('tells lines that are no annotations, and counts the others', () =>
    withStudy(async ({ folder, cache }) => {
      const file = path.join(folder, '.flipside', 'annotations', 'ann.jsonl');
      appendFileSync(file, 'no JSON\n');
      const { code, stderr } = await runCli(['agreement', folder, '--cache', cache]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /ann\.jsonl:\d+: no JSON; what else is in the file counts\./);
    }));

  it('of nothing fails, but for a sample that nobody has looked at', () =>
    withWorkspace(async ({ folder, cache }) => {
      const args = ['agreement', ROOM, '--cache', cache];
      const { code, stderr } = await runCli(args);
      assert.equal(code, 1);
      assert.match(stderr, /There are no annotations: they lie in \.flipside\/annotations/);
      const out = path.join(folder, 'sample.json');
      await jsonOf<Sample>(['sample', ROOM, '--cache', cache, '--out', out, '--n', '9']);
      const { sample } = await jsonOf<AgreementAnswer>([...args, '--sample', out]);
      assert.deepEqual([sample?.labelled, sample?.unlabelled, sample?.rates], [0, 9, []]);
      const refused = await runCli([...args, '--sample', path.join(ROOM, 'benchmark.json')]);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /benchmark\.json is no sample that can be used/);
    }));
});
