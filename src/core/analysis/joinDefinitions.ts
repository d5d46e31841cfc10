import type { Flag, JsonObject, RawItem } from '../model.js';
import { goldKey, type Candidates, type Definition, type JoinMethod } from './definitions.js';

/** What joining a file to one definition came to; printed so that a researcher can judge it. */
export interface JoinEvidence {
  readonly file: string;
  readonly items: number;
  readonly byContent: number;
  readonly byPosition: number;
  readonly byId: number;
}

export interface Coverage {
  readonly rows: number;
  readonly of: number;
  readonly file: string;
}

/** From this share of the first rows on, a definition's order (or its ids) is taken to be the file's own. */
const WHOLE_FILE_SHARE = 0.9;
const METHODS: readonly JoinMethod[] = ['content', 'position', 'id'];

interface Candidate {
  readonly definition: Definition;
  readonly methods: readonly JoinMethod[];
  readonly share: number;
  readonly found: Record<JoinMethod, number>;
  used: Record<JoinMethod, number>;
}

/**
 * Joins the rows of one file to the benchmark definitions beside it. The first batch decides by which methods each
 * definition may be used: content always, position and id only where at least nine rows in ten agree, since two files
 * may share every id and no question.
 */
export class DefinitionJoiner {
  private candidates: Candidate[] = [];
  private rows = 0;

  constructor(private readonly definitions: readonly Definition[]) {}

  /** Looks at the first rows and settles which definitions apply. Call once, before `join`. */
  decide(head: readonly RawItem[]): void {
    this.candidates = this.definitions
      .map((definition) => weigh(definition, head))
      .filter((candidate) => candidate.share > 0)
      .sort((one, other) => other.share - one.share || one.definition.items.length - other.definition.items.length);
  }

  /** Fills what the row leaves open (question, options, gold, images, task, …) from the first definition that holds it. */
  join(row: RawItem): RawItem {
    this.rows += 1;
    let joined: RawItem | null = null;
    for (const candidate of this.candidates) {
      const hit = find(candidate, row);
      if (hit === null) continue;
      candidate.found[hit.method] += 1;
      if (joined !== null) {
        joined = withoutContradiction(row, joined, candidate.definition, hit.indexes);
        continue;
      }
      candidate.used[hit.method] += 1;
      const itemsAt = (indexes: readonly number[]): RawItem[] =>
        indexes.flatMap((index) => candidate.definition.items[index] ?? []);
      joined = fill(row, itemsAt(hit.indexes), itemsAt(hit.sameQuestion));
    }
    return joined ?? row;
  }

  /** Per definition that gave at least one row: how many rows by which method. */
  evidence(): JoinEvidence[] {
    return this.candidates
      .filter(({ used }) => used.content + used.position + used.id > 0)
      .map(({ definition, used }) => ({
        file: definition.file,
        items: definition.items.length,
        byContent: used.content,
        byPosition: used.position,
        byId: used.id,
      }));
  }

  /** Rows present against the smallest definition that contains every row; null where none does. */
  coverage(): Coverage | null {
    const whole = this.candidates
      .filter(({ found }) => found.content + found.position + found.id === this.rows)
      .sort((one, other) => one.definition.items.length - other.definition.items.length)[0];
    if (whole === undefined || this.rows === 0) return null;
    return { rows: this.rows, of: whole.definition.items.length, file: whole.definition.file };
  }

  /** Definitions in use, best first: where counterpart questions are looked up. */
  inUse(): readonly Definition[] {
    return this.candidates.map((candidate) => candidate.definition);
  }
}

function weigh(definition: Definition, head: readonly RawItem[]): Candidate {
  const share = (method: JoinMethod): number =>
    head.filter((row) => definition.candidates(row, method).indexes.length > 0).length / Math.max(1, head.length);
  const shares = METHODS.map((method) => [method, share(method)] as const);
  const methods = shares
    .filter(([method, part]) => (method === 'content' ? part > 0 : part >= WHOLE_FILE_SHARE))
    .map(([method]) => method);
  const best = Math.max(0, ...shares.filter(([method]) => methods.includes(method)).map(([, part]) => part));
  const zero = { content: 0, position: 0, id: 0 };
  return { definition, methods, share: best, found: { ...zero }, used: { ...zero } };
}

function find(candidate: Candidate, row: RawItem): (Candidates & { readonly method: JoinMethod }) | null {
  for (const method of candidate.methods) {
    const found = candidate.definition.candidates(row, method);
    if (found.indexes.length > 0 && unambiguousGold(candidate.definition, row, found.indexes))
      return { method, ...found };
  }
  return null;
}

/** A row without gold must not take one of several golds. */
function unambiguousGold(definition: Definition, row: RawItem, indexes: readonly number[]): boolean {
  if (row.gold !== null || indexes.length === 1) return true;
  return new Set(indexes.map((index) => definition.items[index]?.gold ?? null)).size === 1;
}

/** Two gold files that disagree about a row without gold leave it without: neither is known to be right. */
function withoutContradiction(
  row: RawItem,
  joined: RawItem,
  definition: Definition,
  indexes: readonly number[],
): RawItem {
  const [index] = indexes;
  const other = index === undefined ? undefined : definition.items[index];
  if (row.gold !== null || joined.gold === null || other === undefined || other.gold === null) return joined;
  if (goldKey(joined) === goldKey(other)) return joined;
  return { ...joined, gold: null, flags: [...joined.flags, 'goldContradicted'] };
}

function fill(row: RawItem, items: readonly RawItem[], sameQuestion: readonly RawItem[]): RawItem {
  const [first] = items;
  if (first === undefined) return row;
  /** A value that all candidates share; what they differ in stays open. */
  const common = <T>(pick: (item: RawItem) => T, among = items): T | null =>
    among.length === 1 || among.every((item) => JSON.stringify(pick(item)) === JSON.stringify(pick(first)))
      ? pick(first)
      : null;
  const images = row.images.length > 0 ? row.images : common((item) => item.images, sameQuestion);
  const flags: Flag[] = images === null ? [...row.flags, 'imageAmbiguous'] : [...row.flags];
  const meta: JsonObject =
    images === null ? { ...row.meta, imageCandidates: sameQuestion.map((item) => [...item.images]) } : row.meta;
  return {
    ...row,
    question: row.question ?? common((item) => item.question),
    options: row.options.length > 0 ? row.options : (common((item) => item.options) ?? []),
    gold: row.gold ?? common((item) => item.gold),
    goldAliases: row.goldAliases ?? common((item) => item.goldAliases ?? null) ?? undefined,
    kind: row.kind ?? common((item) => item.kind),
    task: row.task ?? common((item) => item.task),
    relation: row.relation ?? common((item) => item.relation),
    frame: row.frame ?? common((item) => item.frame),
    convention: row.convention ?? common((item) => item.convention),
    contrastSet: row.contrastSet ?? common((item) => item.contrastSet ?? null),
    unit: row.unit ?? common((item) => item.unit),
    images: images ?? [],
    boxes: row.boxes ?? common((item) => item.boxes ?? null) ?? undefined,
    meta: mergeMeta(meta, common((item) => item.meta) ?? {}),
    flags,
  };
}

/** The row's own fields win; the definition adds what the row does not have. */
function mergeMeta(own: JsonObject, added: JsonObject): JsonObject {
  return { ...added, ...own };
}
