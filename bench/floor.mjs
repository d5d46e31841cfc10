/** The least that any indexer over DuckDB does: node floor.mjs IN.jsonl OUT.parquet */
import process from 'node:process';
import { DuckDBInstance } from '@duckdb/node-api';

const [input, output] = process.argv.slice(2).map((name) => name.replaceAll("'", "''"));
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`COPY (SELECT * FROM read_json('${input}')) TO '${output}' (FORMAT parquet)`);
