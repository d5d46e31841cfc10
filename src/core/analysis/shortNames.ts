interface Named {
  readonly id: string;
  readonly model: string | null;
}

/**
 * What runs are called where there is little room: by their model where no other run has the same, else by the end of their
 * path, as much of it as tells them apart.
 */
export function shortNames(runs: readonly Named[]): ReadonlyMap<string, string> {
  return new Map(runs.map((run) => [run.id, nameOf(run, runs)]));
}

function nameOf({ id, model }: Named, runs: readonly Named[]): string {
  const others = runs.filter((run) => run.id !== id);
  if (model !== null && !others.some((other) => other.model === model)) return model;
  const parts = id.split('/');
  for (let kept = 1; kept < parts.length; kept++) {
    const end = parts.slice(-kept).join('/');
    if (!others.some((other) => other.id === end || other.id.endsWith(`/${end}`))) return end;
  }
  return id;
}
