import { FlipsideError } from '../model.js';
import type { Detected, Format, Shape, Source } from './format.js';
import { columnsOf, mappingOf, type Mapping } from './mapping.js';
import { plainWith } from './plain.js';
import { inferRoles, MIN_CONFIDENCE } from './roles.js';
import type { RoleName } from './roleNames.js';

/** What tells which item a right answer belongs to. */
const NAMING: readonly RoleName[] = ['id', 'question', 'image'];
const ANSWERING: readonly RoleName[] = ['prediction', 'response', 'extracted', 'score'];

/**
 * A table of right answers that does not say of itself what it is: ids and labels, and nothing else. Such a table may be anything, so
 * that only files which the user calls gold are read by it, and only where no other format reads them.
 */
export const goldTable: Format = {
  id: 'gold',
  version: 1,
  title: 'Right answers by id, named by the user',
  detect(shape): Detected | null {
    const mapping = goldMapping(shape);
    const plainly = mapping === null ? null : plainWith(mapping).detect(shape);
    if (mapping === null || plainly === null) return null;
    const roles = Object.entries(mapping.roles).map(([role, column]) => `${role} = '${[column].flat().join("' + '")}'`);
    const reason = `It was named as the file of the right answers: ${roles.join(', ')}.`;
    return { ...plainly, role: 'definition', confidence: 0.01, reason };
  },
  read(source: Source) {
    const mapping = goldMapping(source.shape);
    // Its content was another when it was recognised.
    if (mapping === null) {
      const message = `${source.path}: no ids with right answers any more; it changed while it was read. Run the command again.`;
      throw new FlipsideError(message, { file: source.path });
    }
    return plainWith(mapping).read(source);
  },
};

/** The roles of the columns, where one holds right answers and another tells whose they are; null otherwise. */
function goldMapping(shape: Shape): Mapping | null {
  const inferred = inferRoles(shape);
  const roles = inferred.roles.filter(({ confidence }) => confidence >= MIN_CONFIDENCE);
  const columns = columnsOf(roles);
  const holds = (role: RoleName): boolean => columns[role] !== undefined;
  if (!holds('gold') || !NAMING.some(holds) || ANSWERING.some(holds)) return null;
  return mappingOf(shape, { ...inferred, roles });
}
