import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import {
  inflateDeflate,
  inflateZstd,
  UNPACK_LIMITS,
  UnpackError,
} from '../../../../src/core/formats/containers/inflate.js';
import { openZip, zipOfBytes } from '../../../../src/core/formats/containers/zip.js';
import { FlipsideError } from '../../../../src/core/model.js';
import { fixture, makeZip, Scratch, type ZipPart } from './support.js';

const TEXT = Array.from({ length: 5000 }, (_, n) => `sample ${n}: the cup is left of the plate\n`).join('');

/** The packed bytes of the only entry with this name. */
async function packedZstd(): Promise<Uint8Array> {
  const bytes = await readFile(fixture('zstd.zip'));
  const name = 'samples/1_epoch_1.json';
  const header = bytes.indexOf(name) - 30;
  const size = bytes.readUInt32LE(header + 18);
  return bytes.subarray(header + 30 + name.length, header + 30 + name.length + size);
}

function failsWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FlipsideError, String(error));
    assert.match(error.message, pattern);
    assert.ok(error.options.file);
    return true;
  };
}

describe('zip archives', () => {
  const scratch = new Scratch();
  const zip = (parts: readonly ZipPart[]) => zipOfBytes(makeZip(parts), 'log.eval');

  it('reads stored, deflated and empty entries from a file', async () => {
    const parts: ZipPart[] = [
      { name: 'header.json', data: '{"a": 1}', method: 0 },
      { name: 'samples/', data: '', method: 0 },
      { name: 'samples/é_1.json', data: TEXT },
      { name: 'empty', data: '' },
    ];
    const archive = await openZip(await scratch.write('log.eval', makeZip(parts)));
    assert.deepEqual(archive.entries, ['header.json', 'samples/é_1.json', 'empty']);
    assert.equal(Buffer.from(await archive.read('header.json')).toString(), '{"a": 1}');
    assert.equal(Buffer.from(await archive.read('samples/é_1.json')).toString(), TEXT);
    assert.equal((await archive.read('empty')).length, 0);
  });

  it('reads zstd entries of one and of several frames', async () => {
    const archive = await openZip(fixture('zstd.zip'));
    assert.deepEqual(archive.entries, ['header.json', 'samples/1_epoch_1.json', 'empty.json']);
    assert.equal(Buffer.from(await archive.read('header.json')).toString(), '{"version": 2}');
    assert.equal(Buffer.from(await archive.read('samples/1_epoch_1.json')).toString(), TEXT);
    assert.equal((await archive.read('empty.json')).length, 0);
  });

  it('reads many entries at the same time', async () => {
    const parts = Array.from({ length: 60 }, (_, n) => ({ name: `${n}.json`, data: `${n}`.repeat(1000) }));
    const archive = await openZip(await scratch.write('many.zip', makeZip(parts)));
    const read = await Promise.all(archive.entries.map((name) => archive.read(name)));
    read.forEach((data, n) => assert.equal(Buffer.from(data).toString(), `${n}`.repeat(1000)));
  });

  it('takes the last of several entries of one name, as unzip does', async () => {
    const archive = await zip([
      { name: 'a', data: 'old' },
      { name: 'a', data: 'new' },
    ]);
    assert.deepEqual(archive.entries, ['a']);
    assert.equal(Buffer.from(await archive.read('a')).toString(), 'new');
  });

  it('reads an empty archive', async () => assert.deepEqual((await zip([])).entries, []));

  const BAD: [what: string, part: ZipPart, pattern: RegExp][] = [
    ['an entry that is not there', { name: 'b', data: '' }, /^log\.eval: has no entry a/],
    ['a wrong checksum', { name: 'a', data: 'x', crc: 1 }, /entry a: its data are damaged \(wrong checksum\)/],
    ['damaged deflate data', { name: 'a', data: 'x', packed: Buffer.from([7, 7, 7]) }, /entry a: its data are damaged/],
    ['deflate data cut off', { name: 'a', data: TEXT, packed: deflateRawSync(TEXT).subarray(0, 99) }, /damaged/],
    ['zstd data that are none', { name: 'a', data: 'x', method: 93 }, /damaged \(they end too early\)/],
    ['zstd data of another kind', { name: 'a', data: 'no zstd at all', method: 93 }, /no zstd frame/],
    [
      'another method',
      { name: 'a', data: 'x', method: 14 },
      /packed by method 14; stored, deflate and zstd can be read/,
    ],
    ['encryption', { name: 'a', data: 'x', flags: 1 }, /it is encrypted\. Save the archive without a password/],
  ];
  for (const [what, part, pattern] of BAD) {
    it(`says so: ${what}`, async () => {
      const archive = await zip([part]);
      await assert.rejects(archive.read('a'), failsWith(pattern));
    });
  }

  it('refuses a stored entry beyond the limit', async () => {
    const archive = await zipOfBytes(makeZip([{ name: 'a', data: TEXT, method: 0 }]), 'log.eval', {
      ...UNPACK_LIMITS,
      maxBytes: 1000,
    });
    await assert.rejects(archive.read('a'), failsWith(/^log\.eval: its entry a is larger than 0 MiB/));
  });

  it('says which file is no whole archive, and what to do', async () => {
    const whole = makeZip([{ name: 'a', data: TEXT }]);
    for (const length of [0, 4, 22, whole.length - 30, whole.length - 1]) {
      const path = await scratch.write('cut.eval', whole.subarray(0, length));
      await assert.rejects(
        openZip(path),
        failsWith(/cut\.eval: not a whole zip archive .*still being written.*copy it again/),
      );
    }
    await assert.rejects(openZip(scratch.path('none.zip')), failsWith(/none\.zip: the file is gone/));
  });

  it('refuses entries that share their bytes', async () => {
    const bytes = makeZip([
      { name: 'a', data: TEXT },
      { name: 'b', data: TEXT },
    ]);
    // The size of b in the directory, made to reach back over a: bytes 20 to 23 of its header.
    const second = bytes.indexOf(Buffer.from('PK\x01\x02'), bytes.indexOf(Buffer.from('PK\x01\x02')) + 4);
    bytes.writeUInt32LE(bytes.length, second + 20);
    await assert.rejects(zipOfBytes(bytes, 'log.eval'), /log\.eval: not a whole zip archive \(its entries are longer/);
  });

  it('refuses what unpacks to far more than the archive only together', async () => {
    const parts = Array.from({ length: 6 }, (_, i) => ({ name: `s${String(i)}`, data: 'x'.repeat(50_000) }));
    const archive = await zipOfBytes(makeZip(parts), 'log.eval', {
      ...UNPACK_LIMITS,
      maxRatio: 200,
      ratioFrom: 120_000,
    });
    for (const name of ['s0', 's1', 's0', 's1', 's0']) assert.equal((await archive.read(name)).length, 50_000);
    await assert.rejects(
      async () => {
        for (const { name } of parts) await archive.read(name);
      },
      failsWith(/log\.eval: cannot be read further: with this entry it unpacks to more than 200 times its size/),
    );
  });

  it('refuses names that lead out of the archive', async () => {
    await assert.rejects(
      zip([{ name: '../../etc/x', data: '' }]),
      failsWith(/not a whole zip archive \(invalid relative path/),
    );
  });

  it('never fails but with a FlipsideError, whatever byte is changed', async () => {
    const whole = makeZip([
      { name: 'a', data: TEXT.slice(0, 300) },
      { name: 'b', data: 'stored', method: 0 },
    ]);
    const property = fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      try {
        const archive = await zipOfBytes(bytes, 'log.eval');
        for (const name of archive.entries) await archive.read(name);
      } catch (error) {
        assert.ok(error instanceof FlipsideError, String(error));
      }
    });
    await fc.assert(property, { numRuns: 1000 });
  });
});

describe('unpacking', () => {
  const SMALL = { ...UNPACK_LIMITS, maxBytes: 1 << 20, maxRatio: 100, ratioFrom: 1 << 16 };

  it('refuses deflate data that unpack to too much', async () => {
    const zeros = deflateRawSync(Buffer.alloc(1 << 18));
    await assert.rejects(inflateDeflate(zeros, SMALL), new UnpackError('it unpacks to more than 100 times its size'));
    await assert.rejects(inflateDeflate(zeros, { ...SMALL, maxRatio: Infinity, maxBytes: 1000 }), /more than 0 MiB/);
    assert.equal((await inflateDeflate(zeros, { ...SMALL, maxRatio: Infinity })).length, 1 << 18);
  });

  it('refuses two hundredfold by default, before it fills the memory', async () => {
    const zeros = deflateRawSync(Buffer.alloc(1 << 24), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
    const packed = Buffer.concat([...Array<Buffer>(12).fill(zeros), deflateRawSync('')]);
    await assert.rejects(inflateDeflate(packed), /unpacks to more than 200 times its size/);
  });

  it('refuses zstd data that unpack to too much, whatever their header says', () => {
    // A frame without a content size: magic, descriptor, window of 1 MiB, then blocks that repeat one byte 128 Ki times.
    const block = Buffer.from([0x02, 0x00, 0x10, 0x61]);
    const last = Buffer.from([0x03, 0x00, 0x10, 0x61]);
    const bomb = Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]),
      ...Array<Buffer>(20).fill(block),
      last,
    ]);
    assert.throws(() => inflateZstd(bomb, SMALL), /unpacks to more than 100 times its size/);
    assert.throws(() => inflateZstd(bomb, { ...SMALL, maxRatio: Infinity }), /unpacks to more than 1 MiB/);
    const unpacked = inflateZstd(bomb);
    assert.equal(unpacked.length, 21 * (1 << 17));
    assert.ok(unpacked.every((byte) => byte === 0x61));
  });

  it('refuses a zstd window that would fill the memory', () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00]);
    assert.throws(() => inflateZstd(frame), /window of more than 32 MiB/);
  });

  it('refuses a zstd size that would fill the memory, before anything is unpacked', () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00, 0x00]);
    assert.throws(() => inflateZstd(frame), /unpacks to more than 200 times its size/);
  });

  it('says so when zstd data are cut off anywhere', async () => {
    const packed = await packedZstd();
    assert.equal(inflateZstd(packed).toString(), TEXT);
    for (const length of [1, 12, 14, 20, 100, packed.length - 1]) {
      assert.throws(() => inflateZstd(packed.subarray(0, length)), UnpackError, String(length));
    }
  });

  it('never fails but with an UnpackError, whatever byte of zstd data is changed', async () => {
    const packed = await packedZstd();
    const property = fc.property(fc.nat(packed.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = Buffer.from(packed);
      bytes[at] = byte;
      try {
        inflateZstd(bytes);
      } catch (error) {
        assert.ok(error instanceof UnpackError, String(error));
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});
