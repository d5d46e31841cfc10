import assert from 'node:assert/strict';
import { FlipsideError } from '../../../src/core/model.js';
import type { Question, RgbImage } from '../../../src/inference/backend.js';
import type { MaskingTask } from '../../../src/inference/saliency/maskedScores.js';
import { occlusion } from '../../../src/inference/saliency/occlusion.js';
import { insideBoxes } from '../../../src/protocol/insideBoxes.js';
import type { GridMap, Score } from '../../../src/protocol/inference.js';
import { asked, BrightnessModel, picture, type Region } from './brightness.js';

const LAMP: Region = { x: 60, y: 20, width: 16, height: 12 };
const OTHER: Region = { x: 8, y: 70, width: 20, height: 14 };
const SIZE = { width: 96, height: 96 };

function task(backend: BrightnessModel, question: Question, more: Partial<MaskingTask> = {}): MaskingTask {
  const target = { option: 0, against: null };
  return { backend, question, target, onPartial: () => undefined, signal: new AbortController().signal, ...more };
}

function boxOf({ x, y, width, height }: Region) {
  return { x, y, width, height, unit: 'pixel' as const, label: null };
}

function peak({ values }: GridMap): number {
  return values.indexOf(Math.max(...values));
}

describe('occlusion', () => {
  it('finds what the model sees, and not what is bright beside it', async () => {
    const model = new BrightnessModel([LAMP]);
    const { maps, forwards, notes } = await occlusion(task(model, asked(picture(96, 96, [LAMP, OTHER]))));
    const [map] = maps;
    assert.ok(map !== undefined && maps.length === 1);
    assert.deepEqual([map.width, map.height], [16, 16]);
    const { boxes } = insideBoxes(map, [boxOf(LAMP), boxOf(OTHER)], SIZE);
    assert.ok((boxes[0]?.share ?? 0) > 0.6, `only ${boxes[0]?.share} inside the lamp`);
    assert.equal(boxes[0]?.hit, true);
    assert.equal(boxes[1]?.share, 0);
    assert.deepEqual(notes, []);
    assert.equal(
      forwards,
      model.batches.reduce((sum, size) => sum + size, 0),
    );
  });

  it('is finer after each level', async () => {
    const shareAt = async (levels: number): Promise<number> => {
      const { maps } = await occlusion(task(new BrightnessModel([LAMP]), asked(picture(96, 96, [LAMP]))), { levels });
      return insideBoxes(maps[0] ?? assert.fail(), [boxOf(LAMP)], SIZE).union.share ?? 0;
    };
    const shares = [await shareAt(0), await shareAt(1), await shareAt(2)];
    assert.ok((shares[0] ?? 0) < (shares[1] ?? 0) && (shares[1] ?? 0) < (shares[2] ?? 0), shares.join(' < '));
  });

  it('has as values how far the score falls', async () => {
    // One cell of the first grid of 4 × 4 on 8 × 8 pixels is the whole region.
    const region = { x: 2, y: 4, width: 2, height: 2 };
    const image = picture(8, 8, [region]);
    const { maps } = await occlusion(task(new BrightnessModel([region]), asked(image)), { grid: 4, levels: 0 });
    const mean = Math.round((4 * 255 + 60 * 20) / 64);
    const expected = Array<number>(16).fill(0);
    expected[2 * 4 + 1] = Math.fround(1 - mean / 255);
    assert.deepEqual([...(maps[0]?.values ?? [])], expected);
  });

  it('shares the value of a cell out by what its parts do', async () => {
    const bright = { x: 0, y: 0, width: 2, height: 2 };
    const model = new BrightnessModel([{ x: 0, y: 0, width: 4, height: 4 }]);
    const question = asked(picture(8, 8, [bright]));
    const whole = await occlusion(task(model, question), { grid: 2, levels: 0 });
    const cut = await occlusion(task(model, question), { grid: 2, levels: 1 });
    const [drop = 0] = whole.maps[0]?.values ?? [];
    assert.ok(drop > 0);
    const [map] = cut.maps;
    assert.equal(map?.values[0], drop);
    // Covering the dark parts makes them brighter: they speak against the answer, and have no part.
    assert.deepEqual([map?.values[1], map?.values[4], map?.values[5]], [0, 0, 0]);
  });

  it('explains an option against another', async () => {
    const model = new BrightnessModel([LAMP]);
    const question = asked(picture(96, 96, [LAMP]));
    const alone = await occlusion(task(model, question));
    const against = await occlusion(task(model, question, { target: { option: 0, against: 1 } }));
    const [one, two] = [alone.maps[0], against.maps[0]];
    assert.ok(one !== undefined && two !== undefined);
    // With two options what one loses the other wins.
    assert.ok(Math.abs((two.values[peak(two)] ?? 0) - 2 * (one.values[peak(one)] ?? 0)) < 1e-6);
  });

  it('has a map for each image', async () => {
    const model = new BrightnessModel([
      { ...LAMP, image: 0 },
      { ...OTHER, image: 2 },
    ]);
    const images = [picture(96, 96, [LAMP]), picture(40, 30, []), picture(96, 96, [OTHER])];
    const { maps } = await occlusion(task(model, asked(...images)));
    assert.equal(maps.length, 3);
    assert.ok(maps[1]?.values.every((value) => value === 0));
    for (const [at, region] of [[0, LAMP] as const, [2, OTHER] as const]) {
      assert.equal(insideBoxes(maps[at] ?? assert.fail(), [boxOf(region)], SIZE).union.hit, true);
    }
  });

  it('resizes images once, to what the model sees, and leaves pixels of the question as they are', async () => {
    const region = { x: 15, y: 5, width: 4, height: 3 };
    const model = new BrightnessModel([region], { inputSize: { width: 24, height: 24 } });
    const image = picture(96, 48, [{ x: 60, y: 10, width: 16, height: 6 }]);
    const before = image.data.slice();
    const { maps } = await occlusion(task(model, asked(image)));
    assert.deepEqual([...model.sizes], ['24×24']);
    assert.deepEqual(image.data, before);
    assert.equal(insideBoxes(maps[0] ?? assert.fail(), [boxOf(region)], { width: 24, height: 24 }).union.hit, true);
  });

  it('makes large images smaller for a model that takes any size, and says so', async () => {
    const model = new BrightnessModel([LAMP]);
    const { notes } = await occlusion(task(model, asked(picture(2000, 1000, [LAMP]))), { grid: 2, levels: 0 });
    assert.deepEqual([...model.sizes], ['1414×707']);
    assert.match(notes.join(), /made smaller/);
  });

  it('covers no cell without a pixel in a tiny image', async () => {
    const region = { x: 1, y: 0, width: 1, height: 2 };
    const { maps } = await occlusion(task(new BrightnessModel([region]), asked(picture(3, 2, [region]))));
    assert.deepEqual([maps[0]?.width, maps[0]?.height], [3, 2]);
    assert.equal(insideBoxes(maps[0] ?? assert.fail(), [boxOf(region)], { width: 3, height: 2 }).union.share, 1);
  });

  it('gives batches of the size asked for, and single questions to a model that has no use of several', async () => {
    const question = asked(picture(96, 96, [LAMP]));
    const model = new BrightnessModel([LAMP]);
    await occlusion(task(model, question, { batch: 10 }), { levels: 0 });
    assert.deepEqual(model.batches, [1, 10, 10, 10, 10, 10, 10, 4]);
    const single = new BrightnessModel([LAMP], { capabilities: ['optionProbs'] });
    await occlusion(task(single, question), { levels: 0 });
    assert.ok(single.batches.every((size) => size === 1));
  });

  it('tells partial maps, of which the receiver may keep each', async () => {
    const told: { map: GridMap; done: number; total: number }[] = [];
    const model = new BrightnessModel([LAMP]);
    const onPartial: MaskingTask['onPartial'] = ([map], done, total) => {
      if (map !== undefined) told.push({ map, done, total });
    };
    const { maps, forwards } = await occlusion(task(model, asked(picture(96, 96, [LAMP])), { onPartial }));
    assert.equal(told.length, model.batches.length - 1);
    assert.ok(told.every(({ done, total }, at) => done <= total && done > (told[at - 1]?.done ?? 0)));
    const last = told.at(-1);
    assert.deepEqual(last?.map, maps[0]);
    assert.deepEqual([last?.done, last?.total], [forwards, forwards]);
    assert.ok(told[0]?.map.values.some((value, at) => value !== last?.map.values[at]));
  });

  it('says of each masked image where it differs from the one below', async () => {
    const model = new Watching([LAMP]);
    await occlusion(task(model, asked(picture(97, 61, [LAMP]), picture(30, 40, [LAMP]))));
    const [plain, ...masked] = model.seen;
    assert.ok(plain?.every(({ patch }) => patch === undefined));
    for (const images of masked) {
      const changed = images.flatMap(({ data, width, patch }) =>
        patch === undefined ? [] : [{ data, width, ...patch }],
      );
      assert.equal(changed.length, 1);
      const [{ data, width, of, area }] = changed as [(typeof changed)[0]];
      assert.ok(plain?.some((image) => image.data === of.data));
      const outside = data.findIndex((byte, at) => {
        const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
        const isInside = x >= area.left && x < area.right && y >= area.top && y < area.bottom;
        return !isInside && byte !== of.data[at];
      });
      assert.equal(outside, -1);
    }
  });

  it('lets in what stops it, of a model that does not pause itself', async () => {
    const stop = new AbortController();
    const model = new Busy([LAMP]);
    const onPartial = (): unknown => setImmediate(() => stop.abort());
    const run = occlusion(task(model, asked(picture(96, 96, [LAMP])), { batch: 1, signal: stop.signal, onPartial }));
    await assert.rejects(run, { name: 'AbortError' });
    assert.ok(model.batches.length < 60, `after ${model.batches.length} batches`);
  });

  it('stops between batches', async () => {
    const stop = new AbortController();
    const model = new BrightnessModel([LAMP]);
    const run = occlusion(
      task(model, asked(picture(96, 96, [LAMP])), { signal: stop.signal, onPartial: () => stop.abort() }),
    );
    await assert.rejects(run, { name: 'AbortError' });
    assert.equal(model.batches.length, 2);
  });

  it('says that nothing moves the score, and that samples are estimates', async () => {
    const model = new BrightnessModel([{ x: 0, y: 0, width: 96, height: 96 }], { source: 'sampled' });
    // Of one colour: what covers is what was there.
    const { maps, notes, forwards } = await occlusion(task(model, asked(picture(96, 96, []))));
    assert.ok(maps[0]?.values.every((value) => value === 0));
    assert.equal(forwards, 65);
    assert.match(notes.join('\n'), /estimates from sampled answers[^]*No part of the images/);
  });

  it('refuses what cannot be explained, in words', async () => {
    const question = asked(picture(8, 8, []));
    const rejects = async (run: Promise<unknown>, message: RegExp): Promise<void> => {
      await assert.rejects(run, (error: Error) => error instanceof FlipsideError && message.test(error.message));
    };
    const model = new BrightnessModel([LAMP]);
    await rejects(occlusion(task(model, asked())), /no image/);
    await rejects(occlusion(task(model, question, { target: { option: 2, against: null } })), /Option 3 .* has 2/);
    await rejects(occlusion(task(model, question, { target: { option: 1, against: 1 } })), /held against itself/);
    await rejects(occlusion(task(new Saying(null), question)), /no probability for option A \("bright"\)/);
    await rejects(occlusion(task(new Saying(Number.NaN), question)), /NaN .* option A \("bright"\)[^]*float32/);
  });
});

/** A model that keeps what it was shown, as the memory of pixels is used again. */
class Watching extends BrightnessModel {
  readonly seen: RgbImage[][] = [];

  protected override scoreOf(question: Question): Score {
    this.seen.push(question.images.map((image) => ({ ...image, data: image.patch ? image.data.slice() : image.data })));
    return super.scoreOf(question);
  }
}

/** A model that holds the event loop for some milliseconds, as native code does. */
class Busy extends BrightnessModel {
  protected override scoreOf(question: Question): Score {
    const until = performance.now() + 5;
    while (performance.now() < until);
    return super.scoreOf(question);
  }
}

/** A model that gives the same for everything. */
class Saying extends BrightnessModel {
  constructor(private readonly probability: number | null) {
    super([]);
  }

  protected override scoreOf(): Score {
    return { probabilities: [this.probability, 0.5], source: 'logits', notes: [] };
  }
}
