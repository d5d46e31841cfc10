import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { FlipsideError } from '../../../src/core/model.js';
import {
  asCacheTrouble,
  defaultCacheDir,
  keyOf,
  readJson,
  spillFolder,
  sweepUnfinished,
  writeAside,
  writeAtomically,
} from '../../../src/core/store/cache.js';
import { packAnswerKey, packItemKey } from '../../../src/core/store/lensKey.js';
import { SCHEMA_VERSION } from '../../../src/core/store/row.js';
import { batchEntry, ShardBatch } from '../../../src/core/store/shardBatch.js';
import type { ShardFacts } from '../../../src/core/store/shardFacts.js';
import { ShardWriter } from '../../../src/core/store/shardWriter.js';
import { ShardStore, type ShardManifest } from '../../../src/core/store/shards.js';
import { flatRow, storedRow, withFolder, type FlatRow } from './support.js';

async function read(file: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = await connection.runAndReadAll('SELECT * FROM read_parquet(?) ORDER BY "row"', [file]);
  const rows = result.getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** The ids and facts that a writer settles on for these rows, and a batch, where they are a shard among others. */
async function settle(rows: readonly FlatRow[]): Promise<ShardFacts & { items: unknown[]; split: unknown[] }> {
  return withFolder(async (folder) => {
    const file = path.join(folder, 'shard.parquet');
    const writer = await ShardWriter.open(folder);
    writer.append(rows.map(storedRow));
    const facts = await writer.finish(file);
    const written = await read(file);
    if (rows.length > 0) {
      const batch = new ShardBatch(folder);
      const others = [flatRow(7, { id: 'one' }), flatRow(8, { id: 'one', split: 'a', response: 'a \u001f b' })];
      batch.add(batchEntry('before', others.map(storedRow), 1));
      const own = batchEntry('own', rows.map(storedRow), 1);
      assert.deepEqual(own.facts, facts);
      batch.add(own);
      batch.add(batchEntry('after', [...others, flatRow(9, { split: 'b' })].map(storedRow), 1));
      await batch.write(batch.take());
      batch.close();
      assert.deepEqual(await read(path.join(folder, 'own.parquet')), written);
      assert.deepEqual((await readdir(folder)).sort(), [
        'after.parquet',
        'before.parquet',
        'own.parquet',
        'shard.parquet',
      ]);
    }
    return { ...facts, items: written.map((row) => row['item']), split: written.map((row) => row['split']) };
  });
}

const manifest = (key: string): ShardManifest => ({
  ...{
    schema: SCHEMA_VERSION,
    key,
    format: 'plain',
    formatVersion: 1,
    answers: 'default',
    source: '',
    sourceSha256: '',
  },
  ...{ dataset: null, rows: 1, dropped: [], droppedTotal: 0, droppedByReason: {}, splits: [] },
  ...{ itemId: 'id' as const, lensKeys: [] },
  ...{ joined: [], coverage: null, judged: null, warnings: [] },
});

describe('store: shard writer', () => {
  it('writes nothing under the final name before it is finished, and nothing else after', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, "a 'quoted' name.parquet");
      const writer = await ShardWriter.open(folder);
      writer.append([storedRow(flatRow(1))]);
      assert.deepEqual(await readdir(folder), []);
      await writer.finish(file);
      assert.deepEqual(await readdir(folder), [path.basename(file)]);
      assert.equal((await read(file)).length, 1);
    });
  });

  it('writes a shard among others as it does alone, byte by byte and in order, whatever their sizes', async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 2048 })), {
      minLength: 2,
      maxLength: 40,
    });
    const bytesOf = (folder: string, key: string): Promise<Buffer> => readFile(path.join(folder, `${key}.parquet`));
    const shardOf = (key: string, size: number): ReturnType<typeof batchEntry> => {
      const rows = Array.from({ length: size }, (_, at) => flatRow(at + 1, { response: `${key} ${at}` }));
      return batchEntry(key, rows.map(storedRow), 1);
    };
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (sizes, pick) => {
        await withFolder(async (folder) => {
          const batch = new ShardBatch(folder);
          const own = pick % sizes.length;
          await batch.write([shardOf(String(own), sizes[own] ?? 1)]);
          const alone = await bytesOf(folder, String(own));
          await batch.write(sizes.map((size, at) => shardOf(String(at), size)));
          batch.close();
          assert.ok(alone.equals(await bytesOf(folder, String(own))), 'the same bytes');
          const instance = await DuckDBInstance.create(':memory:');
          const connection = await instance.connect();
          for (const [at, size] of sizes.entries()) {
            const result = await connection.runAndReadAll(
              `SELECT count(*) AS "n", count(*) FILTER ("row" <> file_row_number + 1) AS "displaced" FROM read_parquet(?, file_row_number = true)`,
              [path.join(folder, `${at}.parquet`)],
            );
            assert.deepEqual(result.getRowsJS(), [[BigInt(size), 0n]]);
          }
          connection.closeSync();
          instance.closeSync();
        });
      }),
      // The last ones as they come in two parts of which COPY would write the second first.
      {
        numRuns: 12,
        examples: [
          [[2030, 126, 50], 1],
          [[2000, 126, 1990, 300, 1700, 90, 2040, 100], 3],
        ],
      },
    );
  }).timeout(120_000);

  it('keeps the folders of a batch for the next, and none of a batch that failed', async () => {
    await withFolder(async (folder) => {
      const batch = new ShardBatch(folder);
      const shardOf = (key: string): ReturnType<typeof batchEntry> =>
        batchEntry(key, [storedRow(flatRow(1, { id: key }))], 1);
      const asides = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
      const idsIn = async (key: string): Promise<unknown[]> =>
        (await read(path.join(folder, `${key}.parquet`))).map(({ id }) => id);
      await batch.write(['a', 'b', 'c'].map(shardOf));
      const [first = '', ...others] = await asides();
      assert.deepEqual([others, (await readdir(path.join(folder, first))).length], [[], 3]);
      await batch.write(['d'].map(shardOf));
      assert.deepEqual(await asides(), [first]);
      // What stands in a shard's place cannot be replaced: the first of the batch is there, the second lies in its folder.
      await mkdir(path.join(folder, 'bad.parquet', 'full'), { recursive: true });
      await assert.rejects(batch.write(['e', 'bad', 'f'].map(shardOf)), FlipsideError);
      assert.deepEqual(await asides(), []);
      await batch.write(['g', 'h', 'i'].map(shardOf));
      for (const key of ['a', 'b', 'c', 'd', 'g', 'h', 'i']) assert.deepEqual(await idsIn(key), [key], key);
      batch.close();
      assert.deepEqual(await asides(), []);
    });
  });

  it('leaves nothing behind when it is abandoned or cannot write', async () => {
    await withFolder(async (folder) => {
      const abandoned = await ShardWriter.open(folder);
      abandoned.append([storedRow(flatRow(1))]);
      abandoned.abandon();
      assert.deepEqual(await readdir(folder), []);
      const failing = await ShardWriter.open(folder);
      failing.append([storedRow(flatRow(1))]);
      await assert.rejects(failing.finish(path.join(folder, 'no', 'such', 'folder.parquet')), FlipsideError);
      assert.deepEqual(await readdir(folder), []);
    });
  });

  it('keeps rows on disk that memory is not to hold, and none of them once it is done', async () => {
    await withFolder(async (folder) => {
      const writer = await ShardWriter.open(folder, '200MB');
      const long = (row: number): string => `${row} `.repeat(10_000);
      let hasSpilled = false;
      for (let from = 1; from <= 5_000; from += 250) {
        const rows = Array.from({ length: 250 }, (_, at) => flatRow(from + at, { response: long(from + at) }));
        writer.append(rows.map(storedRow));
        hasSpilled ||= (await readdir(folder)).some((name) => name.startsWith('spilled.'));
      }
      assert.ok(hasSpilled);
      const file = path.join(folder, 'shard.parquet');
      await writer.finish(file);
      assert.deepEqual(await readdir(folder), ['shard.parquet']);
      const rows = await read(file);
      assert.equal(rows.length, 5_000);
      for (const at of [0, 2_500, 4_999]) assert.equal(rows[at]?.['response'], long(at + 1));
    });
  });

  it('lets several writers of one key work at the same time: one whole shard is left', async () => {
    await withFolder(async (folder) => {
      const store = new ShardStore(path.join(folder, 'shards'));
      const rows = Array.from({ length: 500 }, (_, at) => storedRow(flatRow(at + 1)));
      const long = Array.from({ length: 500 }, (_, at) =>
        storedRow(flatRow(at + 1, { response: 'long '.repeat(1000) })),
      );
      const finished = await Promise.all(
        [rows, rows, long, long].map(async (rows) => {
          const own = new ShardStore(store.folder);
          const shard = await own.write('key');
          await shard.append(rows);
          const { unwritten } = await shard.finish();
          await own.publish({ ...manifest('key'), rows: rows.length }, unwritten);
          await own.flush();
          await own.close();
          return unwritten === null;
        }),
      );
      assert.deepEqual(finished, [false, false, true, true]);
      assert.deepEqual((await readdir(store.folder)).sort(), ['key.json', 'key.parquet']);
      assert.equal((await read(store.parquet('key'))).length, 500);
    });
  });

  it('takes more rows than fit into one chunk, in order, and none at all', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => flatRow(at + 1));
    const { items, splits } = await settle(many);
    assert.equal(items.length, 5000);
    assert.equal(items[4999], 'q5000');
    assert.deepEqual(splits, [{ split: null, items: 5000, model: null }]);
    assert.deepEqual(await settle([]), {
      ...{ itemId: 'id', splitBy: 'split', splits: [], lensKeys: [], items: [], split: [] },
    });
  });

  it('tells the keys that its errors have, each pair once', async () => {
    const wrong = { correct: false, goldDirection: 4, predictedDirection: 3 };
    const rows = [wrong, { ...wrong, predictedDirection: 1 }, wrong, { ...wrong, correct: true, goldDirection: 9 }];
    const { lensKeys } = await settle(
      [...rows, { ...wrong, status: 'empty' as const }].map((row, at) => flatRow(at + 1, row)),
    );
    const item = packItemKey('choice', 4, 'unstated', 'unstated');
    assert.deepEqual(
      lensKeys,
      [1, 3].map((predicted) => [item, packAnswerKey(predicted, null, null)]),
    );
  });

  it('takes a unique id for the item’s id, else the number of its row', async () => {
    const two = (one: Partial<FlatRow>, other: Partial<FlatRow>): FlatRow[] => [flatRow(1, one), flatRow(2, other)];
    assert.deepEqual((await settle(two({ id: 'a' }, { id: 'b' }))).items, ['a', 'b']);
    assert.deepEqual((await settle(two({ id: 'a' }, { id: 'a' }))).items, ['1', '2']);
    assert.deepEqual((await settle(two({ id: 'a' }, { id: null }))).items, ['1', '2']);
    const samples = two({ id: 'a', sample: 1 }, { id: 'a', sample: 2 });
    assert.deepEqual((await settle(samples)).items, ['a#1', 'a#2']);
    const runs = two({ id: 'a', split: 'x' }, { id: 'a', split: 'y' });
    assert.deepEqual((await settle(runs)).items, ['a', 'a'], 'unique within each run');
  });

  it('tells several runs in one file apart: by label, else by model where ids repeat only across models', async () => {
    const rows = (...all: Partial<FlatRow>[]): FlatRow[] => all.map((each, at) => flatRow(at + 1, each));
    const labelled = await settle(
      rows({ split: 'x', model: 'm' }, { split: 'y', model: 'm' }, { split: 'x', model: 'n' }),
    );
    assert.deepEqual(labelled.splits, [
      { split: 'x', items: 2, model: null },
      { split: 'y', items: 1, model: 'm' },
    ]);
    const models = rows({ id: 'a', model: 'm' }, { id: 'b', model: 'm' }, { id: 'a', model: 'n' });
    const settled = await settle(models);
    assert.deepEqual([settled.split, settled.splitBy], [['m', 'm', 'n'], 'model']);
    const mixed = rows({ id: 'a', model: 'm' }, { id: 'b', model: 'n' });
    assert.deepEqual((await settle(mixed)).split, [null, null], 'ids are unique without it: one run');
    const repeated = rows({ id: 'a', model: 'm' }, { id: 'a', model: 'm' }, { id: 'a', model: 'n' });
    assert.deepEqual((await settle(repeated)).split, [null, null, null], 'ids repeat within a model too');
  });

  it('holds no label with more than fifty values for a run', async () => {
    const labels = (n: number): FlatRow[] => Array.from({ length: n }, (_, at) => flatRow(at + 1, { split: `s${at}` }));
    assert.equal((await settle(labels(50))).splits.length, 50);
    assert.equal((await settle(labels(51))).splits.length, 1);
  });
});

describe('store: shards', () => {
  it('are found only when both the rows and the manifest are there, of today’s layout', async () => {
    await withFolder(async (folder) => {
      const store = new ShardStore(folder);
      assert.equal(await store.find('k'), null);
      const shard = await store.write('k');
      await shard.append([storedRow(flatRow(1))]);
      const { unwritten } = await shard.finish();
      assert.ok(unwritten !== null);
      await store.publish(manifest('k'), unwritten);
      assert.deepEqual(await store.find('k'), manifest('k'), 'it waits');
      assert.deepEqual(await readdir(folder), []);
      await store.flush();
      assert.deepEqual((await readdir(folder)).sort(), ['k.json', 'k.parquet']);
      const file = store.parquet('k');
      // Whoever made a shard knows it; others look.
      const find = (): Promise<ShardManifest | null> => new ShardStore(folder).find('k');
      assert.deepEqual(await find(), manifest('k'));
      await rm(path.join(folder, 'k.json'));
      assert.equal(await find(), null, 'no manifest yet');
      assert.deepEqual(await store.find('k'), manifest('k'), 'it was made here');
      await store.publish(manifest('k'));
      assert.deepEqual(await find(), manifest('k'));
      await store.publish({ ...manifest('k'), schema: SCHEMA_VERSION - 1 });
      assert.equal(await find(), null, 'another layout');
      await store.publish(manifest('k'));
      const bytes = await readFile(file);
      await writeFile(file, bytes.subarray(0, -4));
      assert.equal(await find(), null, 'rows that end too early');
      await rm(file);
      assert.equal(await find(), null, 'no rows any more');
      await store.discard(['k']);
      assert.equal(await store.find('k'), null, 'made in vain');
    });
  });

  it('are made anew where a manifest is damaged', async () => {
    await withFolder(async (folder) => {
      const store = new ShardStore(folder);
      await writeFile(store.parquet('k'), 'rows');
      await writeFile(path.join(folder, 'k.json'), '{"schema": 1, ');
      assert.equal(await store.find('k'), null);
    });
  });
});

describe('store: cache', () => {
  it('lies where the user or the platform says', () => {
    const home = os.homedir();
    assert.equal(defaultCacheDir({ FLIPSIDE_CACHE: '/a', XDG_CACHE_HOME: '/b' }, 'linux'), path.resolve('/a'));
    assert.equal(defaultCacheDir({ XDG_CACHE_HOME: '/b' }, 'darwin'), path.join('/b', 'flipside'));
    assert.equal(defaultCacheDir({}, 'linux'), path.join(home, '.cache', 'flipside'));
    assert.equal(defaultCacheDir({}, 'darwin'), path.join(home, 'Library', 'Caches', 'flipside'));
    assert.equal(defaultCacheDir({ LOCALAPPDATA: '/local' }, 'win32'), path.join('/local', 'flipside'));
    assert.equal(defaultCacheDir({}, 'win32'), path.join(home, 'AppData', 'Local', 'flipside'));
  });

  it('is cleared of what killed processes left: of nobody else’s files, and not of those being written', async () => {
    await withFolder(async (folder) => {
      let aside = '';
      await writeAside(path.join(folder, 'key.parquet'), async (file) => {
        aside = path.basename(file);
        await writeFile(file, '');
      });
      const own = String(process.pid);
      // No process has a number this high: the most that Linux gives is 2^22.
      const dead = aside.replace(`-${own}.`, '-99999999.');
      const foreign = dead.replace(/\.[0-9a-f]{8}-/, '.00000000-');
      const ages = { [aside]: 5, [dead]: 5, [foreign]: 5, [`${foreign}.tmp`]: 99, 'key.parquet': 99, 'a.tmp': 99 };
      const old = { [foreign.replace('key', 'old')]: 61, [`k.json.${own}.0123abcd.tmp`]: 61 };
      const fresh = { [dead.replace('key', 'new')]: 0 };
      for (const [name, minutes] of Object.entries({ ...ages, ...old, ...fresh })) {
        await writeFile(path.join(folder, name), '');
        const then = new Date(Date.now() - minutes * 60_000);
        await utimes(path.join(folder, name), then, then);
      }
      const spilled = spillFolder(folder);
      await mkdir(spilled.path);
      const long = new Date(Date.now() - 999 * 60_000);
      await utimes(spilled.path, long, long);
      await sweepUnfinished([folder, path.join(folder, 'absent')]);
      const gone = new Set([dead, ...Object.keys(old)]);
      const kept = Object.keys({ ...ages, ...fresh }).filter((name) => !gone.has(name));
      assert.deepEqual((await readdir(folder)).sort(), [...kept, path.basename(spilled.path)].sort());
      spilled.remove();
      assert.deepEqual((await readdir(folder)).sort(), kept.sort());
    });
  });

  it('says where no space is left, whoever noticed', () => {
    const full = /^\/cache\/shards: no space is left for the index\. Free some, or name another folder: --cache DIR/;
    const noticed = [
      Object.assign(new Error('write failed'), { code: 'ENOSPC' }),
      new Error('IO Error: Could not write all bytes to file "k.parquet": wanted=5 wrote=1: No space left on device'),
    ];
    for (const error of noticed) {
      const told = asCacheTrouble(error, '/cache/shards/k.parquet');
      assert.ok(told instanceof FlipsideError);
      assert.match(told.message, full);
    }
    const other = asCacheTrouble(new Error('IO Error: Cannot open file "k"'), '/cache/k');
    assert.ok(other instanceof FlipsideError && /\/cache\/k: the index cannot be written/.test(other.message));
    const defect = new TypeError('x is not a function');
    assert.equal(asCacheTrouble(defect, '/cache/k'), defect);
  });

  it('is written whole or not at all', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'deep', 'a.json');
      await Promise.all(
        [...Array(20).keys()].map((n) => writeAtomically(file, JSON.stringify({ n, pad: 'x'.repeat(9999) }))),
      );
      const found = await readJson<{ n: number; pad: string }>(file);
      assert.equal(found?.pad.length, 9999);
      assert.deepEqual(await readdir(path.dirname(file)), ['a.json']);
      await assert.rejects(
        writeAtomically(path.join(file, 'below-a-file'), 'x'),
        (error) => error instanceof FlipsideError && /cannot be made .*--cache DIR/.test(error.message),
      );
      await assert.rejects(
        writeAtomically(path.join(folder, 'x'.repeat(300)), 'x'),
        (error) => error instanceof FlipsideError && /cannot be written .*--cache DIR/.test(error.message),
      );
      assert.equal((await readFile(file, 'utf8')).length > 9999, true);
    });
  });

  it('reads nothing from what is absent, unreadable or no JSON', async () => {
    await withFolder(async (folder) => {
      assert.equal(await readJson(path.join(folder, 'absent.json')), null);
      assert.equal(await readJson(folder), null);
      await writeFile(path.join(folder, 'half.json'), '{"a": ');
      assert.equal(await readJson(path.join(folder, 'half.json')), null);
    });
  });

  it('names things by what they are made of', () => {
    assert.match(keyOf([1, 'a']), /^[0-9a-f]{64}$/);
    assert.equal(keyOf([1, 'a']), keyOf([1, 'a']));
    assert.equal(new Set([keyOf([1]), keyOf(['1']), keyOf([[1]]), keyOf([null])]).size, 4);
  });
});
