import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Json, JsonObject } from '../../src/core/model.js';
import { ERRORS, type Picture, type Row } from '../../src/protocol/rows.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The real analysis process over files that hold their images themselves. */
describe('images in the data themselves', function () {
  this.timeout(60_000);
  let folder: string;
  let client: AnalysisClient;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-inline-'));
    mkdirSync(path.join(folder, 'data'));
    const log = { info: () => undefined, error: () => undefined };
    const script = path.join(root, 'dist', 'server.cjs');
    client = new AnalysisClient({ script, program: () => ({ node: process.execPath, env: process.env }), log });
  });
  afterEach(() => {
    client.dispose();
    // The process that was told to end may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  function put(name: string, content: string): string {
    const file = path.join(folder, 'data', name);
    writeFileSync(file, content);
    return file;
  }

  async function rows(maxBytes = 1e8): Promise<readonly Row[]> {
    await client.open({
      paths: [path.join(folder, 'data')],
      homes: [],
      lens: 'axes',
      answers: 'default',
      cacheDir: path.join(folder, 'cache'),
      images: { roots: [], prefixes: [], allowUrls: false, maxBytes, maxPixels: 1e8 },
    });
    const { slice, total } = await client.ask('slice', { ...ERRORS, facets: {} });
    return client.ask('rows', { slice, start: 0, end: total });
  }

  const item = (number: number, more: JsonObject): JsonObject => ({
    id: number,
    question: `Where is object ${number}?`,
    options: ['left', 'right'],
    answer: 'left',
    prediction: 'right',
    ...more,
  });

  /** A picture with noise, too large to be taken for a name, of its own width. */
  async function photo(width: number): Promise<Buffer> {
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    return sharp({ create: { width, height: 60, channels: 3, noise, background: 'grey' } })
      .jpeg()
      .toBuffer();
  }

  const widths = (pictures: readonly (Picture | null)[]): (number | string | undefined)[] =>
    pictures.map((each) => (each?.ok === true ? each.originalWidth : each?.message));

  it('are shown in every form that carries them, and none is copied into the index', async () => {
    const forms: ((bytes: Buffer, base64: string) => Json)[] = [
      (_, base64) => `data:image/jpeg;base64,${base64}`,
      (_, base64) => base64,
      (_, base64) => ({ bytes: base64, path: null }),
      (_, base64) => ({ bytes: base64, path: 'of/another/machine.jpg' }),
      (_, base64) => ({ url: `data:image/jpeg;base64,${base64}` }),
      (_, base64) => [`data:image/jpeg;base64,${base64}`],
      (bytes) => ({ bytes: { type: 'Buffer', data: [...bytes] } }),
      (bytes) => ({ bytes: [...bytes], path: null }),
      (_, base64) => JSON.stringify({ bytes: base64, path: null }),
      (bytes) => `{'bytes': b'${python(bytes)}', 'path': None}`,
    ];
    const images = await Promise.all(forms.map((_, index) => photo(100 + index)));
    const records = forms.map((form, index) => {
      const bytes = images[index] ?? Buffer.alloc(0);
      return item(index, { image: form(bytes, bytes.toString('base64')) });
    });
    put('run.jsonl', records.map((record) => JSON.stringify(record)).join('\n'));
    const keys = await rows();
    assert.equal(keys.length, forms.length);
    const thumbnails = await client.ask('thumbnails', { keys, size: 32 });
    assert.deepEqual(
      widths(thumbnails),
      forms.map((_, index) => 100 + index),
    );
    for (const key of keys) {
      const stated = (await client.ask('item', { key, baseline: null }))?.record.images ?? [];
      assert.equal(stated.length, 1);
      assert.match(stated[0] ?? '', /^inline:jpeg;\d+ bytes;[0-9a-f]{16}(?:\/of\/another\/machine\.jpg)?$/);
    }
  });

  it('are shown one by one where a table lists several', async () => {
    const [one, two] = [await photo(110), await photo(120)];
    const cell = JSON.stringify([one, two].map((bytes) => bytes.toString('base64'))).replaceAll('"', '""');
    put('run.csv', `id,question,answer,prediction,images\n1,Where is the cup?,left,right,"${cell}"\n`);
    const [key] = await rows();
    assert.ok(key !== undefined);
    assert.equal(key.images, 2);
    const shown = [0, 1].map((index) => client.ask('picture', { key, index, size: 64, crop: null }));
    assert.deepEqual(widths(await Promise.all(shown)), [110, 120]);
  });

  it('are found among the attachments of a log, and said to be missing from it where they are', async () => {
    const data = `data:image/jpeg;base64,${(await photo(130)).toString('base64')}`;
    const sample = (id: number, image: string): JsonObject => ({
      id,
      epoch: 1,
      input: [
        {
          role: 'user',
          content: [
            { type: 'image', image },
            { type: 'text', text: `Where is object ${id}?` },
          ],
        },
      ],
      target: 'left',
      output: { completion: 'right' },
      scores: { match: { value: 'I', answer: 'right' } },
      attachments: { a1: data },
    });
    const run = { task: 't', task_id: 'x', model: 'm', dataset: { name: 'd' } };
    const samples = [sample(1, 'attachment://a1'), sample(2, 'attachment://b2'), sample(3, data)];
    put('log.json', JSON.stringify({ version: 2, status: 'success', eval: run, samples }));
    const found = widths(await client.ask('thumbnails', { keys: await rows(), size: 32 }));
    assert.deepEqual([found[0], found[2]], [130, 130]);
    assert.match(String(found[1]), /attachment:\/\/b2 is kept in the log itself, and .*log\.json does not hold it/);
  });

  it('are found in records that stand inside one object', async () => {
    const images = [await photo(131), await photo(132)];
    const records = images.map((bytes, index) => item(index, { image: bytes.toString('base64') }));
    put('run.json', JSON.stringify({ model: 'm', results: records }));
    assert.deepEqual(widths(await client.ask('thumbnails', { keys: await rows(), size: 32 })), [131, 132]);
  });

  it('come from the benchmark where only that holds them', async () => {
    const benchmark = await Promise.all(
      [1, 2].map(async (number) => ({
        id: number,
        question: `Where is object ${number}?`,
        options: ['left', 'right'],
        answer: 'left',
        image: `data:image/jpeg;base64,${(await photo(140 + number)).toString('base64')}`,
      })),
    );
    put('benchmark.json', JSON.stringify(benchmark));
    put('run.jsonl', [item(2, {}), item(1, {})].map((record) => JSON.stringify(record)).join('\n'));
    assert.deepEqual(widths(await client.ask('thumbnails', { keys: await rows(), size: 32 })), [142, 141]);
  });

  it('are refused over the limit, and when the file has changed, with the reason', async () => {
    const image = `data:image/jpeg;base64,${(await photo(150)).toString('base64')}`;
    const file = put('run.jsonl', JSON.stringify(item(1, { image })));
    const [tooLarge] = await client.ask('thumbnails', { keys: await rows(1000), size: 32 });
    assert.ok(tooLarge?.ok === false);
    assert.equal(tooLarge.reason, 'too large');
    const keys = await rows();
    writeFileSync(file, JSON.stringify(item(1, { image: 'a.jpg' })));
    const [gone] = await client.ask('thumbnails', { keys, size: 32 });
    assert.match(gone?.ok === false ? gone.message : 'shown', /row 1 of .*run\.jsonl does not hold it any more/);
  });
});

/** Bytes as Python prints them. */
function python(bytes: Buffer): string {
  const printed = (byte: number): string =>
    byte > 31 && byte < 127 && byte !== 39 && byte !== 92
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`;
  return [...bytes].map(printed).join('');
}
