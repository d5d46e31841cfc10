import type { Relabel, Scheme } from '../annotationModel.js';
import type { FileProblem } from '../annotations/book.js';
import type { Annotation, AnnotatedAnswer } from '../annotations/fold.js';
import type { ItemContent } from '../store/annotationTable.js';

/** What comes with what people say. */
export interface Said {
  readonly scheme: Scheme;
  /** Lines that are no events, files that cannot be read, a scheme that cannot be used. */
  readonly problems: readonly FileProblem[];
}

/** The label that says that the right answer is wrong, whatever else a scheme holds. */
const GOLD_WRONG = 'gold-wrong';

/** Right answers that somebody holds to be wrong, by the items of what is said; `rows`: of each item those that are open. */
export function relabelsOf(
  answers: readonly AnnotatedAnswer[],
  rows: ReadonlyMap<string, readonly ItemContent[]>,
): Relabel[] {
  const items = new Map<string, AnnotatedAnswer[]>();
  for (const answer of answers) items.set(answer.identity, [...(items.get(answer.identity) ?? []), answer]);
  return [...items].flatMap(([identity, ofItem]) => relabelOf(ofItem, rows.get(identity) ?? []) ?? []);
}

function relabelOf(answers: readonly AnnotatedAnswer[], rows: readonly ItemContent[]): Relabel | null {
  const said = answers.flatMap(({ annotations }) => [...annotations.values()]).filter(isAgainstGold);
  const judgement = answers.flatMap(({ adjudication }) => adjudication ?? []).reduce<Annotation | null>(later, null);
  const [first] = answers;
  if (first === undefined || (said.length === 0 && (judgement === null || !isAgainstGold(judgement)))) return null;
  return {
    dataset: first.met[0]?.dataset ?? null,
    item: first.ids[0] ?? '',
    content: first.content,
    from: rows[0]?.gold ?? null,
    to: judgement?.marks.gold ?? agreed(said),
    by: [...new Set(said.map(({ by }) => by))].sort(),
    notes: said.flatMap(({ marks }) => marks.note ?? []),
    accepted: judgement === null ? null : isAgainstGold(judgement),
    rows: rows.map(({ run, row }) => ({ run, row })),
  };
}

function isAgainstGold({ marks }: Annotation): boolean {
  return typeof marks.gold === 'string' || marks.label === GOLD_WRONG;
}

/** The corrected answer, where all who name one name the same. */
function agreed(said: readonly Annotation[]): string | null {
  const named = [...new Set(said.flatMap(({ marks }) => marks.gold ?? []))];
  return named.length === 1 ? (named[0] ?? null) : null;
}

function later(one: Annotation | null, other: Annotation): Annotation {
  return one === null || other.event.order > one.event.order ? other : one;
}
