import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { commandHelp, readArguments } from '../src/cli/arguments.js';
import type { Command } from '../src/cli/command.js';
import { readFilter } from '../src/cli/filters.js';
import { fixed, percent, percentRange, plural, pValue, range } from '../src/core/analysis/numbers.js';
import { render } from '../src/cli/render.js';
import { visible, type Cell, type Report, type Section } from '../src/cli/report.js';
import { FlipsideError } from '../src/core/model.js';

function report(section: Partial<Section>, json: unknown = {}): Report {
  return { json, sections: [{ title: '', columns: [{ name: 'a' }, { name: 'b' }], rows: [], ...section }] };
}

const table = (rows: readonly (readonly Cell[])[], width = 80): string[] =>
  render(report({ rows }), 'table', width).split('\n').slice(0, -1);

/** Terminal columns, by a rule of our own: the characters used here are either CJK or emoji (two), or one. */
const columnsOf = (text: string): number => [...text].reduce((sum, char) => sum + columnsOfChar(char), 0);

function columnsOfChar(char: string): number {
  if (/\p{M}|\u200d/u.test(char)) return 0;
  return /[\u3000-\u9fff\uac00-\ud7a3]|\p{Emoji_Presentation}/u.test(char) ? 2 : 1;
}

const HOSTILE = '\u001b[2J\u0007\u0000 a\u009bb\u202e c\r\nd\u007f\u2066e\rf';

describe('command line: tables', () => {
  it('align their columns, also with wide, combining and joined characters', () => {
    const texts = ['plain', '漢字', '한글 text', 'cafe\u0301', '😀🎉', ''];
    const lines = table(texts.map((text) => [text, 'x']));
    assert.equal(lines.length, texts.length + 1);
    const at = columnsOf((lines[0] ?? '').slice(0, (lines[0] ?? '').indexOf('b')));
    lines.slice(1).forEach((line) => assert.equal(columnsOf(line.slice(0, line.lastIndexOf('x'))), at, line));
  });

  it('set numbers to the right', () => {
    const columns = [{ name: 'name' }, { name: 'n', align: 'right' as const }];
    const text = render(
      report({
        columns,
        rows: [
          ['a', 5],
          ['b', 1234],
        ],
      }),
      'table',
      80,
    );
    assert.equal(text, 'name     n\na        5\nb     1234\n');
  });

  it('cut the middle of what is too long, since ids are told apart by their ends', () => {
    const id = `results/${'x'.repeat(80)}/model-7b.csv`;
    const [, line = ''] = table([[id, 'y']], 40);
    assert.ok(columnsOf(line) <= 40);
    assert.match(line, /^results\/x+…x*\/?model-7b\.csv {2}y$/);
    const [, wide = ''] = table([['漢'.repeat(60), 'y']], 40);
    assert.ok(columnsOf(wide) <= 40, wide);
    assert.match(wide, /^漢+…漢+ *y$/);
  });

  it('stay within the width where columns can give way, and keep something readable where not', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 30, max: 90 }),
        (rows, width) => {
          const lines = table(rows, width);
          assert.equal(lines.length, rows.length + 1);
          for (const line of lines) if (/^[\x20-\x7e…]*$/.test(line)) assert.ok(line.length <= width, line);
        },
      ),
    );
    const [, narrow = ''] = table([['x'.repeat(50), 'y'.repeat(50)]], 5);
    assert.equal(narrow, `${'x'.repeat(6)}…${'x'.repeat(5)}  ${'y'.repeat(6)}…${'y'.repeat(5)}`);
  });

  it('wrap what says so, whatever its words, and keep every character', () => {
    const columns = [{ name: 'file' }, { name: 'reason', wrap: true as const }];
    const reason = `Nothing to read: ${'x'.repeat(70)} 漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢, save it anew.`;
    const lines = render(report({ columns, rows: [['a.csv', reason]] }), 'table', 40).split('\n');
    for (const line of lines) assert.ok(columnsOf(line) <= 40, line);
    const text = lines.slice(1).map((line) => line.slice('a.csv  '.length));
    assert.equal(text.join('').replaceAll(' ', ''), reason.replaceAll(' ', ''));
    assert.doesNotMatch(lines.join(''), /…/);
  });

  it('never cut numbers: headers wrap, then columns move to a further table that repeats the first', () => {
    const columns = ['run', ...'abcdefgh'].map((name, at) =>
      at === 0 ? { name } : { name: `rate of ${name}`, align: 'right' as const },
    );
    const row = ['results/a.csv', ...Array<string>(8).fill('12, 34.5 % of 99')];
    const wide = render(report({ columns, rows: [row] }), 'table', 60);
    for (const line of wide.split('\n')) assert.ok(line.length <= 60, line);
    assert.equal(wide.split('12, 34.5 % of 99').length - 1, 8);
    assert.equal(wide.split('results/a.csv').length - 1, 4);
  });

  it('give names a line of their own, once for rows that share one, and texts one below', () => {
    const columns = [
      { name: 'run', own: 'above' as const },
      { name: 'class' },
      { name: 'question', own: 'below' as const },
    ];
    const question = 'Where is the cup, seen from the door of the room that the camera looks into?';
    const rows = [
      ['results/of/a/long/path/to/model-a.csv', 'flip', question],
      ['results/of/a/long/path/to/model-a.csv', 'flip', question],
      ['results/of/a/long/path/to/model-b.csv', 'flip', null],
    ];
    const lines = render(report({ columns, rows }), 'table', 42).split('\n').slice(0, -1);
    assert.deepEqual(lines, [
      'run',
      '  class',
      '      question',
      'results/of/a/long/path/to/model-a.csv',
      ...[
        '  flip',
        '      Where is the cup, seen from the door',
        '      of the room that the camera looks',
        '      into?',
      ],
      ...[
        '  flip',
        '      Where is the cup, seen from the door',
        '      of the room that the camera looks',
        '      into?',
      ],
      'results/of/a/long/path/to/model-b.csv',
      '  flip',
    ]);
    const [header] = render(report({ columns, rows }), 'table', 200).split('\n');
    assert.match(header ?? '', /^run +class +question$/);
  });

  it('never print two names alike: those that only differ where they are cut get lines of their own', () => {
    const long = (seed: number): string => `runs/${'a'.repeat(40)}${seed}${'b'.repeat(40)}/out.csv`;
    const number = { name: 'accuracy', align: 'right' as const };
    for (const count of [1, 3, 9]) {
      const columns = [{ name: 'run', own: 'above' as const }, ...Array<typeof number>(count).fill(number)];
      const rows = [1, 2].map((seed) => [long(seed), ...Array<string>(count).fill('12, 34.5 % of 99')]);
      const text = render(report({ columns, rows }), 'table', 80);
      for (const seed of [1, 2]) assert.ok(text.includes(long(seed)), text);
    }
    const lines = table([1, 2].map((seed) => [long(seed), 'x']));
    assert.ok(
      [1, 2].every((seed) => lines.some((line) => line.includes(`a${seed}b`))),
      lines.join('\n'),
    );
  });

  it('wrap their titles', () => {
    const title = 'word '.repeat(30).trim();
    const lines = render(report({ title, rows: [['x', 'y']] }), 'table', 40).split('\n');
    for (const line of lines) assert.ok(line.length <= 40, line);
    assert.equal(lines.slice(0, -3).join(' ').replaceAll(/\s+/g, ' '), title);
  });

  it('leave out for people what only CSV keeps', () => {
    const columns = [{ name: 'run', only: 'csv' as const }, { name: 'item' }];
    const one = report({ columns, rows: [['a', 'x']] });
    assert.equal(render(one, 'table', 80), 'item\nx\n');
    assert.match(render(one, 'md', 80), /^\| item \|/);
    assert.equal(render(one, 'csv', 80), 'run,item\r\na,x\r\n');
  });

  it('wrap their notes', () => {
    const note = Array<string>(30).fill('word').join(' ');
    const lines = render(report({ notes: [note] }), 'table', 40)
      .split('\n')
      .slice(0, -1);
    assert.ok(lines.length > 3);
    for (const line of lines) assert.ok(line.length <= 40, line);
    assert.equal(lines.map((line) => line.trim()).join(' '), note);
  });
});

describe('command line: what models wrote never steers a terminal', () => {
  /** Controls other than line ends, and characters that turn the direction of writing. */
  const STEERS = /(?!\n)\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
  const hostile = report({ title: HOSTILE, rows: [[HOSTILE, 'x']], notes: [HOSTILE] }, { [HOSTILE]: HOSTILE });

  it('in a table or Markdown', () => {
    for (const format of ['table', 'md'] as const) assert.doesNotMatch(render(hostile, format, 80), STEERS, format);
  });

  it('in CSV, which keeps line ends inside cells', () => {
    const text = render(hostile, 'csv', 80);
    assert.doesNotMatch(text.replaceAll('\r\n', ''), STEERS);
    assert.match(text, /"␛\[2J␇␀ a�b� c\r\nd��e⏎f",x\r\n/);
  });

  it('in JSON, which stays the same JSON', () => {
    const text = render(hostile, 'json', 80);
    assert.doesNotMatch(text, /[\u007f-\u009f\u2028\u2029]/);
    assert.deepEqual(JSON.parse(text), { [HOSTILE]: HOSTILE });
  });

  it('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        assert.doesNotMatch(visible(text), STEERS);
        assert.doesNotMatch(visible(text), /\n/);
        const cells = parse(render(report({ rows: [[text, 'x']] }), 'csv', 80), { record_delimiter: '\r\n' });
        assert.equal(cells.length, 2);
      }),
      { numRuns: 500 },
    );
  });
});

describe('command line: other formats', () => {
  it('CSV holds the first table, with its nulls as empty cells', () => {
    const two: Report = {
      json: {},
      sections: [
        ...report({
          rows: [
            ['a,"b"', null],
            [true, 1.5],
          ],
        }).sections,
        ...report({ rows: [['no', 'no']] }).sections,
      ],
    };
    assert.equal(render(two, 'csv', 80), 'a,b\r\n"a,""b""",\r\ntrue,1.5\r\n');
    assert.equal(render({ json: {}, sections: [] }, 'csv', 80), '');
  });

  it('Markdown holds every section, escaped', () => {
    const columns = [{ name: 'a|b' }, { name: 'n', align: 'right' as const }];
    const text = render(report({ title: 'T*', columns, rows: [['<x>|y\nz', 1]], notes: ['a_b'] }), 'md', 80);
    assert.equal(text, '## T\\*\n\n| a\\|b | n |\n| --- | ---: |\n| &lt;x\\>\\|y⏎z | 1 |\n\na\\_b\n\n');
  });

  it('a text in place of JSON is printed as it is', () => {
    assert.equal(render({ json: '{"a": 1}\n\n', sections: [] }, 'json', 80), '{"a": 1}\n');
  });
});

describe('command line: numbers', () => {
  it('are printed as papers print them, and a dash for none', () => {
    assert.equal(percent(0.34848), '34.8 %');
    assert.equal(percent(null), '–');
    assert.equal(percentRange([0.3171, 0.3809]), '[31.7, 38.1]');
    assert.equal(percentRange(null), '');
    assert.equal(fixed(1.356), '1.36');
    assert.equal(fixed(null), '–');
    assert.equal(range([1.2, 1.5]), '[1.20, 1.50]');
    assert.equal(range(null), '');
    assert.equal(plural(1, 'row'), '1 row');
    assert.equal(plural(0, 'row'), '0 rows');
    assert.equal(pValue(0.00009), '< 0.0001');
    assert.equal(pValue(0.04567), '0.0457');
  });
});

describe('command line: arguments', () => {
  const command: Command = {
    ...{ name: 'try', summary: 'Tries.', usage: 'try PATH…', example: 'flipside try x' },
    options: [
      { name: 'limit', value: 'N', help: 'how many' },
      { name: 'new', value: 'RUN', help: 'runs', multiple: true, variadic: true },
      { name: 'where', value: 'FIELD=VALUE', help: 'rows', multiple: true },
      { name: 'search', value: 'TEXT', help: 'text' },
      { name: 'class', value: 'CLASS', help: 'class', multiple: true },
      { name: 'task', value: 'TASK', help: 'task', multiple: true },
      { name: 'run', value: 'RUN', help: 'run', multiple: true },
      { name: 'force', help: 'a switch' },
    ],
    run: () => Promise.reject(new Error('not run')),
  };
  const read = (...words: string[]): ReturnType<typeof readArguments> => readArguments(command, words);
  const usage = (message: RegExp) => (error: unknown) =>
    error instanceof FlipsideError && error.options.exitCode === 2 && message.test(error.message);

  it('are paths and options in any order; the last value wins, lists hold all', () => {
    const args = read('a', '--limit', '3', 'b', '--limit=5', '--force', 'c', '--where', 'x=1', '--where', 'y=2');
    assert.deepEqual(args.paths, ['a', 'b', 'c']);
    assert.equal(args.text('limit'), '5');
    assert.equal(args.count('limit', 9), 5);
    assert.equal(args.has('force'), true);
    assert.deepEqual(args.list('where'), ['x=1', 'y=2']);
    assert.deepEqual([args.text('search'), args.has('search'), args.list('search')], [null, false, []]);
    assert.equal(args.count('search', 9), 9);
  });

  it('lets some options take several words, up to the next option or "--"', () => {
    const args = read('a', '--new', 'x', 'y', '--limit', '1', 'b');
    assert.deepEqual(
      [args.paths, args.list('new')],
      [
        ['a', 'b'],
        ['x', 'y'],
      ],
    );
    const ended = read('--new', 'x', '--', 'a', '--limit');
    assert.deepEqual([ended.paths, ended.list('new')], [['a', '--limit'], ['x']]);
  });

  it('says what is wrong and where to look', () => {
    assert.throws(() => read('--limt', '3'), usage(/--limt.*flipside try --help/));
    assert.throws(() => read('--limit'), usage(/--limit.*flipside try --help/));
    for (const value of ['x', '-1', '1.5', '', ' ', '1e99'])
      assert.throws(
        () => read(`--limit=${value}`).count('limit', 1),
        usage(/--limit takes a whole number of at least 0/),
      );
    assert.throws(() => read('--limit=0').count('limit', 1, 1), usage(/at least 1/));
  });

  it('are explained by help, every one, with an example', () => {
    const text = commandHelp(command);
    for (const { name, help } of command.options) assert.ok(text.includes(`--${name}`) && text.includes(help), name);
    assert.match(text, /--format json\|table\|csv\|md/);
    assert.match(text, /Example:\n {2}flipside try x\n$/);
  });

  it('become a filter', () => {
    const args = read('--class', 'a', '--class', 'b', '--task', 't', '--run', 'r', '--search', 's', '--where', 'x=1');
    assert.deepEqual(
      readFilter(args, (name) => `${name}.csv`),
      {
        and: [
          { field: 'class', op: 'in', values: ['a', 'b'] },
          { field: 'task', op: 'in', values: ['t'] },
          { field: 'run', op: 'in', values: ['r.csv'] },
          { search: 's' },
          { field: 'x', op: 'eq', value: '1' },
        ],
      },
    );
    assert.deepEqual(
      readFilter(read(), (name) => name),
      { and: [] },
    );
  });

  it('read every operator of --where, and null', () => {
    const where = (text: string): unknown =>
      (readFilter(read('--where', text), (name) => name) as { and: unknown[] }).and[0];
    assert.deepEqual(where('a=b=c'), { field: 'a', op: 'eq', value: 'b=c' });
    assert.deepEqual(where('a!=b'), { field: 'a', op: 'ne', value: 'b' });
    assert.deepEqual(where('a=null'), { field: 'a', op: 'eq', value: null });
    assert.deepEqual(where('a!=null'), { field: 'a', op: 'ne', value: null });
    assert.deepEqual(where('a='), { field: 'a', op: 'eq', value: '' });
    assert.deepEqual(where('a<=2.50'), { field: 'a', op: 'le', value: 2.5 });
    assert.deepEqual(where('a<2'), { field: 'a', op: 'lt', value: 2 });
    assert.deepEqual(where('a>=b'), { field: 'a', op: 'ge', value: 'b' });
    assert.deepEqual(where('a> '), { field: 'a', op: 'gt', value: ' ' });
    assert.deepEqual(where('a~x\ny'), { field: 'a', op: 'contains', value: 'x\ny' });
    assert.deepEqual(where('a b.c~1'), { field: 'a b.c', op: 'contains', value: '1' });
    for (const text of ['a', '=b', ' =b', '']) assert.throws(() => where(text), usage(/--where takes FIELD=VALUE/));
  });
});
