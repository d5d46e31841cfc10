import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { answersKey, contentKey } from '../../../src/core/store/contentKey.js';

describe('store: what makes two rows the same item', () => {
  it('is the number that the shards of other days have: where it is not, raise SCHEMA_VERSION', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const key = contentKey(`'where is the cup relative to the table?'`, answersKey(`'["left","right"]'`, `'left'`));
    const found = await connection.runAndReadAll(`SELECT ${key} AS "key", ${contentKey('NULL', '7')} AS "none"`);
    assert.deepEqual(found.getRowObjectsJS(), [{ key: 5829719761319494560n, none: null }]);
    connection.closeSync();
    instance.closeSync();
  });
});
