import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parseChunks } from '../../../../src/core/formats/containers/bytes.js';
import { columnNames } from '../../../../src/core/formats/containers/columns.js';
import { CsvRecordParser } from '../../../../src/core/formats/containers/csvRecords.js';
import { isDropped, type Record_ } from '../../../../src/core/formats/format.js';
import type { JsonObject } from '../../../../src/core/model.js';
import { cut, outline, parseText } from './support.js';

function read(text: string | Uint8Array, delimiter: ',' | '\t' = ',', every?: number): Promise<Record_[]> {
  return parseText(text, new CsvRecordParser({ file: 'run.csv', delimiter }), every);
}

/** The cells of each record; a dropped one as its reason in angle brackets. Whole and byte by byte must agree. */
async function cells(text: string | Uint8Array, delimiter: ',' | '\t' = ','): Promise<(string[] | string)[]> {
  const whole = await read(text, delimiter);
  assert.deepEqual(await read(text, delimiter, 1), whole);
  whole.forEach((record, index) => assert.equal(record.row, index + 1));
  return outline(whole).map((value) => (typeof value === 'string' ? value : Object.values(value).map(String)));
}

const CASES: [what: string, text: string, expected: (string[] | string)[]][] = [
  [
    'rows',
    'a,b\n1,2\n3,4\n',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ['no line break at the end', 'a,b\n1,2', [['1', '2']]],
  [
    'a lone carriage return among other line ends',
    'a,b\r\n1,2\r\n3,4\r5,6\n7,x\ry\n8,9\n',
    [
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
      ['7', 'x\ry'],
      ['8', '9'],
    ],
  ],
  [
    'CRLF, with line breaks of both kinds in cells',
    'a,b\r\n"1\n2","3\r\n4"\r\n5,6\r\n',
    [
      ['1\n2', '3\r\n4'],
      ['5', '6'],
    ],
  ],
  [
    'lone carriage returns',
    'a,b\r1,2\r"3\r4",5',
    [
      ['1', '2'],
      ['3\r4', '5'],
    ],
  ],
  [
    'a carriage return within a cell of a file with line feeds',
    'a,b\n1\rx,2\n3,4\r\n',
    [
      ['1\rx', '2'],
      ['3', '4'],
    ],
  ],
  ['a byte order mark', '\ufeffa,b\n1,2\n', [['1', '2']]],
  [
    'blank lines',
    '\n\na,b\n\n1,2\n\r\n\n3,4\n\n',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  [
    'quotes',
    'a,b\n"x, y","say ""left"""\n"",""""\n',
    [
      ['x, y', 'say "left"'],
      ['', '"'],
    ],
  ],
  [
    'empty cells',
    'a,b\n,\n,2\n1,\n',
    [
      ['', ''],
      ['', '2'],
      ['1', ''],
    ],
  ],
  ['blanks kept', 'a,b\n 1 ,  2\n', [[' 1 ', '  2']]],
  [
    'blanks around a quoted cell',
    'a, "b"\n "x, ""y""",2\n1, "p\nq"  \n"r" , ""\n',
    [
      ['x, "y"', '2'],
      ['1', 'p\nq'],
      ['r', ''],
    ],
  ],
  [
    'a quoted word behind blanks within a text',
    'a,b\n "x" y,2\n  "x",2\n1, "x\n',
    [
      [' "x" y', '2'],
      ['  "x"', '2'],
      ['1', ' "x'],
    ],
  ],
  ['a quote within an unquoted cell', 'a,b\n5" pipe,2\n', [['5" pipe', '2']]],
  [
    'a quote that was not doubled',
    'a,b\n"he said "left" twice",2\n3,4\n',
    [
      ['he said left" twice"', '2'],
      ['3', '4'],
    ],
  ],
  [
    'too few and too many cells',
    'a,b\n1\n1,2,3\n4,5\n',
    ['<wrong number of cells>', '<wrong number of cells>', ['4', '5']],
  ],
  ['a header alone', 'a,b\n', []],
  ['nothing', '', []],
  ['a quote never closed in the last row', 'a,b\n1,2\n3,"4\n', [['1', '2'], '<unclosed quote>']],
  ['… over several lines', 'a,b\n1,2\n3,"A. left\nB. right\nC. fr', [['1', '2'], '<unclosed quote>']],
  [
    'a quote never closed, and no quotes after it',
    'a,b\n1,"2\n3,4\n5,6\n',
    ['<unclosed quote>', ['3', '4'], ['5', '6']],
  ],
  [
    'a quote never closed, with quotes after it',
    'a,b\n0,0\n1,"2\n3,"x, y"\n"5","6"\n',
    [['0', '0'], '<unclosed quote>', ['3', 'x, y'], ['5', '6']],
  ],
  ['a quote never closed, every cell quoted', 'a,b\n"1","2\n"3","4"\n', ['<unclosed quote>', ['3', '4']]],
  [
    'two quotes never closed',
    'a,b\n1,"2\n3,4\n5,"6\n7,8\n',
    ['<unclosed quote>', ['3', '4'], '<unclosed quote>', ['7', '8']],
  ],
  ['a good row of several lines is left alone', 'a,b\n"A, left\nB, right",2\n', [['A, left\nB, right', '2']]],
];

describe('CSV records', () => {
  for (const [what, text, expected] of CASES) it(what, async () => assert.deepEqual(await cells(text), expected));

  it('reads tabs, with commas and bare quotes in the cells', async () => {
    assert.deepEqual(await cells('a\tb\nleft, right\t"x\ty"\n5"\t6\n', '\t'), [
      ['left, right', 'x\ty'],
      ['5"', '6'],
    ]);
  });

  it('keeps every column of a header that repeats names, leaves them out, or names an object’s prototype', async () => {
    const records = await read('a,a,,a.2,__proto__,a\n1,2,3,4,5,6\n');
    const [value] = outline(records);
    assert.ok(typeof value === 'object');
    assert.deepEqual(Object.entries(value), [
      ['a', '1'],
      ['a.3', '2'],
      ['column 3', '3'],
      ['a.2', '4'],
      ['__proto__', '5'],
      ['a.4', '6'],
    ]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it('numbers a second column of a name with 2', async () => {
    assert.deepEqual(outline(await read('id,answer,answer\n1,2,3\n')), [{ id: '1', answer: '2', 'answer.2': '3' }]);
  });

  it('names file, row, line and what to do in what it drops', async () => {
    const dropped = (await read('a,b\n\n"1\n1",2\n3\n4,"5\nx\n6,7\n')).filter(isDropped).map((record) => record.detail);
    assert.deepEqual(dropped, [
      'run.csv, row 2 (line 5): wrong number of cells: expected 2 as in the header, found 1. ' +
        'Put cells that contain the delimiter or a line break in double quotes.',
      'run.csv, row 3 (lines 6 to 7): unclosed quote: expected a closing " for a quote in the row that begins on line 6. ' +
        'Close it, and double every " within a cell.',
    ]);
  });

  it('flags a row with bytes that are no UTF-8, and only that', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n\ufffd,1\ncaf'), Buffer.from([0xe9]), Buffer.from(',2\nx,3\n')]);
    for (const every of [1, 1 << 20]) {
      const records = await read(bytes, ',', every);
      assert.deepEqual(
        records.map((record) => (isDropped(record) ? null : record.flags)),
        [[], ['invalidUtf8'], []],
      );
      assert.deepEqual(outline(records)[1], { a: 'caf\ufffd', b: '2' });
    }
  });

  it('picks up a large file behind an unclosed quote without waiting for its end', async () => {
    const rows = Array.from({ length: 400_000 }, (_, id) => `${id},the cup is left of the plate\n`);
    rows[10] = '10,"never closed\n';
    const parser = new CsvRecordParser({ file: 'run.csv', delimiter: ',' });
    let largest = 0;
    const spy = {
      take(...args: Parameters<CsvRecordParser['take']>): void {
        largest = Math.max(largest, args[0].length);
        parser.take(...args);
      },
    };
    const bytes = Buffer.from(`id,text\n${rows.join('')}`);
    let good = 0;
    const dropped: Record_[] = [];
    for await (const batch of parseChunks(cut(bytes, 1 << 16), spy)) {
      for (const record of batch)
        if (isDropped(record)) dropped.push(record);
        else good++;
    }
    assert.equal(good, 399_999);
    assert.deepEqual(
      dropped.map((record) => [record.row, 'reason' in record && record.reason]),
      [[11, 'unclosed quote']],
    );
    assert.ok(largest < 9 << 20 && largest < bytes.length, `${largest} of ${bytes.length}`);
  });

  it('decides alike wherever the bytes are cut', async () => {
    const text = 'a,b\n"\r\n,"1,2\n"';
    assert.deepEqual(await read(text, ',', 1), await read(text));
  });

  it('names 50,000 columns of one name apart in no time', () => {
    const names = columnNames(Array.from({ length: 50_000 }, () => 'a'));
    assert.deepEqual([names[1], names.at(-1), new Set(names).size], ['a.2', 'a.50000', 50_000]);
  });

  it('drops a row beyond the limit and goes on', async () => {
    const parser = new CsvRecordParser({ file: 'run.csv', delimiter: ',', limit: 1000 });
    const text = `a,b\n1,2\n3,${'x'.repeat(5000)}\n5,6\n`;
    const records = outline(await parseText(text, parser, 100));
    assert.deepEqual(records, [{ a: '1', b: '2' }, '<record too large>', { a: '5', b: '6' }]);
  });
});

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', ',', '\t', '\n', '\r', ' ', 'a', '左'), maxLength: 8 }),
);
const table = fc
  .integer({ min: 2, max: 4 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }).map((rows) => ({ width, rows })),
  );

function write(rows: readonly (readonly string[])[], delimiter: string, lineEnd: string, always: boolean): string {
  const quote = (text: string): string =>
    always || /["\t,\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => row.map(quote).join(delimiter) + lineEnd).join('');
}

describe('CSV records, any cells in pieces of any size', () => {
  it('are read as written', async () => {
    const property = fc.asyncProperty(
      table,
      fc.constantFrom<',' | '\t'>(',', '\t'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.array(fc.nat(200), { maxLength: 10 }),
      async ({ width, rows }, delimiter, lineEnd, always, offsets) => {
        const header = Array.from({ length: width }, (_, index) => `c${index}`);
        const text = write([header, ...rows], delimiter, lineEnd, always);
        const parser = new CsvRecordParser({ file: 'run.csv', delimiter });
        const records: Record_[] = [];
        for await (const batch of parseChunks(cut(Buffer.from(text), offsets), parser)) records.push(...batch);
        const expected = rows.map((row) => Object.fromEntries(row.map((value, index) => [`c${index}`, value])));
        assert.deepEqual(outline(records), expected);
      },
    );
    await fc.assert(property, { numRuns: 1000 });
  });

  it('are read as csv-parse reads them', async () => {
    const property = fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), async ({ width, rows }, lineEnd) => {
      const header = Array.from({ length: width }, (_, index) => `c${index}`);
      const text = write([header, ...rows], ',', lineEnd, false);
      const expected: JsonObject[] = parse(text, { columns: true, record_delimiter: lineEnd });
      assert.deepEqual(outline(await read(text)), expected);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('one quote taken away costs that row, and no row before it', async () => {
    const words = fc.array(fc.constantFrom('left', 'right, of', 'x "y"', 'two\nlines'), { minLength: 3, maxLength: 3 });
    const property = fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 5 }), fc.nat(), async (rows, nat) => {
      const victim = nat % rows.length;
      const lines = rows.map((row) => write([row], ',', '\n', true));
      lines[victim] = (lines[victim] ?? '').replace(/"\n$/, '\n');
      const records = outline(await read(`a,b,c\n${lines.join('')}`));
      const expected = rows.map(([a, b, c]) => ({ a, b, c }));
      assert.deepEqual(records.slice(0, victim), expected.slice(0, victim));
      assert.equal(records[victim], '<unclosed quote>');
      assert.deepEqual(records.slice(victim + 1), expected.slice(victim + 1));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('every soup of characters ends, and rows are numbered without a gap', async () => {
    const soup = fc.array(fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', 'a', 'b,c', '1,2\n'), { maxLength: 40 });
    const property = fc.asyncProperty(soup, async (parts) => {
      const text = `a,b\n${parts.join('')}`;
      const whole = await read(text);
      whole.forEach((item, index) => assert.equal(item.row, index + 1));
      assert.deepEqual(await read(text, ',', 1), whole);
    });
    await fc.assert(property, { numRuns: 3000 });
  });
});
