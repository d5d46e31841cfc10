import type { MappingDraft, MappingSubject } from '../../protocol/mapping.js';
import { ANSWER_ROLES, labelOf } from './roles.js';

/** The draft with other columns for a role. */
export function withColumns(draft: MappingDraft, role: string, columns: readonly string[]): MappingDraft {
  const others = Object.entries(draft.roles).filter(([name]) => name !== role);
  return { ...draft, roles: Object.fromEntries(columns.length === 0 ? others : [...others, [role, columns]]) };
}

/** What is wrong with a draft in itself, in a sentence; null where nothing is. */
export function problemOf({ roles, match }: MappingDraft): string | null {
  const answers = ANSWER_ROLES.filter((role) => (roles[role] ?? []).length > 0);
  if (answers.length === 0) {
    const words = ANSWER_ROLES.map(labelOf);
    return `Choose a column for at least one of ${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}.`;
  }
  for (const role of answers) {
    const clash = clashOf(roles, role);
    if (clash !== null) return clash;
  }
  return match.trim() === '' ? 'Say which files the mapping is for: a name, or a pattern such as *.csv.' : null;
}

/** Why the columns of an answer's role cannot be its own; null where they can. */
export function clashOf(roles: MappingDraft['roles'], role: string): string | null {
  if (!ANSWER_ROLES.includes(role)) return null;
  for (const column of roles[role] ?? []) {
    const other = ANSWER_ROLES.find((name) => name !== role && roles[name]?.includes(column) === true);
    if (other !== undefined) {
      return `"${column}" is ${labelOf(role)} and ${labelOf(other)} at once: choose another column for one of them.`;
    }
  }
  return null;
}

/** The roles that a column has, as they are called. */
export function rolesOfColumns(roles: MappingDraft['roles']): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [role, columns] of Object.entries(roles)) {
    for (const column of columns) found.set(column, [...(found.get(column) ?? []), labelOf(role)]);
  }
  return found;
}

/** How sure an inferred role is, in a word and a number. */
export function confidenceWords(confidence: number): string {
  const word = confidence >= 0.8 ? 'Sure' : confidence >= 0.5 ? 'Likely' : 'A guess';
  return `${word} (${confidence.toFixed(2)})`;
}

/** Why a role has the columns that it has, in words. */
export function whyOf(subject: MappingSubject, role: string, columns: readonly string[]): string {
  const inferred = subject.inferred.filter((each) => each.role === role);
  const [first] = inferred;
  if (
    first !== undefined &&
    isSame(
      columns,
      inferred.map(({ column }) => column),
    )
  ) {
    return `${confidenceWords(first.confidence)}: ${first.reason}.`;
  }
  const isStated = subject.stated !== null && isSame(columns, subject.draft.roles[role] ?? []);
  const whose = isStated ? 'From the mapping file' : 'Your choice';
  if (first === undefined) return `${whose}.`;
  return `${whose}; inferred was "${first.column}", ${confidenceWords(first.confidence).toLowerCase()}.`;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
