import type { Lens } from '../relations/lens.js';
import { Database, type StartedDatabase } from '../store/database.js';
import type { RunInfo } from './runs.js';

/** The database over the shards of these runs, classed by a lens. `spillIn`: where it may put what memory is not to hold. */
export async function openDatabase(
  runs: readonly RunInfo[],
  lens: Lens,
  starting: StartedDatabase,
  spillIn: string,
): Promise<Database> {
  const db = await Database.open(
    runs.map((run) => {
      const { dataset, format, lensKeys } = run.manifest;
      return { ...run, dataset, format, lensKeys };
    }),
    starting,
    spillIn,
  );
  try {
    await db.setLens(lens);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
