/**
 * Files repeat the same few option lists, letters and short answers a million times: what was worked out for one is
 * remembered. Only for pure functions, whose answer nobody changes.
 */

/** Longer texts are hardly ever met again; looking them up would only cost. */
const LONGEST = 80;
const MOST = 20_000;

/** The same function of a text, which remembers its answers to short texts. All are forgotten once there are too many. */
export function remembered<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return of(text);
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as T;
    const answer = of(text);
    if (known.size >= MOST) known.clear();
    known.set(text, answer);
    return answer;
  };
}

/** The same function of an object that is never changed, which remembers its answer as long as the object is there. */
export function rememberedOf<K extends object, T>(of: (object: K) => T): (object: K) => T {
  const known = new WeakMap<K, { readonly answer: T }>();
  return (object) => {
    const before = known.get(object);
    if (before !== undefined) return before.answer;
    const answer = of(object);
    known.set(object, { answer });
    return answer;
  };
}
