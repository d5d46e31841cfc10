import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { FlipsideError } from '../../../src/core/model.js';
import type { Json, JsonObject } from '../../../src/core/model.js';
import {
  MAPPING_SCHEMA,
  mappingOf,
  matchesGlob,
  parseMapping,
  printMapping,
  readMapping,
} from '../../../src/core/formats/mapping.js';
import type { Mapping } from '../../../src/core/formats/mapping.js';
import { plainWith } from '../../../src/core/formats/plain.js';
import { inferRoles, ROLE_NAMES } from '../../../src/core/formats/roles.js';
import { itemsOf, shapeOf } from './plainShape.js';

const RECORDS: JsonObject[] = [
  {
    uid: 'a',
    img: 'a.png',
    question: 'Where is the cup?',
    A: 'left',
    B: 'right',
    gt: 'A',
    raw_output: 'It is B.',
    parsed: 'B',
    note: 1,
  },
  {
    uid: 'b',
    img: 'b.png',
    question: 'Where is the jar?',
    A: 'above',
    B: 'below',
    gt: 'B',
    raw_output: 'It is B.',
    parsed: 'B',
    note: 2,
  },
];
const SHAPE = shapeOf(RECORDS, { path: './runs/model-x/answers.jsonl' });

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../../schemas/mapping.schema.json', import.meta.url), 'utf8'),
) as JsonObject;

/** A structural check for the handful of JSON Schema keywords that the mapping's schema uses; the path of the first violation, or null. */
function violation(value: Json | undefined, schema: JsonObject, at = '$'): string | null {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return violation(value, lookUp(reference), at);
  if (
    Array.isArray(schema['anyOf']) &&
    schema['anyOf'].every((each) => violation(value, each as JsonObject, at) !== null)
  )
    return `${at} anyOf`;
  if ('const' in schema && value !== schema['const']) return `${at} const`;
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value as Json)) return `${at} enum`;
  const type = Array.isArray(value) ? 'array' : typeof value;
  if ('type' in schema && schema['type'] !== type) return `${at} type`;
  if (type === 'string' && (value as string).length < Number(schema['minLength'] ?? 0)) return `${at} minLength`;
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'] ?? 0)) return `${at} minItems`;
    return (
      value
        .map((item, i) => violation(item, (schema['items'] ?? {}) as JsonObject, `${at}[${String(i)}]`))
        .find((found) => found !== null) ?? null
    );
  }
  return type === 'object' ? objectViolation(value as JsonObject, schema, at) : null;
}

function objectViolation(value: JsonObject, schema: JsonObject, at: string): string | null {
  const properties = (schema['properties'] ?? {}) as JsonObject;
  for (const key of (schema['required'] ?? []) as string[]) if (!(key in value)) return `${at}.${key} required`;
  if (Object.keys(value).length < Number(schema['minProperties'] ?? 0)) return `${at} minProperties`;
  for (const [key, item] of Object.entries(value)) {
    if (!(key in properties)) {
      if (schema['additionalProperties'] === false) return `${at}.${key} unknown`;
      continue;
    }
    const found = violation(item, properties[key] as JsonObject, `${at}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function lookUp(reference: string): JsonObject {
  return reference
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key] as JsonObject, SCHEMA);
}

function failure(text: string): FlipsideError {
  try {
    parseMapping(text, 'formats/mine.json');
  } catch (error) {
    assert.ok(error instanceof FlipsideError, String(error));
    return error;
  }
  throw new Error(`accepted: ${text}`);
}

describe('mapping', () => {
  it('prints the inferred roles, and reads them back the same', () => {
    const mapping = mappingOf(SHAPE, inferRoles(SHAPE));
    assert.deepEqual(mapping, {
      $schema: MAPPING_SCHEMA,
      version: 1,
      match: 'runs/model-x/answers.jsonl',
      roles: {
        id: 'uid',
        image: 'img',
        question: 'question',
        options: ['A', 'B'],
        gold: 'gt',
        response: 'raw_output',
        extracted: 'parsed',
      },
    });
    const text = printMapping(mapping);
    assert.ok(text.endsWith('}\n'));
    assert.deepEqual(parseMapping(text, 'm.json'), mapping);
  });

  it('reads a file as the inferred roles do', async () => {
    const mapping = mappingOf(SHAPE, inferRoles(SHAPE));
    assert.deepEqual(await itemsOf(SHAPE, plainWith(mapping)), await itemsOf(SHAPE));
  });

  it('says of a file what names and values could not', async () => {
    const shape = shapeOf([{ q: 'Where is the cup?', one: 'left', two: 'right' }]);
    const inferred = inferRoles(shape);
    assert.equal(inferred.role, null);
    const roles = { question: 'q', gold: 'one', prediction: 'two' };
    const format = plainWith(
      { version: 1, match: '*.jsonl', roles, kind: 'choice', model: 'model-x', dataset: 'mine' },
      'formats/mine.json',
    );
    const detected = format.detect(shape);
    assert.equal(detected?.role, 'run');
    assert.equal(detected.confidence, 1);
    assert.match(detected.reason, /formats\/mine\.json/);
    assert.deepEqual([detected.model, detected.dataset], ['model-x', 'mine']);
    const [item] = await itemsOf(shape, format);
    assert.deepEqual([item?.gold, item?.response, item?.kind, item?.model], ['left', 'right', 'choice', 'model-x']);
  });

  it('takes the first filled column of a role, and keeps the others', async () => {
    const shape = shapeOf([
      { q: 'Where?', a: '', b: 'left', p: 'up' },
      { q: 'Where?', a: 'right', b: 'left', p: 'up' },
    ]);
    const items = await itemsOf(
      shape,
      plainWith({ version: 1, match: '*', roles: { question: 'q', gold: ['a', 'b'], prediction: 'p' } }),
    );
    assert.deepEqual(
      items.map((item) => [item.gold, item.meta]),
      [
        ['left', {}],
        ['right', { b: 'left' }],
      ],
    );
  });

  it('is a definition without answers, and nothing for another path', () => {
    const mapping: Mapping = { version: 1, match: 'gold/*.jsonl', roles: { question: 'question', gold: 'gt' } };
    assert.equal(plainWith(mapping).detect({ ...SHAPE, path: 'a/gold/x.jsonl' })?.role, 'definition');
    assert.equal(plainWith(mapping).detect(SHAPE), null);
  });

  it('refuses a column that the file does not have, naming those it has', () => {
    const mapping: Mapping = { version: 1, match: '*', roles: { question: 'question', gold: 'goldd' } };
    assert.throws(
      () => plainWith(mapping, 'formats/mine.json').detect(SHAPE),
      (error: unknown) =>
        error instanceof FlipsideError &&
        /answers\.jsonl.*formats\/mine\.json.*role gold.*'goldd'.*'gt'/.test(error.message),
    );
  });

  it('reads dotted columns', async () => {
    const shape = shapeOf([{ doc: { ask: 'Where?', key: 'left' }, out: 'up' }]);
    const roles = { question: 'doc.ask', gold: 'doc.key', prediction: 'out' };
    const [item] = await itemsOf(shape, plainWith({ version: 1, match: '*', roles }));
    assert.deepEqual([item?.question, item?.gold, item?.meta], ['Where?', 'left', {}]);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['{', /not valid JSON/],
    ['[]', /one JSON object, found a list/],
    ['{"match": "*", "roles": {"gold": "a"}}', /'version' must be 1, not left out/],
    ['{"version": 2, "match": "*", "roles": {"gold": "a"}}', /'version' must be 1, not 2/],
    ['{"version": 1, "roles": {"gold": "a"}}', /'match' must be a text/],
    ['{"version": 1, "match": " ", "roles": {"gold": "a"}}', /'match' must be a text/],
    ['{"version": 1, "match": "*"}', /'roles' must be an object/],
    ['{"version": 1, "match": "*", "roles": {"answer": "a"}}', /unknown role 'answer'.*prediction/],
    ['{"version": 1, "match": "*", "roles": {"gold": 3}}', /'roles\.gold' must be a column's name/],
    ['{"version": 1, "match": "*", "roles": {"gold": []}}', /'roles\.gold' must be a column's name/],
    ['{"version": 1, "match": "*", "roles": {"gold": ["a", null]}}', /'roles\.gold'/],
    ['{"version": 1, "match": "*", "roles": {"question": "q"}}', /names no answers/],
    ['{"version": 1, "match": "*", "roles": {"gold": "a", "prediction": "a"}}', /'a' for two/],
    ['{"version": 1, "match": "*", "roles": {"gold": "a"}, "kind": "quiz"}', /'kind' must be one of choice/],
    ['{"version": 1, "match": "*", "roles": {"gold": "a"}, "base": "1"}', /'base' must be 0 or 1/],
    ['{"version": 1, "match": "*", "roles": {"gold": "a"}, "model": 3}', /'model' must be a text/],
    ['{"version": 1, "match": "*", "roles": {"gold": "a"}, "modell": "x"}', /unknown key 'modell'/],
  ];
  for (const [text, expected] of wrong) {
    it(`refuses ${text}`, () => {
      const error = failure(text);
      assert.match(error.message, expected);
      assert.match(error.message, /^formats\/mine\.json: /);
      assert.equal(error.options.file, 'formats/mine.json');
      assert.equal(error.options.exitCode, 2);
    });
  }

  it('is told apart from a good one without an error, with the files that it was meant for', () => {
    const unfinished = JSON.stringify({ version: 1, match: 'a.csv', roles: { question: 'q' } });
    const broken = readMapping(unfinished, 'm.json');
    assert.ok('problem' in broken && broken.match === 'a.csv');
    assert.match(broken.problem, /m\.json: 'roles' names no answers/);
    const none = readMapping('{', 'm.json');
    assert.ok('problem' in none && none.match === null);
    assert.ok('roles' in readMapping(unfinished.replace('question', 'gold'), 'm.json'));
  });

  it('never fails otherwise, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseMapping(text, 'm.json');
        } catch (error) {
          assert.ok(error instanceof FlipsideError);
        }
      }),
    );
  });
});

describe('the depth convention of a mapping', () => {
  const roles = { question: 'q', gold: 'g', prediction: 'p', convention: 'front' };
  const record = (front: string): JsonObject => ({ q: 'Where is it?', g: 'front', p: 'behind', front });

  it('is the record’s own, else the one for the whole file; a word that is none stays a field', async () => {
    const mapping: Mapping = { version: 1, match: '*', roles, convention: 'facing' };
    const shape = shapeOf(['Toward viewer', '', 'sideways'].map(record));
    const items = await itemsOf(shape, plainWith(mapping));
    assert.deepEqual(
      items.map((item) => [item.convention, item.meta['front']]),
      [
        ['toward-viewer', undefined],
        ['facing', undefined],
        ['facing', 'sideways'],
      ],
    );
  });

  it('is inferred from a column of that name where every value is one, and unknown otherwise', async () => {
    const named = (value: string): JsonObject => ({ question: 'Where?', answer: 'front', depth_convention: value });
    const [item] = await itemsOf(shapeOf([named('away-from-viewer')]));
    assert.equal(item?.convention, 'away-from-viewer');
    const [other] = await itemsOf(shapeOf([named('front')]));
    assert.deepEqual([other?.convention, other?.meta['depth_convention']], [null, 'front']);
  });

  it('is one of four words', () => {
    const text = JSON.stringify({ version: 1, match: '*', roles: { gold: 'g' }, convention: 'front' });
    assert.throws(() => parseMapping(text, 'm.json'), /m\.json: 'convention'.*toward-viewer, away-from-viewer, facing/);
    const good = parseMapping(text.replace('"front"', '"facing"'), 'm.json');
    assert.equal(good.convention, 'facing');
  });
});

describe('schemas/mapping.schema.json', () => {
  it('accepts what is printed', () => {
    assert.equal(violation(JSON.parse(printMapping(mappingOf(SHAPE, inferRoles(SHAPE)))) as Json, SCHEMA), null);
    assert.equal(SCHEMA['$id'], MAPPING_SCHEMA);
  });

  it('knows the same roles as the reader', () => {
    const properties = SCHEMA['properties'] as { roles: { properties: JsonObject } };
    assert.deepEqual(Object.keys(properties.roles.properties).sort(), [...ROLE_NAMES].sort());
  });

  const bodies: readonly (readonly [JsonObject, boolean])[] = [
    [{ version: 1, match: '*', roles: { gold: 'a' } }, true],
    [
      {
        version: 1,
        match: '*',
        roles: { options: ['A', 'B'], prediction: 'p' },
        kind: 'count',
        base: 0,
        convention: 'facing',
        model: 'm',
        dataset: 'd',
      },
      true,
    ],
    [{ version: 1, match: '*', roles: { gold: 'a', convention: 'c' }, convention: 'front' }, false],
    [{ version: 2, match: '*', roles: { gold: 'a' } }, false],
    [{ version: 1, match: '', roles: { gold: 'a' } }, false],
    [{ version: 1, match: '*', roles: { question: 'q' } }, false],
    [{ version: 1, match: '*', roles: { gold: [] } }, false],
    [{ version: 1, match: '*', roles: { gold: 'a', answer: 'b' } }, false],
    [{ version: 1, match: '*', roles: { gold: 'a' }, kind: 'quiz' }, false],
    [{ version: 1, match: '*', roles: { gold: 'a' }, base: 2 }, false],
    [{ version: 1, match: '*', roles: { gold: 'a' }, other: true }, false],
  ];
  for (const [body, valid] of bodies) {
    it(`${valid ? 'accepts' : 'refuses'} ${JSON.stringify(body)}, as the reader does`, () => {
      assert.equal(violation(body, SCHEMA) === null, valid);
      if (valid) assert.deepEqual(parseMapping(JSON.stringify(body), 'm.json'), body);
      else failure(JSON.stringify(body));
    });
  }
});

describe('matchesGlob', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*.csv', 'a/b/c.csv', true],
    ['*.csv', 'a/b.csv/c.json', false],
    ['c.csv', 'a/abc.csv', false],
    ['b/*.csv', 'a/b/c.csv', true],
    ['b/*.csv', 'ab/c.csv', false],
    ['a/**/c.csv', 'a/c.csv', true],
    ['a/**/c.csv', 'x/a/b/b/c.csv', true],
    ['a/*/c.csv', 'a/b/b/c.csv', false],
    ['./a/*.csv', 'root/a/x.csv', true],
    ['run?.{csv,tsv}', 'run1.tsv', true],
    ['run?.{csv,tsv}', 'run12.tsv', false],
    ['run[0-3].csv', 'run2.csv', true],
    ['run[!0-3].csv', 'run2.csv', false],
    ['a,b.csv', 'a,b.csv', true],
    ['a+(b).csv', 'a+(b).csv', true],
    ['*.csv', String.raw`C:\runs\a.csv`, true],
    ['{a', 'a', true],
  ];
  for (const [pattern, file, matches] of cases) {
    it(`${pattern} ${matches ? 'matches' : 'does not match'} ${file}`, () => {
      assert.equal(matchesGlob(pattern, file), matches);
    });
  }

  it('the printed pattern matches its own file, whatever its name', () => {
    const part = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((name) => !/[\\/]/.test(name) && !['.', '..'].includes(name));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = parts.join('/');
        const { match } = mappingOf(shapeOf(RECORDS, { path }), inferRoles(SHAPE));
        assert.ok(matchesGlob(match, path), `${match} ${path}`);
      }),
    );
  });

  it('takes any pattern', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, path) => {
        matchesGlob(pattern, path);
      }),
    );
  });
});
