import assert from 'node:assert/strict';
import { reruns } from '../../../src/core/formats/reruns.js';
import { rerunRecords, type RerunItem } from '../../../src/inference/reruns/record.js';
import type { Asked } from '../../../src/protocol/inference.js';
import { readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';

const ITEM: RerunItem = {
  ...{ run: 'results/a.csv', item: '17', file: '/data/results/a.csv', row: 18 },
  question: 'Where is the cup?',
  options: [
    { label: 'A', text: 'left' },
    { label: 'B', text: 'right' },
  ],
  ...{ goldOption: 1, gold: 'right', kind: 'choice', task: 'tables', relation: null },
  ...{ frame: 'person', convention: 'facing', images: ['data:image/png;base64,AAAA'] },
  boxes: [{ x: 1, y: 2, width: 3, height: 4, unit: 'pixel', label: 'cup' }],
};

const ASKED: Asked = {
  info: {
    ...{ id: 'bundled:augmented', kind: 'bundled', name: 'Scenes', device: 'CPU', tried: [], capabilities: [] },
    ...{ prompt: 'question', inputSize: null, weights: 'ab', memory: null, notes: [] },
  },
  prompt: 'Where is the cup?',
  answers: [
    { text: 'B. right', seed: 4 },
    { text: 'A. left', seed: 5 },
  ],
  score: { probabilities: [0.25, 0.75], source: 'logits', notes: ['A note.'] },
  images: [{ sha256: 'cd', width: 10, height: 10 }],
  milliseconds: 3.21,
};

const CONTEXT = {
  ...{
    dataset: 'Cups',
    imageFiles: [null],
    transforms: ['prompt'],
    version: '0.1.0',
    created: '2026-01-01T00:00:00.000Z',
    notes: [],
  },
  options: { n: 2, temperature: 1, seed: 4, maxTokens: 8 },
};

describe('formats: reruns', () => {
  const records = rerunRecords(ITEM, ASKED, CONTEXT, null);
  const shape = shapeOf('.flipside/reruns/a.jsonl', 'json-lines', records);

  it('give the item as it was read, each answer as a sample of one unit, and what made it as metadata', async () => {
    const { role, model, dataset } = recognised(reruns, shape);
    assert.deepEqual([role, model, dataset], ['run', 'augmented', 'Cups']);
    const { items, dropped } = await readAll(reruns, sourceOf(shape));
    assert.deepEqual(dropped, []);
    const [first, second] = items;
    assert.deepEqual([first?.id, first?.question, first?.options], ['17', ITEM.question, ITEM.options]);
    assert.deepEqual([first?.gold, first?.response, first?.extracted], ['B. right', 'B. right', null]);
    assert.deepEqual(
      [first?.kind, first?.frame, first?.convention, first?.task],
      ['choice', 'person', 'facing', 'tables'],
    );
    assert.deepEqual(first?.boxes, ITEM.boxes);
    assert.deepEqual(first?.images, [], 'an image inside its own text is not repeated');
    assert.deepEqual([first?.unit, first?.sample, second?.unit, second?.sample], ['17', 1, '17', 2]);
    const { meta } = first ?? { meta: {} };
    assert.deepEqual([meta['seed'], meta['weights'], meta['image_sha256']], [4, 'ab', ['cd']]);
    assert.deepEqual(
      [meta['probabilities'], meta['transforms'], meta['of']],
      [[0.25, 0.75], ['prompt'], { run: 'results/a.csv', item: '17', row: 18 }],
    );
  });

  it('keep where an image lies, seen from the opened folder', async () => {
    const files = rerunRecords(ITEM, ASKED, { ...CONTEXT, imageFiles: ['scenes/a.png'] }, null);
    const { items } = await readAll(reruns, sourceOf(shapeOf('a.jsonl', 'json-lines', files)));
    assert.deepEqual(items[0]?.images, ['scenes/a.png']);
  });

  it('of another version are skipped, and it is said which', () => {
    const later = records.map((record) => ({ ...record, flipside_rerun: 2 }));
    const { role, reason } = recognised(reruns, shapeOf('a.jsonl', 'json-lines', later));
    assert.equal(role, 'aggregate');
    assert.match(reason, /a layout \(2\) of another version of Flipside; this one reads 1/);
    assert.equal(reruns.detect(shapeOf('a.jsonl', 'json-lines', [{ question: 'x' }])), null);
  });
});
