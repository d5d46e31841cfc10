import { DISPUTED, type AnnotatorsMarks, type ItemAnnotations, type Marks, type Scheme } from '../annotationModel.js';
import type { Annotation } from '../annotations/fold.js';
import type { AnnotatedRow, AnnotationStatus, ItemContent } from '../store/annotationTable.js';
import { settledLabel } from './agreement/judged.js';
import type { Matched } from './annotationMatches.js';

export { DISPUTED } from '../annotationModel.js';

/** Who looks at annotations. */
export interface Viewer {
  /** The annotator; null as long as nobody has given a name. */
  readonly name: string | null;
  /** What others say is held back until the viewer has chosen a label. */
  readonly blind: boolean;
}

/** What is said of an item, as far as the viewer may see it. */
export function itemAnnotations(matched: Matched, scheme: Scheme, viewer: Viewer): ItemAnnotations {
  const { byAnnotator, adjudication } = saidOf(matched, scheme);
  const mine = viewer.name === null ? null : (byAnnotator.get(viewer.name) ?? null);
  const hidden = viewer.blind && typeof mine?.marks.label !== 'string';
  const stale = matched.stale.flatMap(({ answer, changed }) =>
    [...answer.annotations.values()].map((each) => ({ ...marksOf(each), changed })),
  );
  return {
    mine,
    others: hidden ? [] : [...byAnnotator.values()].filter(({ by }) => by !== viewer.name),
    adjudication: hidden ? null : adjudication,
    stale: hidden ? stale.filter(({ by }) => by === viewer.name) : stale,
    hidden,
  };
}

/** The fields of a row; null where nothing is said of it that the viewer may see. */
export function rowAnnotations(
  content: ItemContent,
  matched: Matched,
  scheme: Scheme,
  viewer: Viewer,
): AnnotatedRow | null {
  const { mine, others, adjudication, stale } = itemAnnotations(matched, scheme, viewer);
  const said = [...(mine === null ? [] : [mine]), ...others].sort((one, other) => (one.by < other.by ? -1 : 1));
  if (said.length === 0 && adjudication === null && stale.length === 0) return null;
  const settled = labelAndStatus(said, adjudication);
  const first = <T>(of: (marks: Marks) => T | null | undefined): T | null =>
    [...(adjudication === null ? [] : [adjudication]), ...said].map(({ marks }) => of(marks)).find(isSaid) ?? null;
  const sure = said.map(({ marks }) => marks.confidence).filter(isSaid);
  const notes = said.flatMap(({ by, marks }) =>
    typeof marks.note !== 'string' ? [] : said.length === 1 ? [marks.note] : [`${by}: ${marks.note}`],
  );
  return {
    ...{ runIndex: content.runIndex, row: content.row },
    label: settled.label,
    status: said.length === 0 && adjudication === null ? 'stale' : settled.status,
    by: said.map(({ by }) => by),
    note: notes.length === 0 ? null : notes.join('\n'),
    confidence: sure.length === 0 ? null : sure.reduce((sum, each) => sum + each, 0) / sure.length,
    gold: first(({ gold }) => gold),
    class: first((marks) => marks.class),
    mine: mine?.marks.label ?? null,
  };
}

/** The label that counts, and by whom it does. */
function labelAndStatus(
  said: readonly AnnotatorsMarks[],
  adjudication: AnnotatorsMarks | null,
): { readonly label: string | null; readonly status: AnnotationStatus } {
  const labels = new Map(said.flatMap(({ by, marks: { label } }) => (isSaid(label) ? [[by, label] as const] : [])));
  const settled = settledLabel({ labels, adjudicated: adjudication?.marks.label ?? null });
  if (settled === 'disputed') return { label: DISPUTED, status: 'disputed' };
  const label = settled?.label ?? null;
  if (isSaid(adjudication?.marks.label)) return { label, status: 'adjudicated' };
  if (label === null) return { label, status: adjudication === null ? 'noted' : 'adjudicated' };
  return { label, status: labels.size > 1 ? 'agreed' : 'labelled once' };
}

interface Said {
  readonly byAnnotator: ReadonlyMap<string, AnnotatorsMarks>;
  readonly adjudication: AnnotatorsMarks | null;
}

/** What is said of the row's own answer, and what was said of its item on the occasion of another answer. */
function saidOf({ own, others }: Matched, scheme: Scheme): Said {
  const byAnnotator = new Map<string, AnnotatorsMarks>();
  for (const [by, annotation] of own?.annotations ?? []) byAnnotator.set(by, marksOf(annotation));
  const judged = own?.adjudication ?? null;
  let adjudication = judged === null ? null : marksOf(judged);
  for (const other of others) {
    for (const [by, annotation] of other.annotations) {
      const both = withItems(byAnnotator.get(by) ?? null, annotation, scheme);
      if (both !== null) byAnnotator.set(by, both);
    }
    if (other.adjudication !== null) adjudication = withItems(adjudication, other.adjudication, scheme);
  }
  return { byAnnotator, adjudication };
}

/** What is said of an answer, with what of another annotation speaks of the item itself and is not said yet. */
function withItems(before: AnnotatorsMarks | null, annotation: Annotation, scheme: Scheme): AnnotatorsMarks | null {
  const { label, gold, boxes, points } = annotation.marks;
  const isOfItem = scheme.labels.some(({ id, about }) => id === label && about === 'item');
  const marks = defined({ label: isOfItem ? label : null, gold, boxes, points });
  if (Object.keys(marks).length === 0) return before;
  const said = before ?? marksOf(annotation);
  return { ...said, marks: { ...marks, ...before?.marks } };
}

function marksOf({ by, marks, event }: Annotation): AnnotatorsMarks {
  return { by, at: event.at, marks, event: event.id };
}

function defined(marks: Marks): Marks {
  return Object.fromEntries(Object.entries(marks).filter(([, value]) => isSaid(value)));
}

function isSaid<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
