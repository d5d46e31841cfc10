import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import {
  CHART_KINDS,
  type ChartAnswer,
  type ChartKindName,
  type ChartsAsk,
  type DashboardState,
} from '../../protocol/dashboardPage.js';
import { NOTHING_CHOSEN, type Dashboard, type Kept } from './kept.js';

/** What is seen first is counted first. */
const FIRST: readonly ChartKindName[] = ['classes', 'tasks'];
const PARTS = [FIRST, CHART_KINDS.filter((kind) => !FIRST.includes(kind))];

/** The charts of what is chosen. `loading` while some are still counted; those of before stay meanwhile. */
export interface Shown {
  readonly answers: readonly ChartAnswer[];
  readonly kept: number;
  readonly of: number;
  readonly loading: boolean;
}

const NONE: Shown = { answers: [], kept: 0, of: 0, loading: true };

/** State and charts of the page; `problem` is what last went wrong, in a sentence. */
export function useDashboard(connection: Dashboard) {
  const { host, state: before } = connection;
  const [state, setState] = useState<DashboardState | null>(null);
  const [kept, setKept] = useState<Kept>({ ...NOTHING_CHOSEN, ...before });
  const [shown, setShown] = useState<Shown>(NONE);
  const [problem, setProblem] = useState<string | null>(null);
  const fail = useCallback((error: unknown) => {
    if (!(error instanceof Error && error.name === 'AbortError'))
      setProblem(error instanceof Error ? error.message : String(error));
  }, []);
  useEffect(() => {
    host.request('start', null).then(setState, fail);
    return host.on('changed', setState);
  }, [host, fail]);
  const change = useCallback(
    (part: Partial<Kept>) =>
      setKept((now) => {
        const after = { ...now, ...part };
        connection.keep(after);
        return after;
      }),
    [connection],
  );
  const given = useRef<AbortController | null>(null);
  const ask = JSON.stringify(askOf(kept, state));
  const factors = JSON.stringify(state?.runs.map((run) => run.factors) ?? []);
  const id = state?.id ?? null;
  useEffect(() => {
    if (id === null) return undefined;
    const own = new AbortController();
    given.current?.abort();
    given.current = own;
    load(JSON.parse(ask) as ChartsAsk, own.signal).catch(fail);
    return () => own.abort();

    async function load(what: ChartsAsk, signal: AbortSignal): Promise<void> {
      setShown((now) => ({ ...now, loading: true }));
      const answers: ChartAnswer[] = [];
      for (const [at, kinds] of PARTS.entries()) {
        const made = await host.request('charts', { ...what, kinds }, signal);
        if (signal.aborted) return;
        answers.push(...made.charts);
        setProblem(null);
        setShown({ answers: [...answers], kept: made.kept, of: made.of, loading: at < PARTS.length - 1 });
      }
    }
  }, [host, id, ask, factors, fail]);
  return { state, kept, shown, problem, change, fail, dismiss: () => setProblem(null) };
}

/** What is asked for; runs that are gone are not chosen any more. */
function askOf({ runs, group, chosen }: Kept, state: DashboardState | null): ChartsAsk {
  const open = runs.filter((id) => state?.runs.some((run) => run.id === id) ?? false);
  const conditions = Object.entries(chosen).map(([field, value]) => ({ field, op: 'eq', value }) as const);
  const isFactor = state?.runs.some((run) => group !== null && Object.hasOwn(run.factors, group)) ?? false;
  return {
    kinds: null,
    runs: open,
    filter: conditions.length === 0 ? null : { and: conditions },
    group: isFactor ? group : null,
  };
}

/** Counts changes of the theme: pictures are drawn in its colours. */
export function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const watcher = new MutationObserver(() => setTheme((count) => count + 1));
    watcher.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    return () => watcher.disconnect();
  }, []);
  return theme;
}
