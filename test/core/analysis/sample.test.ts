import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Sample, SampleEstimates } from '../../../src/core/agreementModel.js';
import { estimatesOf } from '../../../src/core/analysis/agreement/index.js';
import { allocate, drawStrata } from '../../../src/core/analysis/sample.js';
import { parseSample } from '../../../src/core/analysis/sampleFile.js';
import type { JudgedAnswer } from '../../../src/core/annotationModel.js';
import { DEFAULT_SCHEME } from '../../../src/core/annotations/scheme.js';
import { stratifiedRate } from '../../../src/core/metrics/stratifiedRate.js';
import { FlipsideError } from '../../../src/core/model.js';
import { judgedAnswer } from './judgedAnswers.js';

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Two strata: 10 rows of 90, and all of 10. */
const SAMPLE: Sample = {
  ...{ seed: 1, n: 20, of: 100, filter: null, lens: 'axes', lensVersion: '1', field: 'task' },
  strata: [
    { value: 'a', size: 90, drawn: 10 },
    { value: null, size: 10, drawn: 10 },
  ],
  rows: Array.from({ length: 20 }, (_, at) => ({
    ...{ run: 'r', row: at + 1, item: `q${at + 1}`, stratum: at < 10 ? 0 : 1 },
  })),
};

function estimated(judged: readonly JudgedAnswer[], isFound: (row: number) => boolean = () => true): SampleEstimates {
  const found = SAMPLE.rows.map(({ run, row }) => (isFound(row) ? { run, row } : null));
  return estimatesOf(SAMPLE, judged, DEFAULT_SCHEME, found);
}

describe('analysis: samples', () => {
  it('give strata their shares by largest remainders, and two rows to each where there is room', () => {
    assert.deepEqual(allocate([500, 300, 200], 10), [5, 3, 2]);
    // Shares 3.5, 2.1 and 1.4: the largest remainder makes 4, 2, 1; the last gets its second row from the first.
    assert.deepEqual(allocate([50, 30, 20], 7), [3, 2, 2]);
    assert.deepEqual(allocate([9990, 9, 1], 100), [97, 2, 1]);
    // Too few for two of each, then for one of each.
    assert.deepEqual(allocate([90, 5, 5], 4), [2, 1, 1]);
    assert.deepEqual(allocate([90, 5, 5], 2), [2, 0, 0]);
    assert.deepEqual(allocate([3, 2], 10), [3, 2]);
    assert.throws(() => allocate([1.5], 1), RangeError);
  });

  it('are allocated whole, within sizes, and near the shares', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }),
        fc.nat(400),
        (sizes, n) => {
          const given = allocate(sizes, n);
          assert.equal(sum(given), Math.min(n, sum(sizes)));
          assert.ok(given.every((count, at) => count >= 0 && count <= (sizes[at] ?? 0)));
          if (n >= sizes.length) assert.ok(given.every((count) => count >= 1));
          if (n >= 2 * sizes.length) assert.ok(given.every((count, at) => count >= Math.min(2, sizes[at] ?? 0)));
          const shares = sizes.map((size) => (Math.min(n, sum(sizes)) * size) / sum(sizes));
          if (shares.every((share) => share >= 2))
            assert.ok(given.every((count, at) => Math.abs(count - (shares[at] ?? 0)) < 1));
        },
      ),
    );
  });

  it('draw each row at most once, the same ones for the same seed, all of a stratum as likely', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.nat(100), fc.nat(), (of, n, seed) => {
        const allocation = allocate(of, n);
        const drawn = drawStrata(of, allocation, seed);
        assert.deepEqual(drawStrata(of, allocation, seed), drawn);
        assert.equal(new Set(drawn.map(({ stratum, position }) => `${stratum} ${position}`)).size, drawn.length);
        assert.ok(drawn.every(({ stratum, position }) => position >= 0 && position < (of[stratum] ?? 0)));
        assert.deepEqual(
          of.map((_, at) => drawn.filter(({ stratum }) => stratum === at).length),
          allocation,
        );
      }),
    );
    const first = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 5000; seed++) {
      const at = drawStrata([3, 2], [3, 2], seed)[0];
      const place = (at?.stratum ?? 0) * 3 + (at?.position ?? 0);
      first[place] = (first[place] ?? 0) + 1;
    }
    // 1000 each, with a standard deviation of 28.
    assert.ok(
      first.every((count) => Math.abs(count - 1000) < 140),
      first.join(' '),
    );
  });

  it('estimate rates among all rows, by the sizes of strata', () => {
    const judged = SAMPLE.rows.map(({ item, row }) =>
      judgedAnswer(item, { ann: row <= 2 || row > 15 ? 'horizontal-flip' : 'other' }),
    );
    const { rates, strata, labelled, unlabelled } = estimated(judged);
    assert.deepEqual([labelled, unlabelled], [20, 0]);
    assert.deepEqual(
      strata.map((stratum) => stratum.labelled),
      [10, 10],
    );
    assert.deepEqual(
      rates.map(({ label, count }) => [label, count]),
      [
        ['horizontal-flip', 7],
        ['other', 13],
      ],
    );
    const [flip, other] = rates;
    assert.equal(flip?.rate, 0.9 * 0.2 + 0.1 * 0.5);
    assert.deepEqual(
      flip?.ci95,
      stratifiedRate([
        { size: 90, drawn: 10, hits: 2 },
        { size: 10, drawn: 10, hits: 5 },
      ]).ci95,
    );
    assert.ok(Math.abs((flip?.rate ?? 0) + (other?.rate ?? 0) - 1) < 1e-12);
  });

  it('count of each stratum what was labelled, and tell no rate where that is nothing', () => {
    const some = SAMPLE.rows.filter(({ row }) => row % 2 === 0);
    const half = estimated(some.map(({ item }) => judgedAnswer(item, { ann: 'other' })));
    assert.deepEqual([half.labelled, half.unlabelled, half.notFound], [10, 10, 0]);
    assert.deepEqual(
      half.strata.map(({ drawn, labelled }) => [drawn, labelled]),
      [
        [10, 5],
        [10, 5],
      ],
    );
    assert.equal(half.rates[0]?.rate, 1);
    assert.ok((half.rates[0]?.ci95?.[0] ?? 1) < 0.9, 'nobody has looked at the others');
    const first = estimated([judgedAnswer('q1', { ann: 'other' })]);
    assert.deepEqual(first.rates, [{ label: 'other', count: 1, rate: null, ci95: null }]);
    assert.deepEqual(estimated([]).rates, []);
  });

  it('count what was judged between annotators, and name what still is disputed', () => {
    const labels = { ann: 'other', ben: 'wrong-object' };
    const judged = SAMPLE.rows.map(({ item, row }) =>
      judgedAnswer(item, labels, { adjudicated: row % 2 === 0 ? 'wrong-object' : null }),
    );
    assert.deepEqual(
      estimated(judged).rates.map(({ label, count, rate }) => [label, count, rate]),
      [
        ['wrong-object', 10, 0.5],
        [null, 10, 0.5],
      ],
    );
  });

  it('find one answer in several runs, and leave out rows that are another item now', () => {
    const twice = [
      judgedAnswer(
        'q1',
        { ann: 'other' },
        {
          rows: [
            { run: 'elsewhere', row: 9 },
            { run: 'r', row: 1 },
          ],
        },
      ),
      judgedAnswer('q2', { ann: 'other' }),
    ];
    assert.equal(estimated(twice).labelled, 2);
    const moved = estimated(twice, (row) => row !== 2);
    assert.deepEqual([moved.labelled, moved.unlabelled, moved.notFound], [1, 19, 1]);
  });

  it('have intervals that hold the true rate in some 95 of 100 samples', () => {
    const sizes = [700, 200, 100];
    const rates = [0.2, 0.5, 0.8];
    const truth = sum(sizes.map((size, at) => size * (rates[at] ?? 0))) / sum(sizes);
    const hasIt = (stratum: number, position: number): boolean =>
      position < (sizes[stratum] ?? 0) * (rates[stratum] ?? 0);
    const allocation = allocate(sizes, 150);
    let held = 0;
    for (let seed = 0; seed < 400; seed++) {
      const drawn = drawStrata(sizes, allocation, seed);
      const { ci95 } = stratifiedRate(
        sizes.map((size, at) => ({
          size,
          drawn: allocation[at] ?? 0,
          hits: drawn.filter(({ stratum, position }) => stratum === at && hasIt(stratum, position)).length,
        })),
      );
      if (ci95 !== null && ci95[0] <= truth && truth <= ci95[1]) held++;
    }
    assert.ok(held >= 368 && held <= 394, `${held} of 400`);
  });
});

describe('analysis: files of samples', () => {
  const written = { flipsideSample: 1, ...SAMPLE };
  const refused = (change: object): string => {
    try {
      parseSample(JSON.stringify({ ...written, ...change }), 'sample.json');
    } catch (error) {
      assert.ok(error instanceof FlipsideError);
      assert.equal(error.options.file, 'sample.json');
      return error.message;
    }
    return assert.fail('it was read');
  };

  it('are read as they were written', () => {
    assert.deepEqual(parseSample(JSON.stringify(written), 'sample.json'), SAMPLE);
  });

  it('are refused with what is wrong of them', () => {
    assert.throws(() => parseSample('[', 'sample.json'), /sample\.json is no sample that can be used: it is no JSON/);
    assert.match(refused({ flipsideSample: 2 }), /"flipsideSample" must be 1, .* and is 2\./);
    assert.match(refused({ seed: -1 }), /"seed" must be a whole number of at least 0, and is -1/);
    assert.match(refused({ of: 101 }), /strata have not the 101 rows/);
    assert.match(refused({ rows: SAMPLE.rows.slice(1) }), /strata\[0\] says that 10 rows were drawn, and 9 are listed/);
    const [first] = SAMPLE.rows;
    assert.match(
      refused({ rows: [first, ...SAMPLE.rows.slice(0, 9), ...SAMPLE.rows.slice(10)] }),
      /rows\[1\] is listed twice/,
    );
    assert.match(refused({ rows: [{ run: 'r', row: 1 }] }), /rows\[0\] must name its "run" and "item"/);
    assert.match(refused({ strata: [{ value: null, size: 1, drawn: 2 }] }), /strata\[0\] has 2 drawn of 1/);
  });
});
