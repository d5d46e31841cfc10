import path from 'node:path';
import { FORMATS } from '../formats/all.js';
import { recognise } from '../formats/registry.js';
import { inferRoles, type RoleGuess } from '../formats/roles.js';
import { mappingOf, printMapping } from '../formats/mapping.js';
import type { Shape } from '../formats/format.js';
import { plain } from '../formats/plain.js';
import { FlipsideError } from '../model.js';
import { shapeOf } from './openFile.js';

export interface InferredMapping {
  /** The mapping file's text, ready to save under `.flipside/formats/` and to edit. */
  readonly text: string;
  readonly roles: readonly RoleGuess[];
  readonly undecided: readonly string[];
  readonly confidence: number;
  /** Columns without a role; they stay with the item as fields. */
  readonly unassigned: readonly string[];
  /** How the file is read without a mapping, as a sentence; null where nothing recognises it. */
  readonly alreadyRead: string | null;
}

/** The roles of a file's columns, as a mapping file. Throws a FlipsideError for files without records. */
export async function inferMapping(file: string): Promise<InferredMapping> {
  const shape = await shapeOf(file);
  const alreadyRead = readerOf(file, shape);
  if (shape.columns.length === 0) {
    const known = alreadyRead === null ? '' : ` ${alreadyRead}`;
    throw new FlipsideError(`${file} has no columns to map (it looks like: ${shape.container}).${known}`, {
      file,
      exitCode: 1,
    });
  }
  const inferred = inferRoles(shape);
  const { roles, undecided, confidence, unassigned } = inferred;
  // The name alone: a mapping file may be kept with the project or with the results, and a bare name matches from both.
  const named = { ...shape, path: path.basename(file) };
  return { text: printMapping(mappingOf(named, inferred)), roles, undecided, confidence, unassigned, alreadyRead };
}

/** How a file is read without a mapping, as a sentence that calls it `file`; null where nothing recognises it. */
export function readerOf(file: string, shape: Shape): string | null {
  const found = recognise(shape, FORMATS);
  if (found === null) return null;
  const { format, detected } = found;
  if (format.id === plain.id)
    return `${file} is read already, with these roles; a mapping is needed only to change them.`;
  const what = detected.role === 'aggregate' ? 'is recognised and skipped as' : 'is read already as';
  return `${file} ${what} "${format.title}" (${format.id}): ${detected.reason} A mapping that matches the file takes its place.`;
}
