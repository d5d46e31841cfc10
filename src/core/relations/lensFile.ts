import { AXES, FlipsideError, isJsonObject, type Json } from '../model.js';
import type { Lens, LensCondition, LensRule } from './lens.js';

/** What a lens file may say, by key, with a test and the words for what was expected. */
type Check = readonly [test: (value: Json) => boolean, expected: string];

const isList = (test: (value: Json) => boolean) => (value: Json) => Array.isArray(value) && value.every(test);
const oneOf =
  (...values: readonly string[]) =>
  (value: Json) =>
    typeof value === 'string' && values.includes(value);
const axis = oneOf(...AXES);
const isBoolean = (value: Json): boolean => typeof value === 'boolean';
const isCount = (value: Json): boolean => Number.isInteger(value) && Number(value) >= 0;
const ANGLES: readonly Json[] = [null, -135, -90, -45, 0, 45, 90, 135, 180];

const CONDITION: Readonly<Record<keyof LensCondition, Check>> = {
  kind: [
    isList(oneOf('choice', 'yes-no', 'count', 'depth-order', 'distance-order', 'open')),
    'a list of item kinds ("choice", "yes-no", "count", "depth-order", "distance-order", "open")',
  ],
  frame: [isList(oneOf('camera', 'person', 'object', 'imagined', 'unstated')), 'a list of frames'],
  convention: [
    isList(oneOf('toward-viewer', 'away-from-viewer', 'facing', 'unstated')),
    'a list of depth conventions ("toward-viewer", "away-from-viewer", "facing", "unstated")',
  ],
  answeredYes: [isBoolean, 'true or false'],
  count: [oneOf('over', 'under'), '"over" or "under"'],
  directional: [isBoolean, 'true or false'],
  same: [isBoolean, 'true or false'],
  reversed: [isList(axis), 'a list of axes ("lateral", "depth", "vertical")'],
  reversedExactly: [isList(axis), 'a list of axes ("lateral", "depth", "vertical")'],
  reversedAtLeast: [isCount, 'a whole number'],
  sharedAtLeast: [isCount, 'a whole number'],
  angle: [isList((value) => ANGLES.includes(value)), 'a list of angles in steps of 45 from -135 to 180, or null'],
};

/** What stands beside classes in tables and transitions; a class of such a name would be counted together with it. */
const RESERVED = ['correct', 'parsed', 'empty', 'refusal', 'off-list', 'ambiguous', 'unparsed', 'no-gold', 'no gold'];

/**
 * Reads a lens of the user's own (`.flipside/lenses/*.json`; schemas/lens.schema.json). Throws a FlipsideError that
 * names the file, the place in it, and what was expected there.
 */
export function parseLens(text: string, file: string): Lens {
  const fail = (where: string, expected: string): never => {
    throw new FlipsideError(`The lens ${file} is not valid: ${where} must be ${expected}.`, { file });
  };
  const value = parse(text, file);
  if (!isJsonObject(value)) return fail('the file', 'a JSON object');
  for (const key of ['name', 'version', 'otherwise'] as const)
    if (typeof value[key] !== 'string' || value[key] === '') fail(`"${key}"`, 'a text');
  const allowed = ['$schema', 'name', 'version', 'title', 'note', 'project', 'rules', 'otherwise', 'standsFor'];
  for (const key of Object.keys(value))
    if (!allowed.includes(key)) fail(`"${key}"`, `absent; known keys: ${allowed.join(', ')}`);
  for (const key of ['$schema', 'title', 'note'] as const)
    if (value[key] !== undefined && typeof value[key] !== 'string') fail(`"${key}"`, 'a text');
  const { project } = value;
  if (project !== undefined && (!isList(axis)(project) || !hasSome(project)))
    fail('"project"', 'a list of at least one axis ("lateral", "depth", "vertical")');
  const { rules } = value;
  if (!Array.isArray(rules)) return fail('"rules"', 'a list of {"class", "when"}');
  rules.forEach((rule, index) => checkRule(rule, `rules[${index}]`, fail));
  if (value['standsFor'] !== undefined && !isNames(value['standsFor']))
    fail('"standsFor"', 'class names by class name');
  const given = value as unknown as Omit<Lens, 'title'> & { readonly title?: string };
  const lens = { ...given, title: given.title ?? given.name, rules: rules as unknown as LensRule[] };
  const taken = [...lens.rules.map((rule) => rule.class), lens.otherwise].find(isReserved);
  if (taken !== undefined) fail(`the class "${taken}"`, `named otherwise; reserved names: ${RESERVED.join(', ')}`);
  return lens;
}

function checkRule(rule: Json, where: string, fail: (where: string, expected: string) => never): void {
  if (!isJsonObject(rule) || typeof rule['class'] !== 'string' || rule['class'] === '')
    return fail(where, 'an object with a "class" and a "when"');
  for (const key of Object.keys(rule))
    if (key !== 'class' && key !== 'when') fail(`${where}.${key}`, 'absent; a rule has a "class" and a "when"');
  const when = rule['when'];
  if (when === undefined || !isJsonObject(when)) return fail(`${where}.when`, 'an object of conditions');
  for (const [key, value] of Object.entries(when)) {
    const check = Object.hasOwn(CONDITION, key) ? CONDITION[key as keyof LensCondition] : undefined;
    if (check === undefined)
      fail(`${where}.when.${key}`, `absent; known conditions: ${Object.keys(CONDITION).join(', ')}`);
    else if (!check[0](value)) fail(`${where}.when.${key}`, check[1]);
  }
}

function parse(text: string, file: string): Json {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
  } catch (error) {
    throw new FlipsideError(`The lens ${file} is not valid JSON: ${(error as Error).message}`, { file });
  }
}

function isReserved(name: string): boolean {
  return RESERVED.includes(name.trim().toLowerCase());
}

function hasSome(value: Json): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isNames(value: Json): boolean {
  return isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string');
}
