import { useCallback, useState } from 'preact/hooks';

/** A page's state that survives hiding and reloading, and what changes part of it. `nothing`: what stands where nothing was kept. */
export function useKept<State extends object>(
  connection: { readonly state: State | null; readonly keep: (state: State) => void },
  nothing: State,
): readonly [State, (part: Partial<State>) => void] {
  const [kept, setKept] = useState<State>({ ...nothing, ...connection.state });
  const change = useCallback(
    (part: Partial<State>) =>
      setKept((now) => {
        const after = { ...now, ...part };
        connection.keep(after);
        return after;
      }),
    [connection],
  );
  return [kept, change];
}
