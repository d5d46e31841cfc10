import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Box } from '../../src/core/model.js';
import { COLOUR_TABLE, colourOf, COLOURS, paint } from '../../src/protocol/colourMap.js';
import type { GridMap } from '../../src/protocol/inference.js';
import { insideBoxes } from '../../src/protocol/insideBoxes.js';
import { largestValue, normalise, valueAt } from '../../src/protocol/shownMap.js';

function map(width: number, height: number, values: readonly number[]): GridMap {
  return { width, height, values: Float32Array.from(values) };
}

function box(x: number, y: number, width: number, height: number, unit: Box['unit'] = 'pixel'): Box {
  return { x, y, width, height, unit, label: null };
}

const near = (actual: number | null | undefined, expected: number): void =>
  assert.ok(actual !== null && actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} ≠ ${expected}`);

describe('share of a map inside boxes', () => {
  const MAP = map(2, 2, [1, 0, 0, 3]);
  const IMAGE = { width: 100, height: 50 };

  it('counts cells by the part that is inside', () => {
    const { boxes } = insideBoxes(
      MAP,
      [box(0, 0, 50, 25), box(0, 0, 25, 25), box(75, 25, 25, 25), box(25, 0, 50, 50)],
      IMAGE,
    );
    [1 / 4, 1 / 8, 3 / 8, 1 / 2].forEach((share, at) => near(boxes[at]?.share, share));
    [1 / 4, 1 / 8, 1 / 8, 1 / 2].forEach((area, at) => near(boxes[at]?.area, area));
  });

  it('takes boxes in fractions, and cuts those that reach beyond the image', () => {
    const { boxes } = insideBoxes(
      MAP,
      [box(0.5, 0.5, 0.5, 0.5, 'fraction'), box(-30, -30, 80, 55), box(200, 0, 9, 9)],
      IMAGE,
    );
    assert.deepEqual(boxes[0], { share: 0.75, area: 0.25, hit: true });
    near(boxes[1]?.share, 0.25);
    assert.deepEqual(boxes[2], { share: 0, area: 0, hit: false });
  });

  it('counts what several boxes cover once', () => {
    const { union } = insideBoxes(MAP, [box(0, 0, 60, 50), box(40, 0, 60, 50), box(10, 10, 5, 5)], IMAGE);
    assert.deepEqual(union, { share: 1, area: 1, hit: true });
  });

  it('takes absolute values, and has no share of nothing', () => {
    near(insideBoxes(map(2, 1, [-3, 1]), [box(0, 0, 50, 50)], IMAGE).union.share, 0.75);
    assert.deepEqual(insideBoxes(map(2, 1, [0, 0]), [box(0, 0, 50, 50)], IMAGE).union, {
      share: null,
      area: 0.5,
      hit: null,
    });
    assert.deepEqual(insideBoxes(MAP, [], IMAGE).union, { share: 0, area: 0, hit: false });
  });

  it('hits where half of the largest cells are inside', () => {
    const flat = map(2, 2, [1, 1, 1, 1]);
    const { boxes } = insideBoxes(flat, [box(0, 0, 100, 25), box(0, 0, 50, 25)], IMAGE);
    assert.deepEqual([boxes[0]?.hit, boxes[1]?.hit], [true, false]);
  });

  it('agrees with counting points, for any boxes', () => {
    const side = fc.integer({ min: 0, max: 12 });
    const boxes = fc.array(fc.tuple(side, side, side, side), { maxLength: 5 });
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(boxes, values, (corners, numbers) => {
        // 12 × 12 pixels, 4 × 3 cells: every pixel lies in one cell.
        const pixels = [...Array(144).keys()].map((at) => [at % 12, Math.floor(at / 12)] as const);
        const weight = ([x, y]: readonly [number, number]): number =>
          (numbers[Math.floor(y / 4) * 4 + Math.floor(x / 3)] ?? 0) / 12;
        const covered = pixels.filter(([x, y]) =>
          corners.some(([left, top, width, height]) => x >= left && x < left + width && y >= top && y < top + height),
        );
        const total = numbers.reduce((sum, each) => sum + each, 0);
        const found = insideBoxes(
          map(4, 3, numbers),
          corners.map(([x, y, width, height]) => box(x, y, width, height)),
          {
            ...{ width: 12, height: 12 },
          },
        ).union;
        near(found.area, covered.length / 144);
        if (total === 0) assert.equal(found.share, null);
        else near(found.share, covered.reduce((sum, pixel) => sum + weight(pixel), 0) / total);
      }),
    );
  });
});

describe('maps as they are drawn', () => {
  it('are fractions of the largest absolute value, which is remembered', () => {
    const shown = normalise(map(2, 2, [0, -4, 1, 2]));
    assert.deepEqual([[...shown.values], shown.scale], [[0, 1, 0.25, 0.5], 4]);
    assert.deepEqual([...normalise(map(1, 2, [0, 0])).values], [0, 0]);
  });

  it('share a scale where they are compared', () => {
    const maps = [map(1, 1, [2]), map(1, 2, [8, 4])];
    assert.equal(largestValue(maps), 8);
    assert.deepEqual(
      maps.map((each) => [...normalise(each, 8).values]),
      [[0.25], [1, 0.5]],
    );
    assert.deepEqual([...normalise(map(1, 1, [9]), 3).values], [1]);
  });

  it('tell the value under the pointer', () => {
    const two = map(2, 1, [3, 5]);
    assert.deepEqual(
      [0, 0.49, 0.5, 1].map((x) => valueAt(two, x, 1)),
      [3, 3, 5, 5],
    );
    assert.deepEqual([valueAt(two, -0.1, 0), valueAt(two, 0, 1.1)], [null, null]);
  });
});

describe('the colours of maps', () => {
  const bytes = (red: number, green: number, blue: number): number[] =>
    [red, green, blue].map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
  /** L* of CIELAB. */
  const lightness = ([red = 0, green = 0, blue = 0]: readonly number[]): number => {
    const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
  };
  /** Linear RGB as it is seen without one kind of cone: Viénot, Brettel, Mollon, Color Research and Application 24(4), 1999. */
  const SEEN = {
    protanopia: [0.11238, 0.88762, 0, 0.11238, 0.88762, 0, 0.00401, -0.00401, 1],
    deuteranopia: [0.29275, 0.70725, 0, 0.29275, 0.70725, 0, -0.02234, 0.02234, 1],
  };
  const seen = (by: readonly number[], linear: readonly number[]): number[] =>
    [0, 3, 6].map((row) => linear.reduce((sum, each, at) => sum + each * (by[row + at] ?? 0), 0));

  it('are those that were published', () => {
    // Entries of matplotlib's table that are no anchors here.
    for (const [at, published] of [
      [8, [0, 0.157932, 0.357521]],
      [40, [0.154261, 0.242475, 0.43012]],
      [104, [0.408226, 0.417357, 0.44257]],
      [152, [0.578236, 0.555673, 0.468724]],
      [200, [0.769353, 0.707035, 0.408516]],
      [246, [0.968469, 0.869819, 0.24131]],
    ] as const) {
      const ours = colourOf(at / 255);
      published.forEach((each, channel) =>
        assert.ok(Math.abs(each * 255 - (ours[channel] ?? 0)) <= 2, `${at}: ${ours.join()}`),
      );
    }
  });

  it('grow lighter in even steps, for readers with colour deficiencies too', () => {
    const linear = Array.from({ length: COLOURS }, (_, at) => bytes(...colourOf(at / 255)));
    for (const by of [[1, 0, 0, 0, 1, 0, 0, 0, 1], SEEN.protanopia, SEEN.deuteranopia]) {
      const steps = Array.from({ length: 15 }, (_, at) => {
        const [from, to] = [linear[at * 17] ?? [], linear[(at + 1) * 17] ?? []];
        return lightness(seen(by, to)) - lightness(seen(by, from));
      });
      const mean = steps.reduce((sum, each) => sum + each, 0) / steps.length;
      assert.ok(mean > 4, String(mean));
      assert.ok(
        steps.every((step) => step > 0.5 * mean && step < 1.5 * mean),
        steps.join(' '),
      );
    }
  });

  it('paint what is beyond as the ends, and what is no number as nothing', () => {
    assert.deepEqual(
      [-1, 0, 1, 7, Number.NaN].map((each) => colourOf(each).join()),
      ['0,34,78', '0,34,78', '254,232,56', '254,232,56', '0,34,78'],
    );
    assert.deepEqual([...paint([0, 1], 0.5)], [0, 34, 78, 128, 254, 232, 56, 128]);
    assert.equal(COLOUR_TABLE.length, COLOURS * 3);
  });
});
