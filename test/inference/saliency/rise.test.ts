import assert from 'node:assert/strict';
import type { MaskingTask } from '../../../src/inference/saliency/maskedScores.js';
import { rise } from '../../../src/inference/saliency/rise.js';
import { insideBoxes } from '../../../src/protocol/insideBoxes.js';
import { largestValue } from '../../../src/protocol/shownMap.js';
import { asked, BrightnessModel, picture, type Region } from './brightness.js';

const LAMP: Region = { x: 60, y: 20, width: 16, height: 16 };
const OTHER: Region = { x: 8, y: 66, width: 20, height: 20 };
const SIZE = { width: 96, height: 96 };

function task(backend: BrightnessModel, more: Partial<MaskingTask> = {}): MaskingTask {
  const question = asked(picture(96, 96, [LAMP, OTHER]));
  const target = { option: 0, against: null };
  return { backend, question, target, onPartial: () => undefined, signal: new AbortController().signal, ...more };
}

function boxOf({ x, y, width, height }: Region) {
  return { x, y, width, height, unit: 'pixel' as const, label: null };
}

describe('RISE', () => {
  it('finds what the model sees', async () => {
    const { maps, forwards } = await rise(task(new BrightnessModel([LAMP])), 1);
    const [lamp, other] = insideBoxes(maps[0] ?? assert.fail(), [boxOf(LAMP), boxOf(OTHER)], SIZE).boxes;
    assert.equal(forwards, 256);
    assert.equal(lamp?.hit, true);
    assert.ok((lamp?.share ?? 0) > 3 * (lamp?.area ?? 1), `only ${lamp?.share}`);
    assert.ok((other?.share ?? 1) < (other?.area ?? 0), `${other?.share} beside it`);
  });

  it('has as values how much the score rises where a place is shown', async () => {
    // A model that sees the mean of a small place: from covered to shown it rises by white less the mean colour.
    const region = { x: 47, y: 47, width: 2, height: 2 };
    const question = asked(picture(96, 96, [region]));
    const { maps } = await rise(task(new BrightnessModel([region]), { question }), 3, { masks: 400 });
    assert.ok(Math.abs(largestValue(maps) - (1 - 20 / 255)) < 0.05, String(largestValue(maps)));
  });

  it('draws the same masks from the same seed, and others from another', async () => {
    const mapOf = async (seed: number) => (await rise(task(new BrightnessModel([LAMP])), seed, { masks: 40 })).maps;
    assert.deepEqual(await mapOf(7), await mapOf(7));
    assert.notDeepEqual(await mapOf(7), await mapOf(8));
  });

  it('has a map for each image, told while it is refined, and 0 for one that says nothing', async () => {
    const model = new BrightnessModel([{ ...LAMP, image: 1 }]);
    const told: (readonly [number, number])[] = [];
    const onPartial: MaskingTask['onPartial'] = (maps, done, total) => {
      assert.equal(maps.length, 2);
      told.push([done, total]);
    };
    const question = asked(picture(96, 96, [OTHER]), picture(96, 96, [LAMP]));
    const { maps } = await rise(task(model, { question, onPartial }), 1, { masks: 64 });
    assert.equal(largestValue(maps.slice(0, 1)), 0);
    assert.equal(insideBoxes(maps[1] ?? assert.fail(), [boxOf(LAMP)], SIZE).union.hit, true);
    assert.deepEqual(
      told,
      Array.from({ length: 8 }, (_, at) => [16 * (at + 1), 128]),
    );
  });

  it('says that nothing moves the score, and stops between batches', async () => {
    const question = asked(picture(96, 96, []));
    const { notes } = await rise(task(new BrightnessModel([LAMP]), { question }), 1, { masks: 20 });
    assert.match(notes.join(), /No part of the images/);
    const stop = new AbortController();
    const model = new BrightnessModel([LAMP]);
    await assert.rejects(rise(task(model, { signal: stop.signal, onPartial: () => stop.abort() }), 1), {
      name: 'AbortError',
    });
    assert.equal(model.batches.length, 1);
  });
});
