import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportResult } from '../../src/core/analysis.js';
import { jsonOf, runCli, summaryOf, withWorkspace, type Workspace } from '../support/cli.js';
import { describeReal, realData } from '../support/realData.js';
import { sectionOf, tableOf, textOf } from '../support/reportText.js';
import { PATIENCE_MS } from './trapSupport.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SAMPLES = path.join(ROOT, 'test', 'fixtures', 'room');

/** Makes a report and reads it. */
async function reportOn(
  workspace: Workspace,
  source: string,
  ...more: string[]
): Promise<{ html: string; result: ReportResult; args: string[] }> {
  const out = path.join(workspace.folder, 'report.html');
  const args = ['export', source, '--to', 'html', '--out', out, '--cache', workspace.cache, ...more];
  const result = await jsonOf<ReportResult>(args);
  return { html: readFileSync(out, 'utf8'), result, args };
}

describe('the report, through the command line', function () {
  this.timeout(PATIENCE_MS);

  it('holds the samples’ numbers, their pictures, and where it all comes from', () =>
    withWorkspace(async (workspace) => {
      const { html, result, args } = await reportOn(workspace, SAMPLES);
      assert.deepEqual([result.format, result.runs, result.rows], ['html', 3, 342]);
      assert.ok(result.examples > 15);
      assert.equal(result.pictures, result.examples);
      assert.equal(html.match(/src="data:image\/(?:webp|png|jpeg);base64,/g)?.length, result.pictures);
      assert.deepEqual(
        tableOf(html, 'Right answers')
          .slice(1)
          .map((row) => row.slice(0, 2)),
        [
          ['synthetic-baseline', '48 / 114'],
          ['synthetic-boxes', '56 / 114'],
          ['synthetic-mirror-augmented', '69 / 114'],
        ],
      );
      const source = path.join('results', 'synthetic-boxes', 'result_synthetic-boxes.csv');
      const hash = createHash('sha256').update(readFileSync(path.join(SAMPLES, source)));
      const files = tableOf(html, 'Files that were counted');
      assert.deepEqual(
        files.find(([name]) => name === source),
        [source, 'predictions', hash.digest('hex')],
      );
      const benchmark = createHash('sha256').update(readFileSync(path.join(SAMPLES, 'benchmark.json')));
      assert.deepEqual(files.at(-1), ['benchmark.json', 'questions and right answers', benchmark.digest('hex')]);
      assert.ok(textOf(sectionOf(html, 'provenance')).includes(['flipside', ...args].join(' ')));
    }));

  it('looks for images in the folders that are named, and says where it looked', () =>
    withWorkspace(async (workspace) => {
      const results = path.join(SAMPLES, 'results');
      const gold = ['--gold', path.join(SAMPLES, 'benchmark.json'), '--run', 'synthetic-boxes'];
      const found = await reportOn(workspace, results, ...gold);
      assert.equal(found.result.pictures, found.result.examples);
      workspace.write(
        'a.jsonl',
        `{"id":"1","question":"Where is it?","options":["left","right"],"answer":"left","prediction":"right","image":"pics/no.png"}\n`,
      );
      const missing = await reportOn(workspace, path.join(workspace.folder, 'a.jsonl'));
      assert.deepEqual([missing.result.examples, missing.result.pictures], [1, 0]);
      assert.match(
        textOf(sectionOf(missing.html, 'examples')),
        /The image pics\/no\.png was not found\.Looked for at:/,
      );
      const images = path.join(workspace.folder, 'elsewhere');
      workspace.write('elsewhere/pics/no.png', readFileSync(path.join(SAMPLES, 'scenes', 'scene-01.png')));
      const named = await reportOn(workspace, path.join(workspace.folder, 'a.jsonl'), '--images', images);
      assert.equal(named.result.pictures, 1);
    }));

  it('gives the same bytes for the same command', () =>
    withWorkspace(async (workspace) => {
      const one = await reportOn(workspace, SAMPLES, '--seed', '7', '--examples', '1');
      assert.equal((await reportOn(workspace, SAMPLES, '--seed', '7', '--examples', '1')).html, one.html);
      assert.match(textOf(sectionOf(one.html, 'examples')), /with seed 7/);
    }));

  it('refuses options that go with reports alone, and what cannot be meant', () =>
    withWorkspace(async (workspace) => {
      const out = path.join(workspace.folder, 'x.csv');
      for (const [more, message] of [
        [['--to', 'csv', '--seed', '3'], /--seed goes with --to html alone/],
        [['--to', 'html', '--seed', '99999999999'], /--seed takes a whole number up to 4294967295/],
        [['--to', 'html', '--base', 'nobody'], /No run has "nobody"/],
        [['--to', 'htm'], /--to takes csv, jsonl, parquet, md, html/],
      ] as const) {
        const result = await runCli(['export', SAMPLES, '--out', out, '--cache', workspace.cache, ...more]);
        assert.equal(result.code, 2, result.stderr);
        assert.match(result.stderr, message);
      }
      assert.ok(!existsSync(out));
    }));
});

describeReal('the report on real prediction files', function (this: Mocha.Suite) {
  this.timeout(900_000);

  it('answers what a stranger asks of the WURF runs', () =>
    withWorkspace(async (workspace) => {
      const { html } = await reportOn(workspace, realData('wurf2026'), '--base', 'mvsm_merged_bf16');
      const summary = await summaryOf([realData('wurf2026')], workspace.cache);
      const accuracy = tableOf(html, 'Right answers').slice(1);
      assert.deepEqual(
        accuracy.map((row) => row[1]),
        summary.runs.filter(({ items }) => items > 0).map((run) => `${run.correctUnits} / ${run.units}`),
      );
      const classes = tableOf(html, 'Wrong answers by class');
      const counted = classes.filter((row) => row[0] === 'horizontal-flip').map((row) => Number(row[1]));
      assert.deepEqual(
        counted,
        summary.runs.flatMap((run) => run.classes['horizontal-flip']?.count ?? []),
      );
      const findings = textOf(sectionOf(html, 'findings'));
      assert.match(findings, /The most frequent kind of error is horizontal-flip in 5 of the 8 runs/);
      assert.match(
        findings,
        /More frequent than the options alone explain: .*horizontal-flip in 6 of the 8 runs \(1\.22 to 1\.36 times\)/,
      );
      assert.match(findings, /mvsm_aug_flip_v1_merged: \S+ points against the base on 91 common items of its 554/);
    }));
});
