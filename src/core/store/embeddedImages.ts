import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import {
  countNumbered,
  ID_COLUMNS,
  IdIndex,
  imageColumns,
  isImageColumn,
  QUESTION_COLUMN,
  textCell,
} from '../images/embedded.js';
import type { EmbeddedCell, EmbeddedTable } from '../images/embedded.js';
import { ImageRefused } from '../images/openImage.js';
import { AS_IT_IS, quotePath } from './sql.js';

type Cells = Record<string, unknown>;

/**
 * Parquet files of questions with images in them (Hugging Face's shards). One database for all of them, with no tables of
 * its own; it never loads or downloads extensions. Close it.
 */
export class ParquetImages {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(): Promise<ParquetImages> {
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      temp_directory: '',
      threads: '2',
    });
    return new ParquetImages(instance, await instance.connect());
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Reads schema and ids of a file. Null where it has no images. Throws DuckDB's error for a damaged file. */
  async table(file: string): Promise<EmbeddedTable | null> {
    const source = `read_parquet(${quotePath(file)}, ${AS_IT_IS}, file_row_number = true)`;
    const described = await this.all(`DESCRIBE SELECT * FROM ${source}`);
    const types = new Map(
      described.map((row) => [String(row['column_name']).toLowerCase(), String(row['column_type'])]),
    );
    const ids = ID_COLUMNS.filter((name) => types.has(name));
    if (![...types.keys()].some(isImageColumn)) return null;
    if (ids.length === 0) return new ParquetTable(file, source, types, [], (sql, row) => this.all(sql, row));
    const indexes = ids.map(() => new IdIndex());
    const columns = ids.map((name) => `CAST("${name}" AS VARCHAR) AS "${name}"`).join(', ');
    const read = await this.connection.runAndReadAll(
      `SELECT file_row_number::DOUBLE AS "at", ${columns} FROM ${source}`,
    );
    const values = read.getColumnsObjectJS();
    (values['at'] ?? []).forEach((at, position) => {
      ids.forEach((name, which) => {
        const id = values[name]?.[position];
        if (typeof id === 'string') indexes[which]?.add(id, at as number);
      });
    });
    return new ParquetTable(file, source, types, indexes, (sql, row) => this.all(sql, row));
  }

  private async all(sql: string, row?: number): Promise<Cells[]> {
    const result = await this.connection.runAndReadAll(sql, row === undefined ? [] : [row]);
    return result.getRowObjectsJS();
  }
}

class ParquetTable implements EmbeddedTable {
  constructor(
    readonly file: string,
    private readonly source: string,
    private readonly types: ReadonlyMap<string, string>,
    private readonly indexes: readonly IdIndex[],
    private readonly ask: (sql: string, row: number) => Promise<Cells[]>,
  ) {}

  get hasIds(): boolean {
    return this.indexes.length > 0;
  }

  rowsOf(id: string): readonly (readonly number[])[] {
    return this.indexes.map((index) => index.get(id));
  }

  async question(row: number): Promise<string | null> {
    if (this.types.get(QUESTION_COLUMN) !== 'VARCHAR') return null;
    const value = (await this.cell(row, `"${QUESTION_COLUMN}"`))?.['cell'];
    return typeof value === 'string' ? value : null;
  }

  async count(row: number): Promise<number> {
    let most = 0;
    for (const { column } of imageColumns(0)) {
      if (this.types.get(column)?.endsWith('[]') !== true) continue;
      const length = (await this.cell(row, `len("${column}")::DOUBLE`))?.['cell'];
      if (typeof length === 'number') most = Math.max(most, length);
    }
    const numbered = await countNumbered(async ({ column }) => {
      const type = this.types.get(column);
      if (type === undefined || type.endsWith('[]')) return false;
      return (await this.cell(row, `"${column}" IS NOT NULL`))?.['cell'] === true;
    });
    return Math.max(most, numbered);
  }

  async image(row: number, index: number, maxBytes: number): Promise<EmbeddedCell | null> {
    for (const { column, element } of imageColumns(index)) {
      const type = this.types.get(column);
      if (type === undefined || type.endsWith('[]') !== (element !== null)) continue;
      // The column's name is one of ours, and so is the number: nothing here is of the file or the user.
      const found = await this.imageIn(
        row,
        element === null ? `"${column}"` : `"${column}"[${element + 1}]`,
        type,
        maxBytes,
      );
      if (found !== null) return found;
    }
    return null;
  }

  private async imageIn(row: number, value: string, type: string, maxBytes: number): Promise<EmbeddedCell | null> {
    const isStruct = type.startsWith('STRUCT(');
    const bytes = isStruct ? field(type, value, 'bytes') : /^BLOB(?:\[\])?$/.test(type) ? value : 'NULL';
    const text = isStruct ? field(type, value, 'path') : /^VARCHAR(?:\[\])?$/.test(type) ? value : 'NULL';
    const found = await this.cell(row, `octet_length(${bytes}::BLOB)::DOUBLE`);
    const size = found?.['cell'];
    if (typeof size === 'number' && size > 0) {
      if (size > maxBytes) throw new ImageRefused('too large', `has ${size} bytes, over the limit`);
      const blob = (await this.cell(row, `${bytes}::BLOB`))?.['cell'];
      return blob instanceof Uint8Array ? { kind: 'bytes', bytes: Buffer.from(blob) } : null;
    }
    const path = (await this.cell(row, `${text}::VARCHAR`))?.['cell'];
    return typeof path === 'string' ? textCell(path) : null;
  }

  private async cell(row: number, expression: string): Promise<Cells | undefined> {
    const [found] = await this.ask(
      `SELECT ${expression} AS "cell" FROM ${this.source} WHERE file_row_number = ?::BIGINT`,
      row,
    );
    return found;
  }
}

/** A member of a struct that has it; NULL of one that has not. */
function field(type: string, value: string, name: 'bytes' | 'path'): string {
  return new RegExp(`[(,]\\s*"?${name}"?\\s`).test(type) ? `struct_extract(${value}, '${name}')` : 'NULL';
}
