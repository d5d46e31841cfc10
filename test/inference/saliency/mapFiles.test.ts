import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { FlipsideError } from '../../../src/core/model.js';
import { findExternalMaps, nameOfId } from '../../../src/inference/saliency/externalMaps.js';
import { mapFilesOf, mapOfPng, readMap } from '../../../src/inference/saliency/mapFiles.js';
import { mapOfNpy, npyOf } from '../../../src/inference/saliency/npy.js';
import { colourOf } from '../../../src/protocol/colourMap.js';
import type { GridMap } from '../../../src/protocol/inference.js';

const MAP: GridMap = { width: 3, height: 2, values: new Float32Array([0, 0.5, 1, -2, 4, 0.25]) };

let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipside-maps-'));
});

after(() => rm(folder, { recursive: true }));

/** An array file with a header of our own. */
function npy(header: string, numbers: Uint8Array, version = 1): Uint8Array {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from('\u0093NUMPY', 'latin1'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(header),
    numbers,
  ]);
}

function header(descr: string, shape: string, fortran = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`;
}

describe('maps as arrays', () => {
  it('come back as they were written', () => {
    const bytes = npyOf(MAP);
    assert.deepEqual(mapOfNpy(bytes, 'map.npy'), MAP);
    // The bytes that numpy.save writes for this array.
    assert.equal(bytes.length, 128 + 24);
    const start = "\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   ";
    assert.ok(Buffer.from(bytes).toString('latin1').startsWith(start));
    assert.equal(bytes[127], 10);
  });

  it('are read in other types, versions and with one map in a batch', () => {
    const doubles = new Uint8Array(Float64Array.from([1, 2.5]).buffer);
    const two = { width: 2, height: 1, values: new Float32Array([1, 2.5]) };
    assert.deepEqual(mapOfNpy(npy(header('<f8', '1, 2'), doubles), 'x'), two);
    assert.deepEqual(mapOfNpy(npy(header('<f8', '1, 1, 2'), doubles, 2), 'x'), two);
    assert.deepEqual(mapOfNpy(npy(header('>f8', '1, 2'), doubles.slice().reverse()), 'x').values[0], 2.5);
    const bytes = mapOfNpy(npy(header('|u1', '2, 1'), new Uint8Array([7, 255])), 'x');
    assert.deepEqual([bytes.height, ...bytes.values], [2, 7, 255]);
  });

  it('are refused in words where they are none', () => {
    const four = new Uint8Array(Float32Array.from([1, 2, Number.NaN, 4]).buffer);
    for (const [bytes, message] of [
      [npy(header('<f4', '2, 2, 1'), four), /shape \(2, 2, 1\)/],
      [npy(header('<f4', '4,'), four), /shape \(4\)/],
      [npy(header('<f4', '0, 4'), new Uint8Array()), /shape \(0, 4\)/],
      [npy(header('<f4', '2, 2', 'True'), four), /column by column/],
      [npy(header('<f4', '2, 2'), four), /NaN in row 2, column 1/],
      [npy(header('<f4', '2, 3'), four), /should hold 24 bytes .* holds 16/],
      [npy(header('<i8', '1, 2'), four), /type "<i8"/],
      [npyOf(MAP).slice(0, 60), /header of map\.npy is cut off/],
      [npyOf(MAP).slice(0, 8), /no NumPy array/],
      [Buffer.from('x,y\n1,2\n'), /no NumPy array/],
    ] as const) {
      assert.throws(
        () => mapOfNpy(bytes, 'map.npy'),
        (error: Error) => error instanceof FlipsideError && message.test(error.message),
        String(message),
      );
    }
  });
});

describe('maps as pictures', () => {
  it('are saved beside the raw data, in grey and in colours', async () => {
    const files = await mapFilesOf([MAP], 'rerun');
    assert.deepEqual(
      files.map(({ name }) => name),
      ['rerun.npy', 'rerun.png', 'rerun-colours.png'],
    );
    assert.equal((await sharp(files[1]?.bytes).metadata()).channels, 1);
    const grey = await sharp(files[1]?.bytes).toColourspace('b-w').raw().toBuffer();
    assert.deepEqual([...grey], [0, 32, 64, 128, 255, 16]);
    const colours = await sharp(files[2]?.bytes).raw().toBuffer();
    assert.deepEqual([...colours.subarray(12, 15)], colourOf(1));
    const many = await mapFilesOf([MAP, MAP], 'rerun');
    assert.deepEqual([many[0]?.name, many[3]?.name], ['rerun_0.npy', 'rerun_1.npy']);
  });

  it('are read by their brightness', async () => {
    const files = await mapFilesOf([MAP], 'back');
    for (const { name, bytes } of files) await writeFile(path.join(folder, name), bytes);
    const grey = await readMap(path.join(folder, 'back.png'));
    assert.deepEqual(grey.notes, []);
    assert.deepEqual([grey.map.width, grey.map.height], [3, 2]);
    assert.ok(Math.abs((grey.map.values[3] ?? 0) - 128 / 255) < 1e-6);
    const coloured = await readMap(path.join(folder, 'back-colours.png'));
    assert.match(coloured.notes.join(), /in colours/);
    // The colours go from dark to light.
    const byValue = [0, 5, 1, 2, 3, 4].map((at) => coloured.map.values[at] ?? 0);
    assert.ok(byValue.every((value, at) => at === 0 || value > (byValue[at - 1] ?? 1)));
    assert.deepEqual((await readMap(path.join(folder, 'back.npy'))).map, MAP);
  });

  it('are read whole in 16 bits, and without what is transparent', async () => {
    const wide = sharp(new Uint16Array([0, 257, 65_535]), { raw: { width: 3, height: 1, channels: 1 } });
    const bytes = await wide.toColourspace('grey16').png().toBuffer();
    const { map } = await mapOfPng(bytes, 'wide.png');
    assert.deepEqual(
      [...map.values].map((value) => Math.round(value * 65_535)),
      [0, 257, 65_535],
    );
    const clear = sharp(new Uint8Array([51, 51, 51, 0]), { raw: { width: 1, height: 1, channels: 4 } });
    const seen = await mapOfPng(await clear.png().toBuffer(), 'clear.png');
    assert.ok(Math.abs((seen.map.values[0] ?? 0) - 0.2) < 1e-6);
  });

  it('are refused in words where they are none', async () => {
    const file = path.join(folder, 'not.png');
    await writeFile(file, 'not a picture');
    await assert.rejects(readMap(file), /not\.png cannot be decoded/);
    const jpeg = await sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } })
      .jpeg()
      .toBuffer();
    await assert.rejects(mapOfPng(jpeg, 'x.png'), /no PNG but jpeg/);
    await assert.rejects(readMap(path.join(folder, 'missing.npy')), (error: Error) => error instanceof FlipsideError);
  });
});

describe('maps of other tools', () => {
  it('are found by the ids of items', async () => {
    const maps = path.join(folder, 'external');
    await mkdir(path.join(maps, 'folder.png'), { recursive: true });
    const names = [
      'plain.png',
      'both.npy',
      'both.png',
      'film_0.npy',
      'film_2.PNG',
      'film_10.png',
      'val_1.png',
      'a_b_c.npy',
    ];
    const others = ['stranger.png', 'same_id.npy', 'notes.txt'];
    for (const name of [...names, ...others]) await writeFile(path.join(maps, name), '');
    const ids = ['plain', 'both', 'film', 'val', 'val_1', 'a/b:c', 'same/id', 'same:id', 'nothing'];
    const { found, without, unused } = await findExternalMaps(maps, ids);
    const shown = Object.fromEntries(
      [...found].map(([id, those]) => [
        id,
        those.map(({ frame, file }) => `${frame}=${path.basename(file)}`).join(' '),
      ]),
    );
    assert.deepEqual(shown, {
      ...{ plain: '0=plain.png', both: '0=both.npy', film: '0=film_0.npy 2=film_2.PNG 10=film_10.png' },
      ...{ val_1: '0=val_1.png', 'a/b:c': '0=a_b_c.npy' },
    });
    assert.deepEqual(without, ['val', 'same/id', 'same:id', 'nothing']);
    assert.deepEqual(
      unused.map(({ file, reason }) => `${path.basename(file)}: ${reason}`),
      [
        'same_id.npy: 2 items have ids that are written like this',
        'both.png: both.npy is taken for the same image',
        'stranger.png: no item has this id',
      ],
    );
  });

  it('prefer the item whose id is the name itself', async () => {
    const maps = path.join(folder, 'exact');
    await mkdir(maps);
    await writeFile(path.join(maps, 'a_b.png'), '');
    const { found, without } = await findExternalMaps(maps, ['a/b', 'a_b']);
    assert.deepEqual([[...found.keys()], without], [['a_b'], ['a/b']]);
  });

  it('keep letters of every script in names, and nothing that leads out of the folder', () => {
    assert.equal(nameOfId('左/右 1'), '左_右_1');
    assert.equal(nameOfId('../../x'), '.._.._x');
  });

  it('say that their folder cannot be read', async () => {
    await assert.rejects(findExternalMaps(path.join(folder, 'gone'), []), /folder of maps .* cannot be read/);
  });
});
