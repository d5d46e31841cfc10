import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, inflateSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { makeSamples, writeSamples } from './fixtures/room/generate.js';
import { RULES } from './fixtures/room/predictions.js';
import { cameraDirection, mirrored, facingDirection, simulatedDirection } from './fixtures/room/questions.js';
import type { Thing } from './fixtures/room/scene.js';

const SAMPLES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), 'fixtures/room');
const MAXIMUM_BYTES = 1_500_000;

function thing(x: Thing['x'], z: Thing['z'], y: Thing['y'] = 0): Thing {
  return { colour: 'red', shape: 'star', x, z, y };
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Splits a PNG into chunks and checks every checksum. */
function chunksOf(png: Buffer): Chunk[] {
  assert.equal(png.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(body));
    chunks.push({ type: body.subarray(0, 4).toString('latin1'), data: body.subarray(4) });
    at += length + 12;
  }
  return chunks;
}

/** The cells of a result file by column name. */
function rowsOf(model: string): Record<string, string>[] {
  return parse(readFileSync(path.join(SAMPLES, 'results', model, `result_${model}.csv`)), { columns: true });
}

/** The letter that begins an answer, as a reader who has not seen the generator would take it. */
function letterOf(text: string | undefined): string | null {
  return /^([A-D])\b/.exec(text ?? '')?.[1] ?? null;
}

describe('the room, a workspace of rolled answers', () => {
  it('is byte for byte what its program writes', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-samples-'));
    try {
      const written = writeSamples(folder);
      for (const name of written) {
        const committed = readFileSync(path.join(SAMPLES, name));
        assert.ok(
          committed.equals(readFileSync(path.join(folder, name))),
          `${name} differs: run test/fixtures/room/generate.ts`,
        );
      }
      const present = ['scenes', 'results'].flatMap((name) =>
        readdirSync(path.join(SAMPLES, name), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(SAMPLES, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
      );
      assert.deepEqual([...present, 'benchmark.json'].sort(), [...written].sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has 24 scenes, 114 questions and 3 runs, and is small', () => {
    const { scenes, questions, runs } = makeSamples();
    assert.equal(scenes.length, 24);
    assert.equal(questions.length, 114);
    assert.deepEqual(
      runs.map(({ predictions }) => predictions.length),
      [114, 114, 114],
    );
    const bytes = readdirSync(SAMPLES, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
    assert.ok(bytes < MAXIMUM_BYTES, `${bytes} bytes`);
  });

  it('says in every file that it is synthetic', () => {
    const records = JSON.parse(readFileSync(path.join(SAMPLES, 'benchmark.json'), 'utf8')) as { source?: string }[];
    assert.ok(records.every(({ source }) => source === 'synthetic'));
    for (const { model } of RULES) {
      assert.match(model, /synthetic/);
      assert.ok(rowsOf(model).every((row) => row['Source'] === 'synthetic'));
    }
    for (const { path: name } of makeSamples().scenes) {
      const comment = chunksOf(readFileSync(path.join(SAMPLES, name))).find(({ type }) => type === 'tEXt');
      assert.equal(comment?.data.toString('latin1'), 'Comment\0synthetic scene');
    }
    assert.match(readFileSync(path.join(SAMPLES, 'README.md'), 'utf8'), /\*\*synthetic\*\*/);
  });

  it('holds pictures that a zlib decoder reads, with every thing in its colour', () => {
    for (const { path: name, scene } of makeSamples().scenes) {
      const chunks = chunksOf(readFileSync(path.join(SAMPLES, name)));
      const data = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data)));
      assert.equal(data.length, 120 * 81);
      const used = new Set(Array.from(data).flatMap((byte) => [byte >> 4, byte & 15]));
      // Wall, floor, shadow, line and three colours.
      assert.equal(used.size, 4 + scene.length, name);
    }
  });
});

describe('predictions of the room', () => {
  for (const { model } of RULES) {
    it(`of ${model}: IsCorrect follows the letter, and one letter contradicts its text`, () => {
      let conflicts = 0;
      for (const row of rowsOf(model)) {
        const gold = letterOf(row['Correct Answer']);
        const predicted = letterOf(row['Predicted Answer']);
        assert.notEqual(gold, null);
        assert.equal(row['IsCorrect'], predicted === gold ? 'True' : 'False', `row ${row['ID']}`);
        const answer = row['Predicted Answer'] ?? '';
        if (answer.length > 1 && predicted !== null && !(row['Question'] ?? '').includes(`${answer}\n`)) conflicts++;
      }
      assert.equal(conflicts, 1);
    });
  }

  it('are counted right in README.md', () => {
    const readme = readFileSync(path.join(SAMPLES, 'README.md'), 'utf8').replaceAll(/ +/g, ' ');
    makeSamples().runs.forEach(({ model, predictions }, index) => {
      const count = (wanted: string) => predictions.filter(({ outcome }) => outcome === wanted).length;
      const counts = ['right', 'mirror', 'other', 'unparsable'].map(count);
      const row = ['', `\`${model}\``, RULES[index]?.right, RULES[index]?.mirror, ...counts, ''].join(' | ').trim();
      assert.ok(readme.includes(row), `README.md should have the row: ${row}`);
    });
  });

  it('follow their rule within four standard errors', () => {
    for (const [index, { model, predictions }] of makeSamples().runs.entries()) {
      const share = predictions.filter(({ correct }) => correct).length / predictions.length;
      const expected = 0.97 * (RULES[index]?.right ?? NaN);
      const error = Math.sqrt((expected * (1 - expected)) / predictions.length);
      assert.ok(Math.abs(share - expected) < 4 * error, `${model}: ${share} right, ${expected} expected`);
    }
  });
});

describe('the golds of the room', () => {
  const middle = thing(0, 1);

  it('name directions in the frame of the camera', () => {
    assert.equal(cameraDirection(thing(-1, 1), middle), 'left');
    assert.equal(cameraDirection(thing(0, 0), middle), 'front');
    assert.equal(cameraDirection(thing(1, 2), middle), 'back-right');
    assert.equal(cameraDirection(thing(0, 1, 1), middle), 'above');
    assert.equal(cameraDirection(middle, thing(0, 1, 1)), 'below');
    assert.equal(cameraDirection(thing(1, 1, 1), middle), null);
  });

  it('exchange left and right for a person who faces the camera', () => {
    assert.equal(facingDirection(thing(-1, 1), middle), 'right');
    assert.equal(facingDirection(thing(1, 2), middle), 'back-left');
    assert.equal(facingDirection(thing(0, 0), middle), 'front');
    assert.equal(facingDirection(thing(1, 1, 1), middle), null);
    assert.equal(facingDirection(thing(0, 1, 1), middle), 'above');
  });

  it('follow the gaze of a person in the scene', () => {
    const near = thing(0, 0);
    assert.equal(simulatedDirection(near, thing(0, 2), thing(1, 1)), 'front-right');
    assert.equal(simulatedDirection(near, thing(0, 2), thing(-1, 0)), 'left');
    assert.equal(simulatedDirection(thing(0, 2), near, thing(-1, 2)), 'right');
    assert.equal(simulatedDirection(middle, thing(1, 1), near), 'right');
    assert.equal(simulatedDirection(near, thing(0, 2), thing(1, 2)), null, 'between front and front-right');
    assert.equal(simulatedDirection(near, thing(0, 2), thing(1, 1, 1)), null, 'hanging');
  });

  it('have a mirror image exactly where they have a side', () => {
    assert.equal(mirrored('front-left'), 'front-right');
    assert.equal(mirrored('right'), 'left');
    assert.equal(mirrored('front'), null);
    assert.equal(mirrored('above'), null);
  });
});
