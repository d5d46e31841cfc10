import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { FlipsideError, type Json, type JsonObject } from '../../../src/core/model.js';
import { LENSES } from '../../../src/core/relations/lenses/index.js';
import { parseLens } from '../../../src/core/relations/lensFile.js';

const FILE = 'mine.json';
const GOOD: JsonObject = {
  name: 'mine',
  version: '3',
  rules: [{ class: 'flip', when: { reversedExactly: ['lateral'] } }],
  otherwise: 'rest',
};

function withRule(when: JsonObject): JsonObject {
  return { ...GOOD, rules: [{ class: 'flip', when }] };
}

/** Every value, in every place where a lens file may be wrong, with the place that the message must name. */
const WRONG: readonly (readonly [Json, RegExp])[] = [
  [[], /the file must be a JSON object/],
  [{ ...GOOD, name: '' }, /"name" must be a text/],
  [{ ...GOOD, version: 3 }, /"version" must be a text/],
  [{ ...GOOD, title: 3 }, /"title" must be a text/],
  [{ ...GOOD, note: ['a'] }, /"note" must be a text/],
  [{ ...GOOD, otherwise: null }, /"otherwise" must be a text/],
  [{ ...GOOD, rule: [] }, /"rule" must be absent; known keys: .*rules/],
  [{ ...GOOD, project: ['width'] }, /"project" must be a list of at least one axis/],
  [{ ...GOOD, project: [] }, /"project" must be a list of at least one axis/],
  [{ ...GOOD, rules: {} }, /"rules" must be a list/],
  [{ ...GOOD, rules: [{ class: 'a', when: {} }, 'flip'] }, /rules\[1\] must be an object/],
  [{ ...GOOD, rules: [{ class: '', when: {} }] }, /rules\[0\] must be an object with a "class"/],
  [{ ...GOOD, rules: [{ class: 'a' }] }, /rules\[0\]\.when must be an object of conditions/],
  [{ ...GOOD, rules: [{ class: 'a', when: {}, than: 1 }] }, /rules\[0\]\.than must be absent/],
  [{ ...GOOD, standsFor: { a: 1 } }, /"standsFor" must be class names/],
  [withRule({ reverse: ['lateral'] }), /rules\[0\]\.when\.reverse must be absent; known conditions: .*reversedExactly/],
  [withRule({ constructor: true }), /rules\[0\]\.when\.constructor must be absent/],
  [withRule({ kind: 'choice' }), /rules\[0\]\.when\.kind must be a list of item kinds/],
  [withRule({ frame: ['mine'] }), /rules\[0\]\.when\.frame must be a list of frames/],
  [withRule({ convention: ['front'] }), /rules\[0\]\.when\.convention must be a list of depth conventions/],
  [withRule({ answeredYes: 'yes' }), /rules\[0\]\.when\.answeredYes must be true or false/],
  [withRule({ count: 'more' }), /rules\[0\]\.when\.count must be "over" or "under"/],
  [withRule({ reversedAtLeast: -1 }), /rules\[0\]\.when\.reversedAtLeast must be a whole number/],
  [withRule({ sharedAtLeast: 1.5 }), /rules\[0\]\.when\.sharedAtLeast must be a whole number/],
  [withRule({ angle: [30] }), /rules\[0\]\.when\.angle must be a list of angles in steps of 45/],
];

/** A check against a JSON Schema of the few keywords that the schema uses; the first fault, or null. */
function faultOf(value: Json, schema: JsonObject, root: JsonObject, place = ''): string | null {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<Json>((node, key) => (node as JsonObject)[key] ?? null, root);
    return faultOf(value, target as JsonObject, root, place);
  }
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) return `${place}: not in the list`;
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const wanted = schema['type'];
  if (wanted === 'integer' ? !Number.isInteger(value) : wanted !== undefined && wanted !== type)
    return `${place}: type`;
  if (typeof value === 'number' && value < Number(schema['minimum'] ?? -Infinity)) return `${place}: minimum`;
  if (typeof value === 'string' && value.length < Number(schema['minLength'] ?? 0)) return `${place}: minLength`;
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'] ?? 0)) return `${place}: minItems`;
    const faults = value.map((each, at) =>
      faultOf(each, (schema['items'] ?? {}) as JsonObject, root, `${place}/${at}`),
    );
    return faults.find((fault) => fault !== null) ?? null;
  }
  return type === 'object' ? objectFault(value as JsonObject, schema, root, place) : null;
}

function objectFault(value: JsonObject, schema: JsonObject, root: JsonObject, place: string): string | null {
  const properties = (schema['properties'] ?? {}) as JsonObject;
  const others = schema['additionalProperties'];
  for (const key of (schema['required'] ?? []) as string[])
    if (!Object.hasOwn(value, key)) return `${place}: no ${key}`;
  for (const [key, each] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : others;
    if (own === false) return `${place}: unknown ${key}`;
    const fault = faultOf(each, (own ?? {}) as JsonObject, root, `${place}/${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

async function lensSchema(): Promise<JsonObject> {
  const text = await readFile(new URL('../../../schemas/lens.schema.json', import.meta.url), 'utf8');
  return JSON.parse(text) as JsonObject;
}

describe('relations: lens files', () => {
  it('reads a lens and gives it its name as a title where it has none', () => {
    const lens = parseLens(`\uFEFF${JSON.stringify(GOOD)}`, FILE);
    assert.equal(lens.title, 'mine');
    assert.deepEqual(lens.rules, GOOD['rules']);
    assert.equal(parseLens(JSON.stringify({ ...GOOD, title: 'T' }), FILE).title, 'T');
  });

  it('names the file and the place of every fault', () => {
    for (const [value, place] of WRONG) {
      assert.throws(
        () => parseLens(JSON.stringify(value), FILE),
        (error) => {
          assert.ok(error instanceof FlipsideError, String(error));
          assert.match(error.message, /mine\.json/);
          assert.match(error.message, place);
          assert.equal(error.options.file, FILE);
          return true;
        },
      );
    }
  });

  it('refuses a class that would be counted together with an outcome of that name', () => {
    for (const name of ['correct', 'Unparsed', 'no-gold', ' off-list '])
      for (const lens of [
        { ...GOOD, otherwise: name },
        { ...GOOD, rules: [{ class: name, when: {} }] },
      ])
        assert.throws(
          () => parseLens(JSON.stringify(lens), FILE),
          (error) =>
            error instanceof FlipsideError &&
            error.options.file === FILE &&
            /mine\.json is not valid: the class ".*" must be named otherwise; reserved names: .*unparsed/.test(
              error.message,
            ),
        );
  });

  it('says that a file is no JSON, and why', () => {
    assert.throws(
      () => parseLens('{"name": ', FILE),
      (error) => error instanceof FlipsideError && /mine\.json is not valid JSON: \S/.test(error.message),
    );
  });

  it('takes every built-in lens written as JSON', () => {
    for (const lens of LENSES) assert.deepEqual(parseLens(JSON.stringify(lens), FILE), lens);
  });
});

describe('schemas/lens.schema.json', () => {
  it('takes what the reader takes', async () => {
    const schema = await lensSchema();
    for (const lens of [...LENSES, GOOD])
      assert.equal(faultOf(JSON.parse(JSON.stringify(lens)) as Json, schema, schema), null);
  });

  it('refuses what the reader refuses', async () => {
    const schema = await lensSchema();
    for (const [value, place] of WRONG) assert.notEqual(faultOf(value, schema, schema), null, String(place));
  });

  it('knows the same keys and conditions as the reader', async () => {
    const schema = await lensSchema();
    const listed = (message: RegExp, value: Json): string[] => {
      try {
        parseLens(JSON.stringify(value), FILE);
      } catch (error) {
        return (
          message
            .exec((error as Error).message)?.[1]
            ?.split(', ')
            .sort() ?? []
        );
      }
      return [];
    };
    const definitions = schema['definitions'] as { condition: { properties: JsonObject } };
    assert.deepEqual(
      Object.keys(schema['properties'] as JsonObject).sort(),
      listed(/known keys: (.*)\.$/, { ...GOOD, extra: 1 }),
    );
    assert.deepEqual(
      Object.keys(definitions.condition.properties).sort(),
      listed(/known conditions: (.*)\.$/, withRule({ extra: 1 })),
    );
  });
});
