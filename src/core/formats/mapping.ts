import { FlipsideError, isJsonObject } from '../model.js';
import type { DepthConvention, ItemKind, Json, JsonObject } from '../model.js';
import type { Shape } from './format.js';
import type { RoleColumns } from './plainPlan.js';
import { CONVENTIONS } from './roleConvention.js';
import { ROLE_NAMES } from './roleNames.js';
import type { RoleGuess, RoleName } from './roleNames.js';
import type { InferredRoles } from './roles.js';

/** Which column plays which role in the files that a glob matches: what the user says instead of what names and values suggest. */
export interface Mapping {
  readonly $schema?: string;
  readonly version: 1;
  /** A glob on the path. Without a slash it matches file names; with one, the end of the path from a folder's name on. */
  readonly match: string;
  /** A column, or several: images and options are taken from all of them, any other role from the first that is filled. */
  readonly roles: Readonly<Partial<Record<RoleName, string | readonly string[]>>>;
  readonly kind?: ItemKind;
  /** What the first option's number is, where gold or prediction are positions in the options; left out, values decide. */
  readonly base?: 0 | 1;
  /** What "front" means in all items of the file; a record's own word, under the role of that name, goes before it. */
  readonly convention?: DepthConvention;
  readonly model?: string;
  readonly dataset?: string;
}

/** The `$id` of schemas/mapping.schema.json. */
export const MAPPING_SCHEMA = 'flipside://schemas/mapping.schema.json';

const KINDS: readonly ItemKind[] = ['choice', 'yes-no', 'count', 'depth-order', 'distance-order', 'open'];
const KEYS = ['$schema', 'version', 'match', 'roles', 'kind', 'base', 'convention', 'model', 'dataset'];
const ANSWER_ROLES: readonly RoleName[] = ['gold', 'prediction', 'response', 'extracted', 'score'];

/** The inferred roles of a file as a mapping for that file, ready to be edited; roles that were only suspected are included. */
export function mappingOf(shape: Shape, inferred: InferredRoles): Mapping {
  const columns = columnsOf(inferred.roles);
  const roles = Object.fromEntries(
    Object.entries(columns).map(([role, names]) => [role, names.length === 1 ? (names[0] ?? '') : names]),
  );
  const named = inferred.model === null ? {} : { model: inferred.model };
  return { $schema: MAPPING_SCHEMA, version: 1, match: escapeGlob(endOf(shape.path)), roles, ...named };
}

/** A mapping as the text of a mapping file. */
export function printMapping(mapping: Mapping): string {
  return `${JSON.stringify(mapping, null, 2)}\n`;
}

/** The columns of each role, from guesses or from a mapping, in the order of ROLE_NAMES. */
export function columnsOf(from: readonly RoleGuess[] | Mapping): RoleColumns {
  const columns = (role: RoleName): readonly string[] => {
    if (isGuesses(from)) return from.filter((guess) => guess.role === role).map((guess) => guess.column);
    const named = from.roles[role];
    return named === undefined ? [] : typeof named === 'string' ? [named] : named;
  };
  return Object.fromEntries(
    ROLE_NAMES.map((role) => [role, columns(role)] as const).filter(([, names]) => names.length > 0),
  );
}

function isGuesses(from: readonly RoleGuess[] | Mapping): from is readonly RoleGuess[] {
  return Array.isArray(from);
}

/**
 * Reads a mapping file. Throws a FlipsideError (exit code 2) that names the file, the key, and what was expected.
 */
export function parseMapping(text: string, file: string): Mapping {
  const fail = (message: string): never => {
    throw new FlipsideError(`${file}: ${message}`, { file, exitCode: 2 });
  };
  const value = jsonIn(text, fail);
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) fail(`unknown key '${unknown}'; a mapping has ${KEYS.join(', ')}. Remove or rename it.`);
  if (value['version'] !== 1)
    fail(`'version' must be 1, not ${shown(value['version'])}. This is the only version so far.`);
  const optional = (key: 'model' | 'dataset' | '$schema'): { [key: string]: string } => {
    const given = value[key];
    return given === undefined ? {} : { [key]: textIn(given, key, fail) };
  };
  const kind = value['kind'];
  const known = KINDS.find((name) => name === kind);
  if (kind !== undefined && known === undefined) fail(`'kind' must be one of ${KINDS.join(', ')}, not ${shown(kind)}.`);
  const { base } = value;
  if (base !== undefined && base !== 0 && base !== 1)
    fail(`'base' must be 0 or 1, the number that stands for the first option, not ${shown(base)}.`);
  return {
    ...optional('$schema'),
    version: 1,
    match: textIn(value['match'], 'match', fail),
    roles: rolesIn(value['roles'], fail),
    ...(known === undefined ? {} : { kind: known }),
    ...(base === 0 || base === 1 ? { base } : {}),
    ...conventionOf(value['convention'], fail),
    ...optional('model'),
    ...optional('dataset'),
  };
}

/** A mapping file that cannot be used: why, and the files that it was meant for; null where not even these can be told. */
export interface UnusableMapping {
  readonly problem: string;
  readonly match: string | null;
}

/** Reads a mapping file that may be unfinished. Never throws for its content: what is wrong with one file must not stop the others. */
export function readMapping(text: string, file: string): Mapping | UnusableMapping {
  try {
    return parseMapping(text, file);
  } catch (error) {
    if (!(error instanceof FlipsideError)) throw error;
    return { problem: error.message, match: matchIn(text) };
  }
}

function matchIn(text: string): string | null {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
    const match = isJsonObject(value) ? value['match'] : null;
    return typeof match === 'string' && match.trim() !== '' ? match : null;
  } catch {
    return null;
  }
}

type Fail = (message: string) => never;

function conventionOf(value: Json | undefined, fail: Fail): Pick<Mapping, 'convention'> {
  if (value === undefined) return {};
  const convention = CONVENTIONS.find((name) => name === value);
  return convention === undefined
    ? fail(`'convention' says what "front" means: one of ${CONVENTIONS.join(', ')}, not ${shown(value)}.`)
    : { convention };
}

function jsonIn(text: string, fail: Fail): JsonObject {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
    return isJsonObject(value) ? value : fail(`expected one JSON object, found ${shown(value)}.`);
  } catch (error) {
    if (error instanceof SyntaxError) return fail(`not valid JSON (${error.message}). A mapping is one JSON object.`);
    throw error;
  }
}

function textIn(value: Json | undefined, key: string, fail: Fail): string {
  return typeof value === 'string' && value.trim() !== ''
    ? value
    : fail(`'${key}' must be a text that is not empty, not ${shown(value)}.`);
}

function rolesIn(value: Json | undefined, fail: Fail): Mapping['roles'] {
  if (!isJsonObject(value)) return fail(`'roles' must be an object from role to column, not ${shown(value)}.`);
  const roles: Partial<Record<RoleName, string | readonly string[]>> = {};
  for (const [key, columns] of Object.entries(value)) {
    const role = ROLE_NAMES.find((name) => name === key);
    if (role === undefined) return fail(`unknown role '${key}' in 'roles'; the roles are ${ROLE_NAMES.join(', ')}.`);
    roles[role] = columnsIn(columns, role, fail);
  }
  if (!ANSWER_ROLES.some((role) => roles[role] !== undefined)) {
    return fail(`'roles' names no answers; at least one of ${ANSWER_ROLES.join(', ')} is needed.`);
  }
  const answers = ANSWER_ROLES.flatMap((role) => roles[role] ?? []);
  const twice = answers.find((column, i) => answers.indexOf(column) !== i);
  return twice === undefined
    ? roles
    : fail(
        `'roles' uses the column '${twice}' for two of ${ANSWER_ROLES.join(', ')}; one of them must be another column.`,
      );
}

function columnsIn(value: Json, role: RoleName, fail: Fail): string | readonly string[] {
  if (typeof value === 'string') return value;
  const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  if (Array.isArray(value) && names.length === value.length && names.length > 0) return names;
  return fail(`'roles.${role}' must be a column's name or a list of them, not ${shown(value)}.`);
}

function shown(value: Json | undefined): string {
  return value === undefined
    ? 'left out'
    : Array.isArray(value)
      ? 'a list'
      : isJsonObject(value)
        ? 'an object'
        : JSON.stringify(value);
}

/** The file's name and the two folders above it: enough to tell runs apart, and true on another machine. */
function endOf(path: string): string {
  return path
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .slice(-3)
    .join('/');
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}!\\]/g, (char) => `[${char === ']' || char === '[' ? `\\${char}` : char}]`);
}

/**
 * True where a path matches a glob: `*` and `?` within one part, `**` across parts, `[abc]`, `{a,b}`. A pattern without a slash is held
 * against the file's name, one with a slash against the end of the path, so that a mapping holds wherever the folder lies.
 *
 * Not the library that reads `.flipsideignore`: its patterns are git's, which know no `{a,b}`, hold a slash to the root, match
 * everything below a folder that they name, and turn around at `!`.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const normal = path.replaceAll('\\', '/');
  return new RegExp(`(?:^|/)${globSource(pattern.replace(/^\.?\/+/, ''))}$`, 'u').test(normal);
}

function globSource(pattern: string): string {
  let depth = 0;
  const token = /\*\*\/|\*+|\?|\[(?:\\.|[^\]\\])+\]|[{},]|[^]/gu;
  return (pattern.match(token) ?? [])
    .map((part) => {
      if (part === '**/') return '(?:[^/]*/)*';
      if (part.startsWith('*')) return part.length > 1 ? '.*' : '[^/]*';
      if (part === '?') return '[^/]';
      if (part.length > 1 && part.startsWith('[')) return classSource(part.slice(1, -1));
      if (part === '{') return ((depth += 1), '(?:');
      if (part === '}' && depth > 0) return ((depth -= 1), ')');
      if (part === ',' && depth > 0) return '|';
      return part.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
    })
    .concat(')'.repeat(depth))
    .join('');
}

function classSource(inner: string): string {
  const negated = inner.startsWith('!') && inner.length > 1;
  const chars = (negated ? inner.slice(1) : inner).replace(/\\(.)/gu, '$1');
  return `[${negated ? '^' : ''}${chars.replace(/[\\^[\]]/gu, '\\$&')}]`;
}
