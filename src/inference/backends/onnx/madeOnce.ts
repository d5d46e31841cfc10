/** What is made of each key, in their order; once of those that are the same, as of a text that many questions share. */
export function madeOnce<K, T>(keys: readonly K[], make: (key: K) => T): readonly T[] {
  const made = new Map<K, T>();
  for (const key of keys) if (!made.has(key)) made.set(key, make(key));
  return keys.map((key) => made.get(key) as T);
}
