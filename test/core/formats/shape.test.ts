import assert from 'node:assert/strict';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { openSource, sniff } from '../../../src/core/formats/shape.js';
import { isDropped, type Container, type Shape } from '../../../src/core/formats/format.js';
import { FlipsideError } from '../../../src/core/model.js';
import { describeReal, realData } from '../../support/realData.js';
import { collect, fixture, makeZip, outline, Scratch } from './containers/support.js';

const scratch = new Scratch();

let files = 0;

/** The shape of a file with this content, under a name that says nothing. */
async function shapeOf(content: string | Uint8Array, name = `file${(files += 1)}`): Promise<Shape> {
  return sniff(await scratch.write(name, content));
}

function failsWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof FlipsideError && pattern.test(error.message) && error.options.file !== undefined;
}

const LINES = '{"id": 1, "answer": "A"}\n{"id": 2, "note": "x", "answer": "B"}\n';

const JSON_FILES: [what: string, content: string, container: Container, columns: string[], records: number][] = [
  ['JSON lines', LINES, 'json-lines', ['id', 'answer', 'note'], 2],
  ['JSON lines with a byte order mark and blank lines', `\ufeff\n${LINES}`, 'json-lines', ['id', 'answer', 'note'], 2],
  ['concatenated objects', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n', 'json-lines', ['a'], 2],
  ['concatenated objects without a break', '{\n  "a": 1\n}{\n  "b": 2\n}', 'json-lines', ['a', 'b'], 2],
  ['JSON lines, the first one damaged', `{"id": 0, "ans\n${LINES}`, 'json-lines', ['id', 'answer', 'note'], 2],
  ['JSON lines, the last one cut off', `${LINES}{"id": 3, "an`, 'json-lines', ['id', 'answer', 'note'], 2],
  ['an array of objects', '[{"a": 1}, {"b": 2}]', 'json-array', ['a', 'b'], 2],
  ['an array with NaN', '[{"a": NaN}]', 'json-array', ['a'], 1],
  ['an empty array', ' [ ] ', 'json-array', [], 0],
  ['an array of scalars', '[1, 2, "x"]', 'json-array', [], 0],
  ['an array cut off in its first element', '[{"a": [1, 2', 'json-array', [], 0],
  ['an array cut off later', '[{"a": 1}, {"a"', 'json-array', ['a'], 1],
  ['one object', '{\n  "val": [{"idx": 1}],\n  "test": []\n}\n', 'json-object', ['val', 'test'], 0],
  ['one object on one line', '{"a": 1}\n', 'json-object', ['a'], 0],
  ['one object cut off', '{\n  "val": [{"idx": 1},', 'json-object', [], 0],
  ['an empty object', '{}', 'json-object', [], 0],
];

const TABLES: [what: string, content: string, container: Container, columns: string[], records: number][] = [
  ['CSV', 'ID,Question,Answer\n1,"left, or\nright?",A\n2,x,B\n', 'csv', ['ID', 'Question', 'Answer'], 2],
  ['CSV with a byte order mark and CRLF', '\ufeffID,Answer\r\n1,A\r\n', 'csv', ['ID', 'Answer'], 1],
  ['CSV with lone carriage returns', 'ID,Answer\r1,A\r2,B\r', 'csv', ['ID', 'Answer'], 2],
  ['CSV, every cell quoted', '"split","Overall"\n"val","0.88"\n', 'csv', ['split', 'Overall'], 1],
  [
    'a header alone',
    'ID,Question,Question_Type,Predicted Answer,IsCorrect\r\n',
    'csv',
    ['ID', 'Question', 'Question_Type', 'Predicted Answer', 'IsCorrect'],
    0,
  ],
  ['CSV with an index column', ',question,answer\n0,q,A\n1,q,B\n', 'csv', ['column 1', 'question', 'answer'], 2],
  [
    'CSV with blanks behind the commas',
    'id, question, answer\n1, q, A\n2, q, B\n',
    'csv',
    ['id', ' question', ' answer'],
    2,
  ],
  ['CSV with one row of three damaged', 'id,q,answer\n1,a\n2,x,A\n3,y,B\n', 'csv', ['id', 'q', 'answer'], 2],
  ['CSV whose only row is cut off', 'id,question,answer\n1,"Is the', 'csv', ['id', 'question', 'answer'], 0],
  ['CSV with repeated names', 'id,answer,answer\n1,A,B\n', 'csv', ['id', 'answer', 'answer.2'], 1],
  ['TSV', 'index\tquestion\tA\n0\tleft, right or behind?\tx\n', 'tsv', ['index', 'question', 'A'], 1],
  ['TSV with commas in the header', 'acc,none\tn, total\n0.5\t10\n', 'tsv', ['acc,none', 'n, total'], 1],
  [
    'CSV with a name of many words and a question mark',
    'Question (with options),Is correct?\nq,1\n',
    'csv',
    ['Question (with options)', 'Is correct?'],
    1,
  ],
];

const TEXTS: [what: string, content: string][] = [
  ['prose', 'Dear reader,\nthis is a letter, and it has commas, here and there.\nIt is no table, though.\nTruly.\n'],
  ['prose of one line', 'Hello, world\n'],
  [
    'prose with a comma on every line',
    'Roses are red, they say\nViolets are blue, I hear\nSugar is sweet, of course\n',
  ],
  [
    'a log of the logging module',
    Array.from({ length: 9 }, (_, n) => `2025-01-01 10:00:0${n},123 INFO step ${n}\n`).join(''),
  ],
  ['a log with key=value pairs', Array.from({ length: 9 }, (_, n) => `step=${n}, loss=0.${n}, lr=0.1\n`).join('')],
  ['a log with a level first', Array.from({ length: 9 }, (_, n) => `INFO,worker ${n},step ${n}\n`).join('')],
  ['a log in brackets', '[INFO] loading, please wait\n[INFO] done\n'],
  ['a log with dates in brackets', '[2025-01-01] start\n[2025-01-02] end\n'],
  [
    'a progress bar',
    Array.from({ length: 30 }, (_, n) => `\rEvaluating: ${n}%|##   | ${n}/30 [00:0${n}<00:10, 1.${n}it/s]`).join(''),
  ],
  ['a report', 'Total Errors: 145\n\nOthers (Rotation, Diagonal): 113 (77.93%)\nHorizontal Flip Error: 24 (16.55%)\n'],
  ['families with lists', 'Adjacency: at, by, near, against\nDirectional: off, past\nTopological: in, on, over, at\n'],
  ['a Markdown table', '| model | accuracy, % |\n|---|---|\n| a, b | 1 |\n| c | 2 |\n'],
  ['a Markdown text', '# Results\n\nWe compare left, right and behind.\n\n- a, b\n- c\n'],
  ['source code', 'import os, sys\n\ndef f(a, b):\n    return a, b\n'],
  ['a Python dictionary', "{'a': 1, 'b': 2}\n{'a': 2, 'b': 3}\n"],
  ['a template', '{{ title }}, {{ text }}\n'],
  ['a set in braces', '{hello, world}'],
  ['JSON with comments', '{"a": 1, // first\n"b": 2}\n'],
  ['a reference list', '[1] First, A. Title.\n[2] Second, B. Title.\n'],
  ['numbers without a header', '1,2,3\n4,5,6\n7,8,9\n'],
  ['words', 'left\nright\n'],
  ['a scalar', '42\n'],
];

describe('sniff', () => {
  for (const [what, content, container, columns, records] of [...JSON_FILES, ...TABLES]) {
    it(`${container}: ${what}`, async () => {
      const shape = await shapeOf(content);
      assert.equal(shape.container, container);
      assert.deepEqual(shape.columns, columns);
      assert.equal(shape.head.length, records);
      assert.equal(shape.text, content.replace(/^\ufeff/, ''));
    });
  }

  for (const [what, content] of TEXTS) {
    it(`text: ${what}`, async () => {
      const shape = await shapeOf(content);
      assert.equal(shape.container, 'text');
      assert.deepEqual([shape.columns, shape.head, shape.text], [[], [], content]);
    });
  }

  it('decides by content, whatever the name says', async () => {
    assert.equal((await shapeOf(LINES, 'lines.json')).container, 'json-lines');
    assert.equal((await shapeOf('[{"a": 1}]', 'array.jsonl')).container, 'json-array');
    assert.equal((await shapeOf('a,b\n1,2\n', 'table.txt')).container, 'csv');
    assert.equal((await shapeOf('just some words', 'words.csv')).container, 'text');
  });

  it('lets the name decide only whether one object on one line is a line of many', async () => {
    assert.equal((await shapeOf('{"a": 1}\n', 'one.jsonl')).container, 'json-lines');
    assert.equal((await shapeOf('{"a": 1}\n', 'one.json')).container, 'json-object');
    assert.equal((await shapeOf('{\n"a": 1\n}\n', 'pretty.jsonl')).container, 'json-object');
  });

  it('parses the one object of a file', async () => {
    const shape = await shapeOf('{"a": [1, {"b": NaN}], "id": 12345678901234567890}');
    assert.deepEqual(shape.root, { a: [1, { b: null }], id: '12345678901234567890' });
    assert.equal(shape.complete, true);
  });

  it('parses the one object of a file that is longer than the head', async () => {
    const root = { results: Array.from({ length: 60_000 }, (_, id) => ({ id, answer: 'left of the plate' })) };
    for (const indent of [0, 1]) {
      const shape = await shapeOf(JSON.stringify(root, null, indent));
      assert.equal(shape.container, 'json-object');
      assert.deepEqual(shape.root, root);
    }
  });

  it('reads on to the end of a first record that is longer than the head', async () => {
    const image = 'A'.repeat(3 << 20);
    const records = [1, 2, 3].map((id) => ({ id, image }));
    const lines = await shapeOf(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    assert.equal(lines.container, 'json-lines');
    assert.deepEqual(lines.columns, ['id', 'image']);
    const array = await shapeOf(JSON.stringify(records));
    assert.equal(array.container, 'json-array');
    assert.deepEqual(array.columns, ['id', 'image']);
    const table = await shapeOf(`index\timage\n0\t${image}\n1\t${image}\n`);
    assert.deepEqual([table.container, table.columns, table.complete], ['tsv', ['index', 'image'], false]);
  });

  it('gives at most 200 records, and says whether they are all', async () => {
    for (const count of [199, 200, 201, 30_000]) {
      const ids = Array.from({ length: count }, (_, id) => ({ id, answer: 'left of the large white plate' }));
      const contents = [
        JSON.stringify(ids),
        ids.map((record) => JSON.stringify(record)).join('\n'),
        `id,answer\n${ids.map(({ id, answer }) => `${id},${answer}\n`).join('')}`,
      ];
      for (const content of contents) {
        const shape = await shapeOf(content);
        assert.equal(shape.head.length, Math.min(count, 200), shape.container);
        assert.equal(shape.complete, count <= 200, `${shape.container} ${count}`);
      }
    }
  });

  it('does not call a head complete that lacks a dropped record', async () => {
    assert.equal((await shapeOf(`${LINES}oops\n`)).complete, false);
    assert.equal((await shapeOf('id,q,answer\n1,a\n2,x,A\n3,y,B\n')).complete, false);
  });

  it('tells empty and binary files', async () => {
    for (const content of ['', ' \r\n\t\n', '\ufeff', '\ufeff\n'])
      assert.equal((await shapeOf(content)).container, 'empty');
    const binary = [
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]),
      Buffer.from(Array.from({ length: 500 }, (_, n) => 128 + ((n * 37) % 127))),
      Buffer.from('{"a": 1}\n', 'utf16le'),
    ];
    for (const content of binary) {
      const shape = await shapeOf(content);
      assert.deepEqual([shape.container, shape.text], ['binary', '']);
    }
  });

  it('reads JSON lines that end in NULs after a crash', async () => {
    const shape = await shapeOf(LINES + '\0'.repeat(100));
    assert.deepEqual([shape.container, shape.head.length, shape.complete], ['json-lines', 2, false]);
    const records = await collect(openSource(shape.path, shape).records());
    assert.deepEqual(outline(records).slice(2), ['<invalid JSON>']);
    assert.doesNotMatch(records.find(isDropped)?.detail ?? '', /\p{Cc}/u);
  });

  it('takes a table or a text in an old encoding for what it is', async () => {
    const table = Buffer.from('id,answer\n1,caf\u00e9\n2,left\n', 'latin1');
    assert.equal((await shapeOf(table)).container, 'csv');
    assert.equal(
      (await shapeOf(Buffer.from('Le caf\u00e9 est pr\u00eat.\nVoil\u00e0.\n', 'latin1'))).container,
      'text',
    );
  });

  it('reads a header with a cell that is no name, and passes over what stands before a header', async () => {
    const rows = '1,Where?,left,left\n2,Where to?,right,left\n';
    const heads = [
      'Unnamed: 0,question,answer,prediction',
      'No.,question,answer,prediction',
      'id,question,answer,2024',
    ];
    const before = ['', '\n \r\n\n', '# run 3, temperature 0\n', 'sep=,\n', '#a\n\n# "b, c\n'];
    for (const head of heads) {
      for (const front of before) {
        const path = await scratch.write(`file${(files += 1)}`, `${front}${head}\n${rows}`);
        const shape = await sniff(path);
        assert.deepEqual([shape.container, shape.columns], ['csv', head.split(',')], front);
        const records = await collect(openSource(path, shape).records());
        assert.deepEqual(
          records.map((record) => [record.row, isDropped(record)]),
          [
            [1, false],
            [2, false],
          ],
        );
      }
    }
    const german = await shapeOf('sep=;\r\nid;question;answer\r\n1;Where?;left\r\n');
    assert.deepEqual([german.delimiter, german.columns, german.head.length], [';', ['id', 'question', 'answer'], 1]);
    assert.deepEqual((await shapeOf('#id,question,answer\n1,Where?,left\n')).columns[0], '#id');
    // A first row of data is no header, however few its numbers are.
    for (const row of ['1,Where,left\n2,There,right\n', 'x,at: 3,y\nz,at: 4,w\n'])
      assert.equal((await shapeOf(row)).container, 'text', row);
    assert.equal((await shapeOf('# Title\n\nSome words, and more, of prose.\nAnd, well, more.\n')).container, 'text');
  });

  it('reads a header with names of hundreds of characters, and takes no prose, no path and no data for one', async () => {
    const word = (end: string): string => `${'model_lr_'.repeat(33)}${end}`;
    const words = `How sure are you that ${'the cup is where the model says and '.repeat(8)}nowhere else`;
    const names = Array.from({ length: 200 }, (_, column) => word(String(column)));
    for (const header of [[word('a'), word('b')], names, ['question', 'answer', words], ['id', word('a'), 'answer']]) {
      const row = header.map((_, column) => `v${column}`).join(',');
      const shape = await shapeOf(`${header.join(',')}\n${row}\n${row}x\n`);
      assert.deepEqual([shape.container, shape.columns, shape.head.length], ['csv', header, 2]);
    }
    const picture = `scenes/${'a'.repeat(90)}.png`;
    for (const text of [
      `${words},${words}\nyes,no\n`,
      `left,right,${words}\nabove,below,${words} once more\n`,
      `${picture},left\n${picture}b,right\n`,
      `${'x'.repeat(1001)},answer\n1,left\n`,
    ]) {
      assert.equal((await shapeOf(text)).container, 'text', text.slice(0, 60));
    }
  });

  it('drops the row of a table that holds NULs, and no other', async () => {
    const path = await scratch.write('nul.csv', 'id,question,answer\n1,a,left\n2,b\0,left\n3,c,left\n');
    const shape = await sniff(path);
    const records = await collect(openSource(path, shape).records());
    assert.deepEqual(
      records.map((record) => (isDropped(record) ? record.reason : record.value['id'])),
      ['1', 'NUL byte', '3'],
    );
    const detail = records.flatMap((record) => (isDropped(record) ? [record.detail] : []))[0] ?? '';
    assert.match(detail, /nul\.csv, row 2 \(line 3\): NUL byte: expected text.*Write the row again/);
    assert.equal((await shapeOf('i\0d\0,\0a\0\n\x001\0,\0b\0')).container, 'binary');
  });

  it('gives the first 64 KiB as text, and no half character at its end', async () => {
    const shape = await shapeOf('左'.repeat(50_000));
    assert.equal(shape.text, '左'.repeat(21_845));
    assert.equal(shape.complete, false);
    assert.equal((await shapeOf('a short report.\n')).complete, true);
  });

  it('reads workbooks and lists archives', async () => {
    const workbook = await sniff(fixture('shared-strings.xlsx'));
    assert.equal(workbook.container, 'xlsx');
    assert.deepEqual(workbook.columns, ['index', 'question', 'A', 'answer', 'hit', 'note']);
    assert.equal(workbook.head.length, 3);
    assert.equal(workbook.complete, true);
    const archive = await sniff(fixture('zstd.zip'));
    assert.deepEqual([archive.container, archive.entries.length, archive.text], ['zip', 3, '']);
    assert.equal((await shapeOf(makeZip([]))).container, 'zip');
  });

  it('says what to do about a file that cannot be read', async () => {
    await assert.rejects(sniff(scratch.path('none.json')), failsWith(/none\.json: the file is gone\. Check the path/));
    await mkdir(scratch.path('folder.json'), { recursive: true });
    await assert.rejects(sniff(scratch.path('folder.json')), failsWith(/folder\.json: this is a folder/));
    await assert.rejects(sniff('/dev/null'), failsWith(/not a regular file/));
    const cut = makeZip([{ name: 'a', data: 'x' }]).subarray(0, 40);
    await assert.rejects(shapeOf(cut, 'cut.eval'), failsWith(/cut\.eval: not a whole zip archive/));
  });
});

describe('openSource', () => {
  const recordsOf = async (content: string | Uint8Array) => {
    const shape = await shapeOf(content);
    return collect(openSource(shape.path, shape).records());
  };

  it('hands out the records of every container, with rows from 1', async () => {
    const contents: [string | Uint8Array, unknown[]][] = [
      ['id,a\n1,x\n2\n3,y\n', [{ id: '1', a: 'x' }, '<wrong number of cells>', { id: '3', a: 'y' }]],
      ['id\ta\n1\tx\n', [{ id: '1', a: 'x' }]],
      ['{"a": 1}\n\n{"a": NaN}\n', [{ a: 1 }, { a: null }]],
      ['[{"a": 1}, 2, {"a": 3}]', [{ a: 1 }, '<not an object>', { a: 3 }]],
      ['[1, 2]', ['<not an object>', '<not an object>']],
      ['{"a": [{"b": 1}]}', []],
      ['{"a": [{"b": 1},', ['<truncated JSON>']],
      ['some words', []],
      ['', []],
      [
        await readFile(fixture('inline-strings.xlsx')),
        [
          { index: 7, prediction: 'B. right' },
          { index: 8, prediction: ' leading blank' },
        ],
      ],
      [await readFile(fixture('zstd.zip')), []],
    ];
    for (const [content, expected] of contents) {
      const records = await recordsOf(content);
      assert.deepEqual(outline(records), expected);
      assert.deepEqual(
        records.map((record) => record.row),
        expected.map((_, index) => index + 1),
      );
    }
  });

  it('names the file in what it drops', async () => {
    const path = await scratch.write('bad.jsonl', `${LINES}oops\n`);
    const records = await collect(openSource(path, await sniff(path)).records());
    assert.match(records.find(isDropped)?.detail ?? '', /bad\.jsonl, record 3 \(line 3\): invalid JSON/);
  });

  it('hands out the same records in batches, and as often as asked', async () => {
    const content = Array.from(
      { length: 40_000 },
      (_, id) => `${JSON.stringify({ id, answer: 'left of the plate' })}\n`,
    ).join('');
    const shape = await shapeOf(content);
    const source = openSource(shape.path, shape);
    const batches = await collect(source.recordBatches());
    assert.ok(batches.length > 1 && batches.every((batch) => batch.length > 0));
    assert.deepEqual(batches.flat(), await collect(source.records()));
    assert.equal(batches.flat().length, 40_000);
  });

  it('can be left early', async () => {
    const shape = await shapeOf(`${LINES.repeat(50_000)}`);
    for await (const record of openSource(shape.path, shape).records()) {
      assert.equal(record.row, 1);
      break;
    }
    await rm(shape.path);
  });

  it('gives the bytes, within a limit', async () => {
    const shape = await shapeOf('some words');
    const source = openSource(shape.path, shape);
    assert.equal(Buffer.from(await source.bytes()).toString(), 'some words');
    assert.equal((await source.bytes(10)).length, 10);
    await assert.rejects(source.bytes(9), failsWith(/too large to be read in one piece \(10 bytes, the limit is 9\)/));
  });

  it('says so when the file vanished in between', async () => {
    const shape = await shapeOf(LINES);
    await rm(shape.path);
    const source = openSource(shape.path, shape);
    await assert.rejects(collect(source.records()), failsWith(/the file is gone/));
    await assert.rejects(source.bytes(), failsWith(/the file is gone/));
  });
});

describeReal('real files', () => {
  const FILES: [path: string, container: Container, good: number][] = [
    ['wurf2026/result/Qwen2.5-VL-3B-Instruct/result_Qwen2.5-VL-3B-Instruct.csv', 'csv', 858],
    ['wurf2026/result/mvsm_visual_prompt_v1/result_mvsm_visual_prompt_v1.csv', 'csv', 0],
    ['wurf2026/result/mvsm_cot_merged/result_cot.csv', 'csv', 554],
    ['wurf2026/eval/ViewSpatial-Bench.json', 'json-array', 5712],
    ['wurf2026/eval_rank64.log', 'text', 0],
    ['wurf2026/eval_vanilla.log', 'text', 0],
    ['wurf2026/debug_direction_logs.txt', 'text', 0],
    ['wurf2026/granular_bias_report.txt', 'text', 0],
    ['wurf2026/final_report.txt', 'text', 0],
    ['vsr/rel_meta_category_dict.txt', 'text', 0],
    ['vsr/test.jsonl', 'json-lines', 2195],
    ['pope/coco_pope_adversarial.json', 'json-lines', 3000],
    ['whatsup-prompts/results.json', 'json-array', 1254],
    ['blink/GPT4o_Spatial_Relation.json', 'json-object', 0],
    ['blink/val_answers.json', 'json-object', 0],
    ['inspect_ai/log_images.json', 'json-object', 0],
    ['inspect_ai/log_streaming.eval', 'zip', 0],
    ['vlmevalkit/Qwen2.5-VL-7B-Instruct/T20250421_Gfcbe1e42/Qwen2.5-VL-7B-Instruct_A-OKVQA.xlsx', 'xlsx', 1145],
    ['lmms-eval/liuhaotian__llava-v1.5-7b/20260218_234435_samples_scienceqa_img.jsonl', 'json-lines', 2017],
    ['spatialmqa/Examples/000000015740.jpg', 'binary', 0],
    ['MANIFEST.md', 'text', 0],
  ];
  for (const [path, container, good] of FILES) {
    it(`${path}: ${container}, ${good} records, none dropped`, async () => {
      const shape = await sniff(realData(path));
      assert.equal(shape.container, container);
      const records = await collect(openSource(shape.path, shape).records());
      assert.deepEqual([records.filter(isDropped), records.length], [[], good]);
    });
  }
});
