import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { BackendInfo, ModelsState } from '../../protocol/modelsPage.js';
import type { ModelsConnection } from './kept.js';

/** What became of a model that was tried: what it can do, or why it cannot be loaded. */
export type Tried =
  { readonly info: BackendInfo; readonly failure: null } | { readonly info: null; readonly failure: string };

export interface Trials {
  /** By the ids of models. */
  readonly done: ReadonlyMap<string, Tried>;
  readonly running: ReadonlySet<string>;
  readonly start: (model: string) => void;
  readonly cancel: (model: string) => void;
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Models as the extension tells of them. They are looked for when the page begins, when somebody asks, and when settings have changed. */
export function useModels({ host }: ModelsConnection) {
  const [state, setState] = useState<ModelsState | null>(null);
  const [looking, setLooking] = useState(true);
  const [failure, setFailure] = useState<string | null>(null);
  // Of several searches the latest counts.
  const latest = useRef(0);
  const find = useCallback(() => {
    const number = ++latest.current;
    const isLatest = (): boolean => number === latest.current;
    setLooking(true);
    host
      .request('find', null)
      .then(
        (now) => {
          if (!isLatest()) return;
          setState(now);
          setFailure(null);
        },
        (error: unknown) => {
          if (isLatest()) setFailure(wordsOf(error));
        },
      )
      .finally(() => {
        if (isLatest()) setLooking(false);
      });
  }, [host]);
  useEffect(() => {
    host.request('start', null).then(setState, (error: unknown) => setFailure(wordsOf(error)));
    return host.on('changed', setState);
  }, [host]);
  const revision = state?.revision;
  useEffect(() => {
    if (revision !== undefined) find();
  }, [find, revision]);
  return { state, looking, failure, find };
}

/** Models that are tried: what they said holds until the settings by which they are loaded change. */
export function useTrials({ host }: ModelsConnection, revision: number, said: (words: string) => void): Trials {
  const [done, setDone] = useState<ReadonlyMap<string, Tried>>(new Map());
  const [running, setRunning] = useState<ReadonlyMap<string, AbortController>>(new Map());
  const now = useRef(revision);
  now.current = revision;
  useEffect(() => setDone(new Map()), [revision]);
  const keep = useCallback((model: string, tried: Tried) => setDone((before) => new Map(before).set(model, tried)), []);
  const start = useCallback(
    (model: string) => {
      const [controller, began] = [new AbortController(), now.current];
      setRunning((before) => new Map(before).set(model, controller));
      const holds = (): boolean => began === now.current && !controller.signal.aborted;
      host
        .request('probe', { model }, controller.signal)
        .then(
          (info) => {
            if (!holds()) return;
            keep(model, { info, failure: null });
            said(`${info.name} answers on ${info.device}.`);
          },
          (error: unknown) => {
            if (!holds()) return;
            keep(model, { info: null, failure: wordsOf(error) });
            said(`${model} cannot be loaded: ${wordsOf(error)}`);
          },
        )
        .finally(() =>
          setRunning((before) => new Map([...before].filter(([id, each]) => id !== model || each !== controller))),
        );
    },
    [host, keep, said],
  );
  const cancel = useCallback(
    (model: string) => {
      running.get(model)?.abort();
      said('Cancelled.');
    },
    [running, said],
  );
  return { done, running: new Set(running.keys()), start, cancel };
}
