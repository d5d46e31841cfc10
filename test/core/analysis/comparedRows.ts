import { countTreatments, type CompareOptions } from '../../../src/core/analysis/compare.js';
import { MATCHING } from '../../../src/core/analysis/joinRuns.js';
import type { Treatment } from '../../../src/core/compareModel.js';
import { Database } from '../../../src/core/store/database.js';
import { joinedCounts, joinedPair, type JoinedPair } from '../../../src/core/store/pairQueries.js';
import { joinUnits } from '../../../src/core/store/pairTables.js';
import { quoteText } from '../../../src/core/store/sql.js';
import { makeUnits, SAMPLES_DIFFER, type UnitSource, type UnitTable } from '../../../src/core/store/unitTables.js';

/** A row as it is joined and counted: keys are what hashes of texts would be. */
export interface CompareRow {
  readonly content: bigint | null;
  readonly optionsGold: bigint | null;
  readonly gold: bigint | null;
  readonly meaning: bigint | null;
  readonly images: bigint | null;
  readonly id: string | null;
  readonly row: number;
  readonly unit: string | null;
  readonly sample: number | null;
  readonly correct: boolean | null;
  readonly outcome: string;
  readonly task: string | null;
  readonly cluster: string;
  readonly goldDirection: number;
}

const COLUMNS: Readonly<Record<keyof CompareRow, string>> = {
  ...{ content: 'UBIGINT', optionsGold: 'UBIGINT', gold: 'UBIGINT', meaning: 'UBIGINT', images: 'UBIGINT' },
  ...{ id: 'VARCHAR', row: 'INTEGER', unit: 'VARCHAR', sample: 'INTEGER', correct: 'BOOLEAN', outcome: 'VARCHAR' },
  ...{ task: 'VARCHAR', cluster: 'VARCHAR', goldDirection: 'INTEGER' },
};

/** The code of samples that differ, as the database gives it. */
const DIFFER = 30_001;

/** Compares lists of rows in the database that compares runs. `use` it in a test, and close it after. */
export class RowComparison {
  private made = 0;

  private constructor(private readonly db: Database) {}

  static async open(): Promise<RowComparison> {
    return new RowComparison(await Database.open([]));
  }

  close(): void {
    this.db.close();
  }

  async compare(
    base: readonly CompareRow[],
    treatments: readonly { readonly id: string; readonly rows: readonly CompareRow[] }[],
    options: CompareOptions,
  ): Promise<Treatment[]> {
    const was = await this.units(base, true);
    const pairs: { id: string; pair: JoinedPair }[] = [];
    for (const { id, rows } of treatments)
      pairs.push({ id, pair: await this.join(was, await this.units(rows, false)) });
    return countTreatments(this.db, pairs, options);
  }

  /** Pairs of indexes into both lists, in the order of the second; and how they were found. */
  async pairs(
    base: readonly CompareRow[],
    other: readonly CompareRow[],
  ): Promise<{ pairs: [number, number][]; byContent: number; byPosition: number; byId: number; refused: number }> {
    const pair = await this.join(await this.units(base, true), await this.units(other, false));
    const rows = await this.db.all(`SELECT "base", "new" FROM "joined ${pair.name}"`);
    const index = (list: readonly CompareRow[], row: unknown): number =>
      list.findIndex((each) => each.row === Number(row));
    const pairs = rows.map((row): [number, number] => [index(base, row['base']), index(other, row['new'])]);
    const { byContent, byPosition, byId, refused } = await joinedCounts(this.db, pair);
    return { pairs: pairs.sort(([, one], [, two]) => one - two), byContent, byPosition, byId, refused };
  }

  private async join(base: UnitTable, other: UnitTable): Promise<JoinedPair> {
    const naming = { name: String((this.made += 1)), kind: 'TEMP TABLE' } as const;
    await joinUnits(this.db, naming, { base, other }, MATCHING);
    return joinedPair(this.db, naming.name, { base, other });
  }

  private async units(rows: readonly CompareRow[], labels: boolean): Promise<UnitTable> {
    const name = String((this.made += 1));
    const columns = Object.entries(COLUMNS);
    await this.db.all(
      `CREATE TEMP TABLE "given ${name}" (${columns.map(([column, type]) => `"${column}" ${type}`).join(', ')})`,
    );
    const values = rows.map(
      (row) => `(${columns.map(([column]) => literal(row[column as keyof CompareRow])).join(', ')})`,
    );
    if (rows.length > 0) await this.db.all(`INSERT INTO "given ${name}" VALUES ${values.join(', ')}`);
    return makeUnits(this.db, { name, kind: 'TEMP TABLE' }, sourceOf(`"given ${name}"`, rows), labels);
  }
}

function literal(value: CompareRow[keyof CompareRow]): string {
  return value === null ? 'NULL' : typeof value === 'string' ? quoteText(value) : String(value);
}

/** Codes of outcomes: for all lists alike, for a comparison looks at two. */
const codes = new Map<string, number>([[SAMPLES_DIFFER, DIFFER]]);

function sourceOf(table: string, rows: readonly CompareRow[]): UnitSource {
  for (const { outcome } of rows) if (!codes.has(outcome)) codes.set(outcome, codes.size);
  const named = [...codes].map(([name, code]) => `(${code}::SMALLINT, ${quoteText(name)})`).join(', ');
  const outcomes = `SELECT * FROM (VALUES ${named}) o("code", "name")`;
  const labels = 'r."task", hash(r."cluster") AS "cluster", r."goldDirection"';
  return {
    facts: (labelled) =>
      `SELECT r."row", r."unit", r."sample", r."content", r."images" AS "pictures", r."correct", o."code" AS "outcome" ${labelled ? `, ${labels}` : ''}
       FROM ${table} r JOIN (${outcomes}) o ON o."name" = r."outcome"`,
    tasks: `SELECT "task" FROM ${table}`,
    keys: `SELECT "row", "optionsGold", "gold", "meaning", "images", "id" FROM ${table}`,
    outcomes,
    maySample: rows.some(({ sample }) => sample !== null),
  };
}
