import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/model.js';
import { explainUndecided, inferRoles, MIN_CONFIDENCE } from '../../../src/core/formats/roles.js';
import type { RoleName } from '../../../src/core/formats/roles.js';
import { namesSuggest, wordsOf } from '../../../src/core/formats/roleNames.js';
import { objectShape, shapeOf, table } from './plainShape.js';

interface Layout {
  readonly title: string;
  readonly records: readonly JsonObject[];
  readonly is: 'run' | 'definition' | null;
  /** Role to column(s); roles that are not named must not be given to the columns listed in `not`. */
  readonly roles: Partial<Record<RoleName, string | string[]>>;
  readonly not?: readonly string[];
}

const ASK = [
  'Where is the cup?',
  'Where is the lamp?',
  'Where is the sofa?',
  'Where is the bird?',
  'Where is the kite?',
  'Where is the boat?',
];
const SIDE = ['left', 'right', 'front', 'left', 'behind', 'right'];
const SAID = ['left', 'left', 'front', 'right', 'behind', 'right'];
const LONG = SAID.map(
  (word) => `Looking at the picture I would say that the object stands to the ${word} of the other one.`,
);
const FOUR = ['left', 'right', 'front', 'behind'];

/** Six records; a column is a list of six values, or one value for all of them. */
function rows(columns: { readonly [name: string]: JsonObject[string] }): JsonObject[] {
  return ASK.map((_, i) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [
        name,
        Array.isArray(value) && value.length === 6 ? (value[i] ?? null) : value,
      ]),
    ),
  );
}

const IDS = ['q1', 'q2', 'q3', 'q4', 'q5', 'q6'];
const FILES = IDS.map((id) => `images/${id}.jpg`);
const LETTERS = ['A', 'B', 'C', 'A', 'D', 'B'];
const BITS = ['1', '0', '1', '0', '1', '1'];

const LAYOUTS: readonly Layout[] = [
  {
    title: 'answer beside a prediction is the gold',
    records: rows({ id: IDS, question: ASK, answer: SIDE, prediction: SAID }),
    is: 'run',
    roles: { id: 'id', question: 'question', gold: 'answer', prediction: 'prediction' },
  },
  {
    title: 'answer beside a ground truth is the prediction',
    records: rows({ image: FILES, question: ASK, answer: SAID, ground_truth: SIDE }),
    is: 'run',
    roles: { image: 'image', gold: 'ground_truth', prediction: 'answer' },
  },
  {
    title: 'answer beside a label with words is the prediction',
    records: rows({ image: FILES, question: ASK, answer: SAID, label: SIDE }),
    is: 'run',
    roles: { gold: 'label', prediction: 'answer' },
  },
  {
    title: 'answer beside a target with words is the prediction',
    records: rows({ image: FILES, prompt: ASK, target: SIDE, answer: LONG }),
    is: 'run',
    roles: { question: 'prompt', gold: 'target', prediction: 'answer' },
  },
  {
    title: 'a label of class numbers is no gold',
    records: rows({ image: FILES, question: ASK, answer: SIDE, label: ['17', '3', '44', '17', '5', '60'] }),
    is: 'definition',
    roles: { gold: 'answer' },
    not: ['label'],
  },
  {
    title: 'a label of class numbers beside answers and predictions is no gold',
    records: rows({ question: ASK, answer: SIDE, label: ['17', '3', '44', '17', '5', '60'], pred: SAID }),
    is: 'run',
    roles: { gold: 'answer', prediction: 'pred' },
    not: ['label'],
  },
  {
    title: 'a label that repeats the answer as its position',
    records: rows({ question: ASK, choices: FOUR, answer: SIDE, label: [0, 1, 2, 0, 3, 1] }),
    is: 'definition',
    roles: { options: 'choices', gold: 'answer' },
    not: ['label'],
  },
  {
    title: 'a label of positions is the gold where predictions are positions',
    records: rows({ question: ASK, choices: FOUR, label: [0, 1, 2, 0, 3, 1], prediction: [0, 1, 1, 0, 3, 2] }),
    is: 'run',
    roles: { options: 'choices', gold: 'label', prediction: 'prediction' },
  },
  {
    title: 'text that asks is the question',
    records: rows({ question_id: IDS, image: FILES, text: ASK, label: ['yes', 'no', 'yes', 'no', 'yes', 'yes'] }),
    is: 'definition',
    roles: { id: 'question_id', question: 'text', gold: 'label' },
  },
  {
    title: 'text beside a prompt is the response',
    records: rows({ question_id: IDS, prompt: ASK, text: LONG, model_id: 'model-x' }),
    is: 'run',
    roles: { id: 'question_id', question: 'prompt', prediction: 'text', model: 'model_id' },
  },
  {
    title: 'a raw response beside a parsed prediction',
    records: rows({ question: ASK, gt: SIDE, response: LONG, pred: SAID }),
    is: 'run',
    roles: { gold: 'gt', response: 'response', extracted: 'pred' },
  },
  {
    title: 'names in camel case and with spaces',
    records: rows({
      questionId: IDS,
      'Question Text': ASK,
      correctAnswer: SIDE,
      'Full Output': LONG,
      parsedAnswer: SAID,
      isCorrect: BITS,
    }),
    is: 'run',
    roles: {
      id: 'questionId',
      question: 'Question Text',
      gold: 'correctAnswer',
      response: 'Full Output',
      extracted: 'parsedAnswer',
      correct: 'isCorrect',
    },
  },
  {
    title: 'prediction, extracted and normalised forms of both',
    records: rows({
      id: IDS,
      prediction: LONG,
      prediction_extracted: SAID,
      prediction_normalized: LETTERS,
      ground_truth: SIDE,
      ground_truth_normalized: LETTERS,
      is_correct: [true, false, true, false, true, true],
    }),
    is: 'run',
    roles: { gold: 'ground_truth', response: 'prediction', extracted: 'prediction_extracted', correct: 'is_correct' },
    not: ['prediction_normalized', 'ground_truth_normalized'],
  },
  {
    title: 'a prediction that is longer than the output is the raw text',
    records: rows({ question: ASK, label: SIDE, prediction: LONG, output: SAID }),
    is: 'run',
    roles: { gold: 'label', response: 'prediction', extracted: 'output' },
  },
  {
    title: 'options in columns by letter',
    records: rows({
      index: ['0', '1', '2', '3', '4', '5'],
      question: ASK,
      A: 'left',
      B: 'right',
      C: 'front',
      D: 'behind',
      answer: LETTERS,
      prediction: LETTERS,
    }),
    is: 'run',
    roles: { id: 'index', options: ['A', 'B', 'C', 'D'], gold: 'answer', prediction: 'prediction' },
  },
  {
    title: 'options in numbered columns',
    records: rows({
      question: ASK,
      option1: 'left',
      option2: 'right',
      option3: 'front',
      answer: ['1', '2', '3', '1', '3', '2'],
      response: SAID,
    }),
    is: 'run',
    roles: { options: ['option1', 'option2', 'option3'], gold: 'answer', prediction: 'response' },
  },
  {
    title: 'a score of 0 and 1 is correctness',
    records: rows({ id: IDS, question: ASK, answer: SIDE, prediction: SAID, score: BITS }),
    is: 'run',
    roles: { correct: 'score' },
  },
  {
    title: 'a score between 0 and 1 is a confidence',
    records: rows({
      id: IDS,
      question: ASK,
      answer: SIDE,
      prediction: SAID,
      score: ['0.91', '0.42', '0.77', '0.5', '1.0', '0.08'],
    }),
    is: 'run',
    roles: { confidence: 'score' },
  },
  {
    title: 'a score out of five is neither',
    records: rows({ id: IDS, question: ASK, answer: SIDE, prediction: SAID, score: ['5', '2', '4', '1', '5', '3'] }),
    is: 'run',
    roles: { gold: 'answer', prediction: 'prediction' },
    not: ['score'],
  },
  {
    title: 'a "correct" that holds answers is the gold',
    records: rows({ id: IDS, question: ASK, correct: SIDE, model_output: LONG }),
    is: 'run',
    roles: { gold: 'correct', prediction: 'model_output' },
  },
  {
    title: 'a "result" of verdicts beside a prediction, and columns that say nothing',
    records: rows({
      q_id: IDS,
      query: ASK,
      reference: SIDE,
      generated: LONG,
      result: ['True', 'False', 'True', 'False', 'True', 'True'],
      latency: '0.31',
      notes: 'x',
    }),
    is: 'run',
    roles: { id: 'q_id', question: 'query', gold: 'reference', prediction: 'generated', correct: 'result' },
    not: ['latency', 'notes'],
  },
  {
    title: 'target and reference that name the objects, not the answer',
    records: rows({
      question: ASK,
      target: ['cup', 'lamp', 'sofa', 'bird', 'kite', 'boat'],
      reference: 'table',
      options: FOUR,
      answer: SIDE,
      prediction: SAID,
    }),
    is: 'run',
    roles: { options: 'options', gold: 'answer', prediction: 'prediction' },
    not: ['target', 'reference'],
  },
  {
    title: 'boxes are no answers',
    records: rows({ image: FILES, question: ASK, target: '[10, 20, 40, 80]', answer: SIDE, prediction: SAID }),
    is: 'run',
    roles: { gold: 'answer', prediction: 'prediction' },
    not: ['target'],
  },
  {
    title: 'nested objects',
    records: ASK.map((question, i) => ({
      doc: { id: IDS[i] ?? '', question, meta: { category: 'a' } },
      response: { answer: SAID[i] ?? '' },
      target: SIDE[i] ?? '',
    })),
    is: 'run',
    roles: {
      id: 'doc.id',
      question: 'doc.question',
      task: 'doc.meta.category',
      gold: 'target',
      prediction: 'response.answer',
    },
  },
  {
    title: 'the prediction of one model, named in the column',
    records: rows({ question: ASK, answer: SIDE, qwen_response: LONG, qwen_time: '1.2' }),
    is: 'run',
    roles: { gold: 'answer', prediction: 'qwen_response' },
    not: ['qwen_time'],
  },
  {
    title: 'predictions without gold beside a model',
    records: rows({ question_id: IDS, answer: SAID, model_name: 'model-x' }),
    is: 'run',
    roles: { id: 'question_id', prediction: 'answer', model: 'model_name' },
  },
  {
    title: 'a statement with a 0/1 label',
    records: rows({
      image: FILES,
      caption: ASK.map((_, i) => `The cup number ${String(i)} is on the table.`),
      label: [1, 0, 1, 0, 1, 1],
      relation: 'on',
    }),
    is: 'definition',
    roles: { question: 'caption', gold: 'label', relation: 'relation' },
  },
  {
    title: 'a prompt that names the kind of prompt',
    records: rows({
      question: ASK,
      prompt: ['direct', 'cot', 'direct', 'cot', 'direct', 'cot'],
      answer: SIDE,
      prediction: SAID,
    }),
    is: 'run',
    roles: { question: 'question', split: 'prompt' },
  },
  {
    title: 'a method that separates runs over the same questions',
    records: ['plain', 'boxes'].flatMap((method) =>
      rows({ id: IDS, question: ASK, method, answer: SIDE, prediction: SAID }),
    ),
    is: 'run',
    roles: { split: 'method' },
  },
  {
    title: 'a method that only describes the question',
    records: rows({ id: IDS, question: ASK, method: ['a', 'b', 'a', 'b', 'a', 'b'], answer: SIDE, prediction: SAID }),
    is: 'run',
    roles: { id: 'id' },
    not: ['method'],
  },
  {
    title: 'a split of the data is no run',
    records: rows({
      id: IDS,
      question: ASK,
      config: ['val', 'test', 'val', 'test', 'val', 'test'],
      answer: SIDE,
      prediction: SAID,
    }),
    is: 'run',
    roles: {},
    not: ['config'],
  },
  {
    title: 'repeated samples of each question',
    records: [0, 1].flatMap((sample) => rows({ id: IDS, question: ASK, sample, answer: SIDE, output: SAID })),
    is: 'run',
    roles: { id: 'id', sample: 'sample', prediction: 'output' },
  },
  {
    title: 'two columns, gold and prediction',
    records: rows({ y_true: SIDE, y_pred: SAID }),
    is: 'run',
    roles: { gold: 'y_true', prediction: 'y_pred' },
  },
  {
    title: 'options among lists with a name of its own',
    records: rows({ question: ASK, offered: FOUR, answer: SIDE, prediction: SAID }),
    is: 'run',
    roles: { options: 'offered' },
  },
  {
    title: 'lists that hold no answers are no options',
    records: rows({ question: ASK, objects: ['cup', 'table'], annotators: '[2, 9]', answer: SIDE, prediction: SAID }),
    is: 'run',
    roles: { gold: 'answer' },
    not: ['objects', 'annotators'],
  },
  {
    title: 'a confusion table',
    records: rows({ gold: SIDE, pred: SAID, count: ['12', '3', '9', '4', '1', '8'] }),
    is: null,
    roles: {},
  },
  {
    title: 'scores by class',
    records: rows({ preposition: SIDE, accuracy: ['0.5', '0.2', '0.6', '0.9', '0.3', '0.4'], count: '40' }),
    is: null,
    roles: {},
  },
  {
    title: 'a training log',
    records: rows({ step: ['1', '2', '3', '4', '5', '6'], loss: '1.2', accuracy: '0.4' }),
    is: null,
    roles: {},
  },
  {
    title: 'texts with class labels',
    records: rows({ text: LONG, label: ['pos', 'neg', 'pos', 'neg', 'pos', 'pos'] }),
    is: null,
    roles: {},
  },
  { title: 'a training set', records: rows({ instruction: ASK, input: '', output: SAID }), is: null, roles: {} },
  {
    title: 'one prediction column for each model',
    records: rows({ question: ASK, answer: SIDE, qwen_pred: SAID, llava_pred: SIDE }),
    is: null,
    roles: {},
  },
  {
    title: 'two responses of one kind',
    records: rows({ question: ASK, answer: SIDE, output: LONG, response: [...LONG].reverse() }),
    is: null,
    roles: {},
  },
  {
    title: 'two sure golds that disagree',
    records: rows({ question: ASK, ground_truth: SIDE, correct_answer: [...SIDE].reverse(), prediction: SAID }),
    is: null,
    roles: {},
  },
];

describe('inferRoles', () => {
  for (const layout of LAYOUTS) {
    it(`${layout.title}: ${layout.is ?? 'undecided'}`, () => {
      const inferred = inferRoles(shapeOf(layout.records));
      const columns = (role: string): string[] =>
        inferred.roles.filter((guess) => guess.role === role).map((guess) => guess.column);
      const summary = inferred.roles
        .map((guess) => `${guess.role}=${guess.column} (${String(guess.confidence)})`)
        .join(', ');
      assert.equal(
        inferred.role,
        layout.is,
        `${summary}; ${inferred.undecided.join('; ')}; ${String(inferred.confidence)}`,
      );
      for (const [role, column] of Object.entries(layout.roles)) {
        assert.deepEqual(columns(role), typeof column === 'string' ? [column] : column, `${role}: ${summary}`);
      }
      for (const column of layout.not ?? []) {
        assert.ok(!inferred.roles.some((guess) => guess.column === column), `'${column}' has no role: ${summary}`);
      }
      const taken = inferred.roles.map((guess) => guess.column);
      assert.equal(new Set(taken).size, taken.length, 'a column has one role at most');
      if (layout.is === null) assert.notDeepEqual(inferred.undecided, []);
      else assert.ok(inferred.confidence >= MIN_CONFIDENCE);
    });
  }

  it('gives reasons for every role', () => {
    const { roles } = inferRoles(
      shapeOf(rows({ id: IDS, image: FILES, question: ASK, options: FOUR, answer: SIDE, prediction: SAID })),
    );
    assert.equal(roles.length, 6);
    for (const guess of roles) assert.ok(guess.reasons.length > 0 && guess.confidence >= MIN_CONFIDENCE, guess.role);
  });

  it('decides a table without rows by its names', () => {
    const shape = shapeOf([], {
      container: 'csv',
      columns: ['ID', 'Question', 'Predicted', 'Ground Truth', 'IsCorrect'],
    });
    const { role, roles } = inferRoles(shape);
    assert.equal(role, 'run');
    assert.deepEqual(
      roles.map((guess) => guess.role),
      ['id', 'question', 'correct', 'gold', 'prediction'],
    );
  });

  it('reads the head only, and never fails on odd values', () => {
    const deep: JsonObject = JSON.parse(
      `{"question":${'['.repeat(50_000)}${']'.repeat(50_000)},"answer":"left"}`,
    ) as JsonObject;
    assert.doesNotThrow(() => inferRoles(shapeOf([deep, { question: 'Where is it?', answer: null }, {}])));
    const proto = JSON.parse('{"__proto__":{"question":"x"},"answer":"left","prediction":"right"}') as JsonObject;
    assert.doesNotThrow(() => inferRoles(shapeOf([proto])));
  });
});

describe('explainUndecided', () => {
  it('names the rivals and the command to run', () => {
    const shape = shapeOf(rows({ question: ASK, answer: SIDE, output: LONG, response: [...LONG].reverse() }), {
      path: 'my runs/out.jsonl',
    });
    const text = explainUndecided(shape);
    assert.match(text, /'output', 'response'/);
    assert.match(text, /flipside mapping 'my runs\/out\.jsonl' --format json > \.flipside\/formats\/out\.json`/);
    assert.match(text, /gold = 'answer'/);
  });

  it('says what is missing where nothing looks like an answer', () => {
    assert.match(
      explainUndecided(shapeOf(table('a_b,c_d', 'x,y', 'z,w'))),
      /no column looks like a prediction or like a right answer/,
    );
  });

  it('explains an object without records, and one that cannot be parsed', () => {
    assert.match(explainUndecided(objectShape({ accuracy: 0.5, total: 3 })), /'accuracy', 'total'.*no records/);
    assert.match(explainUndecided(shapeOf([], { container: 'json-object' })), /cut off or larger/);
  });
});

describe('namesSuggest', () => {
  it('reads the words of a name in any spelling', () => {
    assert.deepEqual(wordsOf('fullOutput'), ['full', 'output']);
    assert.deepEqual(wordsOf('Correct Answer'), ['correct', 'answer']);
    for (const name of ['ground_truth', 'GroundTruth', 'Ground Truth', 'groundtruth', 'ground-truth']) {
      assert.equal(namesSuggest(name)[0]?.as, 'gold', name);
    }
  });

  it('takes measurements of an answer for no answer', () => {
    for (const name of [
      'response_time',
      'prediction_length',
      'output_tokens',
      'pred_bbox',
      'answer_type',
      'completion_tokens',
    ]) {
      assert.deepEqual(namesSuggest(name), [], name);
    }
  });

  it('reads a nested name by whose value it is', () => {
    assert.equal(namesSuggest('response.answer')[0]?.as, 'response');
    assert.equal(namesSuggest('gold.label')[0]?.as, 'gold');
    assert.equal(namesSuggest('doc.answer')[0]?.as, 'answer');
  });
});

describe('a column called question', () => {
  const texts: readonly (readonly [string, readonly string[]])[] = [
    ['Chinese', ['杯子在哪里', '灯在桌子的左边还是右边', '沙发在哪一侧']],
    ['HTML', ['<p>Cup?</p>', '<p>Lamp</p>', '<b>Sofa</b>']],
    ['single words', ['cup', 'lamp', 'sofa']],
    ['texts that end in the name of a picture', ['Where is the cup in a.png?', 'Describe b.png', 'See c.png']],
  ];
  for (const [what, asked] of texts) {
    it(`is the question, in ${what}`, () => {
      const records = asked.map((question, i) => ({ question, answer: SIDE[i] ?? '', prediction: SAID[i] ?? '' }));
      const { roles, role } = inferRoles(shapeOf(records));
      assert.equal(role, 'run');
      assert.equal(roles.find((guess) => guess.role === 'question')?.column, 'question');
    });
  }
});
