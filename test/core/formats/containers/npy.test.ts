import assert from 'node:assert/strict';
import { hasRows, NpyRecordParser, readNpyHeader } from '../../../../src/core/formats/containers/npy.js';
import type { JsonObject } from '../../../../src/core/model.js';
import { isDropped } from '../../../../src/core/formats/format.js';
import { outline, parseText } from './support.js';

interface Made {
  readonly descr: string;
  readonly shape: readonly number[];
  readonly fortran?: boolean;
  readonly version?: 1 | 2 | 3;
}

/** An array file with this header and these bytes behind it. */
function npy({ descr, shape, fortran = false, version = 1 }: Made, data: Buffer): Buffer {
  const order = fortran ? 'True' : 'False';
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')},), }\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const magic = Buffer.concat([Buffer.from('\u0093NUMPY', 'latin1'), Buffer.from([version, 0])]);
  return Buffer.concat([magic, length, Buffer.from(header, 'latin1'), data]);
}

function doubles(...values: number[]): Buffer {
  return Buffer.from(Float64Array.from(values).buffer);
}

async function read(bytes: Buffer, every?: number): Promise<(JsonObject | string)[]> {
  return outline(await parseText(bytes, new NpyRecordParser('a.npy'), every));
}

const SIX = doubles(1, 2, 3, 4, 5, 6);

describe('containers: NumPy arrays', () => {
  it('reads an array along its first axis, however it is cut', async () => {
    const bytes = npy({ descr: '<f8', shape: [3, 1, 2] }, SIX);
    const rows = [{ values: [[1, 2]] }, { values: [[3, 4]] }, { values: [[5, 6]] }];
    for (const every of [1 << 20, 7, 1]) assert.deepEqual(await read(bytes, every), rows, `every ${String(every)}`);
  });

  it('reads all versions of the header', async () => {
    for (const version of [1, 2, 3] as const) {
      const bytes = npy({ descr: '<f8', shape: [6], version }, SIX);
      assert.deepEqual(
        (await read(bytes)).map((row) => (row as JsonObject)['values']),
        [1, 2, 3, 4, 5, 6],
      );
    }
  });

  it('reads arrays whose first index runs fastest', async () => {
    // The same numbers as [[1, 2], [3, 4], [5, 6]].
    const bytes = npy({ descr: '<f8', shape: [3, 2], fortran: true }, doubles(1, 3, 5, 2, 4, 6));
    const deep = npy({ descr: '<f8', shape: [1, 2, 3], fortran: true }, doubles(1, 4, 2, 5, 3, 6));
    assert.deepEqual(await read(bytes, 5), [{ values: [1, 2] }, { values: [3, 4] }, { values: [5, 6] }]);
    assert.deepEqual(await read(deep), [{ values: [[1, 2, 3], [4, 5, 6]] }]); // prettier-ignore
  });

  it('reads numbers of every size and byte order, exactly', async () => {
    const one = async (descr: string, bytes: number[]): Promise<unknown> =>
      ((await read(npy({ descr, shape: [1] }, Buffer.from(bytes))))[0] as JsonObject)['values'];
    assert.equal(await one('<f2', [0x00, 0x3c]), 1);
    assert.equal(await one('>f2', [0xc1, 0x00]), -2.5);
    assert.equal(await one('<f2', [0x01, 0x00]), 2 ** -24);
    assert.equal(await one('<f2', [0x00, 0x7c]), null);
    assert.equal(await one('>f4', [0x3f, 0x80, 0, 0]), 1);
    assert.equal(await one('<i2', [0xfe, 0xff]), -2);
    assert.equal(await one('|u1', [200]), 200);
    assert.equal(await one('|b1', [1]), true);
    assert.equal(await one('<i8', [1, 0, 0, 0, 0, 0, 0x20, 0]), '9007199254740993');
    assert.equal(await one('<u8', [7, 0, 0, 0, 0, 0, 0, 0]), 7);
  });

  it('says of numbers that JSON has not that they are missing', async () => {
    const records = await parseText(
      npy({ descr: '<f8', shape: [2] }, doubles(Number.NaN, 1)),
      new NpyRecordParser('a.npy'),
    );
    assert.deepEqual(
      records.map((record) => (isDropped(record) ? null : [record.value, record.flags])),
      [
        [{ values: null }, ['nonStandardNumber']],
        [{ values: 1 }, []],
      ],
    );
  });

  it('drops what is cut off, and what follows the array, once', async () => {
    const cut = npy({ descr: '<f8', shape: [3, 2] }, SIX.subarray(0, 40));
    const longer = npy({ descr: '<f8', shape: [2, 2] }, SIX);
    const whole = npy({ descr: '<f8', shape: [3, 2], fortran: true }, SIX.subarray(0, 40));
    assert.deepEqual(await read(cut), [{ values: [1, 2] }, { values: [3, 4] }, '<truncated array>']);
    assert.deepEqual(await read(longer), [{ values: [1, 2] }, { values: [3, 4] }, '<bytes after the array>']);
    assert.deepEqual(await read(whole), ['<truncated array>']);
  });

  it('has no rows of objects, texts and records', () => {
    const header = readNpyHeader(npy({ descr: '|O', shape: [3] }, Buffer.alloc(0)));
    assert.ok(header !== null && !hasRows(header));
    assert.equal(readNpyHeader(Buffer.from('\u0093NUMPY', 'latin1')), null);
    assert.equal(readNpyHeader(Buffer.from('no array at all')), null);
  });
});
