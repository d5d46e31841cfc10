import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_NESTING, parseJson, parseJsonBytes } from '../../../../src/core/formats/containers/jsonText.js';
import type { Json } from '../../../../src/core/model.js';

function valueOf(text: string): Json {
  const parsed = parseJson(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

describe('JSON text', () => {
  it('makes NaN and the infinities null, outside strings only, and says so', () => {
    const parsed = parseJson('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN, Infinity \\" NaN", "NaN": 1}');
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value, { a: null, b: [null, null], c: 'NaN, Infinity " NaN', NaN: 1 });
    assert.deepEqual(parsed.flags, ['nonStandardNumber']);
  });

  it('raises no flag where NaN stands in a string only', () => {
    assert.deepEqual(parseJson('{"a": "NaN"}'), { ok: true, value: { a: 'NaN' }, flags: [] });
  });

  it('does not take a word that contains NaN for a number', () => {
    for (const text of ['{"a": NaNa}', '{"a": xNaN}', '{"a": -}', '{NaN: 1}', '{"a": nan}']) {
      assert.equal(parseJson(text).ok, false, text);
    }
  });

  it('keeps integers that a double cannot hold as their digits', () => {
    assert.equal(valueOf('9007199254740993'), '9007199254740993');
    assert.equal(valueOf('-9007199254740993'), '-9007199254740993');
    assert.deepEqual(valueOf('{"id": 12345678901234567890, "k": [10000000000000000001]}'), {
      id: '12345678901234567890',
      k: ['10000000000000000001'],
    });
  });

  it('leaves every other long number a number', () => {
    assert.equal(valueOf('9007199254740991'), 9007199254740991);
    assert.equal(valueOf('1234567890123456'), 1234567890123456);
    assert.equal(valueOf('0.12345678901234567890'), 0.12345678901234568);
    assert.equal(valueOf('12345678901234567890.5'), Number('12345678901234567890.5'));
    assert.equal(valueOf('12345678901234567890e2'), Number('12345678901234567890e2'));
    assert.deepEqual(valueOf('{"a": "12345678901234567890"}'), { a: '12345678901234567890' });
  });

  it('keeps long integers and NaN apart in one value', () => {
    const parsed = parseJson('{"id": 12345678901234567890, "score": NaN}');
    assert.deepEqual(parsed, {
      ok: true,
      value: { id: '12345678901234567890', score: null },
      flags: ['nonStandardNumber'],
    });
  });

  it('finds long integers wherever they begin among the bytes', () => {
    for (let shift = 0; shift < 40; shift++) {
      const bytes = Buffer.from(`{"${'k'.repeat(shift)}": 9007199254740993}`);
      const parsed = parseJsonBytes(bytes, 0, bytes.length);
      assert.ok(parsed.ok);
      assert.deepEqual(Object.values(parsed.value as object), ['9007199254740993'], String(shift));
    }
  });

  it('reads bytes that are no UTF-8 as U+FFFD and says so', () => {
    const bytes = Buffer.concat([Buffer.from('{"a": "caf'), Buffer.from([0xe9]), Buffer.from('"}')]);
    const parsed = parseJsonBytes(bytes, 0, bytes.length);
    assert.deepEqual(parsed, { ok: true, value: { a: 'caf\ufffd' }, flags: ['invalidUtf8'] });
  });

  it('raises no flag for a U+FFFD that the file itself holds', () => {
    const bytes = Buffer.from('{"a": "\ufffd"}');
    assert.deepEqual(parseJsonBytes(bytes, 0, bytes.length), { ok: true, value: { a: '\ufffd' }, flags: [] });
  });

  it('refuses nesting that would break a recursive reader, whatever it is made of', () => {
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    assert.equal(parseJson(deep(MAX_NESTING)).ok, true);
    for (const text of [deep(MAX_NESTING + 2), deep(200_000), `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`]) {
      const parsed = parseJson(text);
      assert.ok(!parsed.ok);
      assert.equal(parsed.reason, 'nested too deeply');
    }
  });

  it('cannot be made to change the prototype of objects', () => {
    const parsed = parseJson('{"__proto__": {"polluted": true}, "id": 12345678901234567890}');
    assert.ok(parsed.ok);
    assert.equal(Object.getPrototypeOf(parsed.value), Object.prototype);
    assert.equal('polluted' in {}, false);
    assert.deepEqual(Object.keys(parsed.value as object), ['__proto__', 'id']);
  });

  it('agrees with JSON.parse on JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const bytes = Buffer.from(text);
        const expected: unknown = JSON.parse(text);
        if (/\d{16}/.test(text)) return;
        assert.deepEqual(valueOf(text), expected);
        assert.deepEqual(parseJsonBytes(bytes, 0, bytes.length), { ok: true, value: expected, flags: [] });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\-0123456789NaInfity eE.') }), (text) => {
        assert.equal(typeof parseJson(text).ok, 'boolean');
      }),
      { numRuns: 2000 },
    );
  });
});
