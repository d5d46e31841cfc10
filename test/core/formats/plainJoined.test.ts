import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/model.js';
import { plain, plainWith } from '../../../src/core/formats/plain.js';
import { itemsOf, shapeOf } from './plainShape.js';

function asked(options: string, golds: readonly string[]): JsonObject[] {
  return golds.map((gold, id) => ({ id, question: `Where is cup ${String(id)}?`, options, gold, prediction: gold }));
}

async function offered(options: string, golds: readonly string[]): Promise<string[]> {
  const [first] = await itemsOf(shapeOf(asked(options, golds)));
  return (first?.options ?? []).map((option) => option.text);
}

describe('options joined in one cell', () => {
  it('are split at slashes, "or" and "vs" where the golds are among the parts', async () => {
    const four = ['left', 'right', 'in front', 'behind'];
    assert.deepEqual(await offered('left/right/in front/behind', ['in front', 'left']), four);
    assert.deepEqual(await offered('left, right, in front, or behind', ['behind', 'left']), four);
    assert.deepEqual(await offered('left or right', ['right', 'left']), ['left', 'right']);
    assert.deepEqual(await offered('left vs. right', ['right', 'left']), ['left', 'right']);
  });

  it('stay whole where the golds are not among them', async () => {
    assert.deepEqual(await offered('near/far', ['left', 'right']), []);
    assert.deepEqual(await offered('to the left or right', ['above', 'below']), []);
  });

  it('that cannot be told apart are named with their first value, under a mapping too', () => {
    const shape = shapeOf(asked('left - right', ['left', 'right']));
    const roles = { question: 'question', options: 'options', gold: 'gold', prediction: 'prediction' };
    for (const format of [plain, plainWith({ version: 1, match: '*', roles })]) {
      const [warning] = format.detect(shape)?.warnings ?? [];
      assert.match(
        warning ?? '',
        /answers\.jsonl: the options in 'options' .*"left - right".*JSON list \(\["left", "right"\]\)/,
      );
    }
    const fine = shapeOf(asked('left|right', ['left', 'right']));
    assert.equal(plain.detect(fine)?.warnings, undefined);
    const printed = asked('4', ['left', 'right']).map((record) => ({
      ...record,
      question: 'Where is it?\nA. left\nB. right',
    }));
    assert.equal(plain.detect(shapeOf(printed))?.warnings, undefined);
  });
});
