import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RunSummary, Summary } from '../../src/core/analysis.js';
import { jsonLines, jsonOf, makeWorkspace, runCli, summaryOf, withWorkspace, type Workspace } from '../support/cli.js';
import { describeReal, REAL_DATA, realData } from '../support/realData.js';

const PATIENCE_MS = 900_000;

/** What a file comes to under the generic reader: its runs' scores, its number of questions, or the words that say why neither. */
type Outcome = string | RegExp;

const UNDECIDED = /do not say what they hold\. Undecided: .*`mkdir -p .*flipside mapping /;
const NO_TABLE = /^text without records/;
const SCORES = /not items|nothing to analyse/;

/** Every file of the real data that is no picture and no licence; `correct/items`, where a file holds several runs one for each. */
const EXPECTED: Readonly<Record<string, Outcome>> = {
  'MANIFEST.md': NO_TABLE,
  'RULES.md': NO_TABLE,
  'blink/GPT4o_Spatial_Relation.json': 'run 99/286',
  'blink/llava_v1.5_7b_Spatial_Relation.json': 'run 88/286',
  'blink/val_answers.json': /whether 'value' holds predictions or right answers/,
  'blink/val_predictions_GPT4o.json': /whether 'value' holds predictions or right answers/,
  'inspect_ai/2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval': /needs its own reader/,
  'inspect_ai/log_formats.eval': /needs its own reader/,
  'inspect_ai/log_images.json': 'run 0/1',
  'inspect_ai/log_streaming.eval': /needs its own reader/,
  'inspect_ai/mmlu-summary-choices.eval': /needs its own reader/,
  'lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_results.json': SCORES,
  'lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_samples_scienceqa_img.jsonl': 'run 1402/2017',
  'pope/coco_pope_adversarial.json': 'questions 3000',
  'spatialmqa/Examples/examples.jsonl': 'questions 8',
  'spatialmqa/dev.jsonl': 'questions 536',
  'vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA.xlsx': 'run 1014/1145',
  'vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA_acc.csv': SCORES,
  'vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA_openai_result.xlsx':
    'run 1014/1145',
  'vsr/rel_meta_category_dict.txt': NO_TABLE,
  'vsr/test.jsonl': 'questions 2195',
  'whatsup-prompts/README.md': NO_TABLE,
  'whatsup-prompts/prompts.json': UNDECIDED,
  'whatsup-prompts/results.json': 'run 250/418, 276/418, 293/418',
  'wurf2026/debug_direction_logs.txt': NO_TABLE,
  'wurf2026/eval/ViewSpatial-Bench.json': 'questions 5712',
  'wurf2026/eval_rank64.log': SCORES,
  'wurf2026/eval_vanilla.log': SCORES,
  'wurf2026/final_report.txt': SCORES,
  'wurf2026/granular_bias_report.txt': SCORES,
  'wurf2026/result/Qwen2.5-VL-3B-Instruct/result_Qwen2.5-VL-3B-Instruct.csv': 'run 299/858',
  'wurf2026/result/mvsm_aug_flip_v1_merged/result_mvsm_aug_flip_v1_merged.csv': 'run 372/554',
  'wurf2026/result/mvsm_cot_merged/result_cot.csv': 'run 315/554',
  'wurf2026/result/mvsm_epoch10_merged/result_mvsm_epoch10_merged.csv': 'run 612/858',
  'wurf2026/result/mvsm_merged_bf16/result_mvsm_merged_bf16.csv': 'run 547/858',
  'wurf2026/result/mvsm_visual_prompt_merged/result_mvsm_visual_prompt_merged.csv': 'run 365/554',
  'wurf2026/result/mvsm_visual_prompt_v1/result_mvsm_visual_prompt_v1.csv': 'run 0/0',
  'wurf2026/result_real_cot_fixed.csv': 'run 302/554',
  'wurf2026/test_split.json': 'questions 554',
};

/** Read by both readers; a file of verdicts is part of its predictions under its own. */
const OWN_ONLY = /_openai_result\.xlsx$/;

describeReal('the generic reader on real prediction files', function (this: Mocha.Suite) {
  this.timeout(PATIENCE_MS);
  let workspace: Workspace;
  let generic: Summary;
  let own: Summary;

  before(async () => {
    workspace = makeWorkspace();
    own = await summaryOf([REAL_DATA], workspace.cache);
    generic = await summaryOf([REAL_DATA], workspace.cache, '--reader', 'generic');
  });
  after(() => workspace.remove());

  it('reads every file as the numbers say, or says why it does not decide', () => {
    for (const file of filesUnder(REAL_DATA)) {
      const expected = EXPECTED[file];
      assert.ok(expected !== undefined, `${file}: the table above does not say what it comes to`);
      const outcome = outcomeOf(generic, file);
      if (typeof expected === 'string') assert.equal(outcome, expected, file);
      else assert.match(outcome, expected, file);
    }
  });

  it('reads with nothing but itself', () => {
    assert.equal(generic.reader, 'generic');
    assert.deepEqual([...new Set(generic.runs.map((run) => run.format))], ['plain']);
    assert.deepEqual([...new Set(generic.datasets.map((each) => each.format))], ['plain']);
    assert.ok(own.runs.every((run) => run.format !== 'plain'));
  });

  it('counts what it reads as the files’ own readers do, item by item', async () => {
    const verdicts = await Promise.all(
      ['own', 'generic'].map((reader) => verdictsOf(workspace, reader, `${reader}.jsonl`)),
    );
    const [byOwn = new Map<string, Verdicts>(), byGeneric = new Map<string, Verdicts>()] = verdicts;
    for (const run of generic.runs.filter(({ id }) => !OWN_ONLY.test(id)))
      assert.deepEqual(byGeneric.get(run.id), byOwn.get(run.id), run.id);
  });

  it('reads the same rows as tab-separated text, CSV, Parquet and a JSON array', async () => {
    const csv = realData('wurf2026', 'result', 'mvsm_epoch10_merged', 'result_mvsm_epoch10_merged.csv');
    const lines = realData('lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_samples_scienceqa_img.jsonl');
    await withWorkspace(async (workspace) => {
      const { folder, cache } = workspace;
      const database = await (await DuckDBInstance.create(':memory:')).connect();
      const copy = (select: string, name: string, how: string): Promise<unknown> =>
        database.run(`COPY (${select}) TO '${path.join(folder, name)}' (${how})`);
      const table = `SELECT * FROM read_csv('${csv}', all_varchar = true, header = true)`;
      await copy(table, 'table.tsv', "FORMAT csv, DELIMITER '\t', HEADER");
      await copy(table, 'table.parquet', 'FORMAT parquet');
      await copy(`SELECT * FROM read_json('${lines}')`, 'lines.parquet', 'FORMAT parquet');
      database.closeSync();
      const records = readFileSync(lines, 'utf8').trim().split('\n');
      workspace.write('lines.json', `[${records.join(',')}]`);
      const summary = await summaryOf([folder], cache, '--reader', 'generic');
      assert.deepEqual(summary.runs.map((run) => `${run.id} ${scoreOf(run)}`).sort(), [
        'lines.json 1402/2017',
        'lines.parquet 1402/2017',
        'table.parquet 612/858',
        'table.tsv 612/858',
      ]);
    });
  });
});

function filesUnder(folder: string, within = ''): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(within, entry.name);
    if (entry.isDirectory()) return filesUnder(path.join(folder, entry.name), name);
    return /\.jpe?g$|^LICENSE$/.test(entry.name) ? [] : [name];
  });
}

function scoreOf({ correct, items }: RunSummary): string {
  return `${correct}/${items}`;
}

function outcomeOf(summary: Summary, file: string): string {
  const runs = summary.runs.filter(({ id }) => id === file || id.startsWith(`${file}#`));
  if (runs.length > 0) return `run ${runs.map(scoreOf).join(', ')}`;
  const dataset = summary.datasets.find(({ id }) => id === file);
  if (dataset !== undefined) return `questions ${dataset.items}`;
  return summary.skipped.find((each) => each.file === file)?.reason ?? 'nothing is said of it';
}

interface Verdicts {
  readonly [row: number]: string;
}

/** Of every run: right, wrong or without gold, and how it was read, for each row. */
async function verdictsOf(workspace: Workspace, reader: string, name: string): Promise<Map<string, Verdicts>> {
  const out = path.join(workspace.folder, name);
  const args = ['export', REAL_DATA, '--cache', workspace.cache, '--reader', reader, '--to', 'jsonl', '--out', out];
  await jsonOf(args);
  const verdicts = new Map<string, Record<number, string>>();
  for (const line of readFileSync(out, 'utf8').trim().split('\n')) {
    const { run, row, correct, status } = JSON.parse(line) as {
      run: string;
      row: number;
      correct: boolean | null;
      status: string;
    };
    const rows = verdicts.get(run) ?? {};
    verdicts.set(run, rows);
    rows[row] = `${String(correct)} ${status}`;
  }
  return verdicts;
}

describe('the choice of the reader', function (this: Mocha.Suite) {
  this.timeout(60_000);
  const vsr = jsonLines(
    ['left of', 'right of', 'behind'].map((relation, i) => ({
      ...{
        image: `${i}.jpg`,
        image_link: `http://images.example/${i}.jpg`,
        caption: `The cup is ${relation} the cat.`,
      },
      ...{ label: i % 2, relation, response: i === 0 ? 'True' : 'False' },
    })),
  );

  it('is part of what is remembered: one reader does not get the rows of the other', async () => {
    await withWorkspace(async (workspace) => {
      const { folder, cache } = workspace;
      workspace.write('vsr.jsonl', vsr);
      const format = async (...more: string[]): Promise<string | undefined> =>
        (await summaryOf([folder], cache, ...more)).runs[0]?.format;
      const own = await format();
      assert.notEqual(own, 'plain');
      assert.equal(await format('--reader', 'generic'), 'plain');
      assert.equal(await format(), own);
      assert.equal(await format('--reader', 'own'), own);
    });
  });

  it('writes another shard, which nobody calls out of date', async () => {
    await withWorkspace(async (workspace) => {
      const { folder, cache } = workspace;
      workspace.write(
        'answers.jsonl',
        jsonLines([{ id: 1, question: 'Where is the cup?', answer: 'left', prediction: 'left' }]),
      );
      const out = path.join(cache, '..', 'shards');
      const index = (...more: string[]): Promise<{ stale: unknown[]; shards: { parquet: string }[] }> =>
        jsonOf(['index', folder, '--cache', cache, '--out', out, ...more]);
      const [own, generic] = [await index(), await index('--reader', 'generic')];
      assert.notEqual(own.shards[0]?.parquet, generic.shards[0]?.parquet);
      assert.deepEqual([own.stale, generic.stale, (await index()).stale], [[], [], []]);
    });
  });

  it('is taken from --format too, beside the format in which is printed', async () => {
    await withWorkspace(async (workspace) => {
      const { folder, cache } = workspace;
      workspace.write('vsr.jsonl', vsr);
      const args = ['summary', folder, '--cache', cache, '--format', 'generic'];
      const piped = (await runCli(args)).json<Summary>();
      assert.equal(piped.runs[0]?.format, 'plain');
      const table = await runCli([...args, '--format', 'md']);
      assert.equal(table.code, 0, table.stderr);
      assert.match(table.stdout, /vsr\.jsonl/);
    });
  });

  it('says which readers there are', async () => {
    const wrong = await runCli(['summary', '.', '--reader', 'csv']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--reader takes own, generic, not "csv"/);
    const mapping = await runCli(['mapping', 'answers.jsonl', '--format', 'generic']);
    assert.equal(mapping.code, 2);
  });
});
