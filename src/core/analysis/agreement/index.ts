import type { JudgedAnswer, Scheme } from '../../annotationModel.js';
import type { AgreementCounts, AgreementReport, Disagreement } from '../../agreementModel.js';
import { coefficients } from './coefficients.js';
import { compareTexts, inSchemeOrder, inStableOrder, type OrderedAnswer } from './judged.js';
import { ruleAgreement } from './ruleAgreement.js';

export { estimatesOf } from './estimates.js';

/**
 * How far annotators agree with one another, label by label too, and with the lens under which the answers were classed. Whatever order answers and
 * annotators come in, the report is the same. `classes`: the names of all classes of that lens.
 */
export function agreementOf(
  judged: readonly JudgedAnswer[],
  scheme: Scheme,
  classes: readonly string[],
): AgreementReport {
  const answers = inStableOrder(judged);
  const labelled = new Map<string, number>();
  for (const { labels } of answers) for (const name of labels.keys()) labelled.set(name, (labelled.get(name) ?? 0) + 1);
  const annotators = [...labelled.keys()].sort(compareTexts);
  return {
    counts: countsOf(answers),
    annotators: annotators.map((name) => ({ name, labelled: labelled.get(name) ?? 0 })),
    ...coefficients(answers, annotators, scheme),
    unknownLabels: unknownLabels(answers, scheme),
    rule: ruleAgreement(answers, scheme, classes),
    disagreements: answers.filter(isDisputed).map(disagreementOf),
  };
}

function isDisputed({ labels }: JudgedAnswer): boolean {
  return new Set(labels.values()).size > 1;
}

function countsOf(answers: readonly OrderedAnswer[]): AgreementCounts {
  const count = (holds: (answer: OrderedAnswer) => boolean): number => answers.filter(holds).length;
  const several = count(({ labels }) => labels.size > 1);
  const disputed = count(isDisputed);
  return {
    answers: answers.length,
    unlabelled: count(({ labels }) => labels.size === 0),
    once: count(({ labels }) => labels.size === 1),
    several,
    agreed: several - disputed,
    disputed,
    adjudicated: count(({ adjudicated }) => adjudicated !== null),
    ofNoOpenRow: count(({ rows }) => rows.length === 0),
  };
}

function unknownLabels(answers: readonly OrderedAnswer[], scheme: Scheme): readonly string[] {
  const known = new Set(scheme.labels.map(({ id }) => id));
  const named = answers.flatMap(({ labels, adjudicated }) => [
    ...labels.values(),
    ...(adjudicated === null ? [] : [adjudicated]),
  ]);
  return inSchemeOrder(
    named.filter((label) => !known.has(label)),
    scheme,
  );
}

function disagreementOf({ item, rows, byName, adjudicated, class: given }: OrderedAnswer): Disagreement {
  return { item, rows, labels: byName.map(([by, label]) => ({ by, label })), adjudicated, class: given };
}
