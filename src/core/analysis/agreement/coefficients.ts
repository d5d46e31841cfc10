import type { Scheme } from '../../annotationModel.js';
import type { AgreementReport, Coefficient, LabelAgreement, PairAgreement } from '../../agreementModel.js';
import { cohensKappa, krippendorffsAlphas } from '../../metrics/agreement.js';
import { inSchemeOrder, type OrderedAnswer } from './judged.js';

/** From so many annotators on α is told: of two, κ says what there is to say. */
const SEVERAL = 3;

/** How a label counts: as itself, or as one against all others. */
type Reading = (label: string) => string;

const AS_IT_IS: Reading = (label) => label;

/**
 * How far annotators agree, on all labels and on each that somebody gave against all others: κ of every two in the order of names, over the answers that
 * both labelled, and from three annotators on Krippendorff's α over the answers with two labels at least, with intervals of draws with the seed 1.
 */
export function coefficients(
  answers: readonly OrderedAnswer[],
  annotators: readonly string[],
  scheme: Scheme,
): Pick<AgreementReport, 'pairs' | 'alpha' | 'byLabel'> {
  const given = new Map<string, number>();
  for (const { labels } of answers) for (const label of labels.values()) given.set(label, (given.get(label) ?? 0) + 1);
  const names = inSchemeOrder(given.keys(), scheme);
  const readings = names.map(
    (name): Reading =>
      (label) =>
        label === name ? 'it' : 'another',
  );
  const [alpha = null, ...alphas] = alphasOf(answers, annotators, [AS_IT_IS, ...readings]);
  const titles = new Map(scheme.labels.map(({ id, title }) => [id, title]));
  return {
    pairs: pairAgreements(answers, annotators, AS_IT_IS),
    alpha,
    byLabel: names.map((label, at): LabelAgreement => ({
      label,
      title: titles.get(label) ?? null,
      given: given.get(label) ?? 0,
      pairs: pairAgreements(answers, annotators, readings[at] ?? AS_IT_IS),
      alpha: alphas[at] ?? null,
    })),
  };
}

function pairAgreements(
  answers: readonly OrderedAnswer[],
  annotators: readonly string[],
  read: Reading,
): readonly PairAgreement[] {
  return annotators.flatMap((one, at) =>
    annotators.slice(at + 1).map((other): PairAgreement => {
      const pairs = answers.flatMap(({ labels }): [string, string][] => {
        const [first, second] = [labels.get(one), labels.get(other)];
        return first === undefined || second === undefined ? [] : [[read(first), read(second)]];
      });
      return { annotators: [one, other], kappa: cohensKappa(pairs) };
    }),
  );
}

function alphasOf(
  answers: readonly OrderedAnswer[],
  annotators: readonly string[],
  readings: readonly Reading[],
): readonly Coefficient[] {
  if (annotators.length < SEVERAL) return [];
  return krippendorffsAlphas(
    answers.map(({ byName }) => byName.map(([, label]) => label)),
    readings,
  );
}
