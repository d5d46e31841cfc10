import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Area, RgbImage } from '../../../../src/inference/backend.js';
import type { ImageInput } from '../../../../src/inference/backends/onnx/manifest.js';
import { PixelWriter } from '../../../../src/inference/backends/onnx/pictures.js';

const INPUT: ImageInput = {
  ...{ input: 'x', width: 6, height: 5, fit: 'fill', layout: 'nchw' },
  ...{ mean: [0.1, 0.4, 0.7], std: [0.5, 0.25, 2] },
};
const { width, height } = INPUT;

function random(seed: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (seed * 31 + at * at * 7) % 256);
  return { width, height, data, encoded: null };
}

function isInside({ left, top, right, bottom }: Area, at: number): boolean {
  const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
  return x >= left && x < right && y >= top && y < bottom;
}

/** One picture, and another that is the same outside of an area. */
function patched(of: RgbImage, other: RgbImage, area: Area): RgbImage {
  const data = of.data.map((byte, at) => (isInside(area, at) ? (other.data[at] ?? 0) : byte));
  return { width, height, data, encoded: null, patch: { of, area } };
}

function written(writer: PixelWriter, image: RgbImage): readonly number[] {
  const numbers = new Float32Array(writer.size + 4).fill(-99);
  writer.write(image, numbers, 2);
  assert.deepEqual([...numbers.slice(0, 2), ...numbers.slice(-2)], [-99, -99, -99, -99], 'beyond its place');
  return [...numbers.slice(2, -2)];
}

describe('pictures as numbers', () => {
  it('are normalised by colour, in planes or pixel by pixel', () => {
    const image = random(3);
    const numbers = written(new PixelWriter(INPUT), image);
    const others = written(new PixelWriter({ ...INPUT, layout: 'nhwc' }), image);
    for (const [at, byte] of image.data.entries()) {
      const [pixel, colour] = [Math.floor(at / 3), at % 3];
      const expected = Math.fround((byte / 255 - (INPUT.mean[colour] ?? 0)) / (INPUT.std[colour] ?? 1));
      assert.equal(numbers[colour * width * height + pixel], expected);
      assert.equal(others[at], expected);
    }
  });

  for (const layout of ['nchw', 'nhwc'] as const) {
    it(`are the same where only a patch is new, ${layout}`, () => {
      const writer = new PixelWriter({ ...INPUT, layout });
      const edge = (most: number) =>
        fc.tuple(fc.nat(most), fc.nat(most)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
      const originals = [random(1), random(2)];
      fc.assert(
        fc.property(edge(width), edge(height), fc.nat(1), fc.nat(255), ([left, right], [top, bottom], which, seed) => {
          const area = { left: left ?? 0, top: top ?? 0, right: right ?? 0, bottom: bottom ?? 0 };
          const image = patched(originals[which] ?? assert.fail(), random(seed), area);
          const { data } = image;
          assert.deepEqual(written(writer, image), written(writer, { width, height, data, encoded: null }));
        }),
      );
    });
  }

  it('are copied outside of a patch, and looked at inside alone', () => {
    const area = { left: 1, top: 2, right: 4, bottom: 3 };
    const [of, other] = [random(1), random(2)];
    const writer = new PixelWriter(INPUT);
    const { data } = patched(of, other, area);
    const expected = written(writer, { width, height, data, encoded: null });
    assert.deepEqual(written(writer, { ...other, patch: { of, area } }), expected);
  });
});
