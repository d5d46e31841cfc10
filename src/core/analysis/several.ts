/**
 * Does `work` for every value, at most so many at a time, so that one computes while others wait for the disk. The results are in the
 * order of the values. Where one fails no further is begun, and its error is thrown once those under way have ended.
 */
export async function several<T, R>(values: readonly T[], most: number, work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < values.length) {
      const at = next++;
      try {
        results[at] = await work(values[at] as T);
      } catch (error) {
        next = values.length;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, values.length) }, one));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return results;
}
