import type { JoinKeys, Matching, UnitPair } from '../store/pairTables.js';

/** How rows are matched that one comparison of all rows does not tell. */
export const MATCHING: Matching = { byContent, byId };

/**
 * Equal content; where several rows share it, the one at the same place, then with the same images, then in order. Thousands of rows may
 * share one ("Where is the cup?", asked of as many pictures), so none is looked for by going through them.
 */
function byContent(base: readonly JoinKeys[], other: readonly JoinKeys[]): UnitPair[] {
  const pairs: UnitPair[] = [];
  const [places, equal, rest] = [new Map<string, JoinKeys>(), new Map<string, Queue>(), new Map<string, Queue>()];
  for (const keys of base) {
    if (keys.content === null) continue;
    places.set(`${keys.content} ${keys.row}`, keys);
    queued(equal, `${keys.content} ${keys.images}`, keys);
    queued(rest, String(keys.content), keys);
  }
  const taken = new Set<JoinKeys>();
  let left = other.filter(({ content }) => content !== null);
  const pick = (find: (to: JoinKeys) => JoinKeys | undefined): void => {
    left = left.filter((to) => {
      const from = find(to);
      if (from === undefined || taken.has(from) || !imagesAgree(from, to)) return true;
      taken.add(from);
      pairs.push([from.unit, to.unit]);
      return false;
    });
  };
  pick((to) => places.get(`${to.content} ${to.row}`));
  pick((to) => (to.images === null ? undefined : firstLeft(equal.get(`${to.content} ${to.images}`), taken)));
  // Rows with the same images are all taken by now: what states images is left with those that state none.
  pick((to) => firstLeft(to.images === null ? rest.get(String(to.content)) : equal.get(`${to.content} null`), taken));
  return pairs;
}

/** Rows in order, and how many of the first of them are known to be taken. */
interface Queue {
  readonly rows: JoinKeys[];
  next: number;
}

function queued(queues: Map<string, Queue>, key: string, row: JoinKeys): void {
  const queue = queues.get(key);
  if (queue === undefined) queues.set(key, { rows: [row], next: 0 });
  else queue.rows.push(row);
}

function firstLeft(queue: Queue | undefined, taken: ReadonlySet<JoinKeys>): JoinKeys | undefined {
  if (queue === undefined) return undefined;
  for (let row = queue.rows[queue.next]; row !== undefined; row = queue.rows[++queue.next])
    if (!taken.has(row)) return row;
  return undefined;
}

function imagesAgree(one: JoinKeys, other: JoinKeys): boolean {
  return one.images === null || other.images === null || one.images === other.images;
}

/** The same question about the same image, with options in other words: "To the left" in one prompt, "Left" in another. */
function sameMeaning(one: JoinKeys, other: JoinKeys): boolean {
  const same = (pick: (keys: JoinKeys) => bigint | null): boolean => pick(one) !== null && pick(one) === pick(other);
  return same((keys) => keys.images) && same((keys) => keys.meaning);
}

/** Of each id its rows by their places. */
function placesById(rows: readonly JoinKeys[]): Map<string, Map<number, JoinKeys>> {
  const places = new Map<string, Map<number, JoinKeys>>();
  for (const keys of rows) {
    if (keys.id === null) continue;
    const own = places.get(keys.id);
    if (own === undefined) places.set(keys.id, new Map([[keys.row, keys]]));
    else own.set(keys.row, keys);
  }
  return places;
}

function byId(base: readonly JoinKeys[], other: readonly JoinKeys[]): UnitPair[] {
  const [ofBase, ofOther] = [placesById(base), placesById(other)];
  const taken = new Set<JoinKeys>();
  return other.flatMap((keys): UnitPair[] => {
    if (keys.id === null || keys.taken) return [];
    const places = ofBase.get(keys.id);
    // An id that several rows share (two questions about one picture, samples) says which row only with the place.
    const isUnique = places?.size === 1 && ofOther.get(keys.id)?.size === 1;
    const [one] = isUnique ? places.values() : [places?.get(keys.row)];
    if (one === undefined || one.taken || taken.has(one) || !isSame(one, keys)) return [];
    taken.add(one);
    return [[one.unit, keys.unit]];
  });
}

/** Whatever both state agrees, and both state the right answer; or the question means the same. */
function isSame(one: JoinKeys, other: JoinKeys): boolean {
  if (sameMeaning(one, other)) return true;
  const differs = (pick: (keys: JoinKeys) => bigint | null): boolean =>
    pick(one) !== null && pick(other) !== null && pick(one) !== pick(other);
  if (differs((each) => each.content) || differs((each) => each.optionsGold) || differs((each) => each.gold))
    return false;
  return one.gold !== null && other.gold !== null && imagesAgree(one, other);
}
