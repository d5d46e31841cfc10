import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readTerms } from '../../src/views/terms.js';

describe('a table of terms', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-terms-'));
    await mkdir(path.join(folder, '.flipside'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, '.flipside', name), text);
  async function problemOf(name: string, text: string): Promise<string> {
    await write(name, text);
    const table = await readTerms([folder]);
    await rm(path.join(folder, '.flipside', name));
    assert.deepEqual(table?.terms, []);
    return table.problem ?? '';
  }

  it('is not read where a number has a comma in it that parts cells', async () => {
    const problem = await problemOf('terms.csv', 'term,count\nleft,1,200\n');
    assert.match(problem, /terms\.csv, line 2: expected 2 cells, not 3: a comma within one needs quotes/);
  });

  it('is null where no folder has one', async () => {
    assert.equal(await readTerms([folder, path.join(folder, 'nowhere')]), null);
    assert.equal(await readTerms([]), null);
  });

  it('is read from CSV: columns in any order, quoted terms, a byte order mark, lines that are empty', async () => {
    await write(
      'terms.csv',
      '\uFEFFCount,Term,note\r\n1200,left,x\r\n\r\n7,"in front of, say ""near""",\r\n0, behind ,\r\n1e6,oben\r\n',
    );
    const table = await readTerms([folder]);
    assert.equal(table?.problem, null);
    assert.deepEqual(table.terms, [
      { term: 'left', count: 1200 },
      { term: 'in front of, say "near"', count: 7 },
      { term: 'behind', count: 0 },
      { term: 'oben', count: 1_000_000 },
    ]);
  });

  it('is read from JSON: an object, or a list', async () => {
    await write('terms.json', '{"left": 12, "left of": 3.5}');
    assert.deepEqual((await readTerms([folder]))?.terms, [
      { term: 'left', count: 12 },
      { term: 'left of', count: 3.5 },
    ]);
    await write('terms.json', '[{"term": "above", "count": 4}]');
    assert.deepEqual((await readTerms([folder]))?.terms, [{ term: 'above', count: 4 }]);
  });

  it('names file, line and what was expected where it is none', async () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['terms.csv', '', /terms\.csv, line 1: expected the columns term and count/],
      ['terms.csv', 'word,n\nleft,1\n', /terms\.csv, line 1: expected the columns term and count, not “word,n”/],
      [
        'terms.csv',
        'term,count\nleft,1\nright,many\n',
        /terms\.csv, line 3: expected how often “right” occurs, a number from 0, not “many”/,
      ],
      ['terms.csv', 'term,count\nleft,-1\n', /line 2: expected how often “left” occurs/],
      ['terms.csv', 'term,count\nleft\n', /line 2: expected how often “left” occurs/],
      ['terms.csv', 'term,count\nleft,1\nLEFT,2\n', /line 3: expected each term once; “LEFT” stands there already/],
      ['terms.csv', 'term,count\n---,1\n', /line 2: expected a term of letters or digits/],
      ['terms.csv', `term,count\n${'a'.repeat(201)},1\n`, /line 2: expected a term of at most 200 characters/],
      ['terms.json', '{"left": ', /terms\.json is no JSON/],
      ['terms.json', '3', /terms\.json: expected an object of counts by term/],
      ['terms.json', '{"left": "?"}', /terms\.json, “left”: expected how often/],
      ['terms.json', '[{"term": "left", "count": 1}, 5]', /terms\.json, entry 2: expected a term/],
    ];
    for (const [name, text, expected] of cases) assert.match(await problemOf(name, text), expected);
  });

  it('is the tables of all folders together, each term once', async () => {
    const other = path.join(folder, 'other');
    await mkdir(path.join(other, '.flipside'), { recursive: true });
    await write('terms.csv', 'term,count\nleft,1\n');
    await writeFile(path.join(other, '.flipside', 'terms.json'), '{"right": 2}');
    assert.equal((await readTerms([folder, other]))?.terms.length, 2);
    await writeFile(path.join(other, '.flipside', 'terms.json'), '{"Left": 2}');
    assert.match((await readTerms([folder, other]))?.problem ?? '', /other.*expected each term once/);
  });
});
