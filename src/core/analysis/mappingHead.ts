import path from 'node:path';
import { MAX_COLUMNS } from '../formats/containers/columns.js';
import type { Shape } from '../formats/format.js';
import { mappingOf, type Mapping } from '../formats/mapping.js';
import { tableOf } from '../formats/plainTables.js';
import { textOf } from '../formats/recordValues.js';
import { inferRoles, type InferredRoles } from '../formats/roles.js';
import { profilesOf } from '../formats/roleValues.js';
import { FlipsideError, type Json } from '../model.js';
import { readerOf } from './mappingOf.js';
import { shapeOf } from './openFile.js';
import { mappingFor, userMappings } from './userMappings.js';

const ROWS = 20;
const CELL = 160;
/** A table with more columns than this is shown with fewer rows and shorter cells: it is to be looked through by name. */
const MANY_COLUMNS = 200;
const FEW_ROWS = 5;
const SHORT_CELL = 48;

/** The first rows of a file, column by column, with what is inferred of each: what somebody sees who says which column is what. */
export interface MappingHead {
  /** Nested columns by their dotted names. A cell is text, cut where it is long; null where the row has none. */
  readonly columns: readonly { readonly name: string; readonly cells: readonly (string | null)[] }[];
  readonly rows: number;
  /** True where these rows are the whole file. */
  readonly isWhole: boolean;
  readonly inferred: InferredRoles;
  /** The inferred roles as a mapping. */
  readonly mapping: Mapping;
  /** How the file is read without a mapping, as a sentence; null where nothing recognises it. */
  readonly alreadyRead: string | null;
}

/**
 * Looks at the beginning of a file, whether or not it is part of what is analysed. `match` of the inferred mapping names the file as seen
 * from `folder`, below which the mapping will be kept.
 * @throws FlipsideError for a file that is not there, is empty, or has no columns
 */
export async function mappingHead(file: string, folder: string): Promise<MappingHead> {
  const shape = await shapeOf(file);
  const name = path.basename(file);
  requireColumns(shape, name);
  const inferred = inferRoles(shape);
  const table = tableOf(shape)?.shape ?? shape;
  const profiles = profilesOf(table);
  const [most, length] = profiles.length > MANY_COLUMNS ? [FEW_ROWS, SHORT_CELL] : [ROWS, CELL];
  return {
    columns: profiles.map(({ column, values }) => ({
      name: column,
      cells: values.slice(0, most).map((value) => cellOf(value, length)),
    })),
    rows: Math.min(most, table.head.length),
    isWhole: table.complete && table.head.length <= most,
    inferred,
    mapping: mappingOf({ ...shape, path: path.relative(folder, file) }, inferred),
    alreadyRead: readerOf(name, shape),
  };
}

function requireColumns(shape: Shape, name: string): void {
  const { container, columns, problem } = shape;
  if (container === 'empty') throw new FlipsideError(`${name} is empty: there are no columns to map.`);
  if (columns.length > MAX_COLUMNS) {
    const [found, most] = [columns.length, MAX_COLUMNS].map((count) => count.toLocaleString('en'));
    throw new FlipsideError(
      `${name} has ${found} columns, and at most ${most} are read. Write one row for each answer, and leave out columns of features.`,
    );
  }
  if (columns.length > 0) return;
  const known = readerOf(name, shape);
  const why = [known, problem].filter((each) => each !== null && each !== undefined).join(' ');
  const expected = 'A table with a header row, or JSON records, are needed.';
  throw new FlipsideError(
    `${name} has no columns to map (it looks like: ${container}). ${why === '' ? expected : why}`,
  );
}

function cellOf(value: Json | undefined, length: number): string | null {
  const text = textOf(value);
  return text === null || text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** A mapping file that holds for a file already: of those that match, the one that counts. */
export interface StatedMapping {
  readonly file: string;
  /** Null where the mapping file cannot be used; `problem` says why. */
  readonly mapping: Mapping | null;
  readonly problem: string | null;
}

/** The mapping of `.flipside/formats/` under these folders that holds for a file; null where none does. */
export async function statedMapping(file: string, homes: readonly string[]): Promise<StatedMapping | null> {
  const { mappings } = await userMappings(homes);
  const found = mappingFor(file, mappings);
  return found === null ? null : { file: found.file, mapping: found.mapping, problem: found.problem };
}
