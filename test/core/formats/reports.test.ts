import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lineOf } from '../../../src/core/analysis/annotations.js';
import type { Format } from '../../../src/core/formats/format.js';
import {
  errorReport,
  evaluationLog,
  flipsideRows,
  ownAnnotations,
  scoreObject,
  scoreTable,
} from '../../../src/core/formats/reports.js';
import { openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';
import { COLUMNS } from '../../../src/core/store/row.js';
import { describeReal, realData } from '../../support/realData.js';

const REPORTS = [flipsideRows, ownAnnotations, errorReport, evaluationLog, scoreTable, scoreObject];

const bar = (done: number): string => `\r ${String(done)}%|██   | ${String(done)}/100 [00:01<00:09,  9.50it/s]`;
const BARS = Array.from({ length: 40 }, (_, i) => bar(i)).join('');

describe('reports', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flipside-reports-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** The reason that the one format gives which recognises the file; null where none does. */
  async function reasonFor(name: string, content: string, format?: Format): Promise<string | null> {
    const file = path.join(folder, name);
    await writeFile(file, content);
    const source = await openFile(file);
    const found = REPORTS.filter((report) => report.detect(source.shape) !== null);
    assert.ok(found.length <= 1, 'one file, one reader');
    if (format !== undefined) assert.deepEqual(found, [format]);
    const first = found[0];
    if (first === undefined) return null;
    assert.deepEqual(await readAll(first, source), { items: [], dropped: [] });
    const detected = recognised(first, source.shape);
    assert.equal(detected.role, 'aggregate');
    return detected.reason;
  }

  it('knows rows that were exported, which would count every item twice', () => {
    const row = Object.fromEntries(COLUMNS.map(({ name }) => [name, null]));
    assert.equal(recognised(flipsideRows, shapeOf('rows.parquet', 'json-lines', [row])).role, 'aggregate');
    const own = { question: 'Where?', gold: 'left', goldDirection: 'left' };
    assert.equal(flipsideRows.detect(shapeOf('a.jsonl', 'json-lines', [own])), null);
  });

  it('names the counts of a summary of errors', async () => {
    const text =
      '=== Granular Error Analysis ===\nTotal Direction Errors: 20\n\nMirror (Left <-> Right): 15 (75.00%)\nOther: 5 (25.00%)\n';
    assert.match((await reasonFor('report.txt', text, errorReport)) ?? '', /20 errors \(Mirror 15, Other 5\)/);
    const short = 'Total Errors: 9\n\nMirror Error: 4 (44.44%)\nDepth Error: 5 (55.56%)\n';
    assert.match((await reasonFor('short.txt', short, errorReport)) ?? '', /9 errors/);
  });

  it('quotes the accuracy line of an evaluation log and where the answers were saved', async () => {
    const log = `Loading\n${BARS}\nEvaluation Results:\nAccuracy of toy-vlm: 31.00% (31/100)\nResult saved to result/toy-vlm/result_toy-vlm.csv\n`;
    const reason = await reasonFor('eval_toy.log', log, evaluationLog);
    assert.match(reason ?? '', /Accuracy of toy-vlm: 31\.00% \(31\/100\)/);
    assert.match(reason ?? '', /result\/toy-vlm\/result_toy-vlm\.csv/);
    assert.equal(recognised(evaluationLog, (await openFile(path.join(folder, 'eval_toy.log'))).shape).model, 'toy-vlm');
  });

  it('knows annotations that somebody keeps beside predictions', async () => {
    const item = { dataset: null, item: '7', run: 'a.csv', row: 8, answer: 'left' };
    const lines = [1, 2].map((order) =>
      lineOf({
        ...{ id: `event-${order}`, at: '2026-11-30T12:00:00Z', order, by: 'ada', scheme: 1, item },
        ...{ content: { text: 'digest', images: null }, set: { label: 'orthogonal' }, undoes: null, adjudicates: null },
      }),
    );
    assert.match(
      (await reasonFor('kept.jsonl', lines.join(''), ownAnnotations)) ?? '',
      /^Annotations: they count where/,
    );
  });

  it('recognises a log whose accuracy lies further down, and one that was stopped', async () => {
    const long = `Model toy-vlm is running!\n${'Error on item 1: out of memory.\n'.repeat(4000)}`;
    const reason = await reasonFor('long.log', `${BARS}\n${long}Accuracy of toy-vlm: 1.00% (1/100)\n`, evaluationLog);
    assert.match(reason ?? '', /last lines/);
    assert.match((await reasonFor('stopped.log', `${BARS}\n`, evaluationLog)) ?? '', /may have been stopped/);
  });

  it('recognises tables of scores', async () => {
    assert.match(
      (await reasonFor('acc.csv', 'Preposition,Accuracy,Count\nleft,0.5,10\nright,0.75,8\n', scoreTable)) ?? '',
      /2 rows, "Accuracy", "Count"/,
    );
    await reasonFor('split.csv', '"split","Overall","ALL"\n"val","0.88","0.88"\n', scoreTable);
    await reasonFor('percent.csv', 'Relation,Accuracy (%)\nleft,50.0%\n', scoreTable);
  });

  it('recognises objects of scores', async () => {
    const results = { results: { pope: { alias: 'pope', 'acc,none': 0.8 } }, configs: { pope: { list: [{ a: 1 }] } } };
    assert.match((await reasonFor('results.json', JSON.stringify(results), scoreObject)) ?? '', /\(pope\)/);
    await reasonFor('accuracy.json', JSON.stringify({ accuracy: 0.5, total: 10 }, null, 2), scoreObject);
    await reasonFor('tasks.json', JSON.stringify({ task_accuracy: { depth: 0.5 }, n: 3 }, null, 2), scoreObject);
  });

  it('leaves item files, definitions and prose alone', async () => {
    const files: [string, string][] = [
      ['items.csv', 'id,question,prediction,answer,score\n1,Where?,A,B,0\n'],
      ['hits.csv', 'image,correct\na.jpg,1\nb.jpg,0\n'],
      ['long.csv', `x,count\n${'a,1\n'.repeat(500)}`],
      ['words.csv', 'Relation,Accuracy\nleft,good\n'],
      ['run.json', JSON.stringify({ accuracy: 0.5, results: [{ id: 1, prediction: 'A' }] }, null, 2)],
      ['map.json', JSON.stringify({ results: { q1: { prediction: 'A', score: 1 } } }, null, 2)],
      ['answers.json', JSON.stringify({ val_1: '(A)', val_2: '(B)' }, null, 2)],
      ['notes.txt', 'We made 20 errors.\nMost of them: 15.\n'],
      ['empty.txt', ''],
    ];
    for (const [name, content] of files) assert.equal(await reasonFor(name, content), null, name);
  });
});

describeReal('reports among the real files', () => {
  const expected: [string, Format, RegExp][] = [
    ['wurf2026/granular_bias_report.txt', errorReport, /128 errors \(Horizontal_Flip 53/],
    ['wurf2026/final_report.txt', errorReport, /145 errors/],
    ['wurf2026/eval_vanilla.log', evaluationLog, /34\.85% \(299\/858\)/],
    ['wurf2026/eval_rank64.log', evaluationLog, /last lines/],
    [
      'vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA_acc.csv',
      scoreTable,
      /"Overall"/,
    ],
    ['lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_results.json', scoreObject, /pope/],
  ];
  for (const [file, format, reason] of expected) {
    it(`${file} is ${format.id}`, async () => {
      const { shape } = await openFile(realData(file));
      assert.deepEqual(
        REPORTS.filter((report) => report.detect(shape) !== null).map((report) => report.id),
        [format.id],
      );
      assert.match(recognised(format, shape).reason, reason);
    });
  }
  for (const file of [
    'wurf2026/debug_direction_logs.txt',
    'wurf2026/result_real_cot_fixed.csv',
    'wurf2026/eval/ViewSpatial-Bench.json',
    'blink/GPT4o_Spatial_Relation.json',
    'blink/val_predictions_GPT4o.json',
    'inspect_ai/log_images.json',
    'pope/coco_pope_adversarial.json',
    'vsr/rel_meta_category_dict.txt',
  ]) {
    it(`${file} is none`, async () => {
      const { shape } = await openFile(realData(file));
      for (const report of REPORTS) assert.equal(report.detect(shape), null);
    });
  }
});
