/** The hue of a class, the same in chips, charts and overlays; classes beyond the five share one. Lenses' own names included. */
const HUES: readonly (readonly [RegExp, string])[] = [
  [/^horizontal/, 'horizontal'],
  [/^depth/, 'depth'],
  [/^vertical/, 'vertical'],
  [/^orthogonal/, 'orthogonal'],
];

export function hueOf(className: string | null): string {
  return HUES.find(([pattern]) => className !== null && pattern.test(className))?.[1] ?? 'other';
}

/** A class with its colour and its word, and whether the answer drifted on another axis as well. */
export function ClassChip({
  name,
  drift,
  short,
}: {
  readonly name: string;
  readonly drift: boolean | null;
  readonly short?: boolean;
}) {
  const word = short === true ? name.replace(/-flip$/, '') : name.replaceAll('-', ' ');
  return (
    <span
      class={`chip hue-${hueOf(name)}`}
      title={drift === true ? `${name}, and the answer differs on another axis too` : name}
    >
      <span class="class">{word}</span>
      {drift === true && <span class="drift"> + drift</span>}
    </span>
  );
}
