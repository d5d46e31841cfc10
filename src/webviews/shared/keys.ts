/** The default keys, by command. */
export type Keys = Readonly<Record<string, string>>;

/** "Save as slice… (s)": a title with the command's key, where it has one. */
export function titled(words: string, command: string, keys: Keys | undefined): string {
  const key = keys?.[command] ?? '';
  return key === '' ? words : `${words} (${key})`;
}
