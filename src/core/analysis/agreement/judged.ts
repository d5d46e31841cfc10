import type { JudgedAnswer, Scheme } from '../../annotationModel.js';

/** An answer's labels in the order of annotators' names. */
export interface OrderedAnswer extends JudgedAnswer {
  readonly byName: readonly (readonly [string, string])[];
}

/** Answers in an order that depends on what they are alone, whatever order files came in: coefficients and draws then come out the same to the last digit. */
export function inStableOrder(judged: readonly JudgedAnswer[]): readonly OrderedAnswer[] {
  const keyed = judged.map((answer) => {
    const byName = [...answer.labels].sort(([one], [other]) => compareTexts(one, other));
    const rows = [...answer.rows].sort((one, other) => compareTexts(one.run, other.run) || one.row - other.row);
    const rest = JSON.stringify([byName, answer.adjudicated, answer.class]);
    return { answer: { ...answer, rows, byName }, rest };
  });
  keyed.sort(
    (one, other) =>
      compareTexts(one.answer.item, other.answer.item) ||
      compareTexts(firstRow(one.answer), firstRow(other.answer)) ||
      compareTexts(one.rest, other.rest),
  );
  return keyed.map(({ answer }) => answer);
}

/**
 * The one label that people give an answer: the judgement's, else the one on which all agree. `disputed` where they differ and nobody has judged;
 * null where nobody gave a label.
 */
export function settledLabel(
  answer: Pick<JudgedAnswer, 'labels' | 'adjudicated'>,
): { readonly label: string } | 'disputed' | null {
  if (answer.adjudicated !== null) return { label: answer.adjudicated };
  const [label, ...others] = new Set(answer.labels.values());
  if (label === undefined) return null;
  return others.length > 0 ? 'disputed' : { label };
}

/** Labels in the scheme's order, then those that it does not know by name; null, for disputed ones, last. Each once. */
export function inSchemeOrder<T extends string | null>(labels: Iterable<T>, scheme: Scheme): readonly T[] {
  const place = new Map(scheme.labels.map(({ id }, at) => [id, at]));
  const placeOf = (label: T): number =>
    label === null ? scheme.labels.length + 1 : (place.get(label) ?? scheme.labels.length);
  return [...new Set(labels)].sort(
    (one, other) => placeOf(one) - placeOf(other) || compareTexts(one ?? '', other ?? ''),
  );
}

/** By code units, which is the same on every machine. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function firstRow({ rows: [first] }: JudgedAnswer): string {
  return first === undefined ? '' : `${first.run}\n${String(first.row).padStart(12, '0')}`;
}
