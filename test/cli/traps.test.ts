import assert from 'node:assert/strict';
import { copyFileSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { ItemRecord, RunSummary } from '../../src/core/analysis.js';
import {
  csvText,
  jsonLines,
  jsonOf,
  onlyRun,
  runEnding,
  skippedReason,
  summaryOf,
  withWorkspace,
  type Workspace,
} from '../support/cli.js';
import { fixture } from '../support/formatSource.js';

const PATIENCE_MS = 180_000;

/** The record as `item` and `errors` print it. */
type Printed = Omit<ItemRecord, 'options'> & {
  readonly options: readonly string[];
  readonly optionLabels: readonly (string | null)[];
};

const RESULT_COLUMNS = ['ID', 'Question', 'Question_Type', 'Predicted Answer', 'Correct Answer', 'IsCorrect'];
const TASK = 'Camera perspective - Relative Direction';

/** A row of a ViewSpatial-Bench result. */
function resultRow(id: number, question: string, predicted: string, gold: string, right: boolean): string[] {
  return [String(id), question, TASK, predicted, gold, right ? 'True' : 'False'];
}

/** Options as the benchmark's script prints them: no separator before the first. */
function asked(question: string, ...options: string[]): string {
  const printed = options.map((option, index) => `${'ABCD'[index]}. ${option}`);
  return `${question}${printed.join('\n')}\nReply only to the corresponding option.\nAnswer:`;
}

function result(...rows: readonly string[][]): string {
  return csvText([RESULT_COLUMNS, ...rows], '\r\n');
}

async function onlyRunOf(workspace: Workspace, ...more: string[]): Promise<RunSummary> {
  return onlyRun(await summaryOf([workspace.folder], workspace.cache, ...more));
}

async function itemOf(workspace: Workspace, run: string, item: string): Promise<Printed> {
  return jsonOf(['item', workspace.folder, '--cache', workspace.cache, '--run', run, '--item', item]);
}

async function errorsOf(workspace: Workspace, ...more: string[]): Promise<{ total: number; errors: Printed[] }> {
  return jsonOf(['errors', workspace.folder, '--cache', workspace.cache, ...more]);
}

const counts = (run: RunSummary): number[] => [run.rows, run.items, run.correct];

describe('traps of real files, through the command line', function () {
  this.timeout(PATIENCE_MS);

  it('1: CRLF and newlines inside quoted cells, behind a byte order mark', () =>
    withWorkspace(async (workspace) => {
      const text = result(
        resultRow(0, asked('Where is the "red" cup?', 'left', 'right'), 'A. left', 'A. left', true),
        resultRow(1, asked('First line,\r\nsecond line?', 'left', 'right'), 'A', 'B. right', false),
      );
      workspace.write('result/toy/result_toy.csv', `\uFEFF${text}`);
      const run = await onlyRunOf(workspace);
      assert.deepEqual(counts(run), [2, 2, 1]);
      assert.equal(run.format, 'viewspatial-csv');
      const item = await itemOf(workspace, run.id, '1');
      assert.deepEqual(item.options, ['left', 'right']);
      assert.match(item.question ?? '', /^First line,\r?\nsecond line\?$/);
      assert.equal(item.class, 'horizontal-flip');
    }));

  it('1: JSON lines in .json, and objects printed over several lines one after another', () =>
    withWorkspace(async (workspace) => {
      const records = [1, 2, 3].map((id) => ({
        id: `q${id}`,
        question: `Where is lamp ${id}?`,
        options: ['left', 'right', 'above'],
        answer: 'left',
        prediction: ['left', 'right', 'above'][id - 1],
      }));
      const pretty = records.map((record) => JSON.stringify({ ...record, note: 'pretty' }, null, 2)).join('\n');
      workspace.write('lines.json', jsonLines(records));
      workspace.write('pretty.json', pretty);
      workspace.write('pretty.jsonl', `${pretty}\n\n`);
      workspace.write('marked.jsonl', `\uFEFF${jsonLines(records.map((record) => ({ ...record, note: 'marked' })))}`);
      const summary = await summaryOf([workspace.folder], workspace.cache);
      assert.deepEqual(
        summary.runs.map((run) => [run.id, ...counts(run)]),
        ['lines.json', 'marked.jsonl', 'pretty.json', 'pretty.jsonl'].map((id) => [id, 3, 3, 1]),
      );
    }));

  it('2: options inside the prompt are mapped by label, in whatever order they are printed', () =>
    withWorkspace(async (workspace) => {
      const prompts = [
        'Where is the mug? Choose one of the following: C: On top, D: Under, A :To the left, B: To the right',
        'Where is the mug?\nD. Under\nB. To the right\nA. To the left\nC. On top',
        'Where is the mug?(B) To the right (A) To the left (D) Under (C) On top',
      ];
      const image = (relation: string): string => `mug_${relation}_shelf.jpeg`;
      const asks = prompts.flatMap((prompt, index) => [
        { image: image('left_of'), prompt, prompt_label: `p${index}`, answer: 'A', ground_truth: 'Left' },
        { image: image('on'), prompt, prompt_label: `p${index}`, answer: 'A', ground_truth: 'On top' },
        { image: image('under'), prompt, prompt_label: `p${index}`, answer: 'C', ground_truth: 'Under' },
      ]);
      workspace.write('results.json', JSON.stringify(asks));
      const summary = await summaryOf([workspace.folder], workspace.cache);
      for (const label of ['p0', 'p1', 'p2']) {
        const run = runEnding(summary, `#${label}`);
        assert.deepEqual(counts(run), [3, 3, 1], label);
        assert.equal(run.classes['orthogonal']?.count, 1, label);
        assert.equal(run.classes['vertical-flip']?.count, 1, label);
        const item = await itemOf(workspace, `#${label}`, image('under'));
        assert.equal(item.predicted?.toLowerCase(), 'on top');
        assert.equal(item.optionLabels[item.options.indexOf(item.predicted ?? '')], 'C');
      }
    }));

  it('3: "on" is not read in "front", nor "left" in "front-left"', () =>
    withWorkspace(async (workspace) => {
      const words = ['on', 'front', 'left', 'front-left'];
      const records = words.map((gold, id) => ({
        id: `q${id}`,
        question: 'Where does the fern stand?',
        options: words,
        answer: gold,
        response: `The fern is ${['on', 'in front of', 'to the left of', 'front-left of'][id] ?? ''} the box.`,
      }));
      workspace.write('plain.jsonl', jsonLines(records));
      workspace.write(
        'letters.jsonl',
        jsonLines(records.map((record, id) => ({ ...record, response: words[(id + 1) % 4] }))),
      );
      const summary = await summaryOf([workspace.folder], workspace.cache);
      assert.deepEqual(counts(runEnding(summary, 'plain.jsonl')), [4, 4, 4]);
      const { errors } = await errorsOf(workspace, '--run', 'letters.jsonl');
      assert.deepEqual(
        errors.map((each) => [each.gold, each.predicted, each.class]),
        [
          ['on', 'front', 'orthogonal'],
          ['front', 'left', 'orthogonal'],
          ['left', 'front-left', 'adjacent'],
          ['front-left', 'on', 'orthogonal'],
        ],
      );
    }));

  it('4: a letter and a text that disagree: the letter is followed, the item flagged', () =>
    withWorkspace(async (workspace) => {
      const question = asked('Where is the kite?', 'left', 'right', 'front', 'back');
      workspace.write(
        'result/toy/result_toy.csv',
        result(
          resultRow(0, question, 'D. front', 'C. front', false),
          resultRow(1, question, 'C. front', 'C. front', true),
        ),
      );
      const run = await onlyRunOf(workspace);
      assert.deepEqual(counts(run), [2, 2, 1]);
      assert.deepEqual(run.flags, { letterTextConflict: 1 });
      assert.match(run.warnings.join('\n'), /1 answers? names? one option by letter and another by text/);
      const item = await itemOf(workspace, run.id, '0');
      assert.deepEqual([item.predicted, item.class, item.flags], ['back', 'depth-flip', ['letterTextConflict']]);
      assert.equal(item.response, 'D. front');
    }));

  it('5: an index into a shuffled list is not read against the unshuffled one', () =>
    withWorkspace(async (workspace) => {
      const options = ['left', 'right', 'above', 'below'];
      const shuffled = ['below', 'left', 'right', 'above'];
      const records = options.map((answer, id) => ({
        id: `q${id}`,
        question: `Where is block ${id}?`,
        options,
        shuffled_options: shuffled,
        answer,
        prediction_index: shuffled.indexOf(answer),
        prediction: answer,
      }));
      workspace.write('shuffled.jsonl', jsonLines(records));
      assert.deepEqual(counts(await onlyRunOf(workspace)), [4, 4, 4]);
    }));

  it('6: stored correctness that the answer contradicts stands beside it, and the items can be listed', () =>
    withWorkspace(async (workspace) => {
      const question = asked('Where is the boat?', 'left', 'right');
      workspace.write(
        'result/toy/result_toy.csv',
        result(
          resultRow(0, question, 'A. left', 'A. left', true),
          resultRow(1, question, 'B. right', 'A. left', true),
          resultRow(2, question, 'A. left', 'A. left', false),
          resultRow(3, question, 'B', 'A. left', false),
        ),
      );
      const run = await onlyRunOf(workspace);
      assert.deepEqual(counts(run), [4, 4, 2]);
      assert.deepEqual([run.storedCorrect, run.storedDiffers], [2, 2]);
      assert.match(run.warnings.join('\n'), /verdict differs .* on 2 of 4/);
      const { errors } = await errorsOf(workspace, '--where', 'flags=storedDiffers');
      assert.deepEqual(
        errors.map((each) => [each.item, each.storedCorrect, each.correct]),
        [['1', true, false]],
      );
      assert.deepEqual((await itemOf(workspace, run.id, '2')).flags, ['storedDiffers']);
    }));

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

  it('11: wrapped, padded and quoted answers', () =>
    withWorkspace(async (workspace) => {
      const choice: readonly (readonly [string, string])[] = [
        ['<s> (B) no', 'no'],
        ['\u00a0B', 'no'],
        ['The answer is "B".', 'no'],
        ['It is a thing in a box: no', 'no'],
        ['{No}', 'no'],
        ['(A)', 'yes'],
      ];
      const truth: readonly (readonly [string, string])[] = [
        [' True\n\n', 'True'],
        ['{No}', 'False'],
        ['Yes, it is.', 'True'],
        ['false.', 'False'],
      ];
      workspace.write(
        'choice.jsonl',
        jsonLines(
          choice.map(([response, answer], id) => ({
            id: `q${id}`,
            question: `Is peg ${id} under the mat?`,
            options: ['yes', 'no'],
            answer,
            response,
          })),
        ),
      );
      workspace.write(
        'truth.jsonl',
        jsonLines(
          truth.map(([response, answer], id) => ({ id: `t${id}`, caption: `The peg ${id} is up.`, answer, response })),
        ),
      );
      const letters = ['A', 'B', 'C', 'D'];
      workspace.write(
        'article.jsonl',
        jsonLines(
          ['a', 'A cup stands to the right of it.', 'To the right of a cup.'].map((response, id) => ({
            id: `a${id}`,
            question: asked('Where is the spoon?', 'left', 'right', 'above', 'below'),
            answer: letters[id === 0 ? 0 : 1],
            response,
          })),
        ),
      );
      const summary = await summaryOf([workspace.folder], workspace.cache);
      const wrong = await errorsOf(workspace);
      assert.deepEqual(
        wrong.errors.map((each) => [each.run, each.item, each.response, each.status]),
        [],
      );
      assert.deepEqual(
        summary.runs.map((run) => [run.id, ...counts(run)]),
        [
          ['article.jsonl', 3, 3, 3],
          ['choice.jsonl', 6, 6, 6],
          ['truth.jsonl', 4, 4, 4],
        ],
      );
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
});
