import type { Scheme } from '../../annotationModel.js';
import type { RuleAgreement } from '../../agreementModel.js';
import { cohensKappa } from '../../metrics/agreement.js';
import { compareTexts, inSchemeOrder, settledLabel, type OrderedAnswer } from './judged.js';

/** Stands for all labels and classes that are no shared name; no label and no class is empty. */
const ANOTHER = '';

/**
 * Human labels against the lens: every answer that has an open row and a human label, in one cell. `classes`: all that the lens can give. Answers of no
 * open row are left out, since no rule was asked about them.
 */
export function ruleAgreement(
  answers: readonly OrderedAnswer[],
  scheme: Scheme,
  classes: readonly string[],
): RuleAgreement {
  const cells = answers.flatMap((answer) => {
    const settled = settledLabel(answer);
    if (answer.rows.length === 0 || settled === null) return [];
    return [{ label: settled === 'disputed' ? null : settled.label, class: answer.class }];
  });
  const rows = inSchemeOrder(
    cells.map(({ label }) => label),
    scheme,
  );
  const columns = inClassOrder(cells.map((cell) => cell.class));
  const counts = rows.map(() => columns.map(() => 0));
  for (const cell of cells) {
    const row = counts[rows.indexOf(cell.label)];
    const column = columns.indexOf(cell.class);
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  const settled = cells.flatMap(({ label, class: given }) => (label === null ? [] : [{ label, class: given }]));
  return { answers: cells.length, labels: rows, classes: columns, counts, ...sharedNames(settled, scheme, classes) };
}

interface SettledCell {
  readonly label: string;
  readonly class: string | null;
}

function sharedNames(
  settled: readonly SettledCell[],
  scheme: Scheme,
  classes: readonly string[],
): Pick<RuleAgreement, 'shared' | 'amongShared' | 'settled'> {
  const labels = inSchemeOrder([...scheme.labels.map(({ id }) => id), ...settled.map(({ label }) => label)], scheme);
  const names = labels.filter((label) => classes.includes(label));
  const isShared = (name: string | null): name is string => name !== null && names.includes(name);
  const among = settled.flatMap((cell): [string, string][] =>
    isShared(cell.label) && isShared(cell.class) ? [[cell.label, cell.class]] : [],
  );
  const read = (name: string | null): string => (isShared(name) ? name : ANOTHER);
  return {
    shared: names.map((name) => ({
      name,
      human: settled.filter(({ label }) => label === name).length,
      rule: settled.filter((cell) => cell.class === name).length,
      both: settled.filter((cell) => cell.label === name && cell.class === name).length,
    })),
    amongShared: cohensKappa(among),
    settled: cohensKappa(settled.map((cell) => [read(cell.label), read(cell.class)])),
  };
}

/** By name, answers without a class last. */
function inClassOrder(classes: readonly (string | null)[]): readonly (string | null)[] {
  const names = [...new Set(classes)].filter((name) => name !== null).sort(compareTexts);
  return classes.includes(null) ? [...names, null] : names;
}
