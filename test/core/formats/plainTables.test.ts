import assert from 'node:assert/strict';
import type { JsonObject, RawItem } from '../../../src/core/model.js';
import { isDropped } from '../../../src/core/formats/format.js';
import { plain } from '../../../src/core/formats/plain.js';
import { itemsOf, objectShape, read, shapeOf } from './plainShape.js';

function record(id: number, prediction = 'left'): JsonObject {
  return { id, question: `Where is cup ${String(id)}?`, answer: 'left', prediction };
}

async function pick<K extends keyof RawItem>(root: JsonObject, key: K): Promise<RawItem[K][]> {
  assert.equal(plain.detect(objectShape(root))?.role, 'run');
  return (await itemsOf(objectShape(root))).map((item) => item[key]);
}

/** Rows of items as their ids, dropped rows as their reasons. */
async function outline(root: JsonObject): Promise<(string | null)[]> {
  return (await read(objectShape(root))).map((item) => (isDropped(item) ? item.reason : item.id));
}

describe('plain: records within one JSON object', () => {
  it('reads an object that is one record', async () => {
    assert.deepEqual(await pick(record(1), 'response'), ['left']);
    assert.deepEqual(await pick({ ...record(1), choices: ['left', 'right'], model: 'm' }, 'model'), ['m']);
  });

  it('reads records by id beside a configuration, and under a key of their own', async () => {
    const byId = { 0: record(0), 1: record(1) };
    assert.deepEqual(await pick({ config: { a: 1 }, predictions: byId }, 'id'), ['0', '1']);
    assert.deepEqual(await pick({ config: { a: 1 }, predictions: { 0: record(0) } }, 'id'), ['0']);
    assert.deepEqual(await pick({ model: 'm', config: { a: 1 }, ...byId }, 'id'), ['0', '1']);
  });

  it('drops with the place what stands among records and is none, and what is listed as a failure', async () => {
    const root = { model: 'm', q1: record(1), q2: record(2), q3: null, q4: { error: 'timeout' } };
    assert.deepEqual(await outline(root), ['1', '2', 'not a record', 'not a record']);
    const [, , broken] = await read(objectShape(root));
    assert.match(
      broken !== undefined && isDropped(broken) ? broken.detail : '',
      /answers\.json, key 'q3': expected a record like the others.*found null\. Correct it/,
    );
    const failed = { results: [record(1), record(2)], errors: [{ id: 3, error: 'timeout' }] };
    assert.deepEqual(await outline(failed), ['1', '2', 'failed record']);
  });

  it('makes a run of each list where several answer the same questions', async () => {
    const lists = { gpt: [record(1), record(2)], qwen: [record(1, 'right'), record(2)] };
    const byId = { gpt: { a: record(1), b: record(2) }, qwen: { a: record(1, 'right'), b: record(2) } };
    for (const root of [lists, byId]) assert.deepEqual(await pick(root, 'split'), ['gpt', 'gpt', 'qwen', 'qwen']);
    assert.deepEqual(await pick({ one: [record(1)], two: [record(2)] }, 'split'), [null, null]);
    assert.deepEqual(await pick({ val: [record(1)], test: [record(1)] }, 'split'), [null, null]);
  });

  it('takes an object without records for none, whatever its keys are called', () => {
    const apart = {
      questions: [{ id: 1, question: 'Where?', answer: 'left' }],
      predictions: [{ id: 1, prediction: 'left' }],
    };
    assert.equal(plain.detect(objectShape(apart)), null);
    assert.equal(
      plain.detect(objectShape({ a: { answer: 0.5, question: 0.3 }, b: { answer: 0.5, question: 0.3 } })),
      null,
    );
  });

  it('makes no run of a line about the file above the records', async () => {
    const items = await read(shapeOf([{ model: 'x', seed: 1 }, record(1), record(2)]));
    assert.deepEqual(
      items.map((item) => (isDropped(item) ? item.reason : [item.row, item.split])),
      ['not a record', [2, null], [3, null]],
    );
    const [about] = items;
    assert.match(about !== undefined && isDropped(about) ? about.detail : '', /^Record 1 \('model', 'seed'\) holds no/);
  });
});
