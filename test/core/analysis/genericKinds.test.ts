import assert from 'node:assert/strict';
import type { RunSummary } from '../../../src/core/analysis.js';
import { csvText, jsonLines } from '../../support/cli.js';
import { withAnalysis } from './support.js';

/** What every file below says, each in its own way: sixteen questions with four options, ten of them answered rightly. */
const TEXTS = ['left', 'right', 'front', 'behind'];
const COUNT = 16;
const RIGHT = 10;
const STD = `${RIGHT}/${COUNT}`;
const rows = Array.from({ length: COUNT }, (_, i) => {
  const gold = (i * 3 + Math.floor(i / 4)) % 4;
  return { i, gold, said: i < RIGHT ? gold : (gold + 1 + (i % 3)) % 4, asked: `Where is object ${i} of the table?` };
});
type Row = (typeof rows)[number];

const letter = (at: number): string => 'ABCD'.charAt(at);
const text = (at: number): string => TEXTS[at] ?? '';
const shuffled = ({ i }: Row): string[] => TEXTS.map((_, at) => text((at + i) % 4));
const vector = (best: number, sign = 1): number[] => TEXTS.map((_, at) => sign * (at === best ? 0.9 : 0.1 * at));
const printed = ({ asked }: Row): string => `${asked}\nA. left\nB. right\nC. front\nD. behind\nAnswer with a letter.`;

/** Records as JSON lines. */
function lines(record: (row: Row) => object): string {
  return jsonLines(rows.map((row) => ({ question_id: row.i, ...record(row) })));
}

/** Records as CSV, lists and objects as Python prints them. */
function csv(
  record: (row: Row) => { readonly [column: string]: string | number | readonly string[] | undefined },
): string {
  const records = rows.map(record);
  const cell = (value: string | number | readonly string[] | undefined): string =>
    typeof value === 'object' ? JSON.stringify(value).replaceAll('"', "'") : String(value);
  return csvText([Object.keys(records[0] ?? {}), ...records.map((each) => Object.values(each).map(cell))]);
}

/** A kind of file, its name and content, and the correct counts of its runs. */
type Kind = readonly [what: string, name: string, content: string, scores?: string];

const question = ({ asked }: Row): object => ({ question: asked, options: TEXTS });

const KINDS: readonly Kind[] = [
  ['letters', 'a.jsonl', lines((r) => ({ ...question(r), answer: letter(r.gold), prediction: letter(r.said) }))],
  ['texts', 'a.jsonl', lines((r) => ({ ...question(r), answer: text(r.gold), prediction: `${text(r.said)}.` }))],
  [
    'a text as gold where few answer with a letter',
    'a.jsonl',
    lines((r) => ({
      ...question(r),
      ...{ answer: text(r.gold), prediction: r.i % 4 === 0 ? letter(r.said) : text(r.said) },
    })),
  ],
  [
    'positions from 0 beside letters',
    'a.jsonl',
    lines((r) => ({ question: r.asked, choices: TEXTS, answer: r.gold, pred: letter(r.said) })),
  ],
  [
    'positions from 1',
    'a.csv',
    csv((r) => ({ question: r.asked, choices: TEXTS, answer: r.gold + 1, pred: r.said + 1 })),
  ],
  [
    'sentences',
    'a.jsonl',
    lines((r) => ({ ...question(r), gt: text(r.gold), response: `I see it, so the answer is (${letter(r.said)}).` })),
  ],
  [
    'numbers with a unit',
    'a.json',
    JSON.stringify(rows.map((r) => ({ idx: r.i, gt_mm: 10.5 + r.gold, predicted_mm: 10.5 + r.said, raw_output: '' }))),
  ],
  [
    'counts as words',
    'a.csv',
    csv((r) => ({
      ...{ question: `How many cups are on table ${r.i}?`, gt: 20 + r.gold },
      prediction: ['twenty', 'twenty-one', 'twenty-two', 'twenty-three'][r.said],
    })),
  ],
  [
    'options printed in the prompt',
    'a.jsonl',
    lines((r) => ({ prompt: printed(r), answer: text(r.gold), response: letter(r.said) })),
  ],
  [
    'options with small letters in the prompt',
    'a.jsonl',
    lines((r) => ({
      ...{ prompt: `${r.asked} (a) left (b) right (c) front (d) behind` },
      ...{ answer: `(${letter(r.gold).toLowerCase()})`, response: `(${letter(r.said).toLowerCase()}) ${text(r.said)}` },
    })),
  ],
  [
    'objects within objects',
    'a.jsonl',
    lines((r) => ({ doc: { ...question(r), answer: letter(r.gold) }, output: { text: letter(r.said), tokens: 3 } })),
  ],
  [
    'JSON as text in a cell',
    'a.csv',
    csvText([
      ['data', 'response'],
      ...rows.map((r) => [JSON.stringify({ ...question(r), answer: letter(r.gold) }), letter(r.said)]),
    ]),
  ],
  [
    'an answer in JSON as text',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), gt: letter(r.gold) },
      response: `\`\`\`json\n{"reason": "left of A", "answer": "${letter(r.said)}"}\n\`\`\``,
    })),
  ],
  [
    'lists as Python prints them',
    'a.csv',
    csv((r) => ({ question: r.asked, options: TEXTS, gt: text(r.gold), pred: [text(r.said)] })),
  ],
  [
    'a semicolon between the cells',
    'a.csv',
    csv((r) => ({
      question: r.asked,
      A: 'left',
      B: 'right',
      C: 'front',
      D: 'behind',
      gt: letter(r.gold),
      pred: letter(r.said),
    })).replaceAll('","', '";"'),
  ],
  [
    'columns with Chinese names',
    'a.csv',
    csv((r) => ({ 问题: r.asked, 选项: TEXTS, 答案: letter(r.gold), 预测: letter(r.said) })),
  ],
  [
    'a conversation',
    'a.jsonl',
    lines((r) => ({
      messages: [
        { role: 'system', content: 'Be brief. A. no B. yes' },
        { role: 'user', content: `<image>${printed(r)}` },
        { role: 'assistant', content: letter(r.said) },
      ],
      ...{ response: letter(r.said), labels: letter(r.gold), images: [{ bytes: null, path: `${r.i}.jpg` }] },
    })),
  ],
  [
    'scores of the options as the prediction',
    'a.jsonl',
    lines((r) => ({ ...question(r), answer: text(r.gold), prediction: vector(r.said) })),
  ],
  [
    'log-probabilities by letter and no other answer',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), answer: letter(r.gold) },
      option_logprobs: Object.fromEntries(vector(r.said).map((score, at) => [letter(at), score - 5])),
    })),
  ],
  [
    'losses, of which the smallest counts',
    'a.jsonl',
    lines((r) => ({ ...question(r), answer: letter(r.gold), losses: vector(r.said, -1) })),
  ],
  [
    'a one-hot gold',
    'a.jsonl',
    lines((r) => ({ ...question(r), answer: TEXTS.map((_, at) => Number(at === r.gold)), prediction: letter(r.said) })),
  ],
  [
    'positions in a shuffled list beside a text',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), shuffled_options: shuffled(r), answer: text(r.gold) },
      pred_index: shuffled(r).indexOf(text(r.said)),
    })),
  ],
  [
    'a gold that counts the shuffled list, as its text beside it proves',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), shuffled_options: shuffled(r), answer_text: text(r.gold) },
      ...{ gt: letter(shuffled(r).indexOf(text(r.gold))), pred: letter(shuffled(r).indexOf(text(r.said))) },
    })),
  ],
  [
    'a gold that counts the list as it is, as the verdicts prove',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), shuffled_options: shuffled(r), is_correct: r.gold === r.said },
      ...{ gt: letter(r.gold), pred: letter(shuffled(r).indexOf(text(r.said))) },
    })),
  ],
  [
    'letters of a prompt that prints the options in another order than they are listed',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), gt: text(r.gold), pred: letter(shuffled(r).indexOf(text(r.said))) },
      prompt: `${r.asked}\n${shuffled(r)
        .map((each, at) => `${letter(at)}. ${each}`)
        .join('\n')}`,
    })),
  ],
  [
    'positions under longer names',
    'a.jsonl',
    lines((r) => ({ ...question(r), answer_idx: r.gold, model_choice_idx: r.said })),
  ],
  [
    'yes and no',
    'a.jsonl',
    lines((r) => ({
      question: `Is cup ${r.i} left of the table?`,
      label: r.gold % 2 === 0 ? 'yes' : 'no',
      answer: r.said % 2 === 0 ? 'Yes, it is.' : 'No.',
    })),
    `${rows.filter((r) => r.gold % 2 === r.said % 2).length}/${COUNT}`,
  ],
  [
    'one row that answers in an object',
    'a.jsonl',
    lines((r) => ({
      ...{ ...question(r), answer: letter(r.gold) },
      prediction: r.i === 0 ? { text: letter(r.said), tokens: 2 } : letter(r.said),
    })),
  ],
  [
    'several runs by a condition',
    'a.jsonl',
    jsonLines(
      rows.flatMap((r) =>
        ['normal', 'blank'].map((condition) => ({
          ...{ question_id: r.i, condition, ...question(r), gt: letter(r.gold) },
          pred: letter(condition === 'normal' ? r.said : r.gold),
        })),
      ),
    ),
    `${STD}, ${COUNT}/${COUNT}`,
  ],
  [
    'several runs as lists of one object',
    'a.json',
    JSON.stringify(
      Object.fromEntries(
        ['one', 'other'].map((model) => [
          model,
          rows.map((r) => ({
            id: r.i,
            ...question(r),
            gt: text(r.gold),
            pred: text(model === 'one' ? r.said : r.gold),
          })),
        ]),
      ),
    ),
    `${STD}, ${COUNT}/${COUNT}`,
  ],
];

function scoreOf({ correct, items }: RunSummary): string {
  return `${correct}/${items}`;
}

describe('the generic reader, kind by kind', function (this: Mocha.Suite) {
  this.timeout(60_000);
  for (const [what, name, content, scores = STD] of KINDS) {
    it(what, () =>
      withAnalysis(
        { [name]: content },
        async (analysis) => {
          const { runs, skipped } = await analysis.summary();
          assert.equal(runs.map(scoreOf).join(', '), scores, skipped.map(({ reason }) => reason).join('\n'));
          assert.ok(runs.every((run) => run.noGold + run.unparsed + run.dropped.total === 0));
        },
        { reader: 'generic' },
      ),
    );
  }

  it('gold and predictions in two files', () =>
    withAnalysis(
      {
        'gold.json': JSON.stringify(rows.map((r) => ({ question_id: r.i, ...question(r), answer: letter(r.gold) }))),
        'answers.jsonl': lines((r) => ({ prediction: letter(r.said) })),
      },
      async (analysis) => {
        const { runs, datasets } = await analysis.summary();
        assert.deepEqual([runs.map(scoreOf), datasets.map(({ items }) => items)], [[STD], [COUNT]]);
      },
      { reader: 'generic' },
    ));
});

describe('what the generic reader does not decide', function (this: Mocha.Suite) {
  this.timeout(60_000);
  const undecided: readonly (readonly [what: string, content: string, without: number, said: RegExp])[] = [
    [
      'positions without a proof of where they start',
      lines((r) => ({ question: r.asked, choices: TEXTS, answer: 1 + (r.gold % 3), pred: letter(r.said) })),
      COUNT,
      /numbers of options, and none of the first 16 records proves/,
    ],
    [
      'letters beside two orders of the options',
      lines((r) => ({ ...question(r), shuffled_options: shuffled(r), gt: letter(r.gold), pred: letter(r.said) })),
      COUNT - COUNT / 4,
      /options stand in two orders \('options' and 'shuffled_options'\).*flipside mapping/,
    ],
  ];
  for (const [what, content, without, said] of undecided) {
    it(`${what} stand without gold, and it is said`, () =>
      withAnalysis({ 'a.jsonl': content }, async (analysis) => {
        const [run] = (await analysis.summary()).runs;
        assert.equal(run?.noGold, without);
        assert.match(run.warnings.join('\n'), said);
      }));
  }

  it('an order of the options given by positions is not read, and it is said', () =>
    withAnalysis(
      {
        'a.jsonl': lines((r) => ({ ...question(r), gt: text(r.gold), pred: text(r.said), permutation: [2, 0, 3, 1] })),
      },
      async (analysis) => {
        const [run] = (await analysis.summary()).runs;
        assert.match(run?.warnings.join('\n') ?? '', /'permutation' seems to say in which order/);
      },
    ));

  it('scores that tie are no answer', () =>
    withAnalysis(
      {
        'a.jsonl': lines((r) => ({
          ...question(r),
          gt: text(r.gold),
          scores: r.i === 0 ? [1, 1, 0, 0] : vector(r.said),
        })),
      },
      async (analysis) => {
        const [run] = (await analysis.summary()).runs;
        assert.deepEqual([run?.unparsed, run?.correct], [1, RIGHT - 1]);
      },
    ));

  it('several columns of predictions are skipped with the command that maps one', () =>
    withAnalysis(
      { 'a.jsonl': lines((r) => ({ ...question(r), gt: text(r.gold), llava_pred: text(r.said), qwen_pred: text(0) })) },
      async (analysis) => {
        const { runs, skipped } = await analysis.summary();
        assert.deepEqual(runs, []);
        assert.match(skipped[0]?.reason ?? '', /which is the prediction: 'llava_pred', 'qwen_pred'.*flipside mapping/);
      },
    ));

  it('stored verdicts that the answer contradicts are counted beside it', () =>
    withAnalysis(
      { 'a.jsonl': lines((r) => ({ ...question(r), gt: text(r.gold), pred: text(r.said), is_correct: r.i > 3 })) },
      async (analysis) => {
        const [run] = (await analysis.summary()).runs;
        assert.deepEqual([run?.correct, run?.storedCorrect, run?.storedDiffers], [RIGHT, 12, 10]);
      },
    ));
});
