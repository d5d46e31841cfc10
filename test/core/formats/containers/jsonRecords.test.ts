import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseChunks } from '../../../../src/core/formats/containers/bytes.js';
import { JsonRecordParser } from '../../../../src/core/formats/containers/jsonRecords.js';
import { isDropped, type Record_ } from '../../../../src/core/formats/format.js';
import type { JsonObject } from '../../../../src/core/model.js';
import { cut, outline, parseText } from './support.js';

type Layout = 'array' | 'sequence';

function read(text: string | Uint8Array, layout: Layout, every?: number): Promise<Record_[]> {
  return parseText(text, new JsonRecordParser({ file: 'run.json', layout }), every);
}

/** Reads a text whole and byte by byte; both must give the same. */
async function outlines(text: string | Uint8Array, layout: Layout): Promise<(JsonObject | string)[]> {
  const whole = await read(text, layout);
  assert.deepEqual(await read(text, layout, 1), whole);
  whole.forEach((record, index) => assert.equal(record.row, index + 1));
  return outline(whole);
}

const SEQUENCE: [what: string, text: string, expected: (JsonObject | string)[]][] = [
  ['JSON lines', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['no line break at the end', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['CRLF, blank lines and blanks', '\r\n  {"a":1} \r\n\r\n\t\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
  ['lone carriage returns', '{"a":1}\r{"a":2}\r', [{ a: 1 }, { a: 2 }]],
  ['a byte order mark', '\ufeff{"a":1}\n', [{ a: 1 }]],
  ['objects on one line', '{"a":1}{"a":2} {"a":3}\n{"a":4}', [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]],
  ['commas between', '{"a":1},\n{"a":2},\n', [{ a: 1 }, { a: 2 }]],
  ['pretty-printed', '{\n  "a": {\n    "b": 1\n  }\n}\n{\n  "a": 2\n}\n', [{ a: { b: 1 } }, { a: 2 }]],
  ['pretty-printed, joined', '{\n  "a": 1\n}{\n  "a": 2\n}', [{ a: 1 }, { a: 2 }]],
  ['indented by nothing', '{\n"a": [\n{\n"b": 1\n},\n{}\n]\n}\n{\n"a": 2\n}', [{ a: [{ b: 1 }, {}] }, { a: 2 }]],
  ['one line, then pretty-printed', '{"a":1}\n{\n  "a": 2\n}\n{"a":3}\n', [{ a: 1 }, { a: 2 }, { a: 3 }]],
  ['braces and newlines in strings', '{"a":"}{\\n\\"{"}\n{"a":"\\\\"}\n', [{ a: '}{\n"{' }, { a: '\\' }]],
  ['a bad line', '{"a":1}\n{"a":oops}\n{"a":3}\n', [{ a: 1 }, '<invalid JSON>', { a: 3 }]],
  ['a line of something else', '{"a":1}\nTraceback (most recent)\n{"a":3}', [{ a: 1 }, '<invalid JSON>', { a: 3 }]],
  ['text behind a value', '{"a":1} trailing\n{"a":2}\n', ['<invalid JSON>', { a: 2 }]],
  ['a bracket too many', '{"a":1}}\n{"a":2}\n', ['<invalid JSON>', { a: 2 }]],
  ['a line cut off', '{"a":1}\n{"a":[1,{"b"\n{"a":3}\n', [{ a: 1 }, '<invalid JSON>', { a: 3 }]],
  ['a line cut off in a string', '{"a":1}\n{"a":"tex\n{"a":3}\n', [{ a: 1 }, '<invalid JSON>', { a: 3 }]],
  ['the first line cut off', '{"a":[1\n{"a":2}\n{"a":3}\n', ['<invalid JSON>', { a: 2 }, { a: 3 }]],
  [
    'two lines cut off',
    '{"a":0}\n{"a":[1\n{"a":[2\n{"a":3}\n',
    [{ a: 0 }, '<invalid JSON>', '<invalid JSON>', { a: 3 }],
  ],
  ['a pretty-printed object cut off', '{\n "a": [\n{\n "a": 2\n}\n', ['<invalid JSON>', { a: 2 }]],
  ['… cut off in a string', '{\n "a": 1,\n "b": "tex\n "c": 2\n}\n{\n "a": 2\n}\n', ['<invalid JSON>', { a: 2 }]],
  ['a line break within a string', '{"a":"x\ny","b":1}\n{"a":2}\n', ['<invalid JSON>', { a: 2 }]],
  ['the last line cut off', '{"a":1}\n{"a":2', [{ a: 1 }, '<truncated JSON>']],
  ['… in a string', '{"a":1}\n{"a":"te', [{ a: 1 }, '<truncated JSON>']],
  ['… behind a backslash', '{"a":1}\n{"a":"te\\', [{ a: 1 }, '<truncated JSON>']],
  ['… with a line break behind', '{"a":1}\n{"a":2,\n', [{ a: 1 }, '<truncated JSON>']],
  ['… on a shared line', '{"a":1}{"a":2}{"a":', [{ a: 1 }, { a: 2 }, '<truncated JSON>']],
  ['a pretty-printed object at the end cut off', '{\n "a": 1\n}\n{\n "a": [1,', [{ a: 1 }, '<truncated JSON>']],
  [
    'values that are no objects',
    '1\n"x"\n[{"a":1}]\nnull\n{"a":1}',
    [...Array<string>(4).fill('<not an object>'), { a: 1 }],
  ],
  ['nothing', '', []],
  ['nothing but white space', ' \n\r\n', []],
  ['nothing but a byte order mark', '\ufeff', []],
];

const ARRAY: [what: string, text: string, expected: (JsonObject | string)[]][] = [
  ['objects', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  [
    'pretty-printed',
    '\ufeff [\n  {\n    "a": [1, {"b": "]"}]\n  },\n  {"a": 2}\n]\n',
    [{ a: [1, { b: ']' }] }, { a: 2 }],
  ],
  ['an empty list', '[]', []],
  [
    'scalars and lists',
    '[1, "a,]\\"[", [2, 3], {"a":1}, null]',
    ['<not an object>', '<not an object>', '<not an object>', { a: 1 }, '<not an object>'],
  ],
  ['a bad element', '[{"a":1}, {"a":oops}, {"a":3}]', [{ a: 1 }, '<invalid JSON>', { a: 3 }]],
  ['a bad scalar', '[{"a":1}, oops, {"a":3}]', [{ a: 1 }, '<invalid JSON>', { a: 3 }]],
  ['a line break within a string', '[{"a":"x\ny"}, {"a":2}]', ['<invalid JSON>', { a: 2 }]],
  ['an element cut off', '[{"a":1}, {"a":[2', [{ a: 1 }, '<truncated JSON>']],
  ['cut off between elements', '[{"a":1},', [{ a: 1 }, '<truncated JSON>']],
  ['never closed', '[{"a":1}', [{ a: 1 }, '<truncated JSON>']],
  ['cut off at once', '[', ['<truncated JSON>']],
  ['a comma at the end', '[{"a":1},]', [{ a: 1 }]],
  ['two lists', '[{"a":1}]\n[{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['text behind the list', '[{"a":1}] done', [{ a: 1 }, '<invalid JSON>']],
  ['a bracket too many', '[{"a":1}}, {"a":2}]', [{ a: 1 }, '<invalid JSON>', { a: 2 }]],
];

describe('JSON records', () => {
  for (const [what, text, expected] of SEQUENCE) {
    it(`sequence: ${what}`, async () => assert.deepEqual(await outlines(text, 'sequence'), expected));
  }
  for (const [what, text, expected] of ARRAY) {
    it(`array: ${what}`, async () => assert.deepEqual(await outlines(text, 'array'), expected));
  }

  it('names file, record, line and what to do in what it drops', async () => {
    const [, dropped] = await read('{"a":1}\n\n{"a":oops}\n', 'sequence');
    assert.ok(dropped && isDropped(dropped));
    assert.match(
      dropped.detail,
      /^run\.json, record 2 \(line 3\): invalid JSON: .*oops.*Correct the record, or remove it\.$/,
    );
  });

  it('counts lines across pretty-printed records', async () => {
    const records = await read('[\n  {\n    "a": 1\n  },\n  {\n    "a": oops\n  }\n]', 'array');
    const dropped = records.find(isDropped);
    assert.match(dropped?.detail ?? '', /record 2 \(line 5\)/);
  });

  it('flags a number that JSON does not have, and bytes that are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":NaN}\n{"b":"'), Buffer.from([0xff]), Buffer.from('"}\n{"c":1}\n')]);
    const records = await read(bytes, 'sequence', 3);
    assert.deepEqual(
      records.map((record) => (isDropped(record) ? null : record.flags)),
      [['nonStandardNumber'], ['invalidUtf8'], []],
    );
  });

  it('drops a record beyond the limit without keeping it, and goes on', async () => {
    const long = JSON.stringify({ a: 'x"}{'.repeat(3000) });
    for (const [layout, text] of [
      ['sequence', `{"a":1}\n${long}\n{"a":3}\n`],
      ['sequence', `{"a":1}${long}{"a":3}`],
      ['array', `[{"a":1},${long},{"a":3}]`],
    ] as const) {
      for (const every of [100, 1 << 20]) {
        const parser = new JsonRecordParser({ file: 'run.json', layout, limit: 4096 });
        const records = await parseText(text, parser, every);
        assert.deepEqual(outline(records), [{ a: 1 }, '<record too large>', { a: 3 }], `${layout} ${every}`);
      }
    }
  });

  it('keeps memory bounded over a record beyond the limit', async () => {
    const limit = 1 << 16;
    const piece = Buffer.from('x'.repeat(1 << 14));
    function* pieces(): Generator<Uint8Array> {
      yield Buffer.from('[{"a":"');
      for (let count = 0; count < 400; count++) yield piece;
      yield Buffer.from('"},{"a":2}]');
    }
    const parser = new JsonRecordParser({ file: 'run.json', layout: 'array', limit });
    let largest = 0;
    const spy = {
      take(...args: Parameters<JsonRecordParser['take']>): void {
        parser.take(...args);
        largest = Math.max(largest, args[0].buffer.length);
      },
    };
    const records: Record_[] = [];
    for await (const batch of parseChunks(pieces(), spy)) records.push(...batch);
    assert.deepEqual(outline(records), ['<record too large>', { a: 2 }]);
    assert.ok(largest < 40 * limit, String(largest));
  });

  it('reads one record over many pieces, and a whole file on one line', async () => {
    const long = { a: 'left '.repeat(500_000) };
    assert.deepEqual(outline(await read(JSON.stringify(long), 'sequence', 1 << 16)), [long]);
    const many = Array.from({ length: 40_000 }, (_, id) => ({ id, text: 'the cup is left of the plate, }{ "' }));
    const text = many.map((record) => JSON.stringify(record)).join('');
    assert.deepEqual(outline(await read(text, 'sequence', 1 << 18)), many);
  });

  it('reads lines of very many small records', async () => {
    const line = '{"a":1}'.repeat(120_000);
    const records = await read(`${line}\n${line}\n{"a":2}`, 'sequence');
    assert.equal(records.length, 240_001);
    assert.deepEqual(outline(records.slice(-2)), [{ a: 1 }, { a: 2 }]);
  });

  it('drops a record that is too long, and no line behind it', async () => {
    const limit = 3 << 20;
    const long = 'x'.repeat(4 << 20);
    const readLines = (text: string): Promise<Record_[]> =>
      parseText(text, new JsonRecordParser({ file: 'run.json', layout: 'sequence', limit }), 1 << 20);
    for (const [line, reason] of [
      [`{"a":"${long}"}`, 'record too large'],
      [`{"a":"${long}`, 'record too large'],
      [long, 'invalid JSON'],
      [`[${long}`, 'record too large'],
    ] as const) {
      const text = `{"a":1}\n${line}\n{"a":3}\n[4]\n{"a":5}`;
      assert.deepEqual(
        outline(await readLines(text)),
        [{ a: 1 }, `<${reason}>`, { a: 3 }, '<not an object>', { a: 5 }],
        line.slice(0, 8),
      );
    }
  });

  it('drops a record of more keys than a table has columns, and says how many', async () => {
    const record = (keys: number): JsonObject =>
      Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${String(key)}`, 0]));
    for (const layout of ['array', 'sequence'] as const) {
      const parser = new JsonRecordParser({ file: 'run.json', layout, mostKeys: 50 });
      const texts = [record(50), record(51), record(1)].map((each) => JSON.stringify(each));
      const records = await parseText(layout === 'array' ? `[${texts.join(',')}]` : texts.join('\n'), parser);
      assert.deepEqual(outline(records), [record(50), '<too many keys>', record(1)]);
      const [, wide] = records;
      assert.ok(wide !== undefined && isDropped(wide));
      assert.match(wide.detail, /^run\.json, record 2 .*51 keys in one record, at most 50 are read/);
    }
  });

  it('follows a long element once, however its bytes come', async () => {
    const text = JSON.stringify([{ a: ['x'.repeat(200_000), '\\"'.repeat(1000), { b: [1, { c: '}]' }] }] }, { a: 1 }]);
    assert.deepEqual(outline(await read(text, 'array', 7)), JSON.parse(text));
    const pretty = `${JSON.stringify({ a: Array.from({ length: 500 }, (_, i) => i) }, null, 2)}\n`.repeat(3);
    assert.deepEqual(await read(pretty, 'sequence', 5), await read(pretty, 'sequence'));
  });

  it('does not overflow on nesting', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const text = `{"a":${deep}}\n{"a":1}\n`;
    assert.deepEqual(outline(await read(text, 'sequence')), ['<nested too deeply>', { a: 1 }]);
    assert.deepEqual(outline(await read(`[{"a":${deep}},{"a":1}]`, 'array')), ['<nested too deeply>', { a: 1 }]);
  });
});

const record = fc.dictionary(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', '\n', '\r', ',', ':', '\u2028', '\ud83d\ude00') }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), fc.integer(), { maxKeys: 2 }),
  ),
  { maxKeys: 5 },
);

interface Written {
  readonly layout: Layout;
  readonly separator: string;
  readonly end: string;
  readonly start: string;
  readonly indent: number;
}

/** The ways to write records. The text up to the end of the n-th record is the same however many follow. */
const LAYOUTS: Record<string, Written> = {
  array: { layout: 'array', start: '[', separator: ',', end: ']', indent: 0 },
  'array over lines': { layout: 'array', start: '[\n', separator: ',\n', end: '\n]\n', indent: 2 },
  'JSON lines': { layout: 'sequence', start: '', separator: '\n', end: '\n', indent: 0 },
  'JSON lines with CRLF': { layout: 'sequence', start: '\ufeff', separator: '\r\n', end: '', indent: 0 },
  'objects in a row': { layout: 'sequence', start: '', separator: '', end: '', indent: 0 },
  'pretty-printed objects': { layout: 'sequence', start: '', separator: '\n', end: '\n', indent: 4 },
  'pretty-printed objects, joined': { layout: 'sequence', start: '', separator: '', end: '', indent: 1 },
};

function upTo(written: Written, records: readonly JsonObject[]): string {
  return written.start + records.map((value) => JSON.stringify(value, null, written.indent)).join(written.separator);
}

/** The values as a JSON file can hold them, with ordinary prototypes. */
function plain(values: readonly unknown[]): JsonObject[] {
  return JSON.parse(JSON.stringify(values)) as JsonObject[];
}

describe('JSON records, any records in pieces of any size', () => {
  for (const [name, written] of Object.entries(LAYOUTS)) {
    const { layout } = written;

    it(`${name}: read as written`, async () => {
      const offsets = fc.array(fc.nat(400), { maxLength: 12 });
      const property = fc.asyncProperty(fc.array(record, { maxLength: 6 }), offsets, async (values, at) => {
        const expected = plain(values);
        const parser = new JsonRecordParser({ file: 'run.json', layout });
        const records: Record_[] = [];
        const bytes = Buffer.from(upTo(written, expected) + written.end);
        for await (const batch of parseChunks(cut(bytes, at), parser)) records.push(...batch);
        assert.deepEqual(outline(records), expected);
      });
      await fc.assert(property, { numRuns: 300 });
    });

    it(`${name}: cut off anywhere, every whole record before comes through and one is dropped`, async () => {
      const property = fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        async (values, nat) => {
          const expected = plain(values);
          const ends = expected.map((_, index) => Buffer.byteLength(upTo(written, expected.slice(0, index + 1))));
          const bytes = Buffer.from(upTo(written, expected));
          const at = nat % (bytes.length + 1);
          const records = outline(await read(bytes.subarray(0, at), layout, 64));
          const whole = ends.filter((end) => end <= at).length;
          assert.deepEqual(records.slice(0, whole), expected.slice(0, whole));
          // Half a byte order mark is no text at all.
          if (written.start === '\ufeff' && at < 3) return;
          const begun =
            bytes
              .subarray(ends[whole - 1] ?? 0, at)
              .toString()
              .trim() !== '';
          const isCut = layout === 'array' ? at > 0 : begun;
          assert.deepEqual(records.slice(whole), isCut ? ['<truncated JSON>'] : []);
        },
      );
      await fc.assert(property, { numRuns: 300 });
    });
  }

  it('every byte soup ends, and rows are numbered without a gap', async () => {
    const soup = fc.array(
      fc.constantFrom('{', '}', '[', ']', '"', '\\', '\n', ',', ':', ' ', 'a', '1', '{"a":1}', '\n{'),
      { maxLength: 40 },
    );
    const property = fc.asyncProperty(soup, fc.constantFrom<Layout>('array', 'sequence'), async (parts, layout) => {
      const whole = await read(parts.join(''), layout);
      whole.forEach((item, index) => assert.equal(item.row, index + 1));
      assert.deepEqual(await read(parts.join(''), layout, 1), whole);
    });
    await fc.assert(property, { numRuns: 3000 });
  });
});
