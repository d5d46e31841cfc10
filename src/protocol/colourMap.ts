/**
 * The colours of maps over images: cividis, which readers with any of the usual colour deficiencies see nearly as others do, in even
 * steps from dark blue to light yellow. Source: Nuñez, Anderton, Renslow, "Optimizing colormaps with consideration for color vision
 * deficiency to enable accurate interpretation of scientific data", PLOS ONE 13(7), 2018; the anchors are entries of the table that
 * matplotlib publishes, straight lines lie between them.
 */

/** Place among 256, red, green, blue. They lie closer where the published map bends. */
const ANCHORS: readonly (readonly [at: number, red: number, green: number, blue: number])[] = [
  [0, 0, 34, 78],
  [16, 0, 46, 106],
  [19, 0, 48, 111],
  [23, 1, 50, 113],
  [27, 15, 53, 112],
  [32, 26, 56, 111],
  [48, 50, 67, 109],
  [64, 67, 78, 108],
  [80, 83, 90, 109],
  [96, 97, 101, 111],
  [112, 111, 112, 115],
  [128, 125, 124, 120],
  [144, 140, 136, 120],
  [160, 155, 148, 118],
  [176, 171, 160, 114],
  [192, 188, 174, 108],
  [208, 205, 187, 99],
  [224, 222, 201, 88],
  [240, 240, 216, 70],
  [251, 253, 227, 52],
  [255, 254, 232, 56],
];

export const COLOURS = 256;

/** Three bytes for each of 256 colours, from nothing to all. */
export const COLOUR_TABLE: Uint8Array = tableOf(ANCHORS);

function tableOf(anchors: typeof ANCHORS): Uint8Array {
  const table = new Uint8Array(COLOURS * 3);
  anchors.slice(1).forEach(([to, ...end], at) => {
    const [from = 0, ...begin] = anchors[at] ?? [];
    for (let colour = from; colour <= to; colour++) {
      const part = (colour - from) / (to - from);
      for (const [channel, last] of end.entries()) {
        const first = begin[channel] ?? 0;
        table[colour * 3 + channel] = Math.round(first + part * (last - first));
      }
    }
  });
  return table;
}

/** The colour of a fraction; below 0 that of 0, above 1 that of 1, and that of 0 for what is no number. */
export function colourOf(fraction: number): readonly [red: number, green: number, blue: number] {
  const at = placeOf(fraction) * 3;
  return [COLOUR_TABLE[at] ?? 0, COLOUR_TABLE[at + 1] ?? 0, COLOUR_TABLE[at + 2] ?? 0];
}

/**
 * Colours of fractions as four bytes each, as a canvas takes them.
 * @param opacity 0 to 1, the same everywhere.
 */
export function paint(fractions: ArrayLike<number>, opacity = 1): Uint8ClampedArray<ArrayBuffer> {
  const painted = new Uint8ClampedArray(fractions.length * 4);
  for (let at = 0; at < fractions.length; at++) {
    const colour = placeOf(fractions[at] ?? 0) * 3;
    painted[at * 4] = COLOUR_TABLE[colour] ?? 0;
    painted[at * 4 + 1] = COLOUR_TABLE[colour + 1] ?? 0;
    painted[at * 4 + 2] = COLOUR_TABLE[colour + 2] ?? 0;
    painted[at * 4 + 3] = opacity * 255;
  }
  return painted;
}

function placeOf(fraction: number): number {
  return fraction > 0 ? Math.min(COLOURS - 1, Math.round(fraction * (COLOURS - 1))) : 0;
}
