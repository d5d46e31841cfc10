import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { recognise } from '../../../../src/core/formats/registry.js';
import { plain } from '../../../../src/core/formats/plain.js';
import type { Shape } from '../../../../src/core/formats/format.js';
import { readContent } from '../../../../src/core/formats/containers/content.js';
import { openSource, sniff } from '../../../../src/core/formats/shape.js';
import type { JsonObject } from '../../../../src/core/model.js';
import { collect, outline, Scratch } from './support.js';

const scratch = new Scratch();
let files = 0;

async function open(
  content: string | Uint8Array,
  name = `content${String((files += 1))}`,
): Promise<[Shape, (JsonObject | string)[]]> {
  const path = await scratch.write(name, content);
  const shape = await sniff(path);
  return [shape, outline(await collect(openSource(path, shape).records()))];
}

const TABLE = 'id,question,answer\n1,"Where, 左?",left\n2,There?,right\n';
const ROWS = [
  { id: '1', question: 'Where, 左?', answer: 'left' },
  { id: '2', question: 'There?', answer: 'right' },
];
const LINES = '{"id": 1, "answer": "左"}\n{"id": 2, "answer": "B"}\n';

/** Zstandard frame with one raw block: RFC 8878, sections 3.1.1 and 3.1.2. */
function zstd(text: string): Buffer {
  const bytes = Buffer.from(text);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, 0, 0, 0]);
  header.writeUIntLE((bytes.length << 3) | 1, 6, 3);
  return Buffer.concat([header, bytes]);
}

function utf16(text: string, big: boolean): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

describe('the content of a file', () => {
  for (const [what, content] of [
    ['gzip', gzipSync(TABLE)],
    ['gzip in two members', Buffer.concat([gzipSync(TABLE.slice(0, 30)), gzipSync(TABLE.slice(30))])],
    ['zstd', zstd(TABLE)],
    ['little-endian UTF-16', utf16(TABLE, false)],
    ['big-endian UTF-16', utf16(TABLE, true)],
    ['UTF-16 in gzip', gzipSync(utf16(TABLE, false))],
  ] as const) {
    it(`is read from ${what}`, async () => {
      const [shape, rows] = await open(content);
      assert.equal(shape.container, 'csv');
      assert.ok(shape.complete);
      assert.deepEqual(rows, ROWS);
    });
  }

  it('is read from JSON lines in gzip and UTF-16, also longer than the head', async () => {
    assert.deepEqual((await open(gzipSync(LINES)))[1].length, 2);
    assert.deepEqual((await open(utf16(LINES, true)))[1][0], { id: 1, answer: '左' });
    const [shape, rows] = await open(gzipSync(LINES.repeat(40_000)));
    assert.ok(!shape.complete);
    assert.equal(rows.length, 80_000);
    const [one] = await open(gzipSync('{"id": 1, "answer": "B"}'), 'one.jsonl.gz');
    assert.equal(one.container, 'json-lines');
  });

  it('that cannot be unpacked is told with the file and what to do', async () => {
    for (const bytes of [gzipSync(TABLE).subarray(0, 40), Buffer.concat([zstd(TABLE).subarray(0, 20)])])
      await assert.rejects(
        open(bytes, 'broken.csv'),
        /broken\.csv: cannot be unpacked \((?:gzip|zstd): .*Copy or pack/,
      );
  });

  it('that unpacks to far more than its size is not followed to its end', async () => {
    const lines = '{"id": 1, "answer": "left"}\n'.repeat(4000);
    const path = await scratch.write('bomb.jsonl.gz', gzipSync(lines));
    const all = async (ratioFrom: number): Promise<number> => {
      let length = 0;
      const limits = { maxBytes: Infinity, maxRatio: 20, ratioFrom };
      for await (const part of readContent(path, limits)) length += part.length;
      return length;
    };
    assert.equal(await all(lines.length), lines.length);
    await assert.rejects(all(1000), /bomb\.jsonl\.gz: cannot be unpacked \(gzip: it unpacks to more than 20 times/);
  });

  it('in no encoding that is read is told by its encoding', async () => {
    const bare = utf16(TABLE.replace('左', ''), false).subarray(2);
    // Hardly a letter of it is Latin.
    const foreign = Buffer.from(
      `编号,问题,答案\n${'一,碗在门的哪一边？😀从门口看过去，杯子在什么地方？,左边\n'.repeat(50)}`,
      'utf16le',
    );
    const wide = Buffer.from([...TABLE.replace('左', '')].flatMap((char) => [char.charCodeAt(0), 0, 0, 0]));
    for (const [content, says] of [
      [bare, /UTF-16 without its byte order mark; save it as UTF-8/],
      [Buffer.from(bare).swap16(), /UTF-16/],
      [foreign, /UTF-16 without its byte order mark; save it as UTF-8/],
      [Buffer.from(foreign).swap16(), /UTF-16/],
      [wide, /UTF-32/],
      [gzipSync(gzipSync(TABLE)), /packed twice/],
    ] as const) {
      const [shape] = await open(content);
      assert.deepEqual([shape.container, shape.columns], ['binary', []]);
      assert.match(shape.problem ?? '', says);
    }
    for (const numbers of [
      Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i) % 7)),
      Buffer.from(Int16Array.from({ length: 4000 }, (_, i) => (i * 7919) % 30_000).buffer),
      Buffer.from(Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i)).buffer),
      Buffer.from(BigInt64Array.from({ length: 4000 }, (_, i) => BigInt(i * i * 1000)).buffer),
    ])
      assert.equal((await open(numbers))[0].problem, undefined);
  });

  it('that is an archive within gzip is left alone', async () => {
    assert.equal((await open(gzipSync(Buffer.from('PK\u0003\u0004zip', 'latin1'))))[0].container, 'binary');
  });
});

describe('semicolons and bars', () => {
  for (const delimiter of [';', '|']) {
    it(`separate cells: ${delimiter}`, async () => {
      const text = TABLE.replace('"Where, 左?"', 'WHERE').replaceAll(',', delimiter).replace('WHERE', 'Where, 左?');
      const [shape, rows] = await open(`${text}3${delimiter}left\n`);
      assert.deepEqual([shape.container, shape.delimiter], ['csv', delimiter]);
      assert.deepEqual(rows, [...ROWS, '<wrong number of cells>']);
    });
  }

  it('in other texts and within the cells of a table separate nothing', async () => {
    const [commas] = await open('id,options\n1,left;right\n2,up;down\n');
    assert.deepEqual([commas.columns, commas.delimiter], [['id', 'options'], undefined]);
    for (const text of ['let a;b\nlet c;d;e\nf\n', '| a | b |\n|---|---|\n| 1 | 2 |\n', '|a|b|\n|---|---|\n|1|2|\n'])
      assert.equal((await open(text))[0].container, 'text', text);
  });
});

describe('names that repeat', () => {
  async function warnings(content: string): Promise<readonly string[]> {
    const [shape] = await open(content, 'twice');
    return recognise(shape, [plain])?.detected.warnings ?? [];
  }

  it('in a header are told, with the columns', async () => {
    const [warning, ...others] = await warnings('id,question,answer,prediction,answer\n1,Where?,left,left,right\n');
    assert.match(
      warning ?? '',
      /twice, header: 2 columns are called 'answer' \(numbers 3, 5\).*read as 'answer\.2'\. Rename/,
    );
    assert.deepEqual(others, []);
  });

  it('in JSON objects are told, with the record', async () => {
    const line = (twice: string): string =>
      `{"question": "a: \\"b\\"?", "answer": "left", "prediction": "left"${twice}}\n`;
    const found = await warnings(line('') + line(', "prediction": "right"') + line(', "prediction": "up"'));
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /twice, record 2 \(line 2\) \(and in 1 more .*"prediction" stands twice/);
    assert.deepEqual(await warnings(line('') + line(', "meta": {"answer": 1, "list": ["answer"]}')), []);
  });

  it('are no reason to drop a record', async () => {
    const [, rows] = await open('{"a": 1, "a": 2}\n{"a": 3}\n');
    assert.deepEqual(rows, [{ a: 2 }, { a: 3 }]);
  });
});
