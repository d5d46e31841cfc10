import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Json, JsonObject, Option, RawItem } from '../../../src/core/model.js';
import { isDropped } from '../../../src/core/formats/format.js';
import { readOptions } from '../../../src/core/formats/optionsValue.js';
import { plain } from '../../../src/core/formats/plain.js';
import { parsePythonLiteral } from '../../../src/core/formats/pythonLiteral.js';
import { imageRefs } from '../../../src/core/formats/roleValues.js';
import { openSource, sniff } from '../../../src/core/formats/shape.js';
import { describeReal, realData } from '../../support/realData.js';
import { itemsOf, objectShape, read, shapeOf, table } from './plainShape.js';

const FIXTURES = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/plain/v1');

function options(...texts: string[]): Option[] {
  return texts.map((text) => ({ label: null, text }));
}

function lettered(...texts: string[]): Option[] {
  return texts.map((text, i) => ({ label: String.fromCharCode(65 + i), text }));
}

/** Three questions with the given further columns, one value for each. */
function asked(columns: { readonly [name: string]: readonly JsonObject[string][] }): JsonObject[] {
  return ['Where is the cup?', 'Where is the lamp?', 'Where is the sofa?'].map((question, i) =>
    Object.fromEntries<Json>([
      ['question', question],
      ...Object.entries(columns).map(([name, values]): [string, Json] => [name, values[i] ?? null]),
    ]),
  );
}

const LIST = ['left', 'right', 'front'];
const LISTS = [LIST, LIST, LIST];

async function pick<K extends keyof RawItem>(records: readonly JsonObject[], key: K): Promise<RawItem[K][]> {
  return (await itemsOf(shapeOf(records))).map((item) => item[key]);
}

describe('plain: answers', () => {
  it('takes a single prediction for the response and a parsed one for the extracted answer', async () => {
    const [single] = await itemsOf(shapeOf(asked({ answer: LIST, prediction: ['left', 'left', 'front'] })));
    assert.equal(single?.response, 'left');
    assert.equal(single.extracted, null);
    assert.equal(single.gold, 'left');
    const [pair] = await itemsOf(
      shapeOf(asked({ gt: LIST, raw_output: ['It is left.', 'Left.', 'In front.'], parsed: ['left', '', 'front'] })),
    );
    assert.equal(pair?.response, 'It is left.');
    assert.equal(pair.extracted, 'left');
  });

  it('keeps an empty extracted answer apart from a missing column', async () => {
    const records = asked({ gt: LIST, raw_output: ['It is left.', '', null], parsed: ['left', '', null] });
    assert.deepEqual(await pick(records, 'extracted'), ['left', '', '']);
    assert.deepEqual(await pick(records, 'response'), ['It is left.', '', null]);
    assert.deepEqual(await pick(asked({ answer: LIST }), 'extracted'), [null, null, null]);
  });

  it('reads positions from 0 where a 0 proves them', async () => {
    const records = asked({ choices: LISTS, answer: [0, 2, 1], prediction: [0, 1, 1] });
    assert.deepEqual(await pick(records, 'gold'), ['left', 'front', 'right']);
    assert.deepEqual(await pick(records, 'extracted'), ['left', 'right', 'right']);
    assert.deepEqual(await pick(records, 'response'), ['0', '1', '1']);
    const [first] = await itemsOf(shapeOf(records));
    assert.deepEqual(first?.meta, { answer: 0 }, 'the position itself is kept');
  });

  it('reads positions from 1 where the number of options proves them', async () => {
    const records = asked({ choices: LISTS, answer: ['1', '3', '2'], prediction: ['1.0', '2.0', '2.0'] });
    assert.deepEqual(await pick(records, 'gold'), ['left', 'front', 'right']);
    assert.deepEqual(await pick(records, 'extracted'), ['left', 'right', 'right']);
  });

  it('takes numbers that are option texts for texts', async () => {
    const records = asked({
      choices: [
        ['1', '2', '3'],
        ['1', '2', '3'],
        ['0', '1', '2'],
      ],
      answer: [2, 3, 0],
      prediction: ['2', '1', '0'],
    });
    assert.deepEqual(await pick(records, 'gold'), ['2', '3', '0']);
  });

  it('names positions by the option label where there is one', async () => {
    const records = asked({
      A: ['left', 'left', 'up'],
      B: ['right', 'right', 'down'],
      answer: ['0', '1', '0'],
      pred: ['A', 'A', 'B'],
    });
    const items = await itemsOf(shapeOf(records));
    assert.deepEqual(
      items.map((item) => [item.gold, item.response]),
      [
        ['A', 'A'],
        ['B', 'A'],
        ['A', 'B'],
      ],
    );
  });

  it('lets letters count an unlabelled list, and only then', async () => {
    const byLetter = asked({ choices: LISTS, answer: ['A', 'B', 'C'], prediction: ['A', '(C)', 'C. front'] });
    assert.deepEqual((await pick(byLetter, 'options'))[0], lettered(...LIST));
    const stated = asked({
      choices: LISTS,
      answer: LIST,
      response: ['The answer is (A).', 'I choose option B', 'Answer: C'],
    });
    assert.deepEqual((await pick(stated, 'options'))[0], lettered(...LIST));
    const byText = asked({ choices: LISTS, answer: LIST, prediction: ['left', 'left', 'front'] });
    assert.deepEqual((await pick(byText, 'options'))[0], options(...LIST));
    const points = asked({
      choices: [
        ['A', 'B'],
        ['A', 'B'],
        ['A', 'B'],
      ],
      answer: ['A', 'B', 'A'],
      prediction: ['B', 'B', 'A'],
    });
    assert.deepEqual((await pick(points, 'options'))[0], options('A', 'B'));
  });

  it('reads yes/no and true/false golds as such items, record by record', async () => {
    const items = await itemsOf(
      shapeOf(asked({ answer: ['yes', 'False', '3'], prediction: ['Yes, it is.', 'true', '4'] })),
    );
    assert.deepEqual(
      items.map((item) => [item.kind, item.options.map((option) => option.text), item.gold]),
      [
        ['yes-no', ['yes', 'no'], 'yes'],
        ['yes-no', ['true', 'false'], 'False'],
        [null, [], '3'],
      ],
    );
  });

  it('reads 0 and 1 on statements as true and false, or in the words of the predictions', async () => {
    const captions = ['The cup is on the mat.', 'The dog is under it.', 'The lamp is near it.'];
    const rows = (more: { readonly [name: string]: readonly JsonObject[string][] }): JsonObject[] =>
      captions.map((caption, i) => ({
        image: `${String(i)}.jpg`,
        caption,
        ...Object.fromEntries(Object.entries(more).map(([name, values]) => [name, values[i] ?? null])),
      }));
    assert.deepEqual(await pick(rows({ label: [1, 0, 1] }), 'gold'), ['true', 'false', 'true']);
    const yes = rows({ label: [1, 0, 1], response: ['Yes.', 'No, it is not.', 'no'] });
    assert.deepEqual(await pick(yes, 'gold'), ['yes', 'no', 'yes']);
    assert.deepEqual(await pick(yes, 'response'), ['Yes.', 'No, it is not.', 'no']);
    const bits = rows({ label: [1, 0, 1], pred: [0, 0, 1] });
    assert.deepEqual(await pick(bits, 'extracted'), ['false', 'false', 'true']);
    assert.deepEqual(await pick(bits, 'kind'), ['yes-no', 'yes-no', 'yes-no']);
  });

  it('orders several right answers by how often they are given', async () => {
    const [item] = await itemsOf(
      shapeOf(asked({ answers: [['left', 'on the left', 'left'], ['right'], ['front']], prediction: LIST })),
    );
    assert.equal(item?.gold, 'left');
    assert.deepEqual(item.goldAliases, ['on the left']);
    assert.deepEqual(item.meta, { answers: ['left', 'on the left', 'left'] });
  });

  it('has no gold where it is hidden', async () => {
    assert.deepEqual(await pick(asked({ answer: ['left', 'hidden', null], prediction: LIST }), 'gold'), [
      'left',
      null,
      null,
    ]);
  });

  it('takes a confidence of 0 to 1 or in percent, and keeps anything else', async () => {
    const records = asked({ answer: LIST, prediction: LIST, confidence: ['0.25', '1', '0.5'] });
    const more = [{ question: 'And the hat?', answer: 'left', prediction: 'left', confidence: '7' }];
    const items = await itemsOf(shapeOf(records), plain, more);
    assert.deepEqual(
      items.map((item) => item.confidence),
      [0.25, 1, 0.5, null],
    );
    assert.deepEqual(items[3]?.meta, { confidence: '7' });
    assert.deepEqual(
      await pick(asked({ answer: LIST, prediction: LIST, confidence: ['95%', '7.5 %', '100%'] }), 'confidence'),
      [0.95, 0.075, 1],
    );
  });

  it('reads stored correctness in words and digits', async () => {
    const records = asked({ answer: LIST, prediction: LIST, correct: ['Correct', 'incorrect', 'correct'] });
    assert.deepEqual(await pick(records, 'storedCorrect'), [true, false, true]);
    assert.deepEqual(await pick(asked({ answer: LIST, prediction: LIST, hit: [1, 0, 1] }), 'storedCorrect'), [
      true,
      false,
      true,
    ]);
  });
});

describe('plain: questions, images, runs', () => {
  it('splits a prompt that prints its options, and keeps the prompt', async () => {
    const prompt = 'Where is the cup?\nA. left\nB. right\nAnswer with the letter.';
    const [item] = await itemsOf(shapeOf([{ id: 1, prompt, gt: 'A', response: 'B' }]));
    assert.equal(item?.question, 'Where is the cup?');
    assert.deepEqual(item.options, lettered('left', 'right'));
    assert.deepEqual(item.meta, { prompt });
  });

  it('takes options from their column and strips them from the question', async () => {
    const question = 'Where is the cup? A. left B. right';
    const [item] = await itemsOf(shapeOf([{ question, options: ['left', 'right'], answer: 'A', prediction: 'B' }]));
    assert.equal(item?.question, 'Where is the cup?');
    assert.deepEqual(item.options, lettered('left', 'right'));
  });

  it('splits commas only where the golds prove them', async () => {
    const proved = asked({
      options: ['left, right', 'left, right', 'front, behind'],
      answer: ['left', 'right', 'front'],
      prediction: LIST,
    });
    assert.deepEqual((await pick(proved, 'options'))[2], options('front', 'behind'));
    const texts = asked({ options: ['a, b', 'c, d', 'e, f'], answer: LIST, prediction: LIST });
    const [item] = await itemsOf(shapeOf(texts));
    assert.deepEqual(item?.options, []);
    assert.deepEqual(item.meta, { options: 'a, b' });
  });

  it('takes images from every image column, and names inline ones by kind, size and content', async () => {
    const inline = `data:image/png;base64,${'A'.repeat(4000)}`;
    const [item] = await itemsOf(
      shapeOf([{ image_1: 'a.png', image_2: inline, question: 'Which is nearer?', answer: 'A', pred: 'B' }]),
    );
    assert.deepEqual(item?.images, ['a.png', 'inline:png;3000 bytes;c81ca5eda5947c78']);
    assert.deepEqual(imageRefs("['a.jpg', 'b.jpg']"), ['a.jpg', 'b.jpg']);
    assert.deepEqual(imageRefs([{ path: 'a.jpg' }, { url: 'https://example.org/b.jpg' }]), [
      'a.jpg',
      'https://example.org/b.jpg',
    ]);
    for (const list of [[null, 'a.jpg'], "[None, 'a.jpg']", ['', { path: 'a.jpg' }]]) {
      assert.deepEqual(imageRefs(list), ['', 'a.jpg'], 'a frame without a picture keeps its place');
    }
    for (const list of [[], [null, null], '[None]']) assert.deepEqual(imageRefs(list), []);
    assert.deepEqual(imageRefs({ bytes: 'broken', path: 'pics/ok.png' }), ['pics/ok.png']);
    assert.match(imageRefs({ bytes: 'broken', path: null }).join(), /^inline:data;\d+ bytes;/);
  });

  it('keeps every other column, with its type, and the rest of an opened object', async () => {
    const record = {
      doc: { question: 'Where is it?', seen: 3, deep: { inner: [1] } },
      answer: 'left',
      prediction: 'left',
      n: 2,
      flag: true,
      none: null,
    };
    const [item] = await itemsOf(shapeOf([record]));
    assert.deepEqual(item?.meta, { 'doc.seen': 3, 'doc.deep.inner': [1], n: 2, flag: true, none: null });
    assert.equal(item.question, 'Where is it?');
  });

  it('keeps a key called __proto__', async () => {
    const record = JSON.parse(
      '{"question":"Where is it?","answer":"left","prediction":"left","__proto__":{"a":1}}',
    ) as JsonObject;
    const [item] = await itemsOf(shapeOf([record]));
    assert.deepEqual(Object.entries(item?.meta ?? {}), [['__proto__', { a: 1 }]]);
  });

  it('separates models, and a model that comes later', async () => {
    const records = asked({ answer: LIST, prediction: LIST, model: ['x', 'x', 'x'] });
    const later = [{ question: 'And the hat?', answer: 'left', prediction: 'left', model: 'y' }];
    const items = await itemsOf(shapeOf(records), plain, later);
    assert.deepEqual(
      items.map((item) => [item.model, item.split]),
      [
        ['x', null],
        ['x', null],
        ['x', null],
        ['y', 'y'],
      ],
    );
    assert.deepEqual(await pick(asked({ answer: LIST, prediction: LIST, model: ['x', 'y', 'x'] }), 'split'), [
      'x',
      'y',
      'x',
    ]);
  });

  it('separates checkpoints over the same questions, and keeps the step', async () => {
    const records = [100, 200].flatMap((step) => asked({ answer: LIST, prediction: LIST, step: [step, step, step] }));
    const items = await itemsOf(shapeOf(records));
    assert.deepEqual([...new Set(items.map((item) => item.split))], ['100', '200']);
    assert.deepEqual(items[0]?.meta, { step: 100 });
  });

  it('numbers samples from 1 and scores them together', async () => {
    const records = [0, 1].flatMap((sample) =>
      asked({ id: ['a', 'b', 'c'], answer: LIST, output: LIST, sample: [sample, sample, sample] }),
    );
    const items = await itemsOf(shapeOf(records));
    assert.deepEqual(
      items.map((item) => [item.unit, item.sample]),
      [1, 2].flatMap((sample) => ['a', 'b', 'c'].map((id) => [id, sample])),
    );
  });

  it('reads frames of reference in the usual words', async () => {
    const records = asked({ answer: LIST, prediction: LIST, frame_of_reference: ['egocentric', 'object', 'sideways'] });
    const items = await itemsOf(shapeOf(records));
    assert.deepEqual(
      items.map((item) => item.frame),
      ['camera', 'object', null],
    );
    assert.deepEqual(items[2]?.meta, { frame_of_reference: 'sideways' });
  });
});

describe('plain: records', () => {
  it('drops a record in which every role is empty, and one that is nested too deeply', async () => {
    const deep = JSON.parse(
      `{"id":${'['.repeat(50_000)}1${']'.repeat(50_000)},"question":"Where?","answer":"left"}`,
    ) as JsonObject;
    const all = await read(shapeOf(asked({ id: [1, 2, 3], answer: LIST, prediction: LIST })), plain, [
      { note: 'end of file' },
      deep,
    ]);
    const dropped = all.filter(isDropped);
    assert.equal(all.length, 5);
    assert.deepEqual(
      dropped.map((record) => [record.row, record.reason]),
      [
        [4, 'empty record'],
        [5, 'nested too deeply'],
      ],
    );
    for (const record of dropped) assert.match(record.detail, /Record \d.*(Remove|Flatten)/);
  });

  it('passes on what the container could not parse, and its flags', async () => {
    const shape = shapeOf(asked({ answer: LIST, prediction: LIST }));
    const source = {
      path: shape.path,
      shape,
      async *records() {
        await Promise.resolve();
        yield { row: 1, reason: 'invalid JSON', detail: 'line 1' };
        yield { row: 2, value: shape.head[0] ?? {}, flags: ['invalidUtf8'] as const };
      },
      bytes: () => Promise.reject(new Error('not asked for')),
    };
    const out = [];
    for await (const record of plain.read(source)) out.push(record);
    assert.deepEqual(out[0], { row: 1, reason: 'invalid JSON', detail: 'line 1' });
    assert.deepEqual((out[1] as RawItem).flags, ['invalidUtf8']);
  });

  const record = { question: 'Where is the cup?', answer: 'left', prediction: 'right' };
  const objects: readonly (readonly [string, JsonObject, number])[] = [
    ['a list among other keys', { model: 'model-x', accuracy: 0.5, results: [record, record] }, 2],
    ['lists of records that look alike', { val: [record], test: [record, record] }, 3],
    ['records by id', { q1: record, q2: record }, 2],
    [
      'columns of equal length',
      { question: ['Where is it?', 'Where?'], answer: ['left', 'right'], prediction: ['left', 'left'] },
      2,
    ],
    [
      'columns by row number',
      {
        question: { 0: 'Where is it?', 1: 'Where?' },
        answer: { 0: 'left', 1: 'up' },
        prediction: { 0: 'left', 1: 'up' },
      },
      2,
    ],
    ['columns and data', { columns: ['question', 'answer', 'prediction'], data: [['Where is it?', 'left', 'up']] }, 1],
  ];
  for (const [title, root, count] of objects) {
    it(`reads one JSON object with ${title}`, async () => {
      const shape = objectShape(root);
      assert.equal(plain.detect(shape)?.role, 'run');
      const items = await itemsOf(shape);
      assert.deepEqual(
        items.map((item) => item.row),
        Array.from({ length: count }, (_, i) => i + 1),
      );
      assert.equal(items[0]?.gold, 'left');
    });
  }

  it('takes the model from around the records, and ids from the keys', async () => {
    assert.equal(plain.detect(objectShape({ model: 'model-x', results: [record] }))?.model, 'model-x');
    assert.deepEqual(
      (await itemsOf(objectShape({ q1: record, q2: record }))).map((item) => item.id),
      ['q1', 'q2'],
    );
  });

  it('leaves objects of scores and lists of other things alone', () => {
    assert.equal(
      plain.detect(objectShape({ left: { accuracy: 0.5, count: 3 }, right: { accuracy: 0.2, count: 4 } })),
      null,
    );
    assert.equal(plain.detect(objectShape({ a: [1, 2], b: ['x'] })), null);
    assert.equal(plain.detect(objectShape({})), null);
  });

  it('ranks below every other format and says what it read', () => {
    const detected = plain.detect(
      shapeOf(asked({ answer: LIST, prediction: LIST, model: ['x', 'x', 'x'], dataset: ['d', 'd', 'd'] })),
    );
    assert.ok(detected !== null && detected.confidence <= 0.5);
    assert.match(detected.reason, /gold = 'answer', prediction = 'prediction'/);
    assert.equal(detected.model, 'x');
    assert.equal(detected.dataset, 'd');
    assert.equal(plain.detect(shapeOf(table('a,b', '1,2'))), null);
  });

  it('turns every record into one item or one Dropped, whatever it holds', async () => {
    const names = fc.constantFrom(
      'question',
      'answer',
      'prediction',
      'choices',
      'image',
      'score',
      'id',
      'model',
      'note',
      'doc',
      '__proto__',
    );
    const records = fc.array(fc.dictionary(names, fc.jsonValue({ maxDepth: 3 })), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(records, async (values) => {
        const head = asked({ answer: LIST, prediction: LIST, choices: LISTS });
        const more = values as JsonObject[];
        for (const items of [await read(shapeOf(head), plain, more), await read(shapeOf([...more, ...head]))]) {
          // A list of samples is an item for each, so there may be more rows than records, and none is left out.
          const rows = items.map(({ row }) => row);
          assert.deepEqual(
            rows,
            rows.map((_, i) => i + 1),
          );
          assert.ok(rows.length >= head.length + more.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('readOptions', () => {
  const cases: readonly (readonly [string, JsonObject[string], Option[]])[] = [
    ['a list', ['left', 'right'], options('left', 'right')],
    ['a JSON list as text', '["left", "it\'s"]', options('left', "it's")],
    ['a Python list as text', `['left', "it's", 'a \\'b\\'']`, options('left', "it's", "a 'b'")],
    ['a Python tuple', "('left', 'right',)", options('left', 'right')],
    ['a NumPy array', "['left' 'in front of'\n 'right']", options('left', 'in front of', 'right')],
    ['a NumPy array in full', "array(['left', 'right'], dtype=object)", options('left', 'right')],
    ['a Python dictionary', "{'A': 'left', 'B': 'right'}", lettered('left', 'right')],
    ['an object by letter', { A: 'left', B: 'right' }, lettered('left', 'right')],
    ['an object of option_a', { option_a: 'left', option_b: 'right' }, lettered('left', 'right')],
    ['text and label lists', { text: ['left', 'right'], label: ['A', 'B'] }, lettered('left', 'right')],
    [
      'a list of objects',
      [
        { label: 'A', text: 'left' },
        { label: 'B', text: 'right' },
      ],
      lettered('left', 'right'),
    ],
    ['lines with labels', 'A. left\nB. right', lettered('left', 'right')],
    ['a list of one text of lines', ['A. left\nB. right'], lettered('left', 'right')],
    ['a list with printed labels', ['(A) left', '(B) right'], lettered('left', 'right')],
    [
      'labels out of order',
      'B. right\nA. left',
      [
        { label: 'B', text: 'right' },
        { label: 'A', text: 'left' },
      ],
    ],
    ['bars', 'left | right|front', options('left', 'right', 'front')],
    ['semicolons', 'left; right', options('left', 'right')],
    ['plain lines', 'left\n\nright\n', options('left', 'right')],
    ['labels in a sentence', '(A) left (B) right', lettered('left', 'right')],
    ['numbers', [1, 2, 3], options('1', '2', '3')],
    ['decimals are no labels', ['1.5', '2.5'], options('1.5', '2.5')],
    ['columns that are not filled', { A: 'left', B: 'right', C: null, D: 'nan' }, lettered('left', 'right')],
    ['one word', 'left', []],
    ['a sentence with commas', 'left, or right', []],
    ['nothing', null, []],
    ['a list with null', ['left', null], []],
    ['broken Python', "['left', 'right", []],
  ];
  for (const [title, value, expected] of cases) {
    it(title, () => {
      assert.deepEqual(readOptions(value), expected);
    });
  }

  it('reads back what Python prints for any list of texts', () => {
    const repr = (text: string): string =>
      `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        assert.deepEqual(parsePythonLiteral(`[${texts.map(repr).join(', ')}]`), texts);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        parsePythonLiteral(`[${text}]`);
      }),
    );
  });
});

describe('plain: files', () => {
  const expected: { readonly [file: string]: readonly [role: string, items: number, dropped: number] } = {
    'semicolon-options.csv': ['run', 4, 0],
    'index-gold.json': ['run', 4, 0],
    'raw-and-parsed.tsv': ['run', 4, 0],
    'nested.jsonl': ['run', 3, 1],
    'statements.jsonl': ['definition', 4, 0],
    'letter-columns.csv': ['run', 4, 1],
    'wrapped.json': ['run', 3, 0],
    'header-only.csv': ['run', 0, 0],
  };

  it('has an expectation for every fixture', () => {
    assert.deepEqual(readdirSync(FIXTURES).sort(), [...Object.keys(expected), 'undecided.csv'].sort());
  });

  for (const [file, [role, count, dropped]] of Object.entries(expected)) {
    it(`${file}: ${role}, ${String(count)} items`, async () => {
      const shape = await sniff(path.join(FIXTURES, file));
      assert.equal(plain.detect(shape)?.role, role);
      const all = [];
      for await (const record of plain.read(openSource(shape.path, shape))) all.push(record);
      assert.equal(all.filter((record) => !isDropped(record)).length, count);
      assert.equal(all.filter(isDropped).length, dropped);
      for (const record of all) {
        if (isDropped(record)) continue;
        assert.ok(record.gold !== null && record.question !== null, `row ${String(record.row)}`);
        if (role === 'run')
          assert.ok(record.response !== null || record.extracted !== null, `row ${String(record.row)}`);
      }
    });
  }

  it('undecided.csv: left alone', async () => {
    assert.equal(plain.detect(await sniff(path.join(FIXTURES, 'undecided.csv'))), null);
  });
});

/** The letter that the last line of an answer begins with; enough for these files. */
function letter(text: string | null): string | null {
  return /^\s*\(?([A-D])\b/.exec(text?.trim().split('\n').at(-1) ?? '')?.[1] ?? null;
}

function isRight(item: RawItem): boolean {
  return letter(item.gold) === letter(item.extracted ?? item.response);
}

describeReal('plain: real files of known tools, read by their columns alone', () => {
  const runs: readonly (readonly [string, number, number])[] = [
    ['wurf2026/result/Qwen2.5-VL-3B-Instruct/result_Qwen2.5-VL-3B-Instruct.csv', 858, 299],
    ['wurf2026/result/mvsm_epoch10_merged/result_mvsm_epoch10_merged.csv', 858, 612],
    ['wurf2026/result/mvsm_cot_merged/result_cot.csv', 554, 315],
    ['vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA.xlsx', 1145, 1014],
  ];
  for (const [file, rows, right] of runs) {
    it(`${file}: ${String(right)}/${String(rows)}`, async () => {
      const items = await realItems(file);
      assert.equal(items.length, rows);
      assert.equal(items.filter(isRight).length, right);
    });
  }

  it('three prompts in one file are three runs', async () => {
    const items = await realItems('whatsup-prompts/results.json');
    const splits = [...new Set(items.map((item) => item.split))];
    assert.deepEqual(
      splits.map((split) => items.filter((item) => item.split === split).length),
      [418, 418, 418],
    );
  });

  it('statements and yes/no questions', async () => {
    const vsr = await realItems('vsr/test.jsonl');
    assert.equal(vsr.length, 2195);
    assert.deepEqual(new Set(vsr.map((item) => item.gold)), new Set(['true', 'false']));
    const pope = await realItems('pope/coco_pope_adversarial.json');
    assert.equal(pope.filter((item) => item.kind === 'yes-no').length, 3000);
  });

  async function realItems(file: string): Promise<RawItem[]> {
    const shape = await sniff(realData(file));
    assert.notEqual(plain.detect(shape), null);
    const items: RawItem[] = [];
    for await (const record of plain.read(openSource(shape.path, shape))) {
      assert.ok(!isDropped(record), isDropped(record) ? record.detail : '');
      items.push(record);
    }
    return items;
  }
});
