import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../../src/core/model.js';
import { classifyRow, prepareItem } from '../../../src/core/analysis/classifyRow.js';
import { defaultRule } from '../../../src/core/answers/defaultRule.js';
import { findPhrases } from '../../../src/core/relations/phrases.js';
import { itemsOf, shapeOf } from './plainShape.js';

const OPTIONS = "['left', 'right', 'front', 'behind']";

type Pair = readonly [gold: Json, prediction: Json];

function asked(pairs: readonly Pair[], more: JsonObject = {}): JsonObject[] {
  return pairs.map(([answer, prediction], id) => ({ id, question: 'Where is the cup?', ...more, answer, prediction }));
}

/** Gold and answer of each record as the whole way of a file reads them: an option's text, or why there is none. */
async function readings(records: readonly JsonObject[]): Promise<[gold: string | null, answer: string | null][]> {
  return (await itemsOf(shapeOf(records))).map((item) => {
    const { raw, kind, options } = prepareItem(item);
    const text = raw.extracted ?? raw.response ?? '';
    const answer = defaultRule.read({ options, kind, text, source: 'response', spatialPhrases: findPhrases });
    const row = classifyRow({ raw, kind, options }, answer);
    return [row.gold, row.predicted ?? answer.status];
  });
}

async function answers(predictions: readonly Json[], more: JsonObject): Promise<(string | null)[]> {
  const read = await readings(
    asked(
      predictions.map((prediction): Pair => ['left', prediction]),
      more,
    ),
  );
  return read.map(([, answer]) => answer);
}

describe('plain: letters among options without letters', () => {
  it('reads a letter in a sentence, although gold and the other answers are texts', async () => {
    const lettered = [
      ...[
        'Answer: A',
        'ANSWER: A',
        'Answer\nA',
        'Answer: a',
        'Option A.',
        'Choice: A',
        'I choose A.',
        "It's A",
        "['A']",
      ],
      ...['I would go with A', 'Based on the image, A', 'Assistant: A', 'A</s>', 'A<|im_end|>', '答案是A', 'a', '(a)'],
      ...['<think>left or right?</think>\nA', 'Option A: because right is not visible'],
      'It is on the right of the picture, mirrored. Answer: A',
    ];
    for (const [i, answer] of (await answers(lettered, { options: OPTIONS })).entries())
      assert.equal(answer, 'left', lettered[i]);
    assert.deepEqual(await answers(['A or B', 'right', 'E'], { options: OPTIONS }), ['ambiguous', 'right', 'off-list']);
  });

  it('reads a text by its words where it holds an article, or letters that are names', async () => {
    const texts = [
      'A cup is to the right of it',
      'Answer: A cup is on the right',
      'To the right of A chair',
      'a lamp is right',
    ];
    for (const [i, answer] of (await answers(texts, { options: OPTIONS })).entries())
      assert.equal(answer, 'right', texts[i]);
    const named = { options: OPTIONS, question: 'Where is object A relative to object B?' };
    assert.deepEqual(await answers(['A is to the right of B', 'B is nearer: right', 'Answer: C'], named), [
      'right',
      'right',
      'front',
    ]);
  });

  it('counts small letters and letters of numbered options, and keeps numbers for answers in numbers', async () => {
    const small = await readings(
      asked(
        [
          ['a', 'a'],
          ['c', 'b'],
        ],
        { options: OPTIONS },
      ),
    );
    assert.deepEqual(small, [
      ['left', 'left'],
      ['front', 'right'],
    ]);
    const texts = ['left', 'right', 'front'];
    const columns = (name: string, from: number): JsonObject =>
      Object.fromEntries(texts.map((text, i) => [`${name}${String(i + from)}`, text]));
    const forms: [JsonObject, from: number][] = [
      [columns('option', 1), 1],
      [columns('choice_', 0), 0],
      [columns('opt', 1), 1],
      [{ options: { 0: 'left', 1: 'right', 2: 'front' } }, 0],
      [{ options: { 1: 'left', 2: 'right', 3: 'front' } }, 1],
      [{ options: texts.map((text, id) => ({ id, text })) }, 0],
      [{ options: texts.map((text, i) => `${String(i + 1)}. ${text}`) }, 1],
    ];
    for (const [form, from] of forms) {
      const second = String(from + 1);
      const pairs: Pair[] = [
        ['C', 'C'],
        ['A', 'B.'],
        [second, second],
        [second, 'Answer: A'],
        ['C', second],
      ];
      assert.deepEqual(
        await readings(asked(pairs, form)),
        [
          ['front', 'front'],
          ['left', 'right'],
          ['right', 'right'],
          ['right', 'left'],
          ['front', 'right'],
        ],
        JSON.stringify(form),
      );
    }
  });
});

describe('plain: missing and coded answers', () => {
  it('takes no gold from a cell that says there is none, and no answer', async () => {
    const missing = ['None', 'N/A', 'null', 'none', '-', '?', 'NaN'];
    const gold = await readings(
      asked(
        missing.map((text): Pair => [text, 'left']),
        { options: OPTIONS },
      ),
    );
    for (const [text] of gold) assert.equal(text, null);
    const said = await answers(['None', 'nan', 'null', 'N/A', 'left'], { options: OPTIONS });
    assert.deepEqual(said, ['empty', 'empty', 'empty', 'empty', 'left']);
    const [item] = await itemsOf(shapeOf(asked([['None', 'None']], { options: OPTIONS })));
    assert.deepEqual(item?.meta, { answer: 'None', prediction: 'None' });
    const offered = await readings(
      asked(
        [
          ['None', 'left'],
          ['left', 'None'],
        ],
        { options: ['left', 'None'] },
      ),
    );
    assert.deepEqual(offered, [
      ['None', 'left'],
      ['left', 'None'],
    ]);
    const counted = await readings(
      asked(
        [
          [0, '1'],
          ['None', '3'],
          [3, 'None'],
        ],
        { options: OPTIONS },
      ),
    );
    assert.deepEqual(counted, [
      ['left', 'right'],
      [null, 'behind'],
      ['behind', 'empty'],
    ]);
  });

  it('reads 1 and 0 as yes and no where there is nothing else', async () => {
    const question = { question: 'Is the cup on the left?' };
    const coded = await readings(
      asked(
        [
          ['yes', '1'],
          ['No', '0'],
          ['Yes', 0],
        ],
        question,
      ),
    );
    assert.deepEqual(coded, [
      ['yes', 'yes'],
      ['no', 'no'],
      ['yes', 'no'],
    ]);
    assert.deepEqual(
      await readings(
        asked(
          [
            ['yes', '1'],
            ['no', '2'],
          ],
          question,
        ),
      ),
      [
        ['yes', 'unparsed'],
        ['no', 'unparsed'],
      ],
    );
  });

  it('splits options at commas where letters or positions count them alike in every row', async () => {
    const joined = { options: 'left, right, in front of' };
    const said = ['left', 'in front of'];
    assert.deepEqual(
      await readings(
        asked(
          [
            ['0', '0'],
            ['2', '2'],
          ],
          joined,
        ),
      ),
      said.map((text) => [text, text]),
    );
    assert.deepEqual(
      await readings(
        asked(
          [
            ['A', 'A'],
            ['C', 'C'],
          ],
          joined,
        ),
      ),
      said.map((text) => [text, text]),
    );
    for (const odd of [
      asked([['D', 'A']], joined),
      [...asked([['0', '0']], joined), ...asked([['1', '0']], { options: 'up, down' })],
    ])
      assert.deepEqual((await itemsOf(shapeOf(odd)))[0]?.options, []);
  });

  it('counts gold and predictions each from where they prove it', async () => {
    const apart: Pair[] = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ];
    for (const [gold, answer] of await readings(asked(apart, { options: OPTIONS }))) assert.equal(gold, answer);
    // A stray number beyond the last option proves nothing against the gold's own count.
    const stray: Pair[] = [
      [0, 2],
      [3, 4],
      [1, 2],
    ];
    assert.deepEqual((await readings(asked(stray, { options: OPTIONS })))[0], ['left', 'front']);
  });
});
