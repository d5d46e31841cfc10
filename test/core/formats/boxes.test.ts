import assert from 'node:assert/strict';
import { boxColumns, boxesOf } from '../../../src/core/formats/boxes.js';
import { plain, plainWith } from '../../../src/core/formats/plain.js';
import { inferRoles } from '../../../src/core/formats/roles.js';
import type { Box, JsonObject } from '../../../src/core/model.js';
import { readAll, shapeOf, sourceOf } from '../../support/formatSource.js';

/** The boxes of the first of these records. */
function boxes(...records: JsonObject[]): Box[] {
  return boxesOf(records[0] ?? {}, boxColumns(shapeOf('run.jsonl', 'json-lines', records)));
}

const box = (x: number, y: number, width: number, height: number, label: string | null = null): Box => ({
  ...{ x, y, width, height, unit: 'pixel', label },
});

describe('boxes in plain files', () => {
  it('are taken where keys or the name say what their numbers are', () => {
    const wanted = [box(10, 20, 30, 40)];
    assert.deepEqual(boxes({ bbox: { x: 10, y: 20, width: 30, height: 40 } }), wanted);
    assert.deepEqual(boxes({ box: { x1: 10, y1: 20, x2: 40, y2: 60 } }), wanted);
    assert.deepEqual(boxes({ boxes: [{ left: 10, top: 20, right: 40, bottom: 60 }] }), wanted);
    assert.deepEqual(boxes({ bbox_xyxy: [10, 20, 40, 60] }), wanted);
    assert.deepEqual(boxes({ bbox_xywh: '[10, 20, 30, 40]' }), wanted);
    assert.deepEqual(boxes({ bounding_box: [[10, 20], [40, 60]] }), wanted); // prettier-ignore
  });

  it('have a role, which a mapping may give to a column of any name', async () => {
    const record = { id: 1, question: 'Where is the cup?', answer: 'left', pred: 'left', bbox_xywh: [10, 20, 30, 40] };
    const inferred = inferRoles(shapeOf('run.jsonl', 'json-lines', [record]));
    assert.deepEqual(
      inferred.roles.filter(({ role }) => role === 'boxes').map(({ column }) => column),
      ['bbox_xywh'],
    );
    const shape = shapeOf('run.jsonl', 'json-lines', [{ ...record, region: { x: 1, y: 2, w: 3, h: 4 } }]);
    const mapping = {
      version: 1,
      match: '*',
      roles: { id: 'id', gold: 'answer', prediction: 'pred', boxes: 'region' },
    } as const;
    const [item] = (await readAll(plainWith(mapping), sourceOf(shape))).items;
    assert.deepEqual(item?.boxes, [box(1, 2, 3, 4)]);
    assert.deepEqual(item.meta['region'], { x: 1, y: 2, w: 3, h: 4 }, 'what the column says stays with the item');
  });

  it('have the labels that stand beside them, or in the name of their column', () => {
    const wanted = [box(10, 20, 30, 40, 'cup'), box(1, 2, 3, 4, 'red box')];
    const [cup, red] = [[10, 20, 30, 40], [1, 2, 3, 4]]; // prettier-ignore
    assert.deepEqual(boxes({ bboxes_xywh: { cup, 'red box': red } }), wanted);
    assert.deepEqual(
      boxes({
        objects: [
          { name: 'cup', bbox_xywh: cup },
          { name: 'red box', bbox_xywh: red },
        ],
      }),
      wanted,
    );
    assert.deepEqual(boxes({ subject_bbox_xywh: cup, object_bbox_xywh: red }), [
      box(10, 20, 30, 40, 'subject'),
      box(1, 2, 3, 4, 'object'),
    ]);
  });

  it('are fractions where none of their numbers is beyond 1', () => {
    assert.deepEqual(boxes({ bbox_xyxy: [0.25, 0.5, 0.75, 1] }), [
      { x: 0.25, y: 0.5, width: 0.5, height: 0.5, unit: 'fraction', label: null },
    ]);
  });

  it('are told apart by their numbers only where these prove it: none is guessed', () => {
    const corners = Array.from({ length: 8 }, (_, at) => ({ bbox: [at, at, at + 50, at + 40] }));
    assert.deepEqual(boxes(...corners), [box(0, 0, 50, 40)]);
    assert.deepEqual(boxes(...corners.slice(1)), []);
    assert.deepEqual(boxes({ bbox: [100, 20, 30, 40] }), [box(100, 20, 30, 40)]);
    const unclear = shapeOf('run.jsonl', 'json-lines', corners.slice(1));
    assert.deepEqual(
      boxColumns(unclear).map((column) => column.unclear),
      [true],
    );
  });

  it('are no answers of a model, no other numbers, and nothing without an extent', () => {
    assert.deepEqual(boxes({ pred_bbox_xyxy: [1, 2, 3, 4] }), []);
    assert.deepEqual(boxes({ scores: [1, 2, 3, 4], matrix: [[1, 2, 3, 4]] }), []);
    assert.deepEqual(boxes({ bbox_xyxy: [5, 5, 5, 9] }), []);
    assert.deepEqual(boxes({ bbox_xyxy: [1, 2, 3] }, { bbox_xyxy: 'none' }), []);
    assert.deepEqual(boxes({ bbox_xyxy: [1, 2, -3, Number.NaN] }), []);
  });

  it('stand on the items, what they were read from among the metadata, and what is unclear is told', async () => {
    const record = { id: 1, question: 'Where is the cup?', options: ['left', 'right'], answer: 'A', prediction: 'B' };
    const known = shapeOf('run.jsonl', 'json-lines', [{ ...record, bbox_xyxy: [10, 20, 40, 60] }]);
    const { items } = await readAll(plain, sourceOf(known));
    assert.deepEqual(items[0]?.boxes, [box(10, 20, 30, 40)]);
    assert.deepEqual(items[0].meta, { bbox_xyxy: [10, 20, 40, 60] });
    assert.equal(plain.detect(known)?.warnings, undefined);
    const unclear = shapeOf('run.jsonl', 'json-lines', [{ ...record, bbox: [10, 20, 40, 60] }]);
    assert.match(plain.detect(unclear)?.warnings?.join() ?? '', /'bbox' are two corners or a corner and a size/);
    assert.equal((await readAll(plain, sourceOf(unclear))).items[0]?.boxes, undefined);
  });
});
