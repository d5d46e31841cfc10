import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import {
  csv,
  escapeMarkdown,
  jsonl,
  markdown,
  type ExportRow,
  type TextExport,
} from '../../../src/core/export/rows.js';

const COLUMNS = ['run', 'text', 'n', 'flag', 'list', 'meta'];

/** Any text that a file may hold: separators, quotes and line ends more often than chance has them. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom('a', '"', ',', '\n', '\r\n', '\r', ';', ' ', '\t', '=1+1', '😀', '|', ''))
    .map((all) => all.join('')),
);
const rows: fc.Arbitrary<ExportRow[]> = fc.array(
  fc.record({
    ...{ run: texts, text: fc.option(texts), n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })) },
    ...{ flag: fc.option(fc.boolean()), list: fc.array(texts), meta: fc.dictionary(texts, fc.option(texts)) },
  }),
  { minLength: 1, maxLength: 6 },
);

function written(writer: TextExport, all: readonly ExportRow[]): string {
  return writer.head(COLUMNS) + all.map((row) => writer.row(row)).join('') + writer.foot();
}

describe('export: CSV', () => {
  it('is read back by another reader cell by cell', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const cells = parse(written(csv, all), { relax_column_count: false, record_delimiter: '\r\n' });
        const expected = all.map((row) =>
          Object.values(row).map((value) => {
            const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
            const number = text.trim() === text && text !== '' && Number.isFinite(Number(text));
            return typeof value === 'string' && /^[=+@\t\r-]/.test(text) && !number ? `'${text}` : text;
          }),
        );
        assert.deepEqual(cells, [COLUMNS, ...expected]);
      }),
    );
  });

  it('quotes what needs it and nothing else', () => {
    assert.equal(
      csv.row({ a: 'x', b: 'a "b"', c: 'a,b', d: 'a\nb', e: null, f: true }),
      'x,"a ""b""","a,b","a\nb",,true\r\n',
    );
  });
});

describe('export: CSV in a spreadsheet', () => {
  it('puts an apostrophe before text that would be a formula, and leaves numbers and JSON as they are', () => {
    const cells = { a: '=HYPERLINK("http://x")', b: '+1+1', c: '-cmd', d: '@SUM(A1)', e: '\t=1', f: '\r=1' };
    const [row] = parse(csv.row(cells));
    assert.deepEqual(
      row,
      Object.values(cells).map((text) => `'${text}`),
    );
    assert.equal(
      csv.row({ a: -5, b: '-5', c: '+0.5e3', d: ['=1'], e: 'a=b', f: '' }),
      `-5,-5,+0.5e3,"[""=1""]",a=b,\r\n`,
    );
  });

  it('keeps control characters: data is data', () => {
    assert.equal(csv.row({ a: 'x\u001b[31m' }), 'x\u001b[31m\r\n');
  });
});

describe('export: JSON lines', () => {
  it('holds one object a line, as it was', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const lines = written(jsonl, all).split('\n');
        assert.equal(lines.pop(), '');
        assert.equal(lines.length, all.length);
        assert.deepEqual(
          lines.map((line) => JSON.parse(line) as unknown),
          all.map((row) => JSON.parse(JSON.stringify(row)) as unknown),
        );
      }),
    );
  });
});

describe('export: Markdown', () => {
  it('is a table with as many cells in every line, whatever the texts', () => {
    const table = rows.map((all) =>
      all.map((row) => ({ ...row, question: row['text'] ?? null, gold: row['run'] ?? null })),
    );
    fc.assert(
      fc.property(table, (all) => {
        const lines = written(markdown, all).split('\n').slice(0, -1);
        assert.equal(lines.length, all.length + 2);
        const cellsOf = (line: string): number => line.replace(/\\./g, '').split('|').length;
        for (const line of lines) assert.equal(cellsOf(line), cellsOf(lines[0] ?? ''), line);
      }),
    );
  });

  it('shows text as it is', () => {
    assert.equal(escapeMarkdown('a|b'), 'a\\|b');
    assert.equal(
      escapeMarkdown('*b* _i_ `c` [l](u) ~~s~~ #h'),
      '\\*b\\* \\_i\\_ \\`c\\` \\[l\\](u) \\~\\~s\\~\\~ \\#h',
    );
    assert.equal(escapeMarkdown('<b>&lt;'), '&lt;b>&amp;lt;');
    assert.equal(escapeMarkdown('a\r\nb\nc\rd'), 'a ⏎ b ⏎ c ⏎ d');
    assert.equal(escapeMarkdown('\u001b[31mred\u0007'), '␛\\[31mred␇');
    assert.equal(escapeMarkdown('a\u009b\u202eb'), 'a\ufffd\ufffdb');
    assert.equal(escapeMarkdown('back\\slash'), 'back\\\\slash');
  });
});
