import path from 'node:path';
import { inferRoles, type RoleGuess } from '../formats/roles.js';
import { mappingOf, printMapping } from '../formats/mapping.js';
import { sniff } from '../formats/shape.js';
import { FlipsideError } from '../model.js';

export interface InferredMapping {
  /** The mapping file's text, ready to save under `.flipside/formats/` and to edit. */
  readonly text: string;
  readonly roles: readonly RoleGuess[];
  readonly undecided: readonly string[];
  readonly confidence: number;
}

/** The roles of a file's columns, as a mapping file. Throws a FlipsideError for files without records. */
export async function inferMapping(file: string): Promise<InferredMapping> {
  const shape = await sniff(file);
  if (shape.columns.length === 0) {
    throw new FlipsideError(`${file} has no columns to map (it looks like: ${shape.container}).`, {
      file,
      exitCode: 1,
    });
  }
  const inferred = inferRoles(shape);
  const { roles, undecided, confidence } = inferred;
  // The name alone: a mapping file may be kept with the project or with the results, and a bare name matches from both.
  const named = { ...shape, path: path.basename(file) };
  return { text: printMapping(mappingOf(named, inferred)), roles, undecided, confidence };
}
