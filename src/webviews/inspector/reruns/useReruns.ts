import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { GridMap } from '../../../protocol/inference.js';
import {
  problemOf,
  type ItemReruns,
  type MapSource,
  type PartialMap,
  type RerunChoices,
} from '../../../protocol/rerunPage.js';
import type { ItemView } from '../../../protocol/rows.js';
import type { Host } from '../context.js';
import { nameOf, type Keeper } from '../kept.js';
import type { Size } from '../viewport.js';

/** The maps of a source, one for each image, or why they cannot be shown. */
type Maps = readonly (GridMap | null)[] | string;

const NONE: ItemReruns = { reruns: [], imported: [], problems: [] };
/** So many sources' maps are kept; one has some ten thousand numbers. */
const MOST_KEPT = 40;

/** What was asked again of the item that is shown, what is being asked, and which maps lie over the picture. */
export function useReruns(host: Host, keeper: Keeper, item: ItemView) {
  const name = nameOf(item.key);
  const { list, reload, problem: listProblem } = useList(host, item);
  const [choices, setChoices] = useChoices(keeper);
  const asking = useAsking(host, name, item, reload);
  const chosen = useChosenMaps(name, list, item, asking.latest);
  const maps = useMaps(host, [chosen.left, chosen.right]);
  // The size of the picture, which boxes in pixels are parts of.
  const [original, setOriginal] = useState<Size | null>(null);
  const { ask } = asking;
  const start = useCallback(() => ask(choices), [ask, choices]);
  useLayoutEffect(
    () =>
      host.on('do', ({ what }) => {
        if (what === 'compareMaps' && chosen.canPair) chosen.pair();
      }),
    [host, chosen.canPair, chosen.pair],
  );
  return { ...asking, ...chosen, list, listProblem, choices, setChoices, start, maps, original, setOriginal };
}

export type Reruns = ReturnType<typeof useReruns>;

/** The reruns of the item, told anew when the item is, and when there are others. */
function useList(host: Host, item: ItemView) {
  const [state, setState] = useState<{ of: string; list: ItemReruns; problem: string | null }>({
    ...{ of: '', list: NONE, problem: null },
  });
  const name = nameOf(item.key);
  const [count, reload] = useReducer((before: number) => before + 1, 0);
  useEffect(() => host.on('rerunsChanged', () => reload(0)), [host]);
  useEffect(() => {
    const controller = new AbortController();
    host.request('reruns', { key: item.key }, controller.signal).then(
      (list) => setState({ of: name, list, problem: null }),
      (error: unknown) => {
        if (!controller.signal.aborted) setState({ of: name, list: NONE, problem: messageOf(error) });
      },
    );
    return () => controller.abort();
    // The item is told anew whenever what is open has changed.
  }, [host, item, count]);
  const isOurs = state.of === name;
  return { list: isOurs ? state.list : NONE, problem: isOurs ? state.problem : null, reload: () => reload(0) };
}

function useChoices(keeper: Keeper) {
  const [choices, set] = useState<RerunChoices>(keeper.now.choices);
  const change = useCallback(
    (part: Partial<RerunChoices>) =>
      set((before) => {
        const after = { ...before, ...part };
        keeper.change({ choices: after });
        return after;
      }),
    [keeper],
  );
  return [choices, change] as const;
}

interface Running {
  readonly of: string;
  readonly partial: PartialMap | null;
}

/** One request at a time; another item, or a key, gives it up. */
function useAsking(host: Host, name: string, item: ItemView, reload: () => void) {
  const [running, setRunning] = useState<Running | null>(null);
  const [problem, setProblem] = useState<{ of: string; message: string } | null>(null);
  const [latest, setLatest] = useState<string | null>(null);
  const controller = useRef<AbortController | null>(null);
  const told = useRef(reload);
  told.current = reload;
  useEffect(() => () => controller.current?.abort(), [name]);
  useEffect(
    () => host.on('partial', (partial) => setRunning((now) => (now === null ? null : { ...now, partial }))),
    [host],
  );
  const ask = useCallback(
    (choices: RerunChoices) => {
      if (controller.current !== null) return;
      const wrong = problemOf(choices);
      setProblem(wrong === null ? null : { of: name, message: wrong });
      if (wrong !== null) return;
      const own = new AbortController();
      controller.current = own;
      setRunning({ of: name, partial: null });
      host
        .request('rerun', { key: item.key, choices }, own.signal)
        .then(
          ({ map }) => {
            setLatest(map?.id ?? null);
            told.current();
          },
          (error: unknown) => {
            if (!own.signal.aborted) setProblem({ of: name, message: messageOf(error) });
          },
        )
        .finally(() => {
          controller.current = null;
          setRunning(null);
        });
    },
    [host, name],
  );
  const cancel = useCallback(() => controller.current?.abort(), []);
  return {
    ...{ ask, cancel, latest, running: running?.of === name ? running : null },
    problem: problem?.of === name ? problem.message : null,
  };
}

/** The maps that can be laid over the item's images, the most wanted first: that of the row that is shown, then the latest. */
export function mapsOf({ reruns, imported }: ItemReruns, item: ItemView): readonly MapSource[] {
  const name = nameOf(item.key);
  const isOwn = ({ read }: ItemReruns['reruns'][number]): number =>
    read !== null && nameOf(read.key) === name ? 0 : 1;
  const sorted = [...reruns].sort((one, other) => isOwn(one) - isOwn(other));
  return [...sorted.flatMap(({ map }) => map ?? []), ...imported];
}

/** Which map lies over the picture, and which over its copy beside it. */
function useChosenMaps(name: string, list: ItemReruns, item: ItemView, latest: string | null) {
  const [chosen, setChosen] = useState<{ of: string; left: string | null; right: string | null }>({
    ...{ of: '', left: null, right: null },
  });
  const [paired, setPaired] = useState(false);
  useEffect(() => {
    if (latest !== null)
      setChosen((before) => ({ of: name, left: latest, right: before.of === name ? before.left : null }));
  }, [latest]);
  const sources = useMemo(() => mapsOf(list, item), [list, item]);
  const now = chosen.of === name ? chosen : { left: null, right: null };
  const find = (id: string | null): MapSource | undefined => sources.find((source) => source.id === id);
  const left = find(now.left) ?? sources[0] ?? null;
  // Beside a map, the most telling is one by another way of the same model.
  const others = sources.filter(({ id }) => id !== left?.id);
  const right = paired
    ? (find(now.right === left?.id ? null : now.right) ??
      others.find(({ method }) => method !== left?.method) ??
      others[0] ??
      null)
    : null;
  const show = (side: 'left' | 'right', id: string): void =>
    setChosen({ of: name, left: left?.id ?? null, right: right?.id ?? null, [side]: id });
  const pair = useCallback(() => setPaired((before) => !before), []);
  return { sources, left, right, paired, canPair: sources.length > 1, show, pair };
}

/** The numbers of these sources, asked for when they are shown. */
function useMaps(host: Host, wanted: readonly (MapSource | null)[]): ReadonlyMap<string, Maps> {
  const [maps, setMaps] = useState<ReadonlyMap<string, Maps>>(new Map());
  const asked = useRef(new Set<string>());
  const ids = wanted.flatMap((source) => source?.id ?? []).join('\0');
  useEffect(() => {
    for (const id of ids === '' ? [] : ids.split('\0')) {
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      const keep = (value: Maps): void => setMaps((before) => kept(before, id, value, asked.current));
      host.request('maps', { id }).then(keep, (error: unknown) => keep(messageOf(error)));
    }
  }, [host, ids]);
  return maps;
}

function kept(
  before: ReadonlyMap<string, Maps>,
  id: string,
  value: Maps,
  asked: Set<string>,
): ReadonlyMap<string, Maps> {
  const after = new Map([...before, [id, value]]);
  const [oldest] = after.keys();
  if (after.size > MOST_KEPT && oldest !== undefined) {
    after.delete(oldest);
    asked.delete(oldest);
  }
  return after;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
