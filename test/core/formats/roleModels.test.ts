import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/model.js';
import { mappingOf } from '../../../src/core/formats/mapping.js';
import { plain } from '../../../src/core/formats/plain.js';
import { inferRoles } from '../../../src/core/formats/roles.js';
import { itemsOf, shapeOf } from './plainShape.js';

const GOLD = ['left', 'right', 'left', 'front'];

/** Four questions with options and gold, and the given further columns. */
function asked(columns: Readonly<Record<string, readonly (string | number)[]>>): JsonObject[] {
  return GOLD.map((gold, i) => ({
    question: `Where is cup ${String(i)}?`,
    options: '["left","right","front"]',
    gold,
    ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i] ?? ''])),
  }));
}

const PART = ['left', 'left', 'left', 'front'];

function readAs(columns: Readonly<Record<string, readonly (string | number)[]>>) {
  const detected = plain.detect(shapeOf(asked(columns))) ?? assert.fail('not recognised');
  return { role: detected.role, model: detected.model, said: (detected.warnings ?? []).join('\n') };
}

describe('columns named after models', () => {
  it('one column of answers is the prediction, its name the model, and this is said', async () => {
    const { role, model, said } = readAs({ 'gpt-4o': PART });
    assert.deepEqual([role, model], ['run', 'gpt-4o']);
    assert.match(
      said,
      /answers\.jsonl: 'gpt-4o' is read as the predictions of a model.*flipside mapping answers\.jsonl/,
    );
    const items = await itemsOf(shapeOf(asked({ 'gpt-4o': PART })));
    assert.deepEqual(
      items.map((item) => [item.response, item.model]),
      PART.map((answer) => [answer, 'gpt-4o']),
    );
    const shape = shapeOf(asked({ 'gpt-4o': PART, level: [1, 2, 1, 2] }));
    const inferred = inferRoles(shape);
    assert.deepEqual(inferred.unassigned, ['level']);
    assert.deepEqual(
      [mappingOf(shape, inferred).model, mappingOf(shape, inferred).roles.prediction],
      ['gpt-4o', 'gpt-4o'],
    );
  });

  it('also where the model answers in sentences, and where only the values tell', () => {
    const sentences = GOLD.map((gold) => `I think that the cup is on the ${gold}.`);
    assert.deepEqual(readAs({ 'qwen2-vl-7b': sentences }).role, 'run');
    assert.deepEqual(readAs({ ours: PART }).model, 'ours');
  });

  it('of several none is chosen: the warning names them and the mapping to write', () => {
    const { role, model, said } = readAs({ 'gpt-4o': PART, 'qwen2-vl': GOLD });
    assert.deepEqual([role, model], ['definition', null]);
    assert.match(
      said,
      /'gpt-4o', 'qwen2-vl' look like answers.*add "prediction": "gpt-4o" to "roles".*a column "model"/,
    );
  });

  it('what agrees with the gold nowhere or everywhere may be a wrong option or the gold again: a warning', () => {
    for (const column of [GOLD, ['right', 'left', 'front', 'left']]) {
      const { role, said } = readAs({ other: column });
      assert.equal(role, 'definition');
      assert.match(said, /the values of 'other' look like answers/);
    }
  });

  it('numbers, attributes and texts beside a question are no answers', () => {
    const columns = {
      level: [1, 2, 3, 1],
      colour: ['red', 'blue', 'red', 'red'],
      hint: GOLD.map((g) => `not ${g} of it`),
    };
    assert.deepEqual(readAs(columns), { role: 'definition', model: null, said: '' });
  });
});
