import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { crowdedOn, recordLines, recordsOn } from '../../../../src/core/formats/containers/recordLines.js';
import { openSource, sniff } from '../../../../src/core/formats/shape.js';

/** Lines as editors count them. */
const LINE_END = /\r\n|\n|\r/;

describe('where records lie in a text', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-lines-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** First and last lines of the records of a text. */
  async function linesOf(content: string | Buffer, name = 'run.txt'): Promise<[number, number][] | null> {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    const lines = await recordLines(file, await sniff(file));
    return lines === null ? null : [...lines.first].map((first, at) => [first, lines.last[at] ?? 0]);
  }

  const CASES: [what: string, text: string, expected: [number, number][]][] = [
    [
      'JSON lines',
      '{"id":1}\n{"id":2}\n',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'JSON lines with blank lines',
      '\n{"id":1}\n\n \t\n{"id":2}\n\n',
      [
        [2, 2],
        [5, 5],
      ],
    ],
    [
      'JSON lines with CRLF and a byte order mark',
      '\ufeff{"id":1}\r\n\r\n{"id":2}\r\n',
      [
        [1, 1],
        [3, 3],
      ],
    ],
    [
      'JSON lines with lone carriage returns',
      '{"id":1}\r{"id":2}\r',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'a line that is no record, which is counted too',
      '{"id":1}\n{"id":\n{"id":3}\n',
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
    [
      'records over several lines',
      '{\n  "id": 1\n}\n{\n  "id": 2\n}\n',
      [
        [1, 3],
        [4, 6],
      ],
    ],
    [
      'a JSON list, a record a line',
      '[\n{"id":1},\n{"id":2}\n]\n',
      [
        [2, 2],
        [3, 3],
      ],
    ],
    [
      'a JSON list that is printed',
      '[\n  {\n    "id": 1\n  },\n  {\n    "id": 2\n  }\n]\n',
      [
        [2, 4],
        [5, 7],
      ],
    ],
    [
      'a JSON list with records that meet',
      '[{\n"id":1\n}, {\n"id":2\n}]',
      [
        [1, 3],
        [3, 5],
      ],
    ],
    [
      'CSV',
      'id,gold,answer\n1,left,right\n2,left,left\n',
      [
        [2, 2],
        [3, 3],
      ],
    ],
    [
      'CSV with line ends in quotes',
      'id,gold,answer\n1,left,"right\n\nor so"\n2,left,left\n',
      [
        [2, 4],
        [5, 5],
      ],
    ],
    [
      'CSV with CRLF, blank lines and a mark',
      '\ufeffid,gold,answer\r\n\r\n1,left,"a\r\nb"\r\n2,left,left',
      [
        [3, 4],
        [5, 5],
      ],
    ],
    [
      'CSV of lone carriage returns',
      'id,gold,answer\r1,left,right\r2,left,left\r',
      [
        [2, 2],
        [3, 3],
      ],
    ],
    [
      'CSV with a lone carriage return in a cell',
      'id,gold,answer\n1,left,a\rb\n2,left,left\n',
      [
        [2, 3],
        [4, 4],
      ],
    ],
    ['CSV behind a comment', 'sep=;\nid;gold;answer\n1;left;right\n', [[3, 3]]],
    ['TSV', 'id\tgold\tanswer\n1\tleft\tright\n', [[2, 2]]],
  ];
  for (const [what, text, expected] of CASES) {
    it(`tells them of ${what}`, async () => assert.deepEqual(await linesOf(text), expected));
  }

  it('knows no lines of what is no text of records', async () => {
    assert.equal(await linesOf('{"results": [1, 2]}'), null);
    assert.equal(await linesOf('Only words here.\n'), null);
    assert.equal(await linesOf(Buffer.from('PAR1 and something that is none PAR1')), null);
  });

  it('counts on where a file is read in pieces', async () => {
    const records = Array.from({ length: 30_000 }, (_, id) => JSON.stringify({ id, text: 'x'.repeat(id % 200) }));
    const lines = await linesOf(records.map((record) => `${record}\r\n\r\n`).join(''));
    assert.equal(lines?.length, records.length);
    assert.ok(lines.every(([first, last], at) => first === 2 * at + 1 && last === first));
  });

  it('numbers records as readers do, and each begins on its line, whatever the text is', async () => {
    const cell = fc.constantFrom('left', '"a, b"', '"two\nlines"', '"two\r\nlines"', '"a ""quoted"" word"', '');
    const row = fc.tuple(cell, cell).map(([one, other]) => `${one},${other}`);
    const lineEnd = fc.constantFrom('\n', '\r\n', '\n\n');
    const table = fc.array(fc.tuple(row, lineEnd), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const text = `id,gold,answer\n${rows.map(([each, end], at) => `row${at + 1},${each}${end}`).join('')}`;
        const file = path.join(folder, 'table.csv');
        const lines = await linesOf(text, 'table.csv');
        let records = 0;
        for await (const batch of openSource(file, await sniff(file)).recordBatches()) records += batch.length;
        assert.equal(lines?.length, records);
        const shown = text.split(LINE_END);
        lines.forEach(([first], at) => assert.ok(shown[first - 1]?.startsWith(`row${at + 1},`), `${first}: ${text}`));
      }),
      { numRuns: 150 },
    );
  });

  it('finds the records on some lines, and leaves out those that share their first line', () => {
    const lines = { first: Uint32Array.from([2, 5, 6, 6, 9]), last: Uint32Array.from([4, 5, 6, 8, 9]) };
    assert.deepEqual(recordsOn(lines, 1, 1), []);
    assert.deepEqual(recordsOn(lines, 3, 3), [{ row: 1, line: 2 }]);
    assert.deepEqual(recordsOn(lines, 4, 5), [
      { row: 1, line: 2 },
      { row: 2, line: 5 },
    ]);
    assert.deepEqual(recordsOn(lines, 6, 8), []);
    assert.deepEqual(
      recordsOn(lines, 1, 1000).map(({ row }) => row),
      [1, 2, 5],
    );
    assert.deepEqual(recordsOn(lines, 10, 20), []);
    assert.deepEqual(
      [crowdedOn(lines, 1, 1000), crowdedOn(lines, 6, 6), crowdedOn(lines, 1, 5), crowdedOn(lines, 7, 9)],
      [6, 6, null, null],
    );
  });
});
