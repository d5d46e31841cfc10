import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { readXlsx, workbookRecords, type Cell } from '../../../../src/core/formats/containers/xlsx.js';
import { UNPACK_LIMITS } from '../../../../src/core/formats/containers/inflate.js';
import { FlipsideError } from '../../../../src/core/model.js';
import { fixture, makeZip, outline } from './support.js';

const WORKBOOK = '<workbook xmlns:r="r"><sheets><sheet name="one" sheetId="1" r:id="rId7"/></sheets></workbook>';
const RELATIONS = '<Relationships><Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>';

/** A workbook of one sheet with these `<row>` elements, and shared strings where given. */
function workbook(rows: string, strings?: string, more: Record<string, string> = {}): Buffer {
  const parts: Record<string, string> = {
    'xl/workbook.xml': WORKBOOK,
    'xl/_rels/workbook.xml.rels': RELATIONS,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst>${strings}</sst>` }),
    ...more,
  };
  return makeZip(Object.entries(parts).map(([name, data]) => ({ name, data })));
}

async function rowsOf(rows: string, strings?: string): Promise<readonly (readonly Cell[])[]> {
  return (await readXlsx(workbook(rows, strings))).rows;
}

async function failure(bytes: Uint8Array, options = {}): Promise<string> {
  try {
    await readXlsx(bytes, { file: 'run.xlsx', ...options });
  } catch (error) {
    assert.ok(error instanceof FlipsideError, String(error));
    assert.equal(error.options.file, 'run.xlsx');
    return error.message;
  }
  return assert.fail('read');
}

describe('xlsx workbooks', () => {
  it('reads shared strings, rich text, booleans, errors, formulas and gaps', async () => {
    const read = await readXlsx(await readFile(fixture('shared-strings.xlsx')));
    assert.deepEqual(read, {
      sheets: ['answers'],
      complete: true,
      rows: [
        ['index', 'question', 'A', 'answer', 'hit', 'note'],
        [0, 'Is the cup left of the plate?', 'left', 'A', true, '  blanks kept  '],
        [1, 'Is the lamp above the desk?', null, 'NaN', false],
        [2.5, 'ab', 'line one\nline two & <tag> \u{1f600} 左'],
      ],
    });
  });

  it('reads strings within their cells, without a shared-strings part', async () => {
    const read = await readXlsx(await readFile(fixture('inline-strings.xlsx')));
    assert.deepEqual(read.rows, [
      ['index', 'prediction'],
      [7, 'B. right'],
      [8, ' leading blank'],
    ]);
  });

  it('reads the first of several sheets, and escaped control characters', async () => {
    const read = await readXlsx(await readFile(fixture('openpyxl.xlsx')));
    assert.deepEqual(read.sheets, ['first', 'second']);
    assert.deepEqual(read.rows, [
      ['id', 'text'],
      [1, 'carriage\rreturn'],
      [2, 'plain'],
    ]);
  });

  it('makes records with the first row as header, numbered without blank rows', async () => {
    const { columns, batches } = workbookRecords(await readXlsx(await readFile(fixture('shared-strings.xlsx'))));
    const records = [...batches()].flat();
    assert.deepEqual(columns, ['index', 'question', 'A', 'answer', 'hit', 'note']);
    assert.deepEqual(outline(records)[1], {
      index: 1,
      question: 'Is the lamp above the desk?',
      A: null,
      answer: 'NaN',
      hit: false,
      note: null,
    });
    assert.deepEqual(
      records.map((record) => record.row),
      [1, 2, 3],
    );
  });

  it('keeps a value beside the table in its own record', async () => {
    const rows =
      '<row><c><v>1</v></c><c t="str"><v>b</v></c></row><row><c><v>2</v></c></row><row><c r="D3"><v>9</v></c></row>';
    const { columns, batches } = workbookRecords(await readXlsx(workbook(rows)));
    const records = [...batches()].flat();
    assert.deepEqual(columns, ['1', 'b']);
    assert.deepEqual(outline(records), [
      { '1': 2, b: null },
      { '1': null, b: null, 'column 4': 9 },
    ]);
  });

  it('places cells by their reference, or behind the one before', async () => {
    const rows = await rowsOf('<row><c r="B1"><v>1</v></c><c><v>2</v></c><c r="AA1"><v>3</v></c></row>');
    assert.deepEqual(rows, [[null, 1, 2, ...Array<null>(23).fill(null), 3]]);
  });

  it('reads prefixed elements, character data sections and phonetic hints', async () => {
    const strings =
      '<si><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></si><si><t><![CDATA[a < b]]></t></si><si><t/></si>';
    const rows =
      '<x:row xmlns:x="m"><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c></x:row>';
    assert.deepEqual(await rowsOf(rows, strings), [['東京', 'a < b', '']]);
  });

  it('does not decode an escape that is itself escaped', async () => {
    assert.deepEqual(await rowsOf('<row><c t="str"><v>_x005F_x000D_ _x00e9_ _x12_</v></c></row>'), [
      ['_x000D_ é _x12_'],
    ]);
  });

  it('takes numbers that are none, errors and cells without value as null', async () => {
    const cells =
      '<c><v>NaN</v></c><c><v/></c><c t="e"><v>#N/A</v></c><c s="1"/><c><v>1e3</v></c><c t="b"><v>1</v></c>';
    assert.deepEqual(await rowsOf(`<row>${cells}</row><row><c t="e"><v>#N/A</v></c></row>`), [
      [null, null, null, null, 1000, true],
    ]);
  });

  it('follows an absolute target, and the usual place when there are no relations', async () => {
    const sheet = '<worksheet><sheetData><row><c><v>5</v></c></row></sheetData></worksheet>';
    const moved = workbook('', undefined, {
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId7" Target="/data/s.xml"/></Relationships>',
      'data/s.xml': sheet,
    });
    assert.deepEqual((await readXlsx(moved)).rows, [[5]]);
    const bare = makeZip([
      { name: 'xl/workbook.xml', data: WORKBOOK },
      { name: 'xl/worksheets/sheet1.xml', data: sheet },
    ]);
    assert.deepEqual((await readXlsx(bare)).rows, [[5]]);
  });

  it('stops after the rows that were asked for', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `<row><c><v>${n}</v></c></row>`).join('');
    const some = await readXlsx(workbook(rows), { maxRows: 3 });
    assert.deepEqual([some.rows, some.complete], [[[0], [1], [2]], false]);
    const all = await readXlsx(workbook(rows), { maxRows: 5000 });
    assert.deepEqual([all.rows.length, all.complete], [5000, true]);
  });

  it('says what is wrong with a workbook, in which part, and what to do', async () => {
    const again = 'Save it as \\.xlsx again\\.$';
    const damaged = (part: string, why: string): RegExp =>
      new RegExp(`^run\\.xlsx: the workbook is damaged in ${part} \\(.*${why}.*\\)\\. ${again}`, 's');
    assert.match(await failure(makeZip([{ name: 'a', data: '' }])), /^run\.xlsx: no Excel workbook/);
    assert.match(await failure(Buffer.from('no zip')), /^run\.xlsx: not a whole zip archive/);
    const sheet = 'xl/worksheets/sheet1\\.xml';
    assert.match(
      await failure(workbook('<row><c t="s"><v>3</v></c></row>', '<si><t>a</t></si>')),
      damaged(sheet, 'no shared string 3'),
    );
    assert.match(
      await failure(workbook('<row><c r="XFE1"><v>3</v></c></row>')),
      damaged(sheet, '"XFE1" is no cell reference'),
    );
    assert.match(await failure(workbook('<row><c><v>3</c></row>')), damaged(sheet, 'unexpected close tag'));
    assert.match(await failure(workbook('<row><c t="str"><v>&bomb;</v></c></row>')), damaged(sheet, 'entity'));
    assert.match(await failure(workbook('', '<si><t>')), damaged('xl/sharedStrings\\.xml', 'unexpected close tag'));
    assert.match(await failure(workbook('', undefined, { 'xl/workbook.xml': '<workbook/>' })), /no sheet with cells/);
  });

  it('refuses a sheet that unpacks to too much', async () => {
    const limits = { ...UNPACK_LIMITS, maxBytes: 1 << 16 };
    const message = await failure(workbook(' '.repeat(1 << 17)), { limits });
    assert.match(
      message,
      /^run\.xlsx: cannot read its entry xl\/worksheets\/sheet1\.xml: it unpacks to more than 0 MiB/,
    );
  });

  it('refuses a sheet whose missing cells would fill the memory', async () => {
    const rows = '<row><c r="XFD1"><v>1</v></c></row>'.repeat(2000);
    assert.match(
      await failure(workbook(rows)),
      /^run\.xlsx: the workbook holds more than 1,048,576 rows or 32,000,000 cells or texts, .* Save it as CSV\.$/,
    );
  });

  it('refuses more shared texts than cells can show, though each may be empty', async () => {
    const strings = '<si/>'.repeat(2000);
    const row = '<row><c t="s"><v>7</v></c></row>';
    assert.match(await failure(workbook(row, strings), { maxCells: 1999 }), /holds more than/);
    assert.deepEqual((await readXlsx(workbook(row, strings), { maxCells: 2000 })).rows, [['']]);
  });

  it('makes wide records some at a time, and all of them', async () => {
    const header = Array.from({ length: 50 }, (_, column) => `<c t="str"><v>c${String(column)}</v></c>`).join('');
    const rows = Array.from({ length: 2500 }, (_, row) => `<row><c><v>${String(row)}</v></c></row>`).join('');
    const { batches } = workbookRecords(await readXlsx(workbook(`<row>${header}</row>${rows}`)));
    const made = [...batches()];
    assert.ok(made.length > 1 && made.every((batch) => batch.length < 2500));
    const numbers = made.flat().map((record) => ('value' in record ? [record.row, record.value['c0']] : []));
    assert.deepEqual(
      numbers,
      Array.from({ length: 2500 }, (_, row) => [row + 1, row]),
    );
  });

  it('keeps the digits of whole numbers that a double would round', async () => {
    const cell = (text: string): string => `<row><c><v>${text}</v></c></row>`;
    const rows = ['9007199254740991', '9007199254740993', '-18446744073709551615', '1.5E+20', '1E400']
      .map(cell)
      .join('');
    assert.deepEqual(await rowsOf(rows), [
      [9007199254740991],
      ['9007199254740993'],
      ['-18446744073709551615'],
      [1.5e20],
    ]);
  });
});
