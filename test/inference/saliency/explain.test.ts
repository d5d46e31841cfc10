import assert from 'node:assert/strict';
import { FlipsideError } from '../../../src/core/model.js';
import { GradientUnavailable } from '../../../src/inference/autodiff/unavailable.js';
import type { InferenceBackend, ModelMaps, Question } from '../../../src/inference/backend.js';
import { explain, type ExplainRequest } from '../../../src/inference/saliency/explain.js';
import { asked, BrightnessModel, picture, type Region } from './brightness.js';

const LAMP: Region = { x: 4, y: 4, width: 3, height: 3 };

/** The same model, with the gradient of its one region: 1 for each of its pixels, times the weight of its option less that of the other. */
class Differentiable extends BrightnessModel {
  readonly weights: (readonly number[])[] = [];

  constructor(private readonly slope: number | Error) {
    super([LAMP]);
  }

  gradient({ images }: Question, target: readonly number[]): Promise<ModelMaps> {
    this.weights.push(target);
    if (this.slope instanceof Error) return Promise.reject(this.slope);
    const slope = this.slope * Math.abs((target[0] ?? 0) - (target[1] ?? 0));
    return Promise.resolve({ maps: images.map(() => grid(slope)), tokens: [{ text: 'bright', weight: 1 }] });
  }
}

class Attentive extends BrightnessModel {
  attention(): Promise<ModelMaps> {
    return Promise.resolve({ maps: [grid(0.25)], tokens: null });
  }
}

function grid(value: number) {
  return { width: 2, height: 2, values: new Float32Array([0, value, 0, 0]) };
}

function run(backend: InferenceBackend, more: Partial<ExplainRequest> = {}) {
  const request: ExplainRequest = { method: 'gradient', target: { option: 0, against: null }, seed: 1, ...more };
  const question = asked(picture(16, 16, [LAMP]));
  return explain(backend, question, request, () => undefined, new AbortController().signal);
}

describe('explain', () => {
  it('takes a gradient where the model gives one, of an option or of one against another', async () => {
    const model = new Differentiable(0.5);
    const alone = await run(model);
    assert.deepEqual([alone.method, alone.forwards, alone.notes], ['gradient', 1, []]);
    assert.deepEqual(alone.maps, [grid(0.5)]);
    assert.deepEqual(alone.tokens, [{ text: 'bright', weight: 1 }]);
    assert.deepEqual((await run(model, { target: { option: 0, against: 1 } })).maps, [grid(1)]);
    assert.deepEqual(model.weights, [
      [1, 0],
      [1, -1],
    ]);
    assert.deepEqual(model.batches, []);
  });

  it('takes occlusion for a graph with an operation that has no rule, and says which', async () => {
    const model = new Differentiable(new GradientUnavailable(['NonMaxSuppression', 'com.microsoft.Attention']));
    const { method, notes, maps, tokens, forwards } = await run(model);
    assert.deepEqual([method, tokens], ['occlusion', null]);
    assert.match(notes.join(), /no rule for NonMaxSuppression, com\.microsoft\.Attention\. Occlusion was used/);
    assert.ok(forwards > 50 && maps[0]?.values.some((value) => value > 0));
  });

  it('takes occlusion where gradient or attention is not there, or is no number', async () => {
    for (const [backend, method, why] of [
      [new BrightnessModel([LAMP]), 'gradient', /gives no gradients/],
      [new BrightnessModel([LAMP]), 'attention', /does not tell its attention/],
      [new Differentiable(Number.NaN), 'gradient', /no numbers/],
    ] as const) {
      const found = await run(backend, { method });
      assert.equal(found.method, 'occlusion');
      assert.match(found.notes.join(), why);
    }
  });

  it('takes the method that was asked for', async () => {
    const attention = await run(new Attentive([LAMP]), { method: 'attention' });
    assert.deepEqual([attention.method, attention.maps], ['attention', [grid(0.25)]]);
    assert.match(attention.notes.join(), /the same for every option/);
    const model = new Differentiable(1);
    assert.deepEqual([(await run(model, { method: 'occlusion' })).method, model.weights], ['occlusion', []]);
    const rise = await run(model, { method: 'rise', batch: 100 });
    assert.deepEqual([rise.method, rise.forwards, rise.notes], ['rise', 256, []]);
    assert.deepEqual(model.batches.slice(-3), [86, 86, 84]);
  });

  it('says that a gradient is 0 everywhere', async () => {
    assert.match((await run(new Differentiable(0))).notes.join(), /0 everywhere/);
  });

  it('hands on every other failure', async () => {
    const server = new FlipsideError('The server has gone.');
    await assert.rejects(run(new Differentiable(server)), server);
    const gone = new AbortController();
    gone.abort();
    const request: ExplainRequest = { method: 'gradient', target: { option: 0, against: null }, seed: 1 };
    const question = asked(picture(16, 16, [LAMP]));
    await assert.rejects(
      explain(new Differentiable(1), question, request, () => undefined, gone.signal),
      { name: 'AbortError' },
    );
    await assert.rejects(run(new Differentiable(1), { target: { option: 5, against: null } }), /Option 6/);
  });
});
