import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Option, ParsedAnswer } from '../../../src/core/model.js';
import { describeReal, realData } from '../../support/realData.js';
import { lettered, read, short } from './support.js';

type Row = Record<string, string>;

function csv(...parts: string[]): Row[] {
  return parse(readFileSync(realData(...parts), 'utf8'), { columns: true, bom: true });
}

function json<T>(...parts: string[]): T {
  return JSON.parse(readFileSync(realData(...parts), 'utf8')) as T;
}

/** The letter of the option that was read, or the value where no options were known. */
function letterOf(answer: ParsedAnswer, options: readonly Option[]): string | null {
  return answer.option === null ? answer.value : (options[answer.option]?.label ?? null);
}

function printedOptions(question: string): Option[] {
  return [...question.matchAll(/([A-D])\. ([a-z-]+)/g)].map((one) => ({ label: one[1] ?? null, text: one[2] ?? '' }));
}

const RUNS: readonly (readonly [file: string, right: number, rows: number])[] = [
  ['Qwen2.5-VL-3B-Instruct/result_Qwen2.5-VL-3B-Instruct.csv', 299, 858],
  ['mvsm_merged_bf16/result_mvsm_merged_bf16.csv', 547, 858],
  ['mvsm_epoch10_merged/result_mvsm_epoch10_merged.csv', 612, 858],
  ['mvsm_aug_flip_v1_merged/result_mvsm_aug_flip_v1_merged.csv', 372, 554],
  ['mvsm_visual_prompt_merged/result_mvsm_visual_prompt_merged.csv', 365, 554],
];

describeReal('answers: real files', () => {
  for (const [file, right, rows] of RUNS) {
    it(`${file}: ${right}/${rows}, by the default and by the benchmark's own rule`, () => {
      const found = csv('wurf2026/result', file).map((row) => {
        const options = printedOptions(row['Question'] ?? '');
        const gold = (row['Correct Answer'] ?? '').charAt(0);
        return ['default', 'viewspatial'].map(
          (id) => letterOf(read(row['Predicted Answer'] ?? '', options, id), options) === gold,
        );
      });
      assert.equal(found.length, rows);
      assert.deepEqual(
        [0, 1].map((rule) => found.filter((one) => one[rule]).length),
        [right, right],
      );
    });
  }

  it('reads extracted letters without options: 315/554 and 302/554, 27 empty', () => {
    const count = (rows: Row[]): (number | undefined)[] => {
      const answers = rows.map((row) => read(row['Parsed_Answer'] ?? '', []));
      const right = rows.filter((row, i) => answers[i]?.value === (row['Correct_Answer'] ?? '').charAt(0)).length;
      return [right, answers.filter((one) => one.status === 'empty').length, rows.length];
    };
    assert.deepEqual(count(csv('wurf2026/result/mvsm_cot_merged/result_cot.csv')), [315, 0, 554]);
    assert.deepEqual(count(csv('wurf2026/result_real_cot_fixed.csv')), [302, 27, 554]);
  });

  it('reads the conclusion of every chain of thought as the tool did', () => {
    const rows = csv('wurf2026/result/mvsm_cot_merged/result_cot.csv');
    assert.equal(rows.filter((row) => read(row['Full_Output'] ?? '', []).value === row['Parsed_Answer']).length, 554);
  });

  it("reads What'sUp letters, words and sentences: one answer of 1,254 was not offered", () => {
    const rows = json<Row[]>('whatsup-prompts/results.json');
    const options = lettered('To the left', 'To the right', 'On top', 'Under');
    const status = new Map<string, number>();
    for (const row of rows) {
      const answer = read(row['answer'] ?? '', options);
      const key = answer.status === 'parsed' ? 'parsed' : `${answer.status} ${row['answer'] ?? ''}`;
      status.set(key, (status.get(key) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(status), { parsed: 1253, 'off-list Front': 1 });
  });

  it("reads BLINK's full predictions as its judge did", () => {
    for (const model of ['GPT4o', 'llava_v1.5_7b']) {
      const { val, test } = json<{ val: Row[]; test: Row[] }>('blink', `${model}_Spatial_Relation.json`);
      const options = lettered('yes', 'no');
      const differing = [...val, ...test].filter((row) => {
        const answer = read(row['full_prediction'] ?? '', options, 'default', 'yes-no');
        return `(${letterOf(answer, options) ?? ''})` !== row['prediction'];
      });
      assert.deepEqual(differing, []);
      assert.equal(val.filter((row) => row['prediction'] === row['answer']).length, model === 'GPT4o' ? 99 : 88);
    }
  });

  it('reads lmms-eval scienceqa_img: 1402/2017, row by row as stored', () => {
    const lines = readFileSync(
      realData('lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_samples_scienceqa_img.jsonl'),
      'utf8',
    );
    const rows = lines
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { input: string; target: string; filtered_resps: string[]; exact_match: number },
      );
    const right = rows.filter(({ input, target, filtered_resps, exact_match }) => {
      const options = [...input.matchAll(/^([A-Z])\. (.*)$/gm)].map((one) => ({
        label: one[1] ?? null,
        text: one[2] ?? '',
      }));
      const answer = read(filtered_resps[0] ?? '', options);
      assert.equal(letterOf(answer, options) === target, exact_match === 1, short(answer));
      return exact_match === 1;
    });
    assert.deepEqual([right.length, rows.length], [1402, 2017]);
  });
});
