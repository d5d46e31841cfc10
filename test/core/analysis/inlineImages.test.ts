import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InlineImages } from '../../../src/core/analysis/inlineImages.js';
import {
  inlineObject,
  inlineReference,
  inlineText,
  parseInline,
  withoutBytes,
} from '../../../src/core/formats/inlineImages.js';
import { readReference } from '../../../src/core/images/reference.js';
import { seeded } from '../../../samples/random.js';

/** A JPEG's first bytes and noise: large enough to be no name. */
function photo(seed: number): Buffer {
  const random = seeded(seed);
  return Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Array.from({ length: 3000 }, () => Math.floor(random.next() * 256))]);
}

describe('images inside records', () => {
  it('have a short name that says kind and size, and are read again by it', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-inline-'));
    const photos = [photo(1), photo(2)];
    const file = path.join(folder, 'run.jsonl');
    const records = photos.map((bytes, id) => ({ id, image: `data:image/jpeg;base64,${bytes.toString('base64')}` }));
    await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const images = new InlineImages();
    for (const [index, bytes] of photos.entries()) {
      const held = inlineText(records[index]?.image ?? '');
      assert.ok(held !== null);
      const reference = inlineReference(held);
      assert.deepEqual(parseInline(reference), { kind: 'jpeg', size: bytes.length });
      assert.ok(reference.length < 100);
      assert.deepEqual(await images.find({ reference, file, row: index + 1 }), bytes);
    }
    const other = inlineText(`data:image/jpeg;base64,${photo(3).toString('base64')}`);
    assert.ok(other !== null);
    assert.equal(await images.find({ reference: inlineReference(other), file, row: 1 }), null);
    await rm(folder, { recursive: true });
  });

  it('are of the kind that opening them finds, and sounds and texts are none', () => {
    const padded = (head: string): Buffer => Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(1200, 1)]);
    const kindOf = (head: string): string | undefined => inlineText(padded(head).toString('base64'))?.kind;
    assert.deepEqual(
      ['RIFF\0\0\0\0WEBP', '\0\0\0\x1cftypavif', '\xff\xd8\xff\xe0', 'RIFF\0\0\0\0WAVE', 'BM, a text'].map(kindOf),
      ['webp', 'avif', 'jpeg', 'data', 'data'],
    );
    for (const head of ['RIFF\0\0\0\0WEBP', 'RIFF\0\0\0\0WAVE']) {
      const text = padded(head).toString('base64');
      assert.equal(withoutBytes(text) === text, readReference(text).kind !== 'bytes', head);
    }
  });

  it('are decoded alike wherever they stand', () => {
    const bytes = photo(4);
    const base64 = bytes.toString('base64');
    const percent = `data:image/jpeg,${[...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`;
    for (const value of [
      base64,
      `data:image/jpeg;base64,${base64}`,
      [...bytes],
      { type: 'Buffer', data: [...bytes] },
    ]) {
      const record = { bytes: value, path: 'a.jpg' };
      assert.deepEqual(inlineObject(record)?.bytes, bytes);
      assert.deepEqual(readReference(JSON.stringify(record)), { kind: 'bytes', bytes });
    }
    // Of percent signs only ASCII survives.
    assert.equal(inlineText('data:text/plain,%41%42', 0)?.bytes.toString(), 'AB');
    assert.deepEqual(readReference('data:text/plain,%41%42'), { kind: 'bytes', bytes: Buffer.from('AB') });
    assert.equal(readReference(percent).kind, 'unusable');
  });

  it('are none where a text is a path', () => {
    assert.equal(inlineText('images/1.jpg'), null);
    assert.equal(parseInline('images/1.jpg'), null);
  });
});
