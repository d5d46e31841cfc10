import assert from 'node:assert/strict';
import { viewspatialBenchmark } from '../../../src/core/formats/viewspatialBenchmark.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

describe('viewspatial-benchmark', () => {
  it('reads questions, images, gold, and choices in all three spellings', async () => {
    const source = await openFile(fixture('viewspatial-benchmark', 'v1', 'questions.json'));
    const detected = recognised(viewspatialBenchmark, source.shape);
    assert.equal(detected.role, 'definition');
    assert.equal(detected.dataset, 'ViewSpatial-Bench');
    const { items, dropped } = await readAll(viewspatialBenchmark, source);
    assert.deepEqual(
      items.map((item) => item.options.map((option) => `${option.label ?? ''}=${option.text}`)),
      [
        ['A=left', 'B=back-left', 'C=above-right', 'D=front'],
        ['A=back', 'B=front', 'C=left', 'D=back-right'],
        ['A=front-left', 'B=right'],
      ],
    );
    assert.deepEqual(
      items.map((item) => item.images),
      [['scenes/kitchen/1.jpg', 'scenes/kitchen/2.jpg'], ['birds/goose.jpg'], ['circus/7.jpg']],
    );
    assert.equal(items[1]?.convention, 'away-from-viewer');
    assert.equal(items[1]?.gold, 'B. front');
    assert.equal(items[1]?.response, null);
    assert.deepEqual(items[2]?.meta, { source: 'invented' });
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });

  it('leaves a file with predictions to another reader', async () => {
    const { shape } = await openFile(fixture('viewspatial-benchmark', 'v1', 'questions.json'));
    const records = shape.head.map((record) => ({ ...record, predicted_answer: 'A' }));
    assert.equal(viewspatialBenchmark.detect(shapeOf('run.json', 'json-array', records)), null);
    assert.equal(viewspatialBenchmark.detect(shapeOf('other.json', 'json-array', [{ question: 'Why?' }])), null);
  });
});

describeReal('viewspatial-benchmark on real files', () => {
  for (const [file, count] of [
    ['eval/ViewSpatial-Bench.json', 5712],
    ['test_split.json', 554],
  ] as const) {
    it(`${file}: ${String(count)} questions, every gold among its options`, async () => {
      const source = await openFile(realData('wurf2026', file));
      recognised(viewspatialBenchmark, source.shape);
      const { items, dropped } = await readAll(viewspatialBenchmark, source);
      assert.equal(items.length, count);
      assert.deepEqual(dropped, []);
      for (const item of items) {
        assert.ok(item.options.some((option) => `${option.label ?? ''}. ${option.text}` === item.gold));
        assert.ok(item.images.length > 0 && item.frame !== null);
      }
    });
  }
});
