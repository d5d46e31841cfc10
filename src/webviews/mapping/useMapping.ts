import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { MappingDraft, MappingPreview } from '../../protocol/mapping.js';
import type { Accepted, MappingState } from '../../protocol/mappingPage.js';
import { problemOf } from './draft.js';
import type { MappingConnection } from './kept.js';

/** Typing and picking go on for a moment; so long, in milliseconds, nothing is asked. */
const DELAY = 150;

/** A message may name all columns of a file with thousands. */
const LONGEST = 600;

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

function isCancelled(error: unknown): boolean {
  return (error as { kind?: unknown }).kind === 'cancelled';
}

/** The file as the extension tells of it, and the mapping that is being edited. `edited` is null where nothing was changed. */
export function useSubject(connection: MappingConnection) {
  const { host } = connection;
  const [state, setState] = useState<MappingState | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [edited, setEdited] = useState<MappingDraft | null>(connection.state?.draft ?? null);
  const start = useCallback(() => {
    host.request('start', null).then(
      (now) => {
        setFailure(null);
        setState(now);
      },
      (error: unknown) => setFailure(wordsOf(error)),
    );
  }, [host]);
  useEffect(() => {
    start();
    return host.on('changed', (changed) => {
      setState(changed.state);
      setNotice(changed.state.message ?? changed.reason);
    });
  }, [host, start]);
  const file = state?.file;
  useEffect(() => {
    if (file !== undefined) connection.keep({ file, draft: edited });
  }, [connection, file, edited]);
  const draft = edited ?? state?.subject?.draft ?? null;
  return { state, notice, failure, draft, edited, edit: setEdited, start, dismiss: () => setNotice(null) };
}

export interface Previewed {
  /** The latest that could be made; it stays while another is made, and where one cannot be. */
  readonly preview: MappingPreview | null;
  /** Why the mapping as it is now gives none. */
  readonly problem: string | null;
  /** What is shown is not of the mapping as it is now. */
  readonly isOld: boolean;
}

/** The first records under the mapping, asked for when editing pauses; of several answers the latest counts. */
export function usePreview(
  { host }: MappingConnection,
  state: MappingState | null,
  draft: MappingDraft | null,
): Previewed {
  const [made, setMade] = useState<{ readonly of: MappingDraft; readonly preview: MappingPreview } | null>(null);
  const [failed, setFailed] = useState<{ readonly of: MappingDraft; readonly problem: string } | null>(null);
  const isFirst = useRef(true);
  const own = draft === null ? null : problemOf(draft);
  useEffect(() => {
    if (draft === null || own !== null) return undefined;
    const asking = new AbortController();
    const ask = (): void => {
      host.request('preview', { draft }, asking.signal).then(
        (preview) => {
          if (asking.signal.aborted) return;
          setMade({ of: draft, preview });
          setFailed(null);
        },
        (error: unknown) => {
          if (!asking.signal.aborted && !isCancelled(error)) setFailed({ of: draft, problem: wordsOf(error) });
        },
      );
    };
    const timer = setTimeout(ask, isFirst.current ? 0 : DELAY);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
    // The state is another one when the file has changed.
  }, [host, state, draft, own]);
  const problem = own ?? (failed !== null && failed.of === draft ? failed.problem : null);
  return { preview: made?.preview ?? null, problem, isOld: made !== null && made.of !== draft };
}

/** What the buttons do, and what became of it. */
export function useActions({ host }: MappingConnection, draft: MappingDraft | null) {
  const [isBusy, setBusy] = useState(false);
  const [accepted, setAccepted] = useState<Accepted | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // What was accepted is no longer what is shown.
  useEffect(() => {
    setAccepted(null);
    setProblem(null);
  }, [draft]);
  const run = async (work: (draft: MappingDraft) => Promise<unknown>): Promise<void> => {
    if (draft === null || isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await work(draft);
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    ...{ isBusy, accepted, problem },
    accept: () =>
      void run(async (of) => {
        const done = await host.request('accept', { draft: of });
        if (done !== null) setAccepted(done);
      }),
    openJson: () => void run((of) => host.request('openJson', { draft: of })),
    cancel: () => void host.request('cancel', null).catch(() => undefined),
    settings: () => void run(() => host.request('settings', { about: 'reading' })),
  };
}
