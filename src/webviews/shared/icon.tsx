/** A codicon by its name. It says nothing to screen readers: whatever it stands beside has the words. */
export function Icon({ name }: { readonly name: string }) {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" />;
}

interface KeyParts {
  readonly of: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Read out too. Not inside of a button, whose title names the key: there it would be part of the name. */
  readonly spoken?: boolean;
}

/** A key as it is bound at the moment; nothing where the command has none. */
export function Key({ of, keys, spoken = false }: KeyParts) {
  const key = keys[of];
  return key === undefined || key === '' ? null : <kbd aria-hidden={!spoken}>{key}</kbd>;
}
