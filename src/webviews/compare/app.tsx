import { useMemo, useState } from 'preact/hooks';
import type { CompareState, Comparison, Treatment } from '../../protocol/comparePage.js';
import { Icon } from '../shared/icon.js';
import { Nothing } from '../shared/nothing.js';
import { runNames } from '../shared/runNames.js';
import { Visible } from '../shared/visible.js';
import type { Actions } from './actions.js';
import { goneOf } from './choice.js';
import { Details } from './details.js';
import type { CompareConnection, Host } from './kept.js';
import { Overview } from './overview.js';
import { Pickers } from './pickers.js';
import { useCompare, type Phase } from './useCompare.js';
import { plural } from './words.js';

/** Runs of what is open, held against one of them. */
export function App({ connection }: { readonly connection: CompareConnection }) {
  const { host } = connection;
  const { state, kept, choice, comparison, phase, problem, change, fail, stop, again, dismiss } =
    useCompare(connection);
  const [said, setSaid] = useState('');
  const actions = useMemo<Actions>(
    () => ({
      open: (query) => void host.request('open', { query }).catch(fail),
      copy: (text, what) => void host.request('copy', { text }).then(() => setSaid(`Copied as ${what}.`), fail),
    }),
    [host, fail],
  );
  if (state === null) return <p class="waiting">{problem ?? 'Opening …'}</p>;
  if (state.id === null || choice === null) return <Nothing state={state} host={host} />;
  const looked = comparison?.treatments.find((each) => each.new === kept.looked) ?? comparison?.treatments[0] ?? null;
  const names = runNames(state.runs);
  const shown = { names, kept, change, actions };
  return (
    <main class="compare" aria-busy={phase === 'loading'}>
      <h1 class="sr-only">Compare runs</h1>
      <Pickers runs={state.runs} choice={choice} kept={kept} tasks={tasksOf(comparison)} change={change} />
      <Gone ids={goneOf(kept, state.runs)} base={kept.base} now={names.get(choice.base) ?? choice.base} />
      {problem !== null && (
        <p class="problem" role="alert">
          <Icon name="warning" /> {problem} <button onClick={again}>Try Again</button>{' '}
          <button onClick={() => void host.request('command', { command: 'flipside.showLog' }).catch(fail)}>
            Show the Log
          </button>{' '}
          <button onClick={dismiss}>Dismiss</button>
        </p>
      )}
      <p class="counted" role="status">
        {toldOf(phase, comparison, state)} {said}
      </p>
      <Waiting phase={phase} isFirst={comparison === null} stop={stop} again={again} />
      {state.runs.length === 1 && <OneRun host={host} />}
      {state.runs.length > 1 && choice.treatments.length === 0 && (
        <p class="empty">
          <Icon name="info" /> Choose at least one treatment above: a run that is held against the base.
        </p>
      )}
      {comparison !== null && looked !== null && (
        <>
          <Overview comparison={comparison} looked={looked} {...shown} />
          <Details key={looked.new} base={comparison.base} lens={lensOf(comparison)} treatment={looked} {...shown} />
        </>
      )}
    </main>
  );
}

function toldOf(phase: Phase, comparison: Comparison | null, { lens }: CompareState): string {
  if (phase === 'loading') return `Comparing …; lens ${lens}.`;
  if (comparison === null) return `Lens ${lens}.`;
  return `${plural(comparison.treatments.length, 'run')} against one base; lens ${lensOf(comparison)}.`;
}

function lensOf({ lens, lensVersion }: Comparison): string {
  return `${lens}, version ${lensVersion}`;
}

interface GoneParts {
  readonly ids: readonly string[];
  /** What was chosen, and the name of what stands in its place. */
  readonly base: string | null;
  readonly now: string;
}

/** Says which runs are compared no more, since their files are not there, until others are chosen. */
function Gone({ ids, base, now }: GoneParts) {
  if (ids.length === 0) return null;
  const others = ids.filter((id) => id !== base);
  const told = [
    ...(base !== null && ids.includes(base)
      ? [`The base ${base} is not there any more: ${now} stands in its place.`]
      : []),
    ...(others.length === 0 ? [] : [`Not there any more, and left out: ${others.join(', ')}.`]),
  ];
  return (
    <p class="warned" role="status">
      <Icon name="warning" /> <Visible text={told.join(' ')} />
    </p>
  );
}

/** All tasks of joined items. */
function tasksOf(comparison: Comparison | null): readonly string[] {
  const names = (comparison?.treatments ?? []).flatMap(({ byTask }: Treatment) => Object.keys(byTask));
  return [...new Set(names)].sort();
}

interface WaitingParts {
  readonly phase: Phase;
  readonly isFirst: boolean;
  readonly stop: () => void;
  readonly again: () => void;
}

/** Bones of what comes, and the way out of it. Those who wait no longer than a moment see neither. */
function Waiting({ phase, isFirst, stop, again }: WaitingParts) {
  if (phase === 'stopped') {
    return (
      <p class="empty">
        Stopped.{' '}
        <button type="button" class="primary" onClick={again}>
          Compare
        </button>
      </p>
    );
  }
  if (phase !== 'loading') return null;
  return (
    <div class="later">
      <p>
        <button type="button" onClick={stop}>
          Cancel
        </button>
      </p>
      {isFirst && [0, 1].map((at) => <div key={at} class="card skeleton" aria-hidden="true" />)}
    </div>
  );
}

function OneRun({ host }: { readonly host: Host }) {
  return (
    <div class="empty">
      <p>
        <Icon name="info" /> There is one run only, and nothing to hold it against. Open the folder that holds another,
        or choose its file.
      </p>
      <button
        type="button"
        class="primary"
        onClick={() => void host.request('command', { command: 'flipside.analyse' }).catch(() => undefined)}
      >
        Choose Files
      </button>
    </div>
  );
}
