/** A word as it may be typed into a POSIX shell again. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./…-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
