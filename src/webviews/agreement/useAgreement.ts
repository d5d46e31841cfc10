import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AgreementAnswer, AgreementState } from '../../protocol/agreementPage.js';
import { RpcError } from '../../protocol/rpc.js';
import type { AgreementConnection } from './kept.js';

/** What somebody who annotates does in so many milliseconds is counted together. */
const REST = 300;

/** How far annotators agree, as it is now: counted anew when somebody has annotated, and kept in sight until that is there. */
export function useAgreement(connection: AgreementConnection) {
  const { host, state: before } = connection;
  const [state, setState] = useState<AgreementState | null>(null);
  const [answer, setAnswer] = useState<AgreementAnswer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [sample, setSample] = useState<string | null>(before?.sample ?? null);
  const [tries, setTries] = useState(0);
  const fail = useCallback((error: unknown) => {
    if (error instanceof RpcError && error.kind === 'cancelled') return;
    setProblem(error instanceof Error ? error.message : String(error));
  }, []);
  useEffect(() => {
    host.request('start', null).then(setState, fail);
    return host.on('changed', setState);
  }, [host, fail]);
  const id = state?.id ?? null;
  const { blind = false, scheme = null } = state?.annotating ?? {};
  const isThere = state !== null && sample !== null && state.samples.some(({ file }) => file === sample);
  const file = isThere ? sample : null;
  // The scheme's titles and order stand in the answer.
  const labels = JSON.stringify(scheme);
  useEffect(() => {
    if (id === null || blind) return setAnswer(null);
    const controller = new AbortController();
    const timer = setTimeout(() => {
      host.request('load', { sample: file }, controller.signal).then((now) => {
        if (controller.signal.aborted) return;
        setAnswer(now);
        setProblem(null);
      }, fail);
    }, REST);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [host, fail, id, blind, file, labels, state?.revision, tries]);
  const choose = useCallback(
    (chosen: string | null) => {
      setSample(chosen);
      connection.keep({ sample: chosen });
    },
    [connection],
  );
  const again = useCallback(() => {
    setProblem(null);
    setTries((count) => count + 1);
  }, []);
  return { state, answer, problem, sample: file, choose, fail, again };
}
