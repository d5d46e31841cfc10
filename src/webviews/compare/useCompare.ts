import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { CompareChoice, CompareState, Comparison } from '../../protocol/comparePage.js';
import { chosenOf } from './choice.js';
import { useKept } from '../shared/useKept.js';
import { NOTHING_CHOSEN, type CompareConnection } from './kept.js';

/** Whoever ticks several runs waits once, in milliseconds. */
const REST = 150;

/** How far the comparison of what is chosen is. */
export type Phase = 'loading' | 'ready' | 'stopped' | 'failed';

/** State and comparison of the page; `problem` is what last went wrong, in a sentence. */
export function useCompare(connection: CompareConnection) {
  const { host } = connection;
  const [state, setState] = useState<CompareState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [kept, change] = useKept(connection, NOTHING_CHOSEN);
  const fail = useCallback((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)), []);
  useEffect(() => {
    const choose = (choice: CompareChoice | null): void => {
      if (choice !== null) change({ ...choice, looked: null });
    };
    host.request('start', null).then((now) => {
      choose(now.asked);
      setState(now);
    }, fail);
    const ends = [host.on('changed', setState), host.on('choose', choose)];
    return () => ends.forEach((end) => end());
  }, [host, fail, change]);
  const choice = state === null ? null : chosenOf(kept, state.runs);
  const comparing = useComparison(connection, state?.id ?? null, choice, kept.target, setProblem);
  return { ...{ state, kept, choice, problem, change, fail, ...comparing }, dismiss: () => setProblem(null) };
}

/** Asks for the comparison of what is chosen. That of before stays until it is there; not where it never comes. */
function useComparison(
  { host }: CompareConnection,
  id: string | null,
  choice: CompareChoice | null,
  target: string | null,
  tell: (problem: string | null) => void,
) {
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const [phase, setPhase] = useState<Phase>('loading');
  const [tries, setTries] = useState(0);
  const given = useRef<AbortController | null>(null);
  const ask = choice === null ? null : JSON.stringify({ ...choice, target });
  useEffect(() => {
    if (id === null || ask === null) return undefined;
    const own = new AbortController();
    given.current = own;
    const end = (at: Phase, made: Comparison | null, problem: string | null): void => {
      if (own.signal.aborted) return;
      setComparison(made);
      setPhase(at);
      tell(problem);
    };
    const what = JSON.parse(ask) as CompareChoice & { target: string | null };
    if (what.treatments.length === 0) {
      end('ready', null, null);
      return undefined;
    }
    setPhase('loading');
    const load = (): void =>
      void host.request('compare', what, own.signal).then(
        (made) => end('ready', made, null),
        (error: Error) => end('failed', null, error.message),
      );
    const timer = setTimeout(load, REST);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [host, id, ask, tries, tell]);
  const stop = useCallback(() => {
    given.current?.abort();
    setComparison(null);
    setPhase('stopped');
  }, []);
  return { comparison, phase, stop, again: () => setTries((count) => count + 1) };
}
