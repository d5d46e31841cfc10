import { Database, type StartedDatabase } from '../store/database.js';
import { applyPatch, type AppliedPatch } from './applyPatch.js';
import type { CorrectedSource } from './corrected.js';

/**
 * The runs in a database, under a lens, and under a patch where there is one. `spillIn`: the folder for what memory is not to hold. Throws a
 * FlipsideError for a patch that cannot be read.
 */
export async function openDatabase(
  { runs, lens }: CorrectedSource,
  starting: StartedDatabase,
  spillIn: string,
  patch: string | undefined,
): Promise<{ readonly db: Database; readonly patch: AppliedPatch | null }> {
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
    return { db, patch: patch === undefined ? null : await applyPatch(db, { runs, lens }, patch) };
  } catch (error) {
    db.close();
    throw error;
  }
}
