import type { JoinKeys, Matching, UnitPair } from '../store/pairTables.js';

/** How rows are matched that one comparison of all rows does not tell. */
export const MATCHING: Matching = { byContent, byId };

/** Equal content; where several rows share it, the one at the same place, then with the same images, then in order. */
function byContent(base: readonly JoinKeys[], other: readonly JoinKeys[]): UnitPair[] {
  const pairs: UnitPair[] = [];
  const byKey = new Map<bigint, JoinKeys[]>();
  for (const keys of base) {
    if (keys.content === null) continue;
    const list = byKey.get(keys.content);
    if (list === undefined) byKey.set(keys.content, [keys]);
    else list.push(keys);
  }
  const left = new Set(other);
  const pick = (test: (from: JoinKeys, to: JoinKeys) => boolean): void => {
    for (const to of [...left]) {
      const list = to.content === null ? [] : (byKey.get(to.content) ?? []);
      const at = list.findIndex((from) => imagesAgree(from, to) && test(from, to));
      const from = list[at];
      if (from === undefined) continue;
      list.splice(at, 1);
      left.delete(to);
      pairs.push([from.unit, to.unit]);
    }
  };
  pick((from, to) => from.row === to.row);
  pick((from, to) => to.images !== null && from.images === to.images);
  pick(() => true);
  return pairs;
}

function imagesAgree(one: JoinKeys, other: JoinKeys): boolean {
  return one.images === null || other.images === null || one.images === other.images;
}

/** The same question about the same image, with options in other words: "To the left" in one prompt, "Left" in another. */
function sameMeaning(one: JoinKeys, other: JoinKeys): boolean {
  const same = (pick: (keys: JoinKeys) => bigint | null): boolean => pick(one) !== null && pick(one) === pick(other);
  return same((keys) => keys.images) && same((keys) => keys.meaning);
}

function placesById(rows: readonly JoinKeys[]): Map<string, JoinKeys[]> {
  const places = new Map<string, JoinKeys[]>();
  for (const keys of rows) {
    if (keys.id === null) continue;
    const list = places.get(keys.id);
    if (list === undefined) places.set(keys.id, [keys]);
    else list.push(keys);
  }
  return places;
}

function byId(base: readonly JoinKeys[], other: readonly JoinKeys[]): UnitPair[] {
  const [ofBase, ofOther] = [placesById(base), placesById(other)];
  const taken = new Set<JoinKeys>();
  return other.flatMap((keys): UnitPair[] => {
    if (keys.id === null || keys.taken) return [];
    const places = ofBase.get(keys.id) ?? [];
    // An id that several rows share (two questions about one picture, samples) says which row only with the place.
    const unique = places.length === 1 && ofOther.get(keys.id)?.length === 1;
    const one = unique ? places[0] : places.find((place) => place.row === keys.row);
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
