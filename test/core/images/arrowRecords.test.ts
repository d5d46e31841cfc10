import assert from 'node:assert/strict';
import { arrowRows, arrowTable } from '../../../src/core/images/arrowRecords.js';
import type { JsonObject } from '../../../src/core/model.js';
import { fixture } from '../../support/formatSource.js';

async function rowsOf(name: string): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for await (const { records } of arrowRows(fixture('images', name))) rows.push(...records);
  return rows;
}

describe('images/arrowRecords', () => {
  for (const name of ['stream.arrow', 'file.arrow']) {
    it(`reads every kind of column of ${name}`, async () => {
      const rows = await rowsOf(name);
      assert.equal(rows.length, 5);
      assert.deepEqual(rows[2], {
        choices: ['left', 'right'],
        nothing: null,
        flag: true,
        score: 1,
        pair: [2, 2],
        tags: [{ key: 'a', value: 2 }],
        level: 'low',
        question_id: 102,
        question: 'Where is thing 2?',
        image: '2.png',
        images: [],
      });
      assert.deepEqual(
        rows.map(({ flag }) => flag),
        [null, false, true, false, true],
      );
      assert.deepEqual(
        rows.map(({ level }) => level),
        ['low', 'high', 'low', 'low', 'high'],
      );
      assert.deepEqual([rows[4]?.['image'], rows[4]?.['images']], [null, [null, null]]);
    });
  }

  it('names the columns', async () => {
    const { columns, unread } = await arrowTable(fixture('images', 'file.arrow'));
    assert.deepEqual([columns.length, unread], [11, []]);
    const table = await arrowTable(fixture('tables', 'v1', 'stream.arrow'));
    assert.deepEqual(table.unread, ['crops']);
    assert.match(table.metadata.get('huggingface') ?? '', /ClassLabel/);
  });
});
