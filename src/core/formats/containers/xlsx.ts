import { FlipsideError } from '../../model.js';
import type { JsonObject } from '../../model.js';
import type { Record_ } from '../format.js';
import { columnNames, toRecord } from './columns.js';
import { UNPACK_LIMITS, type UnpackLimits } from './inflate.js';
import { readSharedStrings, readSheet, SheetTooLarge, type Cell } from './xlsxSheet.js';
import { localName, walkXml } from './xlsxXml.js';
import { zipOfBytes, type ZipArchive } from './zip.js';

export type { Cell } from './xlsxSheet.js';

export const WORKBOOK_ENTRY = 'xl/workbook.xml';
const WORKBOOK_RELATIONS = 'xl/_rels/workbook.xml.rels';
const SHARED_STRINGS = 'xl/sharedStrings.xml';

export interface Workbook {
  /** Names of all sheets, in the workbook's order. */
  readonly sheets: readonly string[];
  /** The rows of the first sheet that hold any value. A row ends at its last value; missing cells before it are null. */
  readonly rows: readonly (readonly Cell[])[];
  /** False when `maxRows` cut the sheet short. */
  readonly complete: boolean;
}

export interface XlsxOptions {
  /** Name of the file, for messages; default "the workbook". */
  readonly file?: string;
  /** Stop after this many rows. */
  readonly maxRows?: number;
  readonly limits?: UnpackLimits;
  /** Most cells; default 32 million. */
  readonly maxCells?: number;
}

/**
 * Reads the first sheet of an Office Open XML workbook (ECMA-376, part 1, section 18). Numbers are numbers (dates are
 * their serial numbers), errors such as #N/A are null, formulas their stored values; formats are ignored.
 * @throws FlipsideError when the bytes are no workbook, when it is damaged, or when it unpacks to too much.
 */
export async function readXlsx(bytes: Uint8Array, options: XlsxOptions = {}): Promise<Workbook> {
  const file = options.file ?? 'the workbook';
  const zip = await zipOfBytes(bytes, file, options.limits ?? UNPACK_LIMITS);
  if (!zip.entries.includes(WORKBOOK_ENTRY)) {
    throw new FlipsideError(`${file}: no Excel workbook (no ${WORKBOOK_ENTRY} in it). Save it as .xlsx again.`, {
      file,
    });
  }
  const sheets = await readSheetList(zip, file);
  const [first] = sheets;
  const relations = zip.entries.includes(WORKBOOK_RELATIONS)
    ? await readRelations(zip, file)
    : new Map<string, string>();
  const sheetEntry = relations.get(first?.relation ?? '') ?? 'xl/worksheets/sheet1.xml';
  if (first === undefined || !zip.entries.includes(sheetEntry)) {
    throw new FlipsideError(`${file}: the workbook has no sheet with cells. Save it as .xlsx again.`, { file });
  }
  // Writers that put every text into its cell leave the part out.
  const strings = zip.entries.includes(SHARED_STRINGS)
    ? await parsePart(zip, file, SHARED_STRINGS, (xml) => readSharedStrings(xml, options.maxCells))
    : [];
  const { rows, complete } = await parsePart(zip, file, sheetEntry, (xml) =>
    readSheet(xml, strings, options.maxRows, options.maxCells),
  );
  return { sheets: sheets.map((sheet) => sheet.name), rows, complete };
}

/** Runs a parser over one part; what it complains about is reported with the file and the part. */
async function parsePart<T>(zip: ZipArchive, file: string, entry: string, parse: (xml: Uint8Array) => T): Promise<T> {
  const xml = await zip.read(entry);
  try {
    return parse(xml);
  } catch (error) {
    if (error instanceof SheetTooLarge) {
      const message = `${file}: the workbook holds ${error.message}, too much to be read in one piece. Save it as CSV.`;
      throw new FlipsideError(message, { file });
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new FlipsideError(`${file}: the workbook is damaged in ${entry} (${why}). Save it as .xlsx again.`, { file });
  }
}

async function readSheetList(zip: ZipArchive, file: string): Promise<{ name: string; relation: string }[]> {
  const sheets: { name: string; relation: string }[] = [];
  await parsePart(zip, file, WORKBOOK_ENTRY, (xml) =>
    walkXml(xml, {
      open: (name, attributes) => {
        if (name !== 'sheet') return;
        // `r:id`, whatever prefix stands for the relationships namespace.
        const relation = Object.entries(attributes).find(([key]) => key.includes(':') && localName(key) === 'id')?.[1];
        sheets.push({ name: attributes['name'] ?? '', relation: relation ?? '' });
      },
    }),
  );
  return sheets;
}

/** Relation ids and the entries they point to. Targets are relative to xl/, or absolute. */
async function readRelations(zip: ZipArchive, file: string): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  await parsePart(zip, file, WORKBOOK_RELATIONS, (xml) =>
    walkXml(xml, {
      open: (name, attributes) => {
        const { Id: id, Target: target } = attributes;
        if (name !== 'Relationship' || id === undefined || target === undefined) return;
        targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`);
      },
    }),
  );
  return targets;
}

/** Records made at a time: each has a value for every column, so that all at once may be many times what the file holds. */
const BATCH_ROWS = 1024;

/** The records of a workbook: the first row with values names the columns, every later one is a record. */
export function workbookRecords(workbook: Workbook): {
  columns: readonly string[];
  batches: () => Generator<Record_[]>;
} {
  const [header, ...rows] = workbook.rows;
  const cells = (header ?? []).map((cell) => (cell === null ? '' : String(cell)));
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), cells.length);
  const names = columnNames([...cells, ...Array<string>(width - cells.length).fill('')]);
  const named = names.slice(0, cells.length);
  const recordOf = (row: readonly Cell[], index: number): Record_ => {
    const value: JsonObject = toRecord(named, row);
    // Values beside the table have no name in the header: each is kept under its position, in its own record only.
    for (let column = cells.length; column < row.length; column++) {
      const cell = row[column] ?? null;
      if (cell !== null) value[names[column] ?? ''] = cell;
    }
    return { row: index + 1, value, flags: [] };
  };
  const batches = function* (): Generator<Record_[]> {
    for (let from = 0; from < rows.length; from += BATCH_ROWS) {
      yield rows.slice(from, from + BATCH_ROWS).map((row, at) => recordOf(row, from + at));
    }
  };
  return { columns: named, batches };
}
