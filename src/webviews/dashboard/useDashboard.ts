import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import {
  type ChartAnswer,
  type ChartKindName,
  type ChartsAsk,
  type DashboardState,
} from '../../protocol/dashboardPage.js';
import { useKept } from '../shared/useKept.js';
import { shownAs } from './shownAs.js';
import { NOTHING_CHOSEN, type Dashboard, type Kept } from './kept.js';

/** What is seen first is counted first; what follows, once it is near. Those that come out of the same counts are asked for together. */
export const PARTS: readonly (readonly ChartKindName[])[] = [
  ['classes', 'tasks'],
  ['class-ratios'],
  ['directions', 'rose'],
  ['yes-no', 'objects', 'pairs', 'pass-at-k'],
  ['reliability'],
  ['vocabulary'],
  ['templates', 'steps', 'distribution'],
  ['saliency', 'labels'],
  // Last: every text of every row is read for it.
  ['terms'],
];

/** The charts of what is chosen, part by part. `loading` while some are still counted; those of before stay meanwhile. */
export interface Shown {
  readonly parts: readonly (readonly ChartAnswer[])[];
  /** So many parts are of what is chosen now, while others are counted. */
  readonly fresh: number;
  readonly kept: number;
  readonly of: number;
  readonly loading: boolean;
}

const NONE: Shown = { parts: [], fresh: 0, kept: 0, of: 0, loading: true };

/** State and charts of the page; `problem` is what last went wrong, in a sentence. */
export function useDashboard(connection: Dashboard) {
  const { host } = connection;
  const [state, setState] = useState<DashboardState | null>(null);
  const [kept, change] = useKept(connection, NOTHING_CHOSEN);
  const [problem, setProblem] = useState<string | null>(null);
  const fail = useCallback((error: unknown) => {
    if (!(error instanceof Error && error.name === 'AbortError'))
      setProblem(error instanceof Error ? error.message : String(error));
  }, []);
  useEffect(() => {
    host.request('start', null).then(setState, fail);
    return host.on('changed', setState);
  }, [host, fail]);
  const dismiss = useCallback(() => setProblem(null), []);
  const charts = useCharts(host, { kept, state, fail, dismiss });
  return { state, kept, problem, change, fail, dismiss, ...charts };
}

interface Asking {
  readonly kept: Kept;
  readonly state: DashboardState | null;
  readonly fail: (error: unknown) => void;
  /** Forgets what went wrong before. */
  readonly dismiss: () => void;
}

/** Asks for the charts part by part, and anew where something else is chosen; `end` stands behind those that are there. */
function useCharts(host: Dashboard['host'], { kept, state, fail, dismiss }: Asking) {
  const [shown, setShown] = useState<Shown>(NONE);
  const given = useRef<AbortController | null>(null);
  const end = useRef<HTMLDivElement | null>(null);
  /** How many parts were near so far: these are counted anew, wherever the page is. */
  const near = useRef(1);
  const ask = JSON.stringify(askOf(kept, state));
  const notes = JSON.stringify([state?.runs.map((run) => run.factors), state?.human, state?.terms]);
  const id = state?.id ?? null;
  useEffect(() => {
    if (id === null) return undefined;
    const own = new AbortController();
    given.current?.abort();
    given.current = own;
    load(JSON.parse(ask) as ChartsAsk, own.signal).catch((error: unknown) => {
      if (!own.signal.aborted) setShown((now) => ({ ...now, loading: false }));
      fail(error);
    });
    return () => own.abort();

    async function load(what: ChartsAsk, signal: AbortSignal): Promise<void> {
      for (const [at, kinds] of PARTS.entries()) {
        if (at >= near.current) await reached(end.current, signal);
        near.current = Math.max(near.current, at + 1);
        setShown((now) => ({ ...now, fresh: at, loading: true }));
        const made = await host.request('charts', { ...what, kinds }, signal);
        if (signal.aborted) return;
        dismiss();
        setShown(({ parts }) => ({
          parts: [...parts.slice(0, at), made.charts.map(shownAs), ...parts.slice(at + 1)],
          ...{ fresh: at + 1, kept: made.kept, of: made.of, loading: at + 1 < near.current },
        }));
      }
    }
  }, [host, id, ask, notes, fail, dismiss]);
  return { shown, end };
}

/** Waits until what is seen ends less than a screen before this. Throws the signal's reason once it aborts. */
function reached(place: HTMLElement | null, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (place === null) return resolve();
    const watcher = new IntersectionObserver(
      (seen) => {
        if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
        watcher.disconnect();
        resolve();
      },
      // Of this document: a margin is none about a window that shows pages of others.
      { root: document, rootMargin: '0px 0px 100% 0px' },
    );
    const stop = (): void => {
      watcher.disconnect();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    watcher.observe(place);
  });
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
