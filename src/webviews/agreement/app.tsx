import { useCallback } from 'preact/hooks';
import type { AgreementAnswer, AgreementState } from '../../protocol/agreementPage.js';
import type { Query } from '../../protocol/rows.js';
import { Icon } from '../shared/icon.js';
import { Nothing } from '../shared/nothing.js';
import { Visible } from '../shared/visible.js';
import type { AgreementConnection } from './kept.js';
import { Annotators, Coefficients, Estimates } from './numbers.js';
import { Relabels } from './relabels.js';
import { Disagreements, RuleMatrix } from './rule.js';
import { useAgreement } from './useAgreement.js';

const LISTED = 20;

/** How far annotators agree with one another and with the rule, and what a sample tells of all rows. */
export function App({ connection }: { readonly connection: AgreementConnection }) {
  const { host } = connection;
  const { state, answer, problem, sample, choose, fail, again } = useAgreement(connection);
  const open = useCallback((query: Query) => void host.request('open', { query }).catch(fail), [host, fail]);
  const command = (id: string): void => void host.request('command', { command: id }).catch(fail);
  const draw = (): void =>
    void host.request('drawSample', null).then((file) => {
      if (file !== null) choose(file);
    }, fail);
  if (state === null) return <p class="waiting">{problem ?? 'Opening …'}</p>;
  if (state.id === null) return <Nothing state={state} host={host} />;
  return (
    <main class="agreement" aria-busy={answer === null && problem === null && !state.annotating.blind}>
      <h1>Agreement of annotators</h1>
      <Controls state={state} sample={sample} choose={choose} draw={draw} />
      {problem !== null && (
        <p class="problem" role="alert">
          <Icon name="warning" /> <Visible text={problem} />{' '}
          <button type="button" onClick={again}>
            Try Again
          </button>{' '}
          <button type="button" onClick={() => command('flipside.showLog')}>
            Show the Log
          </button>
        </p>
      )}
      {state.annotating.blind ? (
        <p class="empty">
          <Icon name="eye-closed" /> Blind annotating is on: what others say would be told here.{' '}
          <button type="button" onClick={() => command('flipside.toggleBlind')}>
            End Blind Annotating
          </button>
        </p>
      ) : answer === null ? (
        <p class="waiting">{problem === null && 'Counting …'}</p>
      ) : (
        <>
          <Numbers answer={answer} state={state} open={open} />
          <div class="cards">
            <Relabels host={host} revision={state.revision} open={open} fail={fail} />
          </div>
        </>
      )}
    </main>
  );
}

interface ControlParts {
  readonly state: AgreementState;
  readonly sample: string | null;
  readonly choose: (file: string | null) => void;
  readonly draw: () => void;
}

function Controls({ state, sample, choose, draw }: ControlParts) {
  return (
    <div class="controls">
      <label>
        Sample
        <select value={sample ?? ''} onChange={(event) => choose(event.currentTarget.value || null)}>
          <option value="">none</option>
          {state.samples.map(({ file, name }) => (
            <option key={file} value={file}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={draw}>
        <Icon name="beaker" /> Draw a sample of the rows in the list…
      </button>
    </div>
  );
}

interface NumberParts {
  readonly answer: AgreementAnswer;
  readonly state: AgreementState;
  readonly open: (query: Query) => void;
}

function Numbers({ answer, state, open }: NumberParts) {
  const { labels } = state.annotating.scheme;
  const titleOf = (label: string | null): string =>
    label === null ? 'disputed' : (labels.find(({ id }) => id === label)?.title ?? label);
  const shown = { answer, titleOf, open };
  return (
    <>
      <Problems answer={answer} />
      {answer.counts.answers === 0 ? (
        <p class="empty">
          <Icon name="info" /> Nobody has annotated anything yet: choose an item, and press the key of a label.
        </p>
      ) : (
        <div class="cards">
          <Annotators {...shown} />
          <Coefficients {...shown} />
          <Disagreements {...shown} />
          <RuleMatrix {...shown} />
        </div>
      )}
      {answer.sample !== null && (
        <div class="cards">
          <Estimates sample={answer.sample} titleOf={titleOf} />
        </div>
      )}
    </>
  );
}

/** What of the files counts for nothing, and where it stands. */
function Problems({ answer: { problems, stale } }: { readonly answer: AgreementAnswer }) {
  return (
    <>
      {stale > 0 && (
        <p class="told">
          <Icon name="history" /> Of {stale === 1 ? 'one row' : `${stale} rows`} question or image changed since
          somebody judged it: that counts for nothing.
        </p>
      )}
      {problems.length > 0 && (
        <details class="told">
          <summary>
            <Icon name="warning" /> {problems.length === 1 ? 'One line or file' : `${problems.length} lines or files`}{' '}
            of the annotations cannot be read; all else counts
          </summary>
          <ul>
            {problems.slice(0, LISTED).map(({ file, line, reason }) => (
              <li key={`${file} ${line}`}>
                <Visible text={`${file}${line === null ? '' : `, line ${line}`}: ${reason}`} />
              </li>
            ))}
          </ul>
          {problems.length > LISTED && <p>… and {problems.length - LISTED} more.</p>}
        </details>
      )}
    </>
  );
}
