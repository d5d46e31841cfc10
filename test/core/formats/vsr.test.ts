import assert from 'node:assert/strict';
import { vsr, vsrPredictions, vsrRelationFamilies } from '../../../src/core/formats/vsr.js';
import { familyOf } from '../../../src/core/relations/families.js';
import type { JsonObject } from '../../../src/core/model.js';
import { fixture, openFile, readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

describe('formats: VSR captions', () => {
  it('recognises a definition and leaves predictions to their own format', async () => {
    const { shape } = await openFile(fixture('vsr', 'v1', 'captions.jsonl'));
    const detected = recognised(vsr, shape);
    assert.deepEqual([detected.role, detected.dataset], ['definition', 'VSR']);
    assert.equal(vsrPredictions.detect(shape), null);
    const other = { caption: 'The cup is red.', relation: 'left of', label: 'positive' };
    assert.equal(vsr.detect(shapeOf('x.jsonl', 'json-lines', [other])), null);
  });

  it('reads captions as true/false statements about a relation', async () => {
    const { items, dropped } = await readAll(vsr, await openFile(fixture('vsr', 'v1', 'captions.jsonl')));
    assert.deepEqual(
      items.map(({ question, gold, relation, kind, images }) => [question, gold, relation, kind, images]),
      [
        ['The spoon is left of the bowl.', 'true', 'left of', 'yes-no', ['toy1.jpg']],
        ['The spoon is under the bowl.', 'false', 'under', 'yes-no', ['toy2.jpg']],
      ],
    );
    assert.deepEqual(
      items[0]?.options.map((option) => option.text),
      ['true', 'false'],
    );
    assert.deepEqual(items[0]?.meta, {
      image_link: 'http://example.org/toy1.jpg',
      annotator_id: 4,
      vote_true_validator_id: '[2, 9]',
      vote_false_validator_id: '[]',
      reference_frame: null,
    });
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[3, 'missing field']],
    );
  });

  it('keeps a label that is neither true nor false as it stands', async () => {
    const rows: JsonObject[] = ['1.0', false, 'unsure', null].map((label) => ({ caption: 'c', relation: 'on', label }));
    const { items } = await readAll(vsr, sourceOf(shapeOf('x.jsonl', 'json-lines', rows)));
    assert.deepEqual(
      items.map((item) => item.gold),
      ['true', 'false', 'unsure', null],
    );
  });
});

describe('formats: VSR predictions', () => {
  it('reads class numbers as extracted answers, the raw output as response, templates as runs', async () => {
    const source = await openFile(fixture('vsr', 'v1', 'predictions.jsonl'));
    assert.equal(recognised(vsrPredictions, source.shape).role, 'run');
    assert.equal(vsr.detect(source.shape), null);
    const { items, dropped } = await readAll(vsrPredictions, source);
    assert.deepEqual(
      items.map(({ gold, extracted, response, storedCorrect, split }) => [
        gold,
        extracted,
        response,
        storedCorrect,
        split,
      ]),
      [
        ['true', 'true', 'True', true, 'plain'],
        ['true', 'false', ' False\n\n', false, 'question'],
        ['false', '', 'I cannot tell.', false, 'plain'],
      ],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });

  it('reads CSV, where a lone answer column is the response', async () => {
    const source = await openFile(fixture('vsr', 'v1', 'predictions.csv'));
    assert.equal(recognised(vsrPredictions, source.shape).dataset, 'VSR');
    const { items } = await readAll(vsrPredictions, source);
    assert.deepEqual(
      items.map(({ gold, extracted, response }) => [gold, extracted, response]),
      [
        ['true', null, '{Yes}'],
        ['false', 'true', '1'],
      ],
    );
  });

  it('splits by model and template together', async () => {
    const rows = ['m', 'n'].map((model) => ({
      ...{ caption: 'c', relation: 'on', label: 1, pred: 'Yes' },
      ...{ model, template_id: 2, seed: 3 },
    }));
    const shape = shapeOf('x.jsonl', 'json-lines', rows);
    const { items } = await readAll(vsrPredictions, sourceOf(shape));
    assert.deepEqual(
      items.map(({ split, model, meta }) => [split, model, meta]),
      [
        ['m/2', 'm', { seed: 3 }],
        ['n/2', 'n', { seed: 3 }],
      ],
    );
    assert.equal(recognised(vsrPredictions, shape).model, null);
    assert.equal(recognised(vsrPredictions, shapeOf('x.jsonl', 'json-lines', rows.slice(1))).model, 'n');
  });
});

describe("formats: VSR's table of relation families", () => {
  it('is recognised and skipped with a reason', async () => {
    const source = await openFile(fixture('vsr', 'v1', 'rel_meta_category_dict.txt'));
    const detected = recognised(vsrRelationFamilies, source.shape);
    assert.equal(detected.role, 'aggregate');
    assert.match(detected.reason, /relation families, not items/);
    assert.deepEqual(await readAll(vsrRelationFamilies, source), { items: [], dropped: [] });
  });

  it('does not claim other text', () => {
    const text = 'Projective: a study\nof relations\nProximity: near';
    assert.equal(vsrRelationFamilies.detect({ ...shapeOf('x.txt', 'text', []), text }), null);
    assert.equal(vsrRelationFamilies.detect(shapeOf('x.txt', 'text', [])), null);
  });
});

describeReal('formats: VSR, published test split', () => {
  it('test.jsonl: 2,195 items, each with an image, a verdict and a relation that has a family', async () => {
    const source = await openFile(realData('vsr', 'test.jsonl'));
    assert.equal(recognised(vsr, source.shape).dataset, 'VSR');
    const { items, dropped } = await readAll(vsr, source);
    assert.deepEqual([items.length, dropped.length], [2195, 0]);
    assert.ok(items.every((item) => (item.gold === 'true' || item.gold === 'false') && item.images.length === 1));
    assert.deepEqual(
      items.filter((item) => familyOf(item.relation ?? '') === null),
      [],
    );
  });

  it('rel_meta_category_dict.txt is no item file', async () => {
    const { shape } = await openFile(realData('vsr', 'rel_meta_category_dict.txt'));
    assert.equal(recognised(vsrRelationFamilies, shape).role, 'aggregate');
  });
});
