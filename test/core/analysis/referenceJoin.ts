/**
 * How two runs are joined, written once more in plain TypeScript over whole lists: what the database joins is held to it.
 */

/** What identifies a row when runs are joined. Keys are hashes of normalised texts; equal keys mean equal content. */
export interface ReferenceKeys {
  /** Question, options and gold; null where the row has no question. */
  readonly content: bigint | null;
  /** Options and gold; null where either is missing, and for yes/no questions, which all offer the same two. */
  readonly optionsGold: bigint | null;
  /** Gold alone; null without gold. */
  readonly gold: bigint | null;
  /** Question, and directions of the gold and of the other options, whatever words name them; null where any is missing. */
  readonly meaning?: bigint | null;
  /** Images; null where there are none. */
  readonly images: bigint | null;
  readonly id: string | null;
  readonly row: number;
}

export interface JoinedRuns {
  /** Pairs of indexes: into the base rows and into the new rows. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly byContent: number;
  readonly byPosition: number;
  readonly byId: number;
  /** Rows of the new run that share a row number or id with a row of the base and yet were not joined. */
  readonly refused: number;
}

/** Two files list the same items in the same order only if this share of places agrees. */
const SAME_ORDER_SHARE = 0.9;

/**
 * Joins two runs by benchmark identity: question, options, gold (and images, where both state them); then reworded
 * questions by position, where options and gold agree and the two files agree on them at nine places in ten; then by
 * id, where whatever both state agrees, or image, question and directions of gold and options do (prompt
 * variants that word the options differently). Two runs may share every id and no question.
 */
export function referenceJoin(base: readonly ReferenceKeys[], other: readonly ReferenceKeys[]): JoinedRuns {
  const takenBase = new Set<number>();
  const takenOther = new Map<number, number>();
  const take = (from: number, to: number): void => {
    takenBase.add(from);
    takenOther.set(to, from);
  };
  joinByContent(base, other, take);
  const byContent = takenOther.size;
  const places = new Map(base.map((keys, index) => [keys.row, index]));
  const atPlace = (keys: ReferenceKeys): number | undefined => places.get(keys.row);
  if (sameOrder(base, other, atPlace)) {
    other.forEach((keys, to) => {
      const from = atPlace(keys);
      if (from === undefined || takenOther.has(to) || takenBase.has(from)) return;
      if (agreesAtPlace(base[from], keys)) take(from, to);
    });
  }
  const byPosition = takenOther.size - byContent;
  joinById(base, other, takenBase, takenOther, take);
  const byId = takenOther.size - byContent - byPosition;
  const ids = new Set(base.flatMap((keys) => keys.id ?? []));
  const refused = other.filter(
    (keys, to) => !takenOther.has(to) && (keys.id === null ? atPlace(keys) !== undefined : ids.has(keys.id)),
  ).length;
  const pairs = [...takenOther].sort(([one], [two]) => one - two).map(([to, from]): [number, number] => [from, to]);
  return { pairs, byContent, byPosition, byId, refused };
}

/** Equal content; where several rows share it, the one at the same place, then with the same images, then in order. */
function joinByContent(
  base: readonly ReferenceKeys[],
  other: readonly ReferenceKeys[],
  take: (from: number, to: number) => void,
): void {
  const byContent = new Map<bigint, number[]>();
  base.forEach((keys, index) => {
    if (keys.content === null) return;
    const list = byContent.get(keys.content);
    if (list === undefined) byContent.set(keys.content, [index]);
    else list.push(index);
  });
  const free = (from: number, keys: ReferenceKeys): boolean => imagesAgree(base[from], keys);
  const pick = (test: (from: number, keys: ReferenceKeys) => boolean, left: Set<number>): void => {
    for (const to of [...left]) {
      const keys = other[to];
      if (keys?.content === null || keys?.content === undefined) continue;
      const list = byContent.get(keys.content) ?? [];
      const at = list.findIndex((from) => free(from, keys) && test(from, keys));
      const from = list[at];
      if (from === undefined) continue;
      list.splice(at, 1);
      left.delete(to);
      take(from, to);
    }
  };
  const left = new Set(other.keys());
  pick((from, keys) => base[from]?.row === keys.row, left);
  pick((from, keys) => keys.images !== null && base[from]?.images === keys.images, left);
  pick(() => true, left);
}

function imagesAgree(one: ReferenceKeys | undefined, other: ReferenceKeys): boolean {
  return one === undefined || one.images === null || other.images === null || one.images === other.images;
}

function sameOrder(
  base: readonly ReferenceKeys[],
  other: readonly ReferenceKeys[],
  atPlace: (keys: ReferenceKeys) => number | undefined,
): boolean {
  const both = other.filter((keys) => atPlace(keys) !== undefined);
  const agreeing = both.filter((keys) => agreesAtPlace(base[atPlace(keys) ?? -1], keys));
  return both.length > 0 && agreeing.length / both.length >= SAME_ORDER_SHARE;
}

function agreesAtPlace(one: ReferenceKeys | undefined, other: ReferenceKeys): boolean {
  if (one === undefined) return false;
  return one.optionsGold !== null && one.optionsGold === other.optionsGold && imagesAgree(one, other);
}

/** The same question about the same image, with options in other words: "To the left" in one prompt, "Left" in another. */
function sameMeaning(one: ReferenceKeys, other: ReferenceKeys): boolean {
  const same = (pick: (keys: ReferenceKeys) => bigint | null | undefined): boolean =>
    typeof pick(one) === 'bigint' && pick(one) === pick(other);
  return same((keys) => keys.images) && same((keys) => keys.meaning);
}

function placesById(rows: readonly ReferenceKeys[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  rows.forEach(({ id }, index) => {
    if (id === null) return;
    const list = places.get(id);
    if (list === undefined) places.set(id, [index]);
    else list.push(index);
  });
  return places;
}

function joinById(
  base: readonly ReferenceKeys[],
  other: readonly ReferenceKeys[],
  takenBase: ReadonlySet<number>,
  takenOther: ReadonlyMap<number, number>,
  take: (from: number, to: number) => void,
): void {
  const ofBase = placesById(base);
  const ofOther = placesById(other);
  other.forEach((keys, to) => {
    if (keys.id === null || takenOther.has(to)) return;
    const places = ofBase.get(keys.id) ?? [];
    // An id that several rows share (two questions about one picture, samples) says which row only with the place.
    const unique = places.length === 1 && ofOther.get(keys.id)?.length === 1;
    const from = unique ? places[0] : places.find((place) => base[place]?.row === keys.row);
    const one = from === undefined ? undefined : base[from];
    if (from === undefined || one === undefined || takenBase.has(from)) return;
    const differs = (pick: (keys: ReferenceKeys) => bigint | null): boolean =>
      pick(one) !== null && pick(keys) !== null && pick(one) !== pick(keys);
    if (sameMeaning(one, keys)) {
      take(from, to);
      return;
    }
    if (differs((each) => each.content) || differs((each) => each.optionsGold) || differs((each) => each.gold)) return;
    if (one.gold === null || keys.gold === null || !imagesAgree(one, keys)) return;
    take(from, to);
  });
}
