/** A codicon by its name. It says nothing to screen readers: whatever it stands beside has the words. */
export function Icon({ name }: { readonly name: string }) {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" />;
}

/** A key as it is bound at the moment; nothing where the command has none. */
export function Key({ of, keys }: { readonly of: string; readonly keys: Readonly<Record<string, string>> }) {
  const key = keys[of];
  return key === undefined || key === '' ? null : <kbd>{key}</kbd>;
}
