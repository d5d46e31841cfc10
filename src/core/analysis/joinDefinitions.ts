import path from 'node:path';
import type { Detected } from '../formats/format.js';
import type { Flag, JsonObject, RawItem } from '../model.js';
import type { Coverage, JoinEvidence } from '../store/shards.js';
import { AnswerCounts, EVERY_RUN, JoinCounts, type OfRun } from './joinCounts.js';
import { goldKey, type Candidates, type Definition, type JoinMethod } from './definitions.js';

/** From this share of the first rows on, a definition's order (or its ids) is taken to be the file's own. */
const WHOLE_FILE_SHARE = 0.9;
const METHODS: readonly JoinMethod[] = ['content', 'position', 'id'];

/** The rows and options of a file that holds answers by place alone. */
export type Places = NonNullable<Detected['places']>;

interface Candidate {
  readonly definition: Definition;
  /** Rows are taken to be its items in order: nothing else is known of them. */
  readonly byPlace?: true;
  readonly methods: readonly JoinMethod[];
  readonly share: number;
  /** Rows that the definition holds, and among them those that took theirs from it. */
  readonly found: JoinCounts;
  readonly used: JoinCounts;
  /** Answers to each item, without samples and rotations, of which several are meant to be there. */
  readonly answers: AnswerCounts;
}

/**
 * Joins the rows of one file to the benchmark definitions beside it. The first batch decides by which methods each
 * definition may be used: content always, position and id only where at least nine rows in ten agree, since two files
 * may share every id and no question.
 */
export class DefinitionJoiner {
  private candidates: Candidate[] = [];
  /** Every row counts once; the method says nothing here. */
  private readonly rows = new JoinCounts();

  /** @param places what a file of answers by place says of its items; null for all others, whose rows say what they are */
  constructor(
    private readonly definitions: readonly Definition[],
    private readonly places: Places | null = null,
  ) {}

  /** What came of joining by place, where it failed: a sentence for the user. */
  warnings(): string[] {
    const { places } = this;
    if (places === null || this.candidates.length > 0) return [];
    const { rows, options } = places;
    const fitting = this.fitting(places);
    const sought = `${rows} items of ${options} options each`;
    return [
      fitting.length === 0
        ? `The scores say nothing of what was asked: no benchmark file with ${sought} lies under the paths. Put the caption file beside them, or, on the command line, name it with --gold.`
        : `${fitting.length} benchmark files have ${sought} (${fitting.map(({ file }) => path.basename(file)).join(', ')}), and nothing tells which one was scored. Leave out all but the right one (.flipsideignore), or name no other path.`,
    ];
  }

  /** The definitions of so many items and options; of those that offer the same, the first. */
  private fitting(places: Places): readonly Definition[] {
    const fitting = this.definitions.filter((definition) => fits(definition, places));
    const offered = fitting.map(({ items }) =>
      JSON.stringify(items.map((item) => [item.options, item.gold, item.images])),
    );
    return fitting.filter((_, at) => offered.indexOf(offered[at] ?? '') === at);
  }

  /** Looks at the first rows and settles which definitions apply. Call once, before `join`. */
  decide(head: readonly RawItem[]): void {
    const { places } = this;
    if (places !== null) {
      const fitting = this.fitting(places);
      this.candidates = fitting.length === 1 ? fitting.map(wholly) : [];
      return;
    }
    this.candidates = this.definitions
      .map((definition) => weigh(definition, head))
      .filter((candidate) => candidate.share > 0)
      .sort((one, other) => other.share - one.share || one.definition.items.length - other.definition.items.length);
  }

  /** Fills what the row leaves open (question, options, gold, images, task, …) from the first definition that holds it. */
  join(row: RawItem): RawItem {
    this.rows.add(row, 'position');
    let joined: RawItem | null = null;
    for (const candidate of this.candidates) {
      const hit = find(candidate, row);
      if (hit === null) continue;
      candidate.found.add(row, hit.method);
      if (joined !== null) {
        joined = withoutContradiction(row, joined, candidate.definition, hit.indexes);
        continue;
      }
      candidate.used.add(row, hit.method);
      const [only, ...others] = hit.indexes;
      if (only !== undefined && others.length === 0 && row.sample === null && row.unit === null)
        candidate.answers.add(row, only);
      const itemsAt = (indexes: readonly number[]): RawItem[] =>
        indexes.flatMap((index) => candidate.definition.items[index] ?? []);
      joined = fill(row, itemsAt(hit.indexes), itemsAt(hit.sameQuestion));
    }
    return joined ?? row;
  }

  /** Per definition that gave at least one row (of a run, or of all): how many rows by which method. */
  evidence(of: OfRun = EVERY_RUN): JoinEvidence[] {
    return this.candidates
      .filter(({ used }) => used.total(of) > 0)
      .map(({ definition, used, answers }) => {
        const { content, position, id } = used.by(of);
        const { file, items } = definition;
        const repeated = answers.repeated(of);
        const evidence = { file, items: items.length, byContent: content, byPosition: position, byId: id };
        return repeated === 0 ? evidence : { ...evidence, repeated };
      });
  }

  /** Rows (of a run, or all) against the smallest definition that contains every row; null where none does. */
  coverage(of: OfRun = EVERY_RUN): Coverage | null {
    const rows = this.rows.total(of);
    const whole = this.candidates
      .filter(({ found }) => found.total(of) === rows)
      .sort((one, other) => one.definition.items.length - other.definition.items.length)[0];
    if (whole === undefined || rows === 0) return null;
    return { rows, of: whole.definition.items.length, file: whole.definition.file };
  }

  /** The benchmark of the one definition that every row was joined to; null where rows come from several, or from none. */
  dataset(): string | null {
    const [only, ...others] = this.candidates.filter(({ used }) => used.total(EVERY_RUN) > 0);
    if (only === undefined || others.length > 0) return null;
    return only.used.total(EVERY_RUN) === this.rows.total(EVERY_RUN) ? only.definition.dataset : null;
  }

  /** Definitions in use, best first: where counterpart questions are looked up. */
  inUse(): readonly Definition[] {
    return this.candidates.map((candidate) => candidate.definition);
  }
}

/** A definition of which a row was dropped has its later items at other places. */
function fits({ items }: Definition, { rows, options }: Places): boolean {
  return items.length === rows && items.every((item, at) => item.row === at + 1 && item.options.length === options);
}

function wholly(definition: Definition): Candidate {
  const answers = new AnswerCounts(definition.items.length);
  return {
    definition,
    byPlace: true,
    methods: ['position'],
    share: 1,
    found: new JoinCounts(),
    used: new JoinCounts(),
    answers,
  };
}

function weigh(definition: Definition, head: readonly RawItem[]): Candidate {
  const share = (method: JoinMethod): number =>
    head.filter((row) => definition.candidates(row, method).indexes.length > 0).length / Math.max(1, head.length);
  const shares = METHODS.map((method) => [method, share(method)] as const);
  const methods = shares
    .filter(([method, part]) => (method === 'content' ? part > 0 : part >= WHOLE_FILE_SHARE))
    .map(([method]) => method);
  const best = Math.max(0, ...shares.filter(([method]) => methods.includes(method)).map(([, part]) => part));
  const answers = new AnswerCounts(definition.items.length);
  return { definition, methods, share: best, found: new JoinCounts(), used: new JoinCounts(), answers };
}

function find(candidate: Candidate, row: RawItem): (Candidates & { readonly method: JoinMethod }) | null {
  if (candidate.byPlace === true) return { method: 'position', indexes: [row.row - 1], sameQuestion: [row.row - 1] };
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
