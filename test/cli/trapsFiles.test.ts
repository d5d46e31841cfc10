import assert from 'node:assert/strict';
import { copyFileSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { jsonLines, jsonOf, onlyRun, skippedReason, summaryOf, withWorkspace } from '../support/cli.js';
import { fixture } from '../support/formatSource.js';
import { asked, counts, errorsOf, itemOf, onlyRunOf, PATIENCE_MS, result, resultRow, TASK } from './trapSupport.js';

describe('traps of real files: files and rows, through the command line', function () {
  this.timeout(PATIENCE_MS);

  it('7: rows missing from a run show as coverage against the benchmark', () =>
    withWorkspace(async (workspace) => {
      const item = (id: number, answer: string): object => ({
        question_type: TASK,
        image_path: [`room/${id}.jpg`],
        question: `Where is chair ${id}?`,
        answer,
        choices: 'A. left\nB. right',
      });
      const golds = ['A. left', 'B. right', 'B. right', 'A. left', 'A. left'];
      workspace.write('bench/all.json', JSON.stringify(golds.map((gold, id) => item(id, gold))));
      const rows = [0, 2, 4].map((id) =>
        resultRow(id, asked(`Where is chair ${id}?`, 'left', 'right'), 'A', golds[id] ?? '', golds[id] === 'A. left'),
      );
      workspace.write('result/toy/result_toy.csv', result(...rows));
      const summary = await summaryOf([workspace.folder], workspace.cache);
      const run = onlyRun(summary);
      assert.deepEqual(counts(run), [3, 3, 2]);
      assert.deepEqual(run.coverage, { rows: 3, of: 5, file: 'bench/all.json' });
      assert.deepEqual(
        summary.datasets.map((each) => [each.id, each.items]),
        [['bench/all.json', 5]],
      );
      assert.deepEqual((await itemOf(workspace, run.id, '4')).images, ['room/4.jpg']);
    }));

  it('8: identical copies and links are one run with aliases, unless their paths name different models', () =>
    withWorkspace(async (workspace) => {
      const question = asked('Where is the drum?', 'left', 'right');
      const text = result(resultRow(0, question, 'B', 'A. left', false), resultRow(1, question, 'A', 'A. left', true));
      const first = workspace.write('one/result/modelA/result_modelA.csv', text);
      workspace.write('two/backup/result/modelA/result_modelA.csv', text);
      workspace.write('one/result/modelB/result_modelB.csv', text);
      mkdirSync(path.join(workspace.folder, 'three', 'result'), { recursive: true });
      symlinkSync(first, path.join(workspace.folder, 'three', 'result', 'result_modelA.csv'));
      linkSync(first, path.join(workspace.folder, 'two', 'result_modelA.csv'));
      const summary = await summaryOf([workspace.folder], workspace.cache);
      assert.deepEqual(
        summary.runs.map((run) => [run.id, run.model, run.aliases, ...counts(run)]),
        [
          [
            'one/result/modelA/result_modelA.csv',
            'modelA',
            ['three/result/result_modelA.csv', 'two/backup/result/modelA/result_modelA.csv', 'two/result_modelA.csv'],
            ...[2, 2, 1],
          ],
          ['one/result/modelB/result_modelB.csv', 'modelB', [], 2, 2, 1],
        ],
      );
      const byAlias = await itemOf(workspace, 'three/result/result_modelA.csv', '0');
      assert.equal(byAlias.run, 'one/result/modelA/result_modelA.csv');
    }));

  it('8: the same bytes in the folders of two models are two runs', () =>
    withWorkspace(async (workspace) => {
      const text = result(resultRow(0, asked('Where is the drum?', 'left', 'right'), 'B', 'A. left', false));
      workspace.write('result/modelA/answers.csv', text);
      workspace.write('result/modelB/answers.csv', text);
      const summary = await summaryOf([workspace.folder], workspace.cache);
      assert.deepEqual(
        summary.runs.map((run) => [run.id, run.model, run.aliases, ...counts(run)]),
        ['modelA', 'modelB'].map((model) => [`result/${model}/answers.csv`, model, [], 1, 1, 0]),
      );
    }));

  it('9: NaN and Infinity in JSON are read as null, and flagged', () =>
    withWorkspace(async (workspace) => {
      const record = (id: number, confidence: string): string =>
        `{"id": "q${id}", "question": "Is vase ${id} left of the jar?", "options": ["left", "right"], "answer": "left", "prediction": "left", "confidence": ${confidence}}\n`;
      const values = ['0.5', 'NaN', '-Infinity', 'Infinity'];
      workspace.write('lines.jsonl', values.map((value, id) => record(id, value)).join(''));
      workspace.write('list.json', `[${values.map((value, id) => record(id + 10, value)).join(',')}]`);
      const summary = await summaryOf([workspace.folder], workspace.cache);
      for (const run of summary.runs) {
        assert.deepEqual(counts(run), [4, 4, 4]);
        assert.deepEqual(run.flags, { nonStandardNumber: 3 });
      }
      assert.equal(summary.runs.length, 2);
      assert.equal((await itemOf(workspace, 'lines.jsonl', 'q1')).confidence, null);
      assert.equal((await itemOf(workspace, 'lines.jsonl', 'q0')).confidence, 0.5);
    }));

  it('9: a spreadsheet of inline strings without a shared-strings part, with NaN cells', () =>
    withWorkspace(async (workspace) => {
      const source = fixture('vlmevalkit', '2025-04', 'Tiny-VL-1B', 'T20250401_G0a1b2c3d');
      copyFileSync(
        path.join(source, 'Tiny-VL-1B_Desk_Relations_openai_result.xlsx'),
        path.join(workspace.folder, 'Tiny-VL-1B_Desk_openai_result.xlsx'),
      );
      const run = await onlyRunOf(workspace);
      assert.deepEqual(counts(run), [4, 4, 2]);
      assert.deepEqual([run.storedCorrect, run.storedDiffers], [2, 0]);
      assert.deepEqual(run.unparsedByReason, { empty: 1 });
      assert.deepEqual((await itemOf(workspace, run.id, '2')).options, ['left', 'right']);
      assert.deepEqual((await itemOf(workspace, run.id, '4')).options, ['on the mat', 'under the mat']);
    }));

  it('10: tables of scores beside item files are skipped with a reason', () =>
    withWorkspace(async (workspace) => {
      const tables: Readonly<Record<string, string>> = {
        'toy_acc.csv': '"split","Overall","relation"\n"val","0.5","0.25"\n',
        'byPreposition.csv': 'Preposition,Accuracy,Count\nleft,0.5,20\nright,0.75,12\n',
        'scores.json': '{"results": {"toy": {"accuracy,none": 0.5, "stderr,none": 0.1}}}',
      };
      for (const [name, text] of Object.entries(tables)) workspace.write(name, text);
      const question = asked('Where is the bell?', 'left', 'right');
      workspace.write('result_toy.csv', result(resultRow(0, question, 'A', 'A. left', true)));
      const summary = await summaryOf([workspace.folder], workspace.cache);
      assert.deepEqual(counts(onlyRun(summary)), [1, 1, 1]);
      for (const name of Object.keys(tables)) assert.match(skippedReason(summary, name), /scores/);
      assert.equal(summary.skipped.length, 3);
    }));

  it('12: image paths of every kind stay as they are', () =>
    withWorkspace(async (workspace) => {
      const frames = Array.from({ length: 32 }, (_, index) => `clip/frame_${index}.jpg`);
      const images: readonly (string | readonly string[])[] = [
        '/mnt/other-machine/sets/000001.jpg',
        'C:\\sets\\000002.jpg',
        'http://images.example.org/val2017/000000000003.jpg',
        frames,
        '000004.jpg',
        'data:image/png;base64,iVBORw0KGgo=',
      ];
      const records = images.map((image, id) => ({
        id: `q${id}`,
        question: `Where is the tin ${id}?`,
        image,
        options: ['left', 'right'],
        answer: 'left',
        prediction: 'right',
      }));
      workspace.write('images.jsonl', jsonLines(records));
      const { errors, total } = await errorsOf(workspace);
      assert.equal(total, 6);
      assert.deepEqual(
        errors.map((each) => each.images),
        images.map((image) => (typeof image === 'string' ? [image] : image)),
      );
    }));

  it('13: where ids are not unique, the row number is the id', () =>
    withWorkspace(async (workspace) => {
      const ask = (id: string, question: string, answer: string, prediction: string): object => ({
        question_id: id,
        question: `${question} Please answer yes or no.`,
        answer,
        prediction,
      });
      workspace.write(
        'pairs.jsonl',
        jsonLines([
          ask('shelf.jpg', 'Is the jug left of the pan?', 'Yes', 'Yes'),
          ask('shelf.jpg', 'Is the jug right of the pan?', 'No', 'Yes'),
          ask('table.jpg', 'Is the fork on the plate?', 'Yes', 'No'),
          ask('table.jpg', 'Is the fork under the plate?', 'No', 'No'),
        ]),
      );
      const run = await onlyRunOf(workspace);
      assert.deepEqual(counts(run), [4, 4, 2]);
      const { tp, fp, tn, fn } = run.yesNo ?? { tp: 0, fp: 0, tn: 0, fn: 0 };
      assert.deepEqual([tp, fp, tn, fn], [1, 1, 1, 1]);
      const { errors } = await errorsOf(workspace);
      assert.deepEqual(
        errors.map((each) => [each.item, each.class]),
        [
          ['2', 'false-yes'],
          ['3', 'false-no'],
        ],
      );
      assert.equal((await itemOf(workspace, run.id, '2')).gold?.toLowerCase(), 'no');
    }));

  it('13: one hash for all rows is no id; the document number is', () =>
    withWorkspace(async (workspace) => {
      const row = (doc: number, target: string, answer: string): object => ({
        doc_id: doc,
        target,
        filtered_resps: [answer],
        doc_hash: '74234e98afe7498f',
        exact_match: answer === target ? 1 : 0,
        input: `Where is cube ${doc}?\nA. left\nB. right\nAnswer with the option's letter.`,
      });
      workspace.write(
        '20260101_000000_samples_cubes.jsonl',
        jsonLines([row(0, 'A', 'A'), row(1, 'A', 'B'), row(2, 'B', 'B')]),
      );
      const run = await onlyRunOf(workspace);
      assert.deepEqual(counts(run), [3, 3, 2]);
      assert.deepEqual([run.storedCorrect, run.storedDiffers], [2, 0]);
      assert.equal((await itemOf(workspace, run.id, '1')).class, 'horizontal-flip');
    }));

  it('statements about other pictures are not joined because yes and no alternate in both files', () =>
    withWorkspace(async (workspace) => {
      const gold = (id: number): string => (id % 2 === 0 ? 'yes' : 'no');
      const numbers = Array.from({ length: 10 }, (_, id) => id);
      workspace.write(
        'toy_pope_random.json',
        jsonLines(
          numbers.map((id) => ({
            ...{ question_id: id, image: `kitchen_${id}.jpg`, text: `Is there a ladle ${id} in the image?` },
            label: gold(id),
          })),
        ),
      );
      for (const name of ['barn', 'yard']) {
        const statement = (id: number): object => ({
          ...{ id: `${name}-${id}`, question: `Is cow ${id} in the ${name}?`, options: ['yes', 'no'] },
          ...{ answer: gold(id), prediction: 'yes' },
        });
        workspace.write(`${name}.jsonl`, jsonLines(numbers.map(statement)));
      }
      const summary = await summaryOf([workspace.folder], workspace.cache);
      for (const run of summary.runs) {
        assert.deepEqual([run.joined, run.coverage, run.clusters], [[], null, { row: 10 }]);
      }
      const { treatments } = await jsonOf<{ treatments: { joined: object; onlyNew: number }[] }>([
        ...['compare', workspace.folder, '--cache', workspace.cache, '--base', 'barn.jsonl', '--new', 'yard.jsonl'],
      ]);
      assert.deepEqual(
        treatments.map((each) => [each.joined, each.onlyNew]),
        [[{ total: 0, byContent: 0, byPosition: 0, byId: 0, refused: 0 }, 10]],
      );
    }));
});
