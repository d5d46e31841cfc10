import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Coefficient, PairAgreement } from '../../../src/core/agreementModel.js';
import { agreementOf } from '../../../src/core/analysis/agreement/index.js';
import type { JudgedAnswer } from '../../../src/core/annotationModel.js';
import { DEFAULT_SCHEME } from '../../../src/core/annotations/scheme.js';
import { LENSES } from '../../../src/core/relations/lenses/index.js';
import { judgedAnswer } from './judgedAnswers.js';

const AXES = LENSES.find((lens) => lens.name === 'axes');
const CLASSES = [...(AXES?.rules.map((rule) => rule.class) ?? []), AXES?.otherwise ?? ''];

interface Expected {
  readonly value: number | null;
  readonly items: number;
}

type ExpectedPair = Expected & {
  readonly annotators: [string, string];
  readonly ci95: [number, number] | null;
  readonly observed: number | null;
  readonly expected: number | null;
};

/** What test/reference/agreement.py writes: labels, and what it makes of them by other means. */
interface Case {
  readonly answers: { readonly [annotator: string]: string }[];
  readonly pairs: ExpectedPair[];
  readonly alpha: Expected;
  readonly byLabel: Readonly<Record<string, { readonly pairs: ExpectedPair[]; readonly alpha: Expected }>>;
}

const { cases } = JSON.parse(readFileSync(new URL('../../reference/agreement.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

function near(actual: number | null | undefined, expected: number | null, within: number, what: string): void {
  if (expected === null || actual === null || actual === undefined) assert.equal(actual, expected, what);
  else assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, not ${expected}`);
}

function assertPairs(actual: readonly PairAgreement[], expected: readonly ExpectedPair[], what: string): void {
  assert.deepEqual(
    actual.map(({ annotators }) => annotators),
    expected.map(({ annotators }) => annotators),
  );
  for (const [at, { kappa }] of actual.entries()) {
    const own = expected[at];
    const where = `${what}, ${own?.annotators.join(' and ')}`;
    assert.equal(kappa.items, own?.items, where);
    for (const name of ['value', 'observed', 'expected'] as const) near(kappa[name], own?.[name] ?? null, 1e-9, where);
    const [lower = 0, upper = 0] = own?.ci95 ?? [];
    // Of one without a width nothing is told where annotators differ.
    const interval = upper - lower > 1e-9 || own?.observed === 1 ? own?.ci95 : null;
    for (const end of [0, 1]) near(kappa.ci95?.[end] ?? null, interval?.[end] ?? null, 1e-6, `${where}, interval`);
  }
}

function assertAlpha(actual: Coefficient | null, expected: Expected, annotators: number, what: string): void {
  if (annotators < 3) return assert.equal(actual, null);
  assert.equal(actual?.items, expected.items, what);
  near(actual?.value, expected.value, 1e-9, `${what}, alpha`);
  if (expected.value !== null && actual?.ci95) assert.ok(actual.ci95[0] <= expected.value + 1e-12);
}

describe('analysis: agreement of annotators', () => {
  for (const [at, { answers, pairs, alpha, byLabel }] of cases.entries()) {
    it(`is what the definitions give in exact fractions, case ${at + 1}`, () => {
      const judged = answers.map((labels, row) => judgedAnswer(`q${row + 1}`, labels));
      const report = agreementOf(judged, DEFAULT_SCHEME, CLASSES);
      assertPairs(report.pairs, pairs, 'all labels');
      assertAlpha(report.alpha, alpha, report.annotators.length, 'all labels');
      assert.deepEqual(report.byLabel.map(({ label }) => label).sort(), Object.keys(byLabel).sort());
      for (const own of report.byLabel) {
        const expected = byLabel[own.label];
        assertPairs(own.pairs, expected?.pairs ?? [], own.label);
        if (expected !== undefined) assertAlpha(own.alpha, expected.alpha, report.annotators.length, own.label);
      }
    });
  }

  it('tells who labelled what, what they differ on, and what was judged between them', () => {
    const judged = [
      judgedAnswer('q2', { ben: 'other', ann: 'orthogonal' }, { adjudicated: 'orthogonal', class: 'orthogonal' }),
      judgedAnswer('q1', { ann: 'other', ben: 'wrong-frame' }),
      judgedAnswer('q3', { ann: 'other', ben: 'other' }, { rows: [] }),
      judgedAnswer('q4', { ann: 'other' }),
      judgedAnswer('q5', {}),
    ];
    const { counts, annotators, disagreements } = agreementOf(judged, DEFAULT_SCHEME, CLASSES);
    assert.deepEqual(counts, {
      ...{ answers: 5, unlabelled: 1, once: 1, several: 3, agreed: 1, disputed: 2, adjudicated: 1, ofNoOpenRow: 1 },
    });
    assert.deepEqual(annotators, [
      { name: 'ann', labelled: 4 },
      { name: 'ben', labelled: 3 },
    ]);
    assert.deepEqual(disagreements, [
      {
        ...{ item: 'q1', rows: [{ run: 'r', row: 1 }], adjudicated: null, class: null },
        labels: [
          { by: 'ann', label: 'other' },
          { by: 'ben', label: 'wrong-frame' },
        ],
      },
      {
        ...{ item: 'q2', rows: [{ run: 'r', row: 2 }], adjudicated: 'orthogonal', class: 'orthogonal' },
        labels: [
          { by: 'ann', label: 'orthogonal' },
          { by: 'ben', label: 'other' },
        ],
      },
    ]);
  });

  it('keeps labels that the scheme does not know, and says so', () => {
    const judged = [
      judgedAnswer('q1', { ann: 'zebra', ben: 'other' }, { adjudicated: 'aardvark' }),
      judgedAnswer('q2', { ann: 'horizontal-flip', ben: 'horizontal-flip' }),
    ];
    const { byLabel, unknownLabels } = agreementOf(judged, DEFAULT_SCHEME, CLASSES);
    assert.deepEqual(unknownLabels, ['aardvark', 'zebra']);
    assert.deepEqual(
      byLabel.map(({ label, title, given }) => [label, title, given]),
      [
        ['horizontal-flip', 'true horizontal flip', 2],
        ['other', 'other', 1],
        ['zebra', null, 1],
      ],
    );
  });

  it('sets human labels against the classes of the lens', () => {
    const flip = { ann: 'horizontal-flip', ben: 'horizontal-flip' };
    const judged = [
      judgedAnswer('q1', flip, { class: 'horizontal-flip' }),
      judgedAnswer('q2', flip, { class: 'horizontal-flip' }),
      judgedAnswer('q3', flip, { class: 'orthogonal' }),
      judgedAnswer('q4', { ann: 'orthogonal' }, { class: 'orthogonal' }),
      judgedAnswer('q5', { ann: 'gold-wrong' }, { class: 'horizontal-flip' }),
      judgedAnswer('q6', { ann: 'orthogonal', ben: 'other' }, { class: 'orthogonal' }),
      judgedAnswer('q7', { ann: 'other', ben: 'orthogonal' }, { adjudicated: 'orthogonal' }),
      judgedAnswer('q8', flip, { rows: [] }),
      judgedAnswer('q9', {}, { class: 'orthogonal' }),
    ];
    const { rule } = agreementOf(judged, DEFAULT_SCHEME, CLASSES);
    assert.equal(rule.answers, 7);
    assert.deepEqual(rule.labels, ['horizontal-flip', 'orthogonal', 'gold-wrong', null]);
    assert.deepEqual(rule.classes, ['horizontal-flip', 'orthogonal', null]);
    assert.deepEqual(rule.counts, [
      [2, 1, 0],
      [0, 1, 1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    assert.deepEqual(rule.shared, [
      { name: 'horizontal-flip', human: 3, rule: 3, both: 2 },
      { name: 'depth-flip', human: 0, rule: 0, both: 0 },
      { name: 'vertical-flip', human: 0, rule: 0, both: 0 },
      { name: 'orthogonal', human: 2, rule: 2, both: 1 },
    ]);
    // q1 to q4: 3 of 4 the same, by chance 3/4 · 2/4 + 1/4 · 2/4 = 1/2.
    assert.equal(rule.amongShared.items, 4);
    near(rule.amongShared.value, 0.5, 1e-12, 'among shared names');
    // q1 to q5 and q7: 3 of 6 the same, by chance (3 · 3 + 2 · 2 + 1 · 1)/36.
    assert.equal(rule.settled.items, 6);
    near(rule.settled.value, (1 / 2 - 14 / 36) / (1 - 14 / 36), 1e-12, 'settled');
  });

  it('of nothing is empty', () => {
    const report = agreementOf([], DEFAULT_SCHEME, CLASSES);
    assert.equal(report.counts.answers, 0);
    assert.deepEqual([report.pairs, report.alpha, report.byLabel, report.disagreements], [[], null, [], []]);
    assert.equal(report.rule.settled.value, null);
  });

  const label = fc.constantFrom('horizontal-flip', 'orthogonal', 'other', 'unheard-of');
  const answers = fc.array(
    fc.record({
      labels: fc.dictionary(fc.constantFrom('ann', 'ben', 'cleo'), label),
      adjudicated: fc.option(label),
      class: fc.option(fc.constantFrom('horizontal-flip', 'orthogonal', 'opposite')),
      isOpen: fc.boolean(),
    }),
    { maxLength: 15 },
  );
  const judgedOf = (drawn: typeof answers extends fc.Arbitrary<infer T> ? T : never): JudgedAnswer[] =>
    drawn.map(({ labels, isOpen, ...more }, at) =>
      judgedAnswer(`q${at + 1}`, labels, isOpen ? more : { ...more, rows: [], class: null }),
    );

  it('does not depend on the order of answers and annotators', () => {
    fc.assert(
      fc.property(answers, (drawn) => {
        const judged = judgedOf(drawn);
        const turned = [...judged].reverse().map((each) => ({ ...each, labels: new Map([...each.labels].reverse()) }));
        assert.deepEqual(agreementOf(turned, DEFAULT_SCHEME, CLASSES), agreementOf(judged, DEFAULT_SCHEME, CLASSES));
      }),
      { numRuns: 25 },
    );
  });

  it('has counts that add up', () => {
    fc.assert(
      fc.property(answers, (drawn) => {
        const judged = judgedOf(drawn);
        const { counts, annotators, byLabel, rule, disagreements } = agreementOf(judged, DEFAULT_SCHEME, CLASSES);
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        assert.equal(counts.answers, judged.length);
        assert.equal(counts.answers, counts.unlabelled + counts.once + counts.several);
        assert.equal(counts.several, counts.agreed + counts.disputed);
        assert.equal(disagreements.length, counts.disputed);
        assert.equal(sum(annotators.map(({ labelled }) => labelled)), sum(byLabel.map(({ given }) => given)));
        assert.equal(rule.answers, sum(rule.counts.map(sum)));
        const silent = judged.filter(
          ({ rows, labels, adjudicated }) => rows.length > 0 && labels.size === 0 && adjudicated === null,
        );
        assert.equal(rule.answers, counts.answers - counts.ofNoOpenRow - silent.length);
        for (const { human, rule: ruled, both } of rule.shared) assert.ok(both <= human && both <= ruled);
      }),
      { numRuns: 25 },
    );
  });
});
