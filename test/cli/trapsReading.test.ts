import assert from 'node:assert/strict';
import { csvText, jsonLines, runEnding, summaryOf, withWorkspace } from '../support/cli.js';
import { asked, counts, errorsOf, itemOf, onlyRunOf, PATIENCE_MS, result, resultRow, TASK } from './trapSupport.js';

describe('traps of real files: reading, through the command line', function () {
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

  describe('5: an answer that refers to a shuffled list beside an unshuffled one', () => {
    const options = ['left', 'right', 'above', 'below'];
    const shuffled = ['below', 'left', 'right', 'above'];
    const VARIANTS: readonly (readonly [what: string, answer: (gold: string) => object])[] = [
      ['the text', (gold) => ({ prediction: gold, prediction_index: shuffled.indexOf(gold) })],
      ['a letter', (gold) => ({ prediction: 'ABCD'[shuffled.indexOf(gold)] })],
      ['an index', (gold) => ({ prediction_index: shuffled.indexOf(gold) })],
    ];
    for (const [what, answer] of VARIANTS) {
      it(`${what} is read against the list that the model saw`, () =>
        withWorkspace(async (workspace) => {
          const records = options.map((gold, id) => ({
            ...{ id: `q${id}`, question: `Where is block ${id}?`, options, shuffled_options: shuffled, answer: gold },
            ...answer(gold),
            is_correct: true,
          }));
          workspace.write('shuffled.jsonl', jsonLines(records));
          const run = await onlyRunOf(workspace);
          assert.deepEqual([...counts(run), run.storedDiffers], [4, 4, 4, 0]);
        }));
    }
  });

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

  it('letters are compared where no options are known', () =>
    withWorkspace(async (workspace) => {
      const columns = ['ID', 'Question_Type', 'Full_Output', 'Parsed_Answer', 'Correct_Answer', 'IsCorrect'];
      const rows = [
        ['0', TASK, 'So it is A.', 'A', 'A. left', 'True'],
        ['1', TASK, 'So it is B.', 'B', 'A. left', 'False'],
        ['2', TASK, 'So it is (C).', '(C)', 'C. back', 'True'],
        ['3', TASK, 'Who knows.', '', 'D. front', 'False'],
      ];
      workspace.write('result_steps.csv', csvText([columns, ...rows]));
      const run = await onlyRunOf(workspace);
      assert.deepEqual([...counts(run), run.storedDiffers, run.eligible], [4, 4, 2, 0, 0]);
      assert.deepEqual(run.flags, { optionsUnknown: 3 });
    }));
});
