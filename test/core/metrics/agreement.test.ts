import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cohensKappa, krippendorffsAlpha, krippendorffsAlphas } from '../../../src/core/metrics/agreement.js';
import { stratifiedRate } from '../../../src/core/metrics/stratifiedRate.js';

function near(actual: number | null | undefined, expected: number, within = 5e-4): void {
  assert.ok(
    actual !== null && actual !== undefined && Math.abs(actual - expected) < within,
    `${actual}, not ${expected}`,
  );
}

/** As many pairs as a table of counts says. */
function pairsOf(table: readonly (readonly number[])[]): [string, string][] {
  return table.flatMap((row, first) =>
    row.flatMap((count, second) => Array.from({ length: count }, (): [string, string] => [`${first}`, `${second}`])),
  );
}

describe('metrics: agreement', () => {
  it('of two judges is κ with the interval of Fleiss, Cohen and Everitt', () => {
    // By hand: po 0.7, pe 0.5; A 0.10972, B 0.10188, C 0.01, so that the variance is 0.016128.
    const { value, ci95, observed, expected, items } = cohensKappa(
      pairsOf([
        [20, 5],
        [10, 15],
      ]),
    );
    near(value, 0.4, 1e-12);
    near(observed, 0.7, 1e-12);
    near(expected, 0.5, 1e-12);
    assert.equal(items, 50);
    near(ci95?.[0], 0.4 - 1.959964 * Math.sqrt(0.016128), 1e-6);
    near(ci95?.[1], 0.4 + 1.959964 * Math.sqrt(0.016128), 1e-6);
  });

  it('of two judges has no interval without a width where they differ', () => {
    // One gave a single label; and each gave the other's: the formula's variance is 0.
    for (const [table, kappa] of [
      [
        [
          [5, 5],
          [0, 0],
        ],
        0,
      ],
      [
        [
          [0, 4],
          [4, 0],
        ],
        -1,
      ],
    ] as const) {
      const { value, ci95 } = cohensKappa(pairsOf(table));
      near(value, kappa, 1e-12);
      assert.equal(ci95, null);
    }
    assert.deepEqual(
      cohensKappa(
        pairsOf([
          [4, 0],
          [0, 4],
        ]),
      ).ci95,
      [1, 1],
    );
  });

  it('of several judges, some of whom are silent, is α as Krippendorff published it', () => {
    // Krippendorff 2011, the example with four observers and twelve units: α of nominal data 0.743.
    const judges = [
      '1 2 3 3 2 1 4 1 2 . . .',
      '1 2 3 3 2 2 4 1 2 5 . 3',
      '. 3 3 3 2 3 4 2 2 5 1 .',
      '1 2 3 3 2 4 4 1 2 5 1 .',
    ].map((line) => line.split(' '));
    const units = Array.from({ length: 12 }, (_, unit) =>
      judges.map((judge) => judge[unit] ?? '.').filter((label) => label !== '.'),
    );
    const { value, ci95, items } = krippendorffsAlpha(units);
    near(value, 0.743);
    assert.equal(items, 11);
    assert.ok(ci95 !== null && ci95[0] < 0.743 && ci95[1] > 0.743 && ci95[0] > 0.2);
    assert.deepEqual(krippendorffsAlpha(units), krippendorffsAlpha(units));
  });

  it('is not defined where nothing varies, and 1 where all agree on what does', () => {
    assert.equal(
      cohensKappa([
        ['a', 'a'],
        ['a', 'a'],
      ]).value,
      null,
    );
    assert.equal(
      krippendorffsAlpha([
        ['a', 'a'],
        ['a', 'a'],
      ]).value,
      null,
    );
    // Of most numbers n, a sum of n times 1/n is not quite 1.
    for (let n = 1; n < 100; n++) assert.equal(cohensKappa(pairsOf([[n]])).value, null, `${n} items`);
    assert.equal(cohensKappa([]).value, null);
    assert.equal(krippendorffsAlpha([['a'], []]).items, 0);
    near(
      cohensKappa([
        ['a', 'a'],
        ['b', 'b'],
      ]).value,
      1,
      1e-12,
    );
    near(
      krippendorffsAlpha([
        ['a', 'a'],
        ['b', 'b'],
      ]).value,
      1,
      1e-12,
    );
  });

  it('of several readings is that of each alone', () => {
    const units = Array.from({ length: 30 }, (_, at) => ['a', at % 3 === 0 ? 'a' : 'b', at % 4 === 0 ? 'c' : 'b']);
    const readings = ['a', 'b', 'c', 'd'].map((name) => (label: string) => String(label === name));
    const alone = readings.map((read) =>
      krippendorffsAlpha(
        units.map((labels) => labels.map(read)),
        200,
      ),
    );
    const together = krippendorffsAlphas(units, readings, 200);
    assert.equal(together[3]?.value, null);
    for (const [at, { value, ci95, items }] of alone.entries()) {
      assert.equal(together[at]?.items, items);
      if (value === null) continue;
      near(together[at]?.value, value, 1e-12);
      for (const end of [0, 1] as const) near(together[at]?.ci95?.[end], ci95?.[end] ?? NaN, 1e-12);
    }
  });

  it('does not depend on the order of items or judges, nor on what labels are called', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 2, maxLength: 40 }), (pairs) => {
        const other = [...pairs].reverse().map(([one, two]): [string, string] => [`x${two}`, `x${one}`]);
        const [kappa, again] = [cohensKappa(pairs), cohensKappa(other)];
        assert.equal(kappa.value === null, again.value === null);
        if (kappa.value !== null) near(again.value, kappa.value, 1e-9);
        const [alpha, reversed] = [krippendorffsAlpha(pairs, 0), krippendorffsAlpha(other, 0)];
        if (alpha.value !== null) near(reversed.value, alpha.value, 1e-9);
        assert.ok((kappa.value ?? 0) <= 1 + 1e-12 && (kappa.value ?? 0) >= -1 - 1e-12);
      }),
    );
  });
});

describe('metrics: rates from samples', () => {
  it('of one stratum are those of a simple random sample with the correction for finite numbers', () => {
    const { rate, ci95 } = stratifiedRate([{ size: 20_000, drawn: 200, hits: 50 }]);
    near(rate, 0.25, 1e-12);
    const reach = 1.959964 * Math.sqrt((0.99 * 0.25 * 0.75) / 199);
    near(ci95?.[0], 0.25 - reach, 1e-6);
  });

  it('weigh strata by their sizes, and know what was looked at whole', () => {
    const { rate, ci95 } = stratifiedRate([
      { size: 900, drawn: 90, hits: 9 },
      { size: 100, drawn: 100, hits: 50 },
    ]);
    near(rate, 0.9 * 0.1 + 0.1 * 0.5, 1e-12);
    near(ci95?.[1], 0.14 + 1.959964 * Math.sqrt((0.81 * 0.9 * 0.1 * 0.9) / 89), 1e-6);
    assert.deepEqual(stratifiedRate([{ size: 10, drawn: 10, hits: 3 }]).ci95, [0.3, 0.3]);
  });

  it('prove nothing of what was not drawn, and say nothing of a stratum that nobody looked at', () => {
    const { rate, ci95 } = stratifiedRate([{ size: 1000, drawn: 50, hits: 0 }]);
    assert.equal(rate, 0);
    assert.ok((ci95?.[1] ?? 0) > 0.02);
    assert.equal(
      stratifiedRate([
        { size: 5, drawn: 0, hits: 0 },
        { size: 5, drawn: 5, hits: 1 },
      ]).rate,
      null,
    );
    assert.throws(() => stratifiedRate([{ size: 5, drawn: 6, hits: 0 }]), RangeError);
  });
});
