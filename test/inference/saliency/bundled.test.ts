import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { InferenceBackend, Question, RgbImage } from '../../../src/inference/backend.js';
import { bundled } from '../../../src/inference/backends/bundled.js';
import { explain } from '../../../src/inference/saliency/explain.js';
import type { Box } from '../../../src/core/model.js';
import type { ModelPlaces, SaliencyMethod } from '../../../src/protocol/inference.js';
import { insideBoxes } from '../../../src/protocol/insideBoxes.js';

const SIZE = 96;
const ANSWERS = ['yes', 'no', 'left', 'right', 'above', 'below', 'front', 'behind'];

/** A square of a colour, by its middle and half of its edge. */
interface Square {
  readonly x: number;
  readonly y: number;
  readonly half: number;
  readonly colour: readonly [number, number, number];
}

const [RED, BLUE, GREEN] = [
  [214, 39, 40],
  [31, 90, 200],
  [44, 160, 44],
] as const;

/** Scenes in which the red square is asked about in relation to the blue one; the green one is beside the point. */
const SCENES: readonly (readonly Square[])[] = [
  [
    { x: 20, y: 30, half: 11, colour: RED },
    { x: 74, y: 34, half: 12, colour: BLUE },
    { x: 48, y: 76, half: 11, colour: GREEN },
  ],
  [
    { x: 72, y: 22, half: 12, colour: RED },
    { x: 28, y: 26, half: 11, colour: BLUE },
    { x: 66, y: 72, half: 12, colour: GREEN },
  ],
  [
    { x: 26, y: 70, half: 12, colour: RED },
    { x: 70, y: 66, half: 11, colour: BLUE },
    { x: 30, y: 24, half: 12, colour: GREEN },
  ],
];

function drawn(squares: readonly Square[]): RgbImage {
  const data = new Uint8Array(SIZE * SIZE * 3).fill(225);
  for (const { x, y, half, colour } of squares) {
    for (let row = y - half; row < y + half; row++) {
      for (let column = x - half; column < x + half; column++) data.set(colour, (row * SIZE + column) * 3);
    }
  }
  return { width: SIZE, height: SIZE, data, encoded: null };
}

function boxOf({ x, y, half }: Square): Box {
  return { x: x - half, y: y - half, width: 2 * half, height: 2 * half, unit: 'pixel', label: null };
}

/** The same pixels, with nothing said of what they were made of, in memory and options of their own. */
function withoutPatches({ images, options, ...rest }: Question): Question {
  const own = images.map(({ width, height, data }) => ({ width, height, data: data.slice(), encoded: null }));
  return { ...rest, options: [...options], images: own };
}

describe('saliency of the model that comes with Flipside', () => {
  const signal = new AbortController().signal;
  let backend: InferenceBackend;

  before(async () => {
    const folder = fileURLToPath(new URL('../../../models', import.meta.url));
    const places: ModelPlaces = { bundled: folder, folders: [], endpoints: [], processes: [], device: 'cpu' };
    const found = (await bundled.find(places, signal)).find(({ id }) => id === 'bundled:augmented');
    backend = await bundled.open(found ?? assert.fail('There is no model.'), places, signal);
  });

  after(() => backend.dispose());

  /** Mean share inside the two squares that are asked about, and how much of the picture these are. */
  async function shares(method: SaliencyMethod): Promise<{ share: number; area: number }> {
    let [share, area] = [0, 0];
    for (const squares of SCENES) {
      const options = ANSWERS.map((text) => ({ label: null, text }));
      const question = {
        ...{ question: 'Where is the red square relative to the blue square?', options, prompt: null },
        images: [drawn(squares)],
      };
      const [score] = await backend.score([question], signal);
      const probabilities = score?.probabilities.map((each) => each ?? 0) ?? [];
      const option = probabilities.indexOf(Math.max(...probabilities));
      const request = { method, target: { option, against: null }, seed: 1 };
      const found = await explain(backend, question, request, () => undefined, signal);
      assert.equal(found.method, method, found.notes.join());
      const { union } = insideBoxes(found.maps[0] ?? assert.fail(), squares.slice(0, 2).map(boxOf), {
        ...{ width: SIZE, height: SIZE },
      });
      share += (union.share ?? 0) / SCENES.length;
      area += union.area / SCENES.length;
    }
    return { share, area };
  }

  for (const method of ['occlusion', 'rise'] as const) {
    it(`is the same by ${method} to the last digit where all of each masked image is made anew`, async () => {
      const anew: InferenceBackend = {
        probe: (stop) => backend.probe(stop),
        score: (questions, stop) => backend.score(questions.map(withoutPatches), stop),
        dispose: () => Promise.resolve(),
      };
      const options = ['left', 'right'].map((text) => ({ label: null, text }));
      const images = [drawn(SCENES[0] ?? assert.fail())];
      const question = { ...{ question: 'Where is the red square?', options, prompt: null }, images };
      const request = { method, target: { option: 0, against: 1 }, seed: 1 };
      const [one, other] = [
        await explain(backend, question, request, () => undefined, signal),
        await explain(anew, question, request, () => undefined, signal),
      ];
      assert.deepEqual(one, other);
      assert.ok(one.maps[0]?.values.some((value) => value > 0));
    });
  }

  for (const [method, times] of [
    ['gradient', 3],
    ['occlusion', 3],
    ['rise', 1.5],
  ] as const) {
    it(`lies in what is asked about, by ${method}`, async () => {
      const { share, area } = await shares(method);
      assert.ok(share > times * area, `${share} of the map, in ${area} of the picture`);
    });
  }
});
