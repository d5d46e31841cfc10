import { candidatesOf, explainItem, outcomeOf, type Analysis } from '../core/analysis.js';
import type { Browsing } from '../core/analysis/browsing.js';
import type { AnalysisMethods } from '../protocol/analysis.js';
import type { Facet, ItemView, OtherAnswer, RowKey } from '../protocol/rows.js';
import { seenItem, seenOthers, TELLING_FLAG, tellsClass } from './blind.js';
import type { Pictures } from './pictures.js';

/** What an item is shown from. */
interface Showing {
  readonly analysis: Analysis;
  readonly browsing: Browsing;
  readonly pictures: Pictures;
  readonly folders: readonly string[];
  /** Some file may hold images of items that name none. */
  readonly embeds: boolean;
}

/** Everything about the item in a row; null where none is there. `images`: digests of its images. */
export async function itemView(
  { analysis, browsing, pictures, folders, embeds }: Showing,
  key: RowKey,
  { baseline, images }: { readonly baseline: string | null; readonly images: () => Promise<readonly string[] | null> },
  signal: AbortSignal,
): Promise<ItemView | null> {
  const found = await analysis.itemAt(key.run, key.row);
  if (found === null) return null;
  const { record, trace } = found.item;
  const mayBeEmbedded = embeds && record.images.length === 0;
  const isNumbered = analysis.runs.find(({ id }) => id === key.run)?.manifest.itemId === 'row';
  const [row] = mayBeEmbedded || isNumbered ? await browsing.images([key]) : [];
  const embeddedImages =
    !mayBeEmbedded || row === undefined || row.ambiguous
      ? 0
      : await pictures.embeddedCount({ ...row, opened: folders, index: 0 }, signal);
  const others = found.otherRuns.map((other): OtherAnswer => ({
    key: { run: other.run, row: other.row },
    model: analysis.runs.find((run) => run.id === other.run)?.model ?? null,
    outcome: outcomeOf(other),
    class: other.class,
    predicted: other.predicted,
    predictedDirection: other.predictedDirection,
    baseline: other.run === baseline,
  }));
  const item = {
    key,
    record,
    statedId: isNumbered ? (row?.id ?? null) : null,
    trace,
    outcome: outcomeOf(record),
    lens: found.lens,
    others: await seenOthers(analysis, others),
    mayBeEmbedded,
    embeddedImages,
    imageCandidates: record.flags.includes('imageAmbiguous') ? candidatesOf(record.meta) : [],
    source: { file: analysis.runs.find((run) => run.id === key.run)?.file ?? record.file, row: record.row },
    annotations: await analysis.annotated.of(key, images),
  };
  return seenItem(item, (of) => explainItem({ ...found, item: { ...found.item, ...of } }));
}

/** Facets of a query; of what is held back in blind mode there are no values. */
export async function facetsOf(
  { analysis, browsing }: Pick<Showing, 'analysis' | 'browsing'>,
  { query, fields, limit }: Parameters<AnalysisMethods['facets']>[0],
  signal: AbortSignal,
): Promise<readonly Facet[]> {
  const isShown = (field: string): boolean => !analysis.annotated.isBlind || !tellsClass(field);
  const found = await browsing.facets(query, fields.filter(isShown), limit, signal);
  return fields.map((field) => {
    const { values = [], more = 0 } = found.find((facet) => facet.field === field) ?? {};
    const isTelling = analysis.annotated.isBlind && field === 'flags';
    return { field, values: isTelling ? values.filter(({ value }) => value !== TELLING_FLAG) : values, more };
  });
}
