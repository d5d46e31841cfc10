import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { RunSummary, Summary } from '../../src/core/analysis.js';
import { jsonOf, makeWorkspace, onlyRun, runEnding, skippedReason, summaryOf, type Workspace } from '../support/cli.js';
import { describeReal, REAL_DATA, realData } from '../support/realData.js';

/** Reading everything once takes a while on a busy machine; what follows comes from the cache. */
const PATIENCE_MS = 900_000;

const CAMERA_RELATIVE = 'Camera perspective - Relative Direction';
const PERSON_SIMULATED = 'Person perspective - Scene Simulation Relative Direction';

interface Comparison {
  readonly treatments: readonly {
    readonly joined: {
      readonly total: number;
      readonly byContent: number;
      readonly byPosition: number;
      readonly byId: number;
      readonly refused: number;
    };
    readonly onlyBase: number;
    readonly onlyNew: number;
    readonly bothRight: number;
    readonly bothWrong: number;
    readonly fixed: number;
    readonly broken: number;
  }[];
}

describeReal('the command line on real prediction files', function (this: Mocha.Suite) {
  this.timeout(PATIENCE_MS);
  let workspace: Workspace;
  let summary: Summary;

  before(async () => {
    workspace = makeWorkspace();
    summary = await summaryOf([REAL_DATA], workspace.cache);
  });
  after(() => workspace.remove());

  const run = (end: string): RunSummary => runEnding(summary, end);
  const score = ({ correct, items }: { correct: number; items: number }): string => `${correct}/${items}`;
  const taskScore = (end: string, task: string): string => {
    const group = run(end).byTask[task];
    assert.ok(group !== undefined, `${end} has no task ${task}`);
    return score(group);
  };
  const datasetItems = (id: string): number | undefined => summary.datasets.find((each) => each.id === id)?.items;

  const compare = async (base: string, other: string): Promise<Comparison['treatments'][number]> => {
    const args = ['compare', REAL_DATA, '--cache', workspace.cache, '--base', base, '--new', other];
    const [treatment] = (await jsonOf<Comparison>(args)).treatments;
    assert.ok(treatment !== undefined);
    return treatment;
  };

  it('finds these runs and no others', () => {
    assert.deepEqual(
      summary.runs.map((each) => each.id),
      [
        'blink/GPT4o_Spatial_Relation.json',
        'blink/llava_v1.5_7b_Spatial_Relation.json',
        'blink/val_predictions_GPT4o.json',
        'inspect_ai/2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval',
        'inspect_ai/log_formats.eval',
        'inspect_ai/log_images.json',
        'inspect_ai/log_streaming.eval',
        'inspect_ai/mmlu-summary-choices.eval',
        'lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_samples_scienceqa_img.jsonl',
        'vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA.xlsx',
        'whatsup-prompts/results.json#Multiple Choice',
        'whatsup-prompts/results.json#Chain-of-Thought',
        'whatsup-prompts/results.json#Scene Graph CoT',
        'wurf2026/debug_direction_logs.txt',
        'wurf2026/result/Qwen2.5-VL-3B-Instruct/result_Qwen2.5-VL-3B-Instruct.csv',
        'wurf2026/result/mvsm_aug_flip_v1_merged/result_mvsm_aug_flip_v1_merged.csv',
        'wurf2026/result/mvsm_cot_merged/result_cot.csv',
        'wurf2026/result/mvsm_epoch10_merged/result_mvsm_epoch10_merged.csv',
        'wurf2026/result/mvsm_merged_bf16/result_mvsm_merged_bf16.csv',
        'wurf2026/result/mvsm_visual_prompt_merged/result_mvsm_visual_prompt_merged.csv',
        'wurf2026/result/mvsm_visual_prompt_v1/result_mvsm_visual_prompt_v1.csv',
        'wurf2026/result_real_cot_fixed.csv',
      ],
    );
  });

  it('drops nothing from them', () => {
    assert.deepEqual(
      summary.runs.filter((each) => each.dropped.total > 0).map((each) => each.id),
      [],
    );
    assert.deepEqual(
      summary.datasets.filter((each) => each.dropped > 0).map((each) => each.id),
      [],
    );
  });

  describe('ViewSpatial-Bench runs', () => {
    const EXPECTED: readonly (readonly [string, string])[] = [
      ['result_Qwen2.5-VL-3B-Instruct.csv', '299/858'],
      ['result_mvsm_merged_bf16.csv', '547/858'],
      ['result_mvsm_epoch10_merged.csv', '612/858'],
      ['result_mvsm_aug_flip_v1_merged.csv', '372/554'],
      ['result_mvsm_visual_prompt_merged.csv', '365/554'],
      ['result_cot.csv', '315/554'],
      ['result_real_cot_fixed.csv', '302/554'],
      ['debug_direction_logs.txt', '223/370'],
    ];
    for (const [end, expected] of EXPECTED) {
      it(`${end} has ${expected} right, as its own verdicts say`, () => {
        const { correct, storedCorrect, storedDiffers } = run(end);
        assert.equal(score(run(end)), expected);
        assert.equal(storedCorrect, correct);
        assert.equal(storedDiffers, 0);
      });
    }

    it('per task', () => {
      assert.equal(taskScore('result_mvsm_aug_flip_v1_merged.csv', CAMERA_RELATIVE), '114/180');
      assert.equal(taskScore('result_mvsm_visual_prompt_merged.csv', CAMERA_RELATIVE), '106/180');
      assert.equal(taskScore('result_mvsm_visual_prompt_merged.csv', PERSON_SIMULATED), '62/109');
    });

    it('a header without rows is an empty run with a warning', () => {
      const empty = run('result_mvsm_visual_prompt_v1.csv');
      assert.deepEqual([empty.rows, empty.items, empty.correct, empty.accuracy], [0, 0, 0, null]);
      assert.match(empty.warnings.join('\n'), /header but no rows/);
    });

    it('27 empty predictions of the chain-of-thought run are unparsed, and wrong in accuracy', () => {
      const cot = run('result_real_cot_fixed.csv');
      assert.deepEqual(cot.unparsedByReason, { empty: 27 });
      assert.equal(cot.accuracy, 302 / 554);
      assert.equal(cot.parsedAccuracy, 302 / 527);
      assert.deepEqual(run('result_cot.csv').unparsedByReason, {});
    });

    it('the chain-of-thought runs get options and images by joining', () => {
      for (const end of ['result_cot.csv', 'result_real_cot_fixed.csv']) {
        assert.equal(run(end).flags['optionsUnknown'], undefined);
        assert.deepEqual(run(end).coverage, { rows: 554, of: 554, file: 'wurf2026/test_split.json' });
        assert.ok(run(end).eligible > 0);
      }
    });

    it('without the benchmark beside them their letters are compared with the printed ones', async () => {
      for (const [file, expected] of [
        ['result/mvsm_cot_merged/result_cot.csv', 315],
        ['result_real_cot_fixed.csv', 302],
      ] as const) {
        const alone = onlyRun(await summaryOf([realData('wurf2026', ...file.split('/'))], workspace.cache));
        assert.deepEqual([alone.correct, alone.storedCorrect, alone.storedDiffers], [expected, expected, 0]);
        assert.equal(alone.flags['optionsUnknown'], alone.parsed);
        assert.equal(alone.eligible, 0);
      }
    });

    it('the benchmark has 5,712 items, and 19 of the 858 rows match several', () => {
      assert.equal(datasetItems('wurf2026/eval/ViewSpatial-Bench.json'), 5712);
      assert.equal(datasetItems('wurf2026/test_split.json'), 554);
      for (const end of ['Qwen2.5-VL-3B-Instruct.csv', 'mvsm_merged_bf16.csv', 'mvsm_epoch10_merged.csv']) {
        assert.equal(run(end).flags['imageAmbiguous'], 19);
        assert.deepEqual(run(end).coverage, { rows: 858, of: 5712, file: 'wurf2026/eval/ViewSpatial-Bench.json' });
      }
    });

    it('an ambiguous row takes no image and keeps the candidates', async () => {
      const args = ['--run', 'result_Qwen2.5-VL-3B-Instruct.csv', '--where', 'flags=imageAmbiguous', '--limit', '100'];
      const found = await jsonOf<{ errors: { images: string[]; meta: { imageCandidates: string[][] } }[] }>([
        ...['errors', REAL_DATA, '--cache', workspace.cache],
        ...args,
      ]);
      assert.ok(found.errors.length > 0 && found.errors.length <= 19);
      for (const each of found.errors) {
        assert.deepEqual(each.images, []);
        assert.ok(each.meta.imageCandidates.length > 1);
      }
    });

    it('a letter that contradicts its text is flagged once, and the letter is followed', async () => {
      const end = 'result_mvsm_epoch10_merged.csv';
      assert.equal(run(end).flags['letterTextConflict'], 1);
      const { total } = await jsonOf<{ total: number }>([
        ...['errors', REAL_DATA, '--cache', workspace.cache, '--run', end],
        ...['--where', 'flags=letterTextConflict'],
      ]);
      assert.equal(total, 1);
    });

    it('console logs and reports are skipped with a reason', () => {
      for (const name of ['eval_rank64.log', 'eval_vanilla.log']) {
        assert.match(skippedReason(summary, `wurf2026/${name}`), /[Cc]onsole output of an evaluation, not items/);
      }
      for (const name of ['final_report.txt', 'granular_bias_report.txt']) {
        assert.match(skippedReason(summary, `wurf2026/${name}`), /not items/);
      }
    });
  });

  describe('the lens wurf2026', () => {
    it('gives 53, 43, 31, 3 and 17 on the 370 logged items', async () => {
      const path = realData('wurf2026', 'debug_direction_logs.txt');
      const { runs, lens } = await summaryOf([path], workspace.cache, '--lens', 'wurf2026');
      const [log] = runs;
      assert.ok(log !== undefined);
      assert.equal(lens, 'wurf2026');
      assert.deepEqual([log.items, log.correct, log.wrong], [370, 223, 147]);
      const counts = Object.entries(log.classes).map(([name, each]) => [name, each.count]);
      assert.deepEqual(Object.fromEntries(counts), {
        horizontal: 53,
        orthogonal: 43,
        vertical: 31,
        adjacent: 3,
        'lens-dropped': 17,
      });
    });

    it('changes no accuracy', async () => {
      const { runs } = await summaryOf([REAL_DATA], workspace.cache, '--lens', 'wurf2026');
      assert.deepEqual(
        runs.map((each) => [each.id, each.correct, each.unparsed, each.accuracy]),
        summary.runs.map((each) => [each.id, each.correct, each.unparsed, each.accuracy]),
      );
    });
  });

  describe('joining runs', () => {
    it('epoch10 and aug_flip share 554 ids, 91 rows by content and none otherwise', async () => {
      const epoch10 = 'result_mvsm_epoch10_merged.csv';
      const found = await compare(epoch10, 'result_mvsm_aug_flip_v1_merged.csv');
      assert.deepEqual(found.joined, { total: 91, byContent: 91, byPosition: 0, byId: 0, refused: 554 - 91 });
      assert.deepEqual([found.onlyBase, found.onlyNew], [858 - 91, 554 - 91]);
      assert.equal(found.bothRight + found.bothWrong + found.fixed + found.broken, 91);
    });

    it('aug_flip and visual_prompt are the same items, 277 of them reworded', async () => {
      const found = await compare('result_mvsm_aug_flip_v1_merged.csv', 'result_mvsm_visual_prompt_merged.csv');
      assert.deepEqual(found.joined, { total: 554, byContent: 277, byPosition: 277, byId: 0, refused: 0 });
      assert.equal(found.bothRight + found.broken, 372);
      assert.equal(found.bothRight + found.fixed, 365);
    });

    it('runs on the same 858 rows join whole', async () => {
      const found = await compare('result_Qwen2.5-VL-3B-Instruct.csv', 'result_mvsm_epoch10_merged.csv');
      assert.deepEqual(found.joined, { total: 858, byContent: 858, byPosition: 0, byId: 0, refused: 0 });
      assert.equal(found.bothRight + found.broken, 299);
      assert.equal(found.bothRight + found.fixed, 612);
    });
  });

  describe("What'sUp", () => {
    it('three prompt variants are three runs of 418 with the accuracies of the source', () => {
      const published: readonly (readonly [string, number])[] = [
        ['#Multiple Choice', 59.81],
        ['#Chain-of-Thought', 66.03],
        ['#Scene Graph CoT', 70.1],
      ];
      for (const [end, percent] of published) {
        const { items, rows, accuracy, correct } = run(end);
        assert.deepEqual([rows, items], [418, 418]);
        assert.equal(accuracy, correct / 418);
        assert.equal(Math.round((correct / 4.18) * 100) / 100, percent);
      }
    });

    it('the variants are the same 418 questions in other words', async () => {
      const found = await compare('#Multiple Choice', '#Scene Graph CoT');
      assert.deepEqual(found.joined, { total: 418, byContent: 0, byPosition: 0, byId: 418, refused: 0 });
      assert.deepEqual([found.bothRight + found.broken, found.bothRight + found.fixed], [250, 293]);
    });
  });

  describe('BLINK', () => {
    it('the test half has no gold and stands outside accuracy', () => {
      for (const [end, correct] of [
        ['GPT4o_Spatial_Relation.json', 99],
        ['llava_v1.5_7b_Spatial_Relation.json', 88],
      ] as const) {
        const { rows, items, noGold, units, accuracy } = run(end);
        assert.deepEqual([rows, items, noGold, units, run(end).correct], [286, 286, 143, 143, correct]);
        assert.equal(accuracy, correct / 143);
      }
    });

    it('macro accuracy over 14 sub-tasks is 60.04 %', () => {
      const own = blinkMacro();
      assert.equal(own.tasks, 14);
      const { macroAccuracy, byTask, items, noGold } = run('val_predictions_GPT4o.json');
      assert.equal(Object.keys(byTask).length, 14);
      assert.deepEqual([items, noGold], [own.items, 0]);
      assert.ok(Math.abs((macroAccuracy ?? 0) - own.macro) < 1e-12, `${macroAccuracy} and ${own.macro}`);
      assert.equal((own.macro * 100).toFixed(2), '60.04');
    });
  });

  describe('benchmark files', () => {
    it('POPE 3,000, VSR 2,195', () => {
      assert.equal(datasetItems('pope/coco_pope_adversarial.json'), 3000);
      assert.equal(datasetItems('vsr/test.jsonl'), 2195);
      assert.equal(datasetItems('blink/val_answers.json'), 1901);
    });

    it('SpatialMQA has an item for every line', () => {
      const lines = (name: string): number =>
        readFileSync(realData('spatialmqa', name), 'utf8')
          .split('\n')
          .filter((line) => line.trim() !== '').length;
      assert.equal(datasetItems('spatialmqa/dev.jsonl'), lines('dev.jsonl'));
      assert.equal(datasetItems('spatialmqa/Examples/examples.jsonl'), lines('Examples/examples.jsonl'));
    });
  });

  describe('VLMEvalKit and lmms-eval', () => {
    it("A-OKVQA 1014/1145, by the parser and by the tool's own verdict alike", () => {
      const found = run('_A-OKVQA.xlsx');
      assert.equal(score(found), '1014/1145');
      assert.deepEqual([found.storedCorrect, found.storedDiffers], [1014, 0]);
      assert.equal(found.accuracy, 0.885589519650655);
      assert.deepEqual(
        found.aliases.map((alias) => alias.split('/').at(-1)),
        ['Qwen2.5-VL-7B-Instruct_A-OKVQA_openai_result.xlsx'],
      );
      const scores = 'vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA_acc.csv';
      assert.match(skippedReason(summary, scores), /table of scores/);
    });

    it("A-OKVQA under the tool's own rule", async () => {
      const path = realData('vlmevalkit');
      const [found] = (await summaryOf([path], workspace.cache, '--answers', 'vlmevalkit')).runs;
      assert.ok(found !== undefined);
      assert.equal(score(found), '1014/1145');
      assert.equal(found.answers, 'vlmevalkit');
    });

    it('scienceqa_img 1402/2017', () => {
      const found = run('samples_scienceqa_img.jsonl');
      assert.equal(score(found), '1402/2017');
      assert.deepEqual([found.storedCorrect, found.storedDiffers], [1402, 0]);
      assert.equal((found.accuracy ?? 0).toFixed(7), '0.6950917');
      const scores = 'lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_results.json';
      assert.match(skippedReason(summary, scores), /scores/);
    });
  });

  describe('Inspect AI logs', () => {
    it('hold 10, 1, 4, 1 and 1 items', () => {
      const ends = ['popularity_dPiJifoWeEQBrfWsAopzWr.eval', 'log_formats.eval', 'log_streaming.eval'];
      const counts = [...ends, 'log_images.json', 'mmlu-summary-choices.eval'].map((end) => run(end).items);
      assert.deepEqual(counts, [10, 1, 4, 1, 1]);
    });

    it('two epochs of two samples: 3 of 4, accuracy 0.75, pass@1 0.75, pass@2 1', () => {
      const found = run('log_streaming.eval');
      assert.equal(score(found), '3/4');
      assert.deepEqual([found.units, found.accuracy, found.passAtK], [2, 0.75, { 1: 0.75, 2: 1 }]);
      assert.equal(found.storedCorrect, 3);
    });

    it('a log without scores has no stored verdicts and is scored by reading its answers', () => {
      const found = run('popularity_dPiJifoWeEQBrfWsAopzWr.eval');
      assert.deepEqual([found.storedCorrect, found.parsed, found.noGold], [null, 10, 0]);
    });

    it('are joined to no foreign benchmark', () => {
      for (const each of summary.runs.filter(({ format }) => format.startsWith('inspect-'))) {
        assert.deepEqual([each.id, each.joined, each.coverage], [each.id, [], null]);
      }
    });
  });
});

/** BLINK's macro accuracy straight from the two maps: the mean over sub-tasks of the share of equal letters. */
function blinkMacro(): { macro: number; tasks: number; items: number } {
  const read = (name: string): Record<string, string> =>
    JSON.parse(readFileSync(realData('blink', name), 'utf8')) as Record<string, string>;
  const predictions = read('val_predictions_GPT4o.json');
  const tasks = new Map<string, { right: number; all: number }>();
  for (const [id, gold] of Object.entries(read('val_answers.json'))) {
    const name = id.replace(/^val_/, '').replace(/_\d+$/, '');
    const task = tasks.get(name) ?? { right: 0, all: 0 };
    tasks.set(name, { right: task.right + (predictions[id] === gold ? 1 : 0), all: task.all + 1 });
  }
  const shares = [...tasks.values()].map(({ right, all }) => right / all);
  return {
    macro: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    tasks: tasks.size,
    items: [...tasks.values()].reduce((sum, { all }) => sum + all, 0),
  };
}
