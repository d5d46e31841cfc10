import type { AgreementAnswer } from '../../core/analysis.js';
import { fixed, percent, plural, range } from '../../core/analysis/numbers.js';
import type { Cell, ColumnSpec, Section } from '../report.js';

type Coefficient = AgreementAnswer['pairs'][number]['kappa'];
type Pairs = AgreementAnswer['pairs'];

/** As many disagreements as are printed; JSON holds all. */
const LISTED = 50;

/** Tables of who labelled what, how far labels agree, and how they stand to the classes of the lens. */
export function agreementSections(answer: AgreementAnswer): Section[] {
  if (answer.counts.answers === 0) return [{ title: 'Nothing is labelled yet', columns: [], rows: [], notes: [] }];
  return [
    annotators(answer),
    ...(answer.pairs.length > 0 ? [coefficients(answer), byLabel(answer)] : []),
    ...(answer.rule.answers > 0 ? [matrix(answer), shared(answer)] : []),
    ...(answer.disagreements.length > 0 ? [disagreements(answer)] : []),
  ];
}

function annotators({ annotators: names, counts, unknownLabels }: AgreementAnswer): Section {
  const { answers, once, several, agreed, disputed, adjudicated, unlabelled, ofNoOpenRow } = counts;
  return {
    title: `${plural(answers, 'answer')} with annotations`,
    columns: [{ name: 'annotator' }, { name: 'labelled', align: 'right' }],
    rows: names.map(({ name, labelled }) => [name, labelled]),
    notes: [
      `Labelled by one: ${once}; by several: ${several}, of which they agree on ${agreed} and differ on ${disputed}; without a label: ${unlabelled}. Judged between annotators: ${adjudicated}.`,
      ...(ofNoOpenRow > 0 ? [`Of ${plural(ofNoOpenRow, 'answer')} no prediction is among the open runs.`] : []),
      ...(unknownLabels.length > 0 ? [`Not in the scheme: ${unknownLabels.join(', ')}. They count as labels.`] : []),
    ],
  };
}

const OF_COEFFICIENTS: readonly ColumnSpec[] = [
  { name: 'annotators' },
  { name: 'coefficient' },
  { name: 'answers', align: 'right' },
  { name: 'observed', align: 'right' },
  { name: 'by chance', align: 'right' },
  { name: 'value', align: 'right' },
  { name: '95 % CI', align: 'right' },
];

function coefficients({ pairs, alpha }: AgreementAnswer): Section {
  return {
    title: 'Agreement of annotators',
    columns: OF_COEFFICIENTS,
    rows: coefficientRows(pairs, alpha),
    notes: [
      'κ: Cohen’s kappa over the answers that both labelled. α: Krippendorff’s alpha over those that at least two labelled. A dash: nothing varies that could be agreed on, or no interval can be told. Where all agree, intervals have no width: they are of large samples.',
    ],
  };
}

function byLabel({ byLabel: labels }: AgreementAnswer): Section {
  return {
    title: 'Agreement on each label, against all others',
    columns: [{ name: 'label' }, { name: 'given', align: 'right' }, ...OF_COEFFICIENTS],
    rows: labels.flatMap(({ label, title, given, pairs, alpha }) =>
      coefficientRows(pairs, alpha).map((row): Cell[] => [
        title === null ? `${label} (not in the scheme)` : label,
        given,
        ...row,
      ]),
    ),
    notes: ['Given: how often annotators gave the label.'],
  };
}

function coefficientRows(pairs: Pairs, alpha: Coefficient | null): Cell[][] {
  return [
    ...pairs.map(({ annotators: names, kappa }) => [names.join(', '), 'κ', ...numbersOf(kappa)]),
    ...(alpha === null ? [] : [['all', 'α', ...numbersOf(alpha)]]),
  ];
}

function numbersOf({ items, observed, expected, value, ci95 }: Coefficient): Cell[] {
  return [items, percent(observed), percent(expected), fixed(value, 3), range(ci95, 3)];
}

function matrix({ rule, lens, lensVersion }: AgreementAnswer): Section {
  return {
    title: `Human labels against classes, lens ${lens} v${lensVersion}`,
    columns: [
      { name: 'label' },
      ...rule.classes.map((name): ColumnSpec => ({ name: name ?? '(none)', align: 'right' })),
    ],
    rows: rule.labels.map((label, at) => [label ?? '(disputed)', ...(rule.counts[at] ?? [])]),
    notes: [
      `${plural(rule.answers, 'answer')} of open runs. The label is that of the judgement between annotators, else the one on which all agree. (none): right, not read, or of no class.`,
    ],
  };
}

function shared({ rule, lens }: AgreementAnswer): Section {
  const { amongShared, settled } = rule;
  return {
    title: `Labels that are called like a class of ${lens}`,
    columns: [
      { name: 'name' },
      { name: 'by people', align: 'right' },
      { name: 'by the rule', align: 'right' },
      { name: 'by both', align: 'right' },
    ],
    rows: rule.shared.map(({ name, human, rule: ruled, both }) => [name, human, ruled, both]),
    notes:
      rule.shared.length === 0
        ? ['There are none: κ of people and rule is not told.']
        : [
            `κ of people and rule where both give one of these: ${kappaInWords(amongShared)}.`,
            `κ over all answers with one label, everything else taken as one: ${kappaInWords(settled)}.`,
          ],
  };
}

function kappaInWords({ value, ci95, items }: Coefficient): string {
  return `${`${fixed(value, 3)} ${range(ci95, 3)}`.trim()} (${plural(items, 'answer')})`;
}

function disagreements({ disagreements: all }: AgreementAnswer): Section {
  const more = all.length - LISTED;
  return {
    title: `Answers on which annotators differ: ${all.length}`,
    columns: [
      { name: 'item' },
      { name: 'labels', weight: 2, wrap: true },
      { name: 'judged' },
      { name: 'class' },
      { name: 'rows', weight: 2, wrap: true },
    ],
    rows: all
      .slice(0, LISTED)
      .map(({ item, labels, adjudicated, class: given, rows }) => [
        item,
        labels.map(({ by, label }) => `${by}: ${label}`).join(', '),
        adjudicated,
        given,
        rows.length === 0 ? '(of no open run)' : rows.map(({ run, row }) => `${run}:${row}`).join(', '),
      ]),
    notes: more > 0 ? [`… and ${more} more: --format json lists all.`] : [],
  };
}
