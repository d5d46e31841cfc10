import type { Ref } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { DashboardState } from '../../protocol/dashboardPage.js';
import { Icon } from '../shared/icon.js';
import { Nothing } from '../shared/nothing.js';
import { Card, isMissing, Missing, type Actions } from './card.js';
import { areClasses, orderSeries } from './colours.js';
import { Controls } from './controls.js';
import type { Dashboard } from './kept.js';
import { shownText } from './shownAs.js';
import { PARTS, useDashboard, useTheme, type Shown } from './useDashboard.js';

/** The charts of what is open. */
export function App({ connection }: { readonly connection: Dashboard }) {
  const { host } = connection;
  const { state, kept, shown, problem, end, change, fail, dismiss } = useDashboard(connection);
  const theme = useTheme();
  const [said, setSaid] = useState('');
  const actions = useMemo<Actions>(
    () => ({
      open: (query) => void host.request('open', { query }).catch(fail),
      copy: (text, what) => void host.request('copy', { text }).then(() => setSaid(`Copied as ${what}.`), fail),
      save: (name, made) =>
        void made
          .then((bytes) => host.request('save', { name, bytes }))
          .then((file) => setSaid(file === null ? '' : `Saved as ${file}.`), fail),
      toggleTable: (id) =>
        change({ tables: kept.tables.includes(id) ? kept.tables.filter((each) => each !== id) : [...kept.tables, id] }),
    }),
    [host, fail, change, kept.tables],
  );
  if (state === null) return <p class="waiting">{problem ?? 'Opening …'}</p>;
  if (state.id === null || state.runs.length === 0) return <Nothing state={state} host={host} />;
  const setFactor = (run: string, name: string, value: string): void =>
    void host.request('setFactor', { run, name, value }).catch(fail);
  return (
    <main class="dashboard" aria-busy={shown.loading}>
      <h1 class="sr-only">Charts</h1>
      <Controls state={state} kept={kept} host={host} change={change} setFactor={setFactor} />
      {state.problem !== null && (
        <p class="problem" role="alert">
          <Icon name="warning" /> {shownText(state.problem)}
        </p>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          <Icon name="warning" /> {problem}{' '}
          <button type="button" onClick={dismiss}>
            Dismiss
          </button>
        </p>
      )}
      <p class="counted" role="status">
        {countedIn(shown, state)} {said}
      </p>
      <Cards shown={shown} tables={kept.tables} theme={theme} end={end} actions={actions} />
    </main>
  );
}

function countedIn({ kept, of, loading, parts }: Shown, { lens }: DashboardState): string {
  if (parts.length === 0) return loading ? 'Counting …' : '';
  const rows =
    kept === of
      ? `${of.toLocaleString('en')} items`
      : `${kept.toLocaleString('en')} of ${of.toLocaleString('en')} items`;
  return `${rows}; lens ${lens}.${loading ? ' Counting …' : ''}`;
}

interface CardsParts {
  readonly shown: Shown;
  readonly tables: readonly string[];
  readonly theme: number;
  /** Where more charts are asked for once it is near. */
  readonly end: Ref<HTMLDivElement>;
  readonly actions: Actions;
}

/** Those with something to show first, then why others have not. */
function Cards({ shown, tables, theme, end, actions }: CardsParts) {
  const answers = shown.parts.flatMap((part, at) => part.map((answer) => ({ answer, isStale: at >= shown.fresh })));
  const missing = answers.flatMap(({ answer }) => (isMissing(answer) ? [answer] : []));
  // Charts of one run, or of some, have the colours that all others have. Rows of a matrix are no series of runs.
  orderSeries(
    answers
      .flatMap(({ answer: each }) => (isMissing(each) || each.kind === 'matrix' || areClasses(each) ? [] : each.series))
      .map(({ name }) => name),
  );
  return (
    <>
      <div class="cards">
        {answers.map(({ answer: chart, isStale }) =>
          isMissing(chart) ? null : (
            <Card key={chart.id} chart={chart} isTable={tables.includes(chart.id)} {...{ theme, isStale, actions }} />
          ),
        )}
        {shown.parts.length < PARTS.length &&
          shown.loading &&
          [0, 1].slice(Math.min(1, shown.parts.length)).map((at) => <div key={at} class="card skeleton" />)}
      </div>
      <div ref={end} class={shown.parts.length < PARTS.length ? 'end more' : 'end'} />
      {missing.length > 0 && (
        <div class="cards small">
          {missing.map((each) => (
            <Missing key={each.id} {...each} />
          ))}
        </div>
      )}
    </>
  );
}
