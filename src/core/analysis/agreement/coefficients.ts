import type { Scheme } from '../../annotationModel.js';
import type { Coefficient, LabelAgreement, PairAgreement } from '../../agreementModel.js';
import { cohensKappa, krippendorffsAlpha } from '../../metrics/agreement.js';
import { inSchemeOrder, type OrderedAnswer } from './judged.js';

/** From so many annotators on α is told: of two, κ says what there is to say. */
const SEVERAL = 3;

/** How a label counts: as itself, or as one against all others. */
type Reading = (label: string) => string;

const AS_IT_IS: Reading = (label) => label;

/** κ of every two annotators, in the order of names, over the answers that both labelled. */
export function pairAgreements(
  answers: readonly OrderedAnswer[],
  annotators: readonly string[],
  read: Reading = AS_IT_IS,
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

/** Krippendorff's α over the answers with at least two labels; null with fewer than three annotators. The interval's draws have the seed 1. */
export function alphaOf(
  answers: readonly OrderedAnswer[],
  annotators: readonly string[],
  read: Reading = AS_IT_IS,
): Coefficient | null {
  if (annotators.length < SEVERAL) return null;
  return krippendorffsAlpha(answers.map(({ byName }) => byName.map(([, label]) => read(label))));
}

/** Of each label that somebody gave, how far annotators agree on it against all others. */
export function labelAgreements(
  answers: readonly OrderedAnswer[],
  annotators: readonly string[],
  scheme: Scheme,
): readonly LabelAgreement[] {
  const given = new Map<string, number>();
  for (const { labels } of answers) for (const label of labels.values()) given.set(label, (given.get(label) ?? 0) + 1);
  const titles = new Map(scheme.labels.map(({ id, title }) => [id, title]));
  return inSchemeOrder(given.keys(), scheme).map((label) => {
    const read: Reading = (each) => (each === label ? 'it' : 'another');
    return {
      label,
      title: titles.get(label) ?? null,
      given: given.get(label) ?? 0,
      pairs: pairAgreements(answers, annotators, read),
      alpha: alphaOf(answers, annotators, read),
    };
  });
}
