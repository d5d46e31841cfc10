import assert from 'node:assert/strict';
import { pope } from '../../../src/core/formats/pope.js';
import { fixture, openFile, readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

describe('formats: POPE questions', () => {
  const path = fixture('pope', 'v1', 'toy_pope_popular.json');
  const record = { question_id: 1, image: 'a.jpg', text: 'Is there a cup in the image?', label: 'yes' };

  it('recognises JSON lines in a .json file as a definition', async () => {
    const { shape } = await openFile(path);
    assert.equal(shape.container, 'json-lines');
    const detected = recognised(pope, shape);
    assert.deepEqual([detected.role, detected.dataset, detected.model], ['definition', 'POPE', null]);
  });

  it('reads the question, the yes/no gold, the image and the object asked for', async () => {
    const { items, dropped } = await readAll(pope, await openFile(path));
    assert.deepEqual(
      items.map((item) => [item.row, item.id, item.gold, item.images[0], item.meta['object'] ?? null]),
      [
        [1, '1', 'yes', 'toy_000000000001.jpg', 'teapot'],
        [2, '2', 'no', 'toy_000000000001.jpg', 'anvil'],
        [3, '3', 'no', 'toy_000000000002.jpg', 'garden hose'],
        [5, '5', 'yes', 'toy_000000000002.jpg', null],
      ],
    );
    assert.deepEqual(items[3]?.meta, { source: 'toy' });
    assert.ok(items.every((item) => item.kind === 'yes-no' && item.options.length === 2));
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });

  it('takes the category from its column, else from the file name, else says nothing', async () => {
    const task = async (name: string, category?: string): Promise<string | null | undefined> => {
      const shape = shapeOf(name, 'json-lines', [{ ...record, ...(category === undefined ? {} : { category }) }]);
      return (await readAll(pope, sourceOf(shape))).items[0]?.task;
    };
    assert.equal(await task('coco_pope_adversarial.json'), 'adversarial');
    assert.equal(await task('toy_RANDOM.jsonl'), 'random');
    assert.equal(await task('popular/questions.json'), null);
    assert.equal(await task('coco_pope_random.json', 'popular'), 'popular');
  });

  it('leaves files with answers, other labels or no records to other formats', () => {
    assert.equal(pope.detect(shapeOf('x.jsonl', 'json-lines', [{ ...record, response: 'yes' }])), null);
    assert.equal(pope.detect(shapeOf('x.jsonl', 'json-lines', [{ ...record, label: 'left' }])), null);
    assert.equal(pope.detect(shapeOf('x.jsonl', 'json-lines', [])), null);
    assert.equal(pope.detect(shapeOf('x.csv', 'csv', [record])), null);
  });

  it('does not call other questions in this layout POPE', () => {
    const shape = shapeOf('x.jsonl', 'json-lines', [{ ...record, text: 'Is the cup red?' }]);
    assert.equal(recognised(pope, shape).dataset, null);
  });

  it('is not slowed down by a question that is mostly blanks', async () => {
    const text = `Is there a ${' '.repeat(200_000)}x`;
    const { items } = await readAll(pope, sourceOf(shapeOf('x.jsonl', 'json-lines', [{ ...record, text }])));
    assert.deepEqual(items[0]?.meta, {});
  });
});

describeReal('formats: POPE, published questions', () => {
  it('coco_pope_adversarial.json: 3,000 items, half of them yes, each with its object', async () => {
    const source = await openFile(realData('pope', 'coco_pope_adversarial.json'));
    assert.equal(recognised(pope, source.shape).dataset, 'POPE');
    const { items, dropped } = await readAll(pope, source);
    assert.deepEqual([items.length, dropped.length], [3000, 0]);
    assert.equal(items.filter((item) => item.gold === 'yes').length, 1500);
    assert.ok(items.every((item) => typeof item.meta['object'] === 'string' && item.task === 'adversarial'));
  });
});
