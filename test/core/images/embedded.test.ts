import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import sharp from 'sharp';
import { EmbeddedImages, type EmbeddedWanted } from '../../../src/core/analysis/embeddedImages.js';
import { openDelimitedImages } from '../../../src/core/images/embeddedDelimited.js';
import { ImageRefused } from '../../../src/core/images/openImage.js';

const LIMIT = 50e6;
const FIXTURES = path.resolve('test/fixtures/images');

const wanted = (
  id: string,
  question: string | null = null,
  index = 0,
  dataset: string | null = null,
): EmbeddedWanted => ({
  id,
  question,
  index,
  dataset,
});

async function picture(shade: number, width = 40): Promise<Buffer> {
  const background = { r: shade, g: 255 - shade, b: 30 };
  return sharp({ create: { width, height: 20, channels: 3, background } })
    .png()
    .toBuffer();
}

describe('images inside files', () => {
  let folder: string;
  let open: EmbeddedImages[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flipside-embedded-'));
    open = [];
  });

  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    await rm(folder, { recursive: true, force: true });
  });

  function images(...files: string[]): EmbeddedImages {
    const made = new EmbeddedImages(files);
    open.push(made);
    return made;
  }

  async function file(name: string, content: string | Buffer): Promise<string> {
    const full = path.join(folder, name);
    await writeFile(full, content);
    return full;
  }

  async function bytesOf(source: EmbeddedImages, key: EmbeddedWanted): Promise<Buffer> {
    const found = await source.find(key, LIMIT);
    assert.equal(found?.kind, 'bytes', JSON.stringify(found));
    return found.bytes;
  }

  describe('in VLMEvalKit tables', () => {
    it('are found by index, also where a row names the row that holds its image', async () => {
      const [one, two] = [await picture(10), await picture(200)];
      const rows = [
        'index\tquestion\timage\tA\tB',
        `0\tWhere is "it"?\t${one.toString('base64')}\tleft\tright`,
        `1\t"A question\nover ""two"" lines\twith a tab"\t${two.toString('base64')}\tleft\tright`,
        '2\tAgain?\t1\tleft\tright',
        '3\tNothing?\t9\tleft\tright',
      ];
      for (const end of ['\n', '\r\n']) {
        const source = images(await file('BLINK.tsv', rows.join(end) + (end === '\n' ? '' : end)));
        assert.deepEqual(await bytesOf(source, wanted('0', 'Where is "it"?')), one);
        assert.deepEqual(await bytesOf(source, wanted('1', 'a question over "two" lines with a TAB')), two);
        assert.deepEqual(await bytesOf(source, wanted('2.0')), two);
        assert.equal(await source.find(wanted('3'), LIMIT), null);
        assert.equal(await source.find(wanted('4'), LIMIT), null);
      }
    });

    it('are found beyond the first chunk, in cells longer than one', async () => {
      const noise = Buffer.alloc(900 * 900 * 3, 0).map((_, at) => (at * 2654435761) >>> 13);
      const large = await sharp(noise, { raw: { width: 900, height: 900, channels: 3 } })
        .png({ compressionLevel: 0 })
        .toBuffer();
      const small = await picture(7);
      const text = ['index\timage\tquestion'];
      for (let index = 0; index < 4; index++) text.push(`${index}\t${large.toString('base64')}\tlarge ${index}`);
      text.push(`4\t${small.toString('base64')}\tsmall`);
      const source = images(await file('big.tsv', text.join('\n')));
      assert.deepEqual(await bytesOf(source, wanted('3', 'large 3')), large);
      assert.deepEqual(await bytesOf(source, wanted('4', 'small')), small);
      await assert.rejects(
        source.find(wanted('3'), 1000),
        (error) => error instanceof ImageRefused && error.reason === 'too large',
      );
    });

    it('are told apart in lists, and paths are handed on', async () => {
      const [one, two] = [await picture(1), await picture(2)];
      const list = `['${one.toString('base64')}', '${two.toString('base64')}']`;
      const json = JSON.stringify([one.toString('base64'), two.toString('base64')]).replaceAll('"', '""');
      const source = images(
        await file(
          'multi.tsv',
          `index\timage\timage_path\n0\t${list}\t\n1\t"${json}"\t\n2\t\t['a/1.png', 'a/2.png']\n3\t\tb.png\n`,
        ),
      );
      for (const id of ['0', '1']) {
        assert.deepEqual(await bytesOf(source, wanted(id, null, 0)), one);
        assert.deepEqual(await bytesOf(source, wanted(id, null, 1)), two);
        assert.equal(await source.find(wanted(id, null, 2), LIMIT), null);
      }
      const pathOf = async (id: string, index: number) => {
        const found = await source.find(wanted(id, null, index), LIMIT);
        return found?.kind === 'path' ? found.path : found;
      };
      assert.equal(await pathOf('2', 1), 'a/2.png');
      assert.equal(await pathOf('3', 0), 'b.png');
      assert.equal(await pathOf('3', 1), null);
    });

    it('are refused where the question differs, and where several fit', async () => {
      const base64 = (await picture(1)).toString('base64');
      const one = await file(
        'one.tsv',
        `index\timage\tquestion\n0\t${base64}\tWhich?\n1\t${base64}\tTwice?\n1\t${base64}\tTwice?\n`,
      );
      const two = await file('two.tsv', `index\timage\tquestion\n0\t${base64}\tWhere?\n`);
      const both = images(one, two);
      assert.deepEqual(await both.find(wanted('0', 'Whose?'), LIMIT), { kind: 'contradicted', files: [one, two] });
      assert.equal((await both.find(wanted('0', 'Where?'), LIMIT))?.kind, 'bytes');
      assert.deepEqual(await both.find(wanted('0'), LIMIT), { kind: 'ambiguous', files: [one, two] });
      const named = await both.find(wanted('0', null, 0, 'two'), LIMIT);
      assert.equal(named?.kind === 'bytes' && named.file, two);
      assert.equal((await both.find(wanted('1', 'Twice?'), LIMIT))?.kind, 'ambiguous');
    });

    it('are found for a question asked again with its options turned, and not for another of such a number', async () => {
      const [one, two] = [await picture(1), await picture(2)];
      const source = images(
        await file(
          'turned.tsv',
          `index\tquestion\timage\n0\tWhere?\t${one.toString('base64')}\n1\tWho?\t${two.toString('base64')}\n`,
        ),
      );
      assert.deepEqual(await bytesOf(source, wanted('1000001', 'Who?')), two);
      assert.deepEqual(await bytesOf(source, wanted('3000000', 'Where?')), one);
      assert.equal(await source.find(wanted('1000001', 'Where?'), LIMIT), null);
      assert.equal(await source.find(wanted('1000001'), LIMIT), null, 'the number alone proves nothing');
    });

    it('are found where only one side prints the options in the question', async () => {
      const one = await picture(1);
      const question = 'Where is the cup? A. left B. right';
      const source = images(
        await file('printed.tsv', `index\tquestion\timage\n0\t${question}\t${one.toString('base64')}\n`),
      );
      for (const asked of ['Where is the cup?', question]) {
        assert.deepEqual(await bytesOf(source, wanted('0', asked)), one);
      }
      assert.equal((await source.find(wanted('0', 'Where is the jug?'), LIMIT))?.kind, 'contradicted');
    });

    it('are counted, also where a row names the row that holds its list', async () => {
      const base64 = (await picture(1)).toString('base64');
      const list = `['${base64}', '${base64}', '${base64}']`;
      const source = images(
        await file(
          'counted.tsv',
          `index\timage\timage_path\n0\t${list}\t\n1\t0\t\n2\t${base64}\t\n3\t\t['a.png', 'b.png']\n4\t\t\n`,
        ),
      );
      assert.deepEqual(await Promise.all(['0', '1', '2', '3', '4', '5'].map((id) => source.count(wanted(id)))), [
        ...[3, 3, 1, 2, 0, 0],
      ]);
    });

    it('are not looked for in tables whose columns of that name hold paths', async () => {
      const rows = Array.from({ length: 5000 }, (_, id) => `${id}\tpictures/${id}.png\tpictures/${id}.png`);
      const table = await file('predictions.tsv', `id\timage\timage_path\n${rows.join('\n')}\n`);
      const paths = await file('paths.csv', 'id,image_path\n0,pictures/0.png\n');
      assert.equal(await openDelimitedImages(table), null);
      assert.equal(await openDelimitedImages(paths), null);
    });

    it('are indexed to the end though the first who asked waits no more', async () => {
      const one = await picture(1);
      const source = images(await file('t.tsv', `index\timage\n0\t${one.toString('base64')}\n`));
      const controller = new AbortController();
      const first = source.find(wanted('0'), LIMIT, controller.signal);
      controller.abort(new Error('gone'));
      await assert.rejects(first, /gone/);
      assert.deepEqual(await bytesOf(source, wanted('0')), one);
    });

    it('are read anew when the file changes, and other files are let be', async () => {
      const [one, two] = [await picture(1), await picture(2, 80)];
      const name = await file('t.tsv', `index\timage\n0\t${one.toString('base64')}\n`);
      const plain = await file('predictions.csv', 'id,question,prediction\n0,Where?,left\n');
      const damaged = await file('damaged.parquet', 'PAR1 no');
      const other = await file('damaged.arrow', Buffer.from('ffffffff10000000', 'hex'));
      const source = images(name, plain, damaged, other, path.join(folder, 'gone.tsv'), `${folder}/x.json`);
      assert.deepEqual(await bytesOf(source, wanted('0')), one);
      await writeFile(name, `index\timage\n0\t${two.toString('base64')}\n`);
      assert.deepEqual(await bytesOf(source, wanted('0')), two);
    });
  });

  it('stay known where other files are looked in too, and are forgotten with their file', async () => {
    const image = await picture(1);
    const rows = (id: number) => `index\timage\tquestion\n${id}\t${image.toString('base64')}\tWhich?\n`;
    const [one, two] = [await file('one.tsv', rows(1)), await file('two.tsv', rows(2))];
    await utimes(one, 1e9, 1e9);
    const source = images(one);
    assert.deepEqual(await bytesOf(source, wanted('1')), image);
    // Whoever indexed it again would meet another id.
    await writeFile(one, rows(7));
    await utimes(one, 1e9, 1e9);
    source.lookIn([two, one]);
    assert.deepEqual(await bytesOf(source, wanted('1')), image);
    assert.deepEqual(await bytesOf(source, wanted('2')), image);
    source.lookIn([two]);
    assert.equal(await source.find(wanted('1'), LIMIT), null);
    source.lookIn([two, one]);
    assert.equal(await source.find(wanted('1'), LIMIT), null);
    assert.deepEqual(await bytesOf(source, wanted('7')), image);
  });

  describe('in Parquet files', () => {
    async function parquet(name: string, select: string): Promise<string> {
      const full = path.join(folder, name);
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      await connection.run(`COPY (${select}) TO '${full.replaceAll("'", "''")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
      connection.closeSync();
      instance.closeSync();
      return full;
    }
    const blob = (bytes: Buffer): string => `from_hex('${bytes.toString('hex')}')`;

    it('are read to the end where they are closed meanwhile, also when nobody waits any more', async () => {
      const from = (letter: string): string =>
        `SELECT range::VARCHAR AS "id", 'q' || range AS "question", encode(repeat('${letter}', 50)) AS "bytes" FROM range(50000)`;
      const source = images(await parquet('one.parquet', from('a')), await parquet('two.parquet', from('b')));
      const cancel = new AbortController();
      const given = source.find(wanted('9', 'q9'), LIMIT, cancel.signal).catch((error: Error) => error.name);
      const asked = Array.from({ length: 20 }, (_, id) =>
        source.count({ id: `${id}`, question: `q${id}`, dataset: 'one' }).then(Number, (error: Error) => error.message),
      );
      cancel.abort();
      await source.close();
      assert.equal(await given, 'AbortError');
      const answers = await Promise.all(asked);
      assert.deepEqual(
        answers.filter((answer) => typeof answer !== 'number'),
        [],
      );
      await assert.rejects(source.find(wanted('9', 'q9'), LIMIT), { name: 'AbortError' });
    });

    it('are found as {bytes, path}, by question_id', async () => {
      const [one, two] = [await picture(1), await picture(2)];
      const source = images(
        await parquet(
          "train-00000 'of' [1].parquet",
          `SELECT * FROM (VALUES
            (17::BIGINT, 'Where?', {'bytes': ${blob(one)}, 'path': '17.png'}),
            (18, 'Who?', {'bytes': ${blob(two)}, 'path': '18.png'}),
            (19, 'What?', {'bytes': NULL, 'path': 'images/19.png'}),
            (20, 'None?', NULL)) AS t("question_id", "question", "image")`,
        ),
      );
      assert.deepEqual(await bytesOf(source, wanted('17', 'Where?')), one);
      assert.deepEqual(await bytesOf(source, wanted('18')), two);
      assert.equal((await source.find(wanted('18', 'Where?'), LIMIT))?.kind, 'contradicted');
      const found = await source.find(wanted('19'), LIMIT);
      assert.equal(found?.kind === 'path' && found.path, 'images/19.png');
      assert.equal(await source.find(wanted('20'), LIMIT), null);
      await assert.rejects(source.find(wanted('17'), 10), ImageRefused);
    });

    it('are found as bytes, in lists and in numbered columns', async () => {
      const [one, two] = [await picture(1), await picture(2)];
      const source = images(
        await parquet('bytes.parquet', `SELECT 'a' AS "id", ${blob(one)} AS "bytes"`),
        await parquet(
          'lists.parquet',
          `SELECT 'b' AS "id", [{'path': NULL, 'bytes': ${blob(one)}}, {'path': NULL, 'bytes': ${blob(two)}}] AS "images"`,
        ),
        await parquet(
          'numbered.parquet',
          `SELECT 'c' AS "ID", {'bytes': ${blob(one)}} AS "image_1", {'bytes': ${blob(two)}} AS "image_2"`,
        ),
        await parquet('base64.parquet', `SELECT 'd' AS "id", '${one.toString('base64')}' AS "image"`),
        await parquet('nothing.parquet', `SELECT 'a' AS "id", 'b' AS "question"`),
      );
      assert.deepEqual(await bytesOf(source, wanted('a')), one);
      assert.deepEqual(await bytesOf(source, wanted('d')), one);
      for (const id of ['b', 'c']) {
        assert.deepEqual(await bytesOf(source, wanted(id, null, 0)), one);
        assert.deepEqual(await bytesOf(source, wanted(id, null, 1)), two);
        assert.equal(await source.find(wanted(id, null, 2), LIMIT), null);
      }
    });

    it('are found by the row’s number where there are no ids, if the question agrees', async () => {
      const pictures = [await picture(1), await picture(2), await picture(3), await picture(4)];
      const questions = ['Where?', 'Who?', 'Twice?', 'Twice?'];
      const values = pictures.map((bytes, row) => `('${questions[row]}', {'bytes': ${blob(bytes)}})`);
      const source = images(
        await parquet('rows.parquet', `SELECT * FROM (VALUES ${values.join(', ')}) AS t("question", "img")`),
      );
      assert.deepEqual(await bytesOf(source, wanted('1', 'Who?')), pictures[1]);
      assert.deepEqual(await bytesOf(source, wanted('2', 'Who?')), pictures[1], 'counted from 1');
      assert.deepEqual(await bytesOf(source, wanted('2', 'Twice?')), pictures[2]);
      assert.equal((await source.find(wanted('3', 'Twice?'), LIMIT))?.kind, 'ambiguous', 'from 0 or from 1');
      assert.equal(await source.find(wanted('1', 'Where to?'), LIMIT), null);
      assert.equal(await source.find(wanted('1'), LIMIT), null);
    });

    it('are found by other names of ids and images, and counted', async () => {
      const one = await picture(1);
      const source = images(
        await parquet('idx.parquet', `SELECT 'a' AS "idx", {'bytes': ${blob(one)}} AS "img"`),
        await parquet('lists.parquet', `SELECT 'b' AS "qid", [${blob(one)}, ${blob(one)}] AS "images"`),
        await parquet(
          'numbered.parquet',
          `SELECT 'c' AS "id", ${blob(one)} AS "image_1", ${blob(one)} AS "image_2", NULL::BLOB AS "image_3"`,
        ),
      );
      assert.deepEqual(await bytesOf(source, wanted('a')), one);
      assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map((id) => source.count(wanted(id)))), [1, 2, 2, 0]);
    });

    it('are found in the right one of many rows', async () => {
      const one = await picture(1);
      const source = images(
        await parquet(
          'many.parquet',
          `SELECT i AS "id", 'Q' || i AS "question", {'bytes': CASE WHEN i = 7001 THEN ${blob(one)} ELSE 'x'::BLOB END, 'path': ''} AS "image" FROM range(10000) r(i)`,
        ),
      );
      assert.deepEqual(await bytesOf(source, wanted('7001', 'Q7001')), one);
    });
  });

  describe('in Arrow files', () => {
    for (const name of ['stream.arrow', 'file.arrow']) {
      it(`are found behind columns of all kinds: ${name}`, async () => {
        const source = images(path.join(FIXTURES, name));
        for (const row of [0, 1, 2]) {
          const bytes = await bytesOf(source, wanted(String(100 + row), `Where is thing ${row}?`));
          const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
          assert.deepEqual([info.width, info.height, data[0]], [8, 6, 40 * row]);
        }
        const found = await source.find(wanted('103'), LIMIT);
        assert.equal(found?.kind === 'path' && found.path, 'pictures/3.png');
        const second = await bytesOf(source, wanted('104', null, 1));
        assert.equal((await sharp(second).raw().toBuffer())[0], 14);
        assert.equal(await source.find(wanted('104', null, 2), LIMIT), null);
        assert.equal((await source.find(wanted('100', 'Where is thing 1?'), LIMIT))?.kind, 'contradicted');
        assert.deepEqual([await source.count(wanted('100')), await source.count(wanted('104'))], [1, 2]);
        assert.equal(await source.find(wanted('105'), LIMIT), null);
        await assert.rejects(source.find(wanted('100'), 10), ImageRefused);
      });
    }

    it('are left alone where batches are compressed', async () => {
      assert.equal(await images(path.join(FIXTURES, 'compressed.arrow')).find(wanted('100'), LIMIT), null);
    });
  });
});
