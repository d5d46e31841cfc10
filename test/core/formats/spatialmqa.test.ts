import assert from 'node:assert/strict';
import { spatialmqa, spatialmqaPredictions } from '../../../src/core/formats/spatialmqa.js';
import { fixture, openFile, readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

const record = { image: 'a.jpg', question: 'Where is it?', options: ['left of', 'right of'], answer: 'left of' };

describe('formats: SpatialMQA questions', () => {
  const path = fixture('spatialmqa', 'v1', 'questions.jsonl');

  it('recognises its own options, not its column names', async () => {
    const { shape } = await openFile(path);
    const detected = recognised(spatialmqa, shape);
    assert.deepEqual([detected.role, detected.dataset], ['definition', 'SpatialMQA']);
    assert.equal(spatialmqaPredictions.detect(shape), null);
    assert.equal(spatialmqa.detect(shapeOf('x.jsonl', 'json-lines', [{ ...record, options: ['red', 'blue'] }])), null);
    assert.equal(spatialmqa.detect(shapeOf('x.jsonl', 'json-lines', [{ ...record, options: [] }])), null);
    assert.equal(spatialmqa.detect(shapeOf('x.csv', 'csv', [{ ...record, options: 'left of' }])), null);
  });

  it('reads options without labels and the frame that the question names', async () => {
    const { items, dropped } = await readAll(spatialmqa, await openFile(path));
    assert.deepEqual(
      items.map(({ row, id, gold, frame, options }) => [row, id, gold, frame, options.map((option) => option.text)]),
      [
        [1, null, 'on/above', null, ['on/above', 'below', 'left of', 'right of']],
        [2, null, 'behind', 'person', ['in front of', 'behind', 'left of', 'right of']],
        [3, '12', 'left of', 'imagined', ['left of', 'right of']],
      ],
    );
    assert.ok(items.every((item) => item.options.every((option) => option.label === null)));
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });

  const frames: [string, string | null][] = [
    ['If you are the cook in the image, where is the pan located relative to you?', 'person'],
    ['If you were player 8 in the image, where would the net be?', 'person'],
    ['In the left picture, if you were the tall goat, where would the fence be?', 'person'],
    ["If you are sitting in the driver's seat of the van, where is the kiosk?", 'imagined'],
    ['If you just walked into the attic in the image, where would the trunk be?', 'imagined'],
    ['If you stand outside the window, where is the lamp?', 'imagined'],
    ['Where would you look for the lamp?', null],
    ['For the clock in the image, where is the 3 located relative to the 9?', null],
  ];
  for (const [question, frame] of frames) {
    it(`frame ${String(frame)}: ${question}`, async () => {
      const source = sourceOf(shapeOf('x.jsonl', 'json-lines', [{ ...record, question }]));
      assert.equal((await readAll(spatialmqa, source)).items[0]?.frame, frame);
    });
  }
});

describe('formats: SpatialMQA predictions', () => {
  const path = fixture('spatialmqa', 'v1', 'predictions.jsonl');

  it('reads the output as response and the result as the stored verdict', async () => {
    const source = await openFile(path);
    assert.equal(recognised(spatialmqaPredictions, source.shape).role, 'run');
    assert.equal(spatialmqa.detect(source.shape), null);
    const { items, dropped } = await readAll(spatialmqaPredictions, source);
    assert.deepEqual(
      items.map(({ id, gold, response, storedCorrect, options, meta }) => [
        id,
        gold,
        response,
        storedCorrect,
        options.length,
        meta,
      ]),
      [
        ['1', 'on/above', 'on', true, 0, {}],
        ['2', 'behind', 'left of the juggler', false, 2, {}],
        ['3', 'left of', '--', false, 0, { seconds: 0.5 }],
      ],
    );
    assert.deepEqual([items[0]?.frame, items[1]?.frame, items[1]?.images], [null, 'person', ['toy2.jpg']]);
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });

  it('leaves other files with an output and a result to other formats', () => {
    const other = { answer: 'Paris', output: 'Paris', result: 1 };
    assert.equal(spatialmqaPredictions.detect(shapeOf('x.jsonl', 'json-lines', [other])), null);
    assert.equal(
      spatialmqaPredictions.detect(shapeOf('x.jsonl', 'json-lines', [{ ...other, answer: 'below', result: 0.4 }])),
      null,
    );
  });
});

describeReal('formats: SpatialMQA, published questions', () => {
  it('dev.jsonl: 536 items whose gold is offered; who "you" are decides the frame', async () => {
    const source = await openFile(realData('spatialmqa', 'dev.jsonl'));
    assert.equal(recognised(spatialmqa, source.shape).dataset, 'SpatialMQA');
    const { items, dropped } = await readAll(spatialmqa, source);
    assert.deepEqual([items.length, dropped.length], [536, 0]);
    assert.ok(items.every((item) => item.options.some((option) => option.text === item.gold)));
    assert.deepEqual(
      ['person', 'imagined', null].map((frame) => items.filter((item) => item.frame === frame).length),
      [283, 36, 217],
    );
  });
});
