import { FlipsideError } from '../../core/model.js';
import type { GridMap } from '../../protocol/inference.js';

/**
 * Maps as NumPy's array files. Source: numpy/numpy, numpy/lib/format.py: magic, version, length of the header, a Python dictionary with
 * `descr`, `fortran_order` and `shape`, padded to a multiple of 64 bytes, then the numbers.
 */

const MAGIC = '\u0093NUMPY';
/** Of magic, version 1.0 and the header's length. */
const BEFORE_HEADER = 10;
const ALIGNED = 64;

/** A map as an array of float32, [height, width]. */
export function npyOf({ width, height, values }: GridMap): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  const length = Math.ceil((BEFORE_HEADER + dictionary.length + 1) / ALIGNED) * ALIGNED;
  const bytes = Buffer.alloc(length + values.length * 4);
  bytes.write(MAGIC, 'latin1');
  bytes[6] = 1;
  bytes.writeUInt16LE(length - BEFORE_HEADER, 8);
  bytes.write(`${dictionary.padEnd(length - BEFORE_HEADER - 1)}\n`, BEFORE_HEADER, 'latin1');
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, length + at * 4);
  return bytes;
}

interface NumberType {
  readonly bytes: number;
  read(buffer: Buffer, at: number): number;
}

const TYPES: ReadonlyMap<string, NumberType> = new Map([
  ['<f4', { bytes: 4, read: (buffer, at) => buffer.readFloatLE(at) }],
  ['>f4', { bytes: 4, read: (buffer, at) => buffer.readFloatBE(at) }],
  ['<f8', { bytes: 8, read: (buffer, at) => buffer.readDoubleLE(at) }],
  ['>f8', { bytes: 8, read: (buffer, at) => buffer.readDoubleBE(at) }],
  ['|u1', { bytes: 1, read: (buffer, at) => buffer[at] ?? 0 }],
]);

/**
 * The map in an array file of float32, float64 or uint8, [height, width] or [1, height, width], with the file's own values. Throws a
 * FlipsideError that says what else it holds.
 * @param file For messages.
 */
export function mapOfNpy(bytes: Uint8Array, file: string): GridMap {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const { descr, isFortran, shape, start } = headerOf(buffer, file);
  const type = TYPES.get(descr);
  if (type === undefined) {
    throw new FlipsideError(
      `${file} holds numbers of the type ${JSON.stringify(descr)}; a map is float32, float64 or uint8. ` +
        'Save map.astype("float32").',
      { file },
    );
  }
  const [height = 0, width = 0] = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  const isMap = (shape.length === 2 || (shape.length === 3 && shape[0] === 1)) && width > 0 && height > 0;
  if (!isMap) {
    throw new FlipsideError(
      `${file} holds an array of the shape (${shape.join(', ')}); a map is [height, width] or [1, height, width]. ` +
        'Save one map for each image, summed over its channels.',
      { file },
    );
  }
  if (isFortran) {
    throw new FlipsideError(`${file} is saved column by column. Save numpy.ascontiguousarray(map).`, { file });
  }
  if (buffer.length - start !== width * height * type.bytes) {
    throw new FlipsideError(
      `${file} should hold ${width * height * type.bytes} bytes of numbers for ${height} × ${width}, and holds ` +
        `${buffer.length - start}: it was cut off, or is not what its header says. Save it again.`,
      { file },
    );
  }
  const values = new Float32Array(width * height);
  for (const at of values.keys()) values[at] = type.read(buffer, start + at * type.bytes);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new FlipsideError(
      `${file} holds ${values[wrong]} in row ${Math.floor(wrong / width) + 1}, column ${(wrong % width) + 1}; ` +
        'a map has finite numbers alone. Save numpy.nan_to_num(map), if 0 is meant there.',
      { file },
    );
  }
  return { width, height, values };
}

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

function headerOf(buffer: Buffer, file: string): Header {
  const isFirst = buffer[6] === 1;
  const from = isFirst ? BEFORE_HEADER : BEFORE_HEADER + 2;
  if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC || buffer.length < from) {
    throw new FlipsideError(`${file} is no NumPy array. Save the map with numpy.save.`, { file });
  }
  const start = from + (isFirst ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  const text = buffer.toString('latin1', from, start);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1] ?? 'structured';
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (start > buffer.length || order === undefined || shape === undefined) {
    throw new FlipsideError(`The header of ${file} is cut off or broken. Save the map again with numpy.save.`, {
      file,
    });
  }
  const sizes = shape.split(',').filter((size) => size.trim() !== '');
  return { descr, isFortran: order === 'True', shape: sizes.map(Number), start };
}
