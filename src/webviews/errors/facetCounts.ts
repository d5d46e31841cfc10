import type { Facet, FacetValue, Query } from '../../protocol/rows.js';

/** Always on the page: chips above the list. */
export const CHIP_FIELDS: readonly string[] = ['outcome', 'class'];
const CHIPS = 12;
/** Values listed at first under a field, and how many times more with every "more". */
export const FEW = 8;
const MORE = 4;
const MOST = 2_000;

type Ask = (
  params: { query: Query; fields: readonly string[]; limit: number },
  signal: AbortSignal,
) => Promise<readonly Facet[]>;

/** Counts of fields' values under the current query. Old counts stay until new ones are there. */
export class FacetCounts {
  private readonly facets = new Map<string, Facet>();
  private readonly limits = new Map<string, number>();
  /** Fields whose values are known, and whose counts are of data that have changed. */
  private readonly stale = new Set<string>();
  private abort = new AbortController();
  /** The chips take the order of the next counts: nobody's pointer is over them. */
  private anew = false;
  /** Why counts are missing, where they are. */
  problem: string | null = null;

  constructor(
    private readonly ask: Ask,
    private readonly onCounts: () => void,
  ) {}

  get(field: string): Facet | undefined {
    return this.facets.get(field);
  }

  /** The counts are of data that have changed: they hold no more, and others are on their way. */
  isStale(field: string): boolean {
    return this.stale.has(field);
  }

  /** What the value is called, where it has been seen. */
  label(field: string, value: FacetValue['value']): string {
    const known = this.facets.get(field)?.values.find((other) => other.value === value);
    return known?.label ?? (value === null ? 'none' : String(value));
  }

  widen(field: string): void {
    this.limits.set(field, Math.min(MOST, (this.limits.get(field) ?? FEW) * MORE));
  }

  /** Nobody waits for the counts that were asked for: others are meant now. */
  stop(): void {
    this.abort.abort();
  }

  /** Asks for the counts of these fields; whatever was asked for before is no longer waited for. */
  async refresh(query: Query, fields: readonly string[]): Promise<void> {
    this.abort.abort();
    const abort = (this.abort = new AbortController());
    const byLimit = new Map<number, string[]>([[CHIPS, [...CHIP_FIELDS]]]);
    for (const field of new Set([...fields, ...Object.keys(query.facets)])) {
      if (CHIP_FIELDS.includes(field)) continue;
      const limit = this.limits.get(field) ?? FEW;
      byLimit.set(limit, [...(byLimit.get(limit) ?? []), field]);
    }
    const asking = [...byLimit].map(([limit, own]) => this.request({ query, fields: own, limit }, abort.signal));
    try {
      await Promise.all(asking);
      this.anew = false;
      this.problem = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.onCounts();
  }

  /** Other rows are asked for from elsewhere: the next counts stand in their own order, the most frequent first. */
  reorder(): void {
    this.anew = true;
  }

  /** The data changed: nothing that was counted holds. `same`: of the same runs, so that their values stay in their places. */
  forget(same: boolean): void {
    if (!same) this.facets.clear();
    for (const field of this.facets.keys()) this.stale.add(field);
  }

  private async request(params: Parameters<Ask>[0], signal: AbortSignal): Promise<void> {
    const { anew } = this;
    for (const facet of await this.ask(params, signal)) {
      const before = CHIP_FIELDS.includes(facet.field) && !anew ? this.facets.get(facet.field) : undefined;
      this.facets.set(facet.field, before === undefined ? facet : steady(before, facet));
      this.stale.delete(facet.field);
    }
    if (!signal.aborted) this.onCounts();
  }
}

/** The new counts in the old order, so that no chip moves under the pointer; those that no row has any more count 0. */
function steady(before: Facet, now: Facet): Facet {
  const old = before.values.map(
    (value) => now.values.find((other) => other.value === value.value) ?? { ...value, count: 0 },
  );
  const added = now.values.filter((value) => !before.values.some((other) => other.value === value.value));
  return { ...now, values: [...old, ...added] };
}
