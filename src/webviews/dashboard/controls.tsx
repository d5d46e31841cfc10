import { useEffect, useState } from 'preact/hooks';
import type { DashboardRun, DashboardState, FieldValues } from '../../protocol/dashboardPage.js';
import { runNames } from '../shared/runNames.js';
import type { Host, Kept } from './kept.js';

interface Parts {
  readonly state: DashboardState;
  readonly kept: Kept;
  readonly host: Host;
  readonly change: (part: Partial<Kept>) => void;
  readonly setFactor: (run: string, name: string, value: string) => void;
}

/** By what items can be chosen: what was asked, never what was answered. */
const FIELDS = ['task', 'frame', 'relation', 'kind'] as const;
/** Factors that charts know by name; others may be called anything. */
const FACTORS = ['encoder', 'data', 'template', 'seed', 'step', 'distribution'];

/** What the charts are of: runs, how these are taken together, and which items. */
export function Controls({ state, kept, host, change, setFactor }: Parts) {
  const factors = [...new Set(state.runs.flatMap((run) => Object.keys(run.factors)))].sort();
  const group = kept.group !== null && factors.includes(kept.group) ? kept.group : '';
  return (
    <div class="controls">
      <RunChoice runs={state.runs} kept={kept} change={change} />
      <label>
        Series
        <select value={group} onChange={({ currentTarget }) => change({ group: currentTarget.value || null })}>
          <option value="">each run</option>
          {factors.map((name) => (
            <option key={name} value={name}>
              by {name}
            </option>
          ))}
        </select>
      </label>
      {FIELDS.map((field) => (
        <FieldChoice key={field} field={field} id={state.id} kept={kept} host={host} change={change} />
      ))}
      <FactorTable runs={state.runs} names={factors} setFactor={setFactor} />
      {state.runs.length > 1 && <CompareLink host={host} />}
    </div>
  );
}

/** What charts show side by side, compared item by item. */
function CompareLink({ host }: Pick<Parts, 'host'>) {
  const open = (): void => void host.request('command', { command: 'flipside.compareRuns' }).catch(() => undefined);
  return (
    <button type="button" class="link" onClick={open}>
      Compare Runs Item by Item
    </button>
  );
}

function RunChoice({
  runs,
  kept,
  change,
}: { readonly runs: readonly DashboardRun[] } & Pick<Parts, 'kept' | 'change'>) {
  const names = runNames(runs);
  const chosen = kept.runs.filter((id) => runs.some((run) => run.id === id));
  const toggle = (id: string, on: boolean): void => {
    const before = chosen.length === 0 ? runs.map((run) => run.id) : chosen;
    const after = on ? [...before, id] : before.filter((each) => each !== id);
    change({ runs: after.length === runs.length ? [] : after.length === 0 ? [id] : after });
  };
  return (
    <details>
      <summary>Runs: {chosen.length === 0 ? `all ${runs.length}` : `${chosen.length} of ${runs.length}`}</summary>
      <div class="choices">
        {runs.map(({ id, dataset }) => (
          <label key={id} title={id}>
            <input
              type="checkbox"
              checked={chosen.length === 0 || chosen.includes(id)}
              onChange={({ currentTarget }) => toggle(id, currentTarget.checked)}
            />
            <span>{names.get(id) ?? id}</span> <span class="aside">{dataset}</span>
          </label>
        ))}
        <button type="button" onClick={() => change({ runs: [] })}>
          All runs
        </button>
      </div>
    </details>
  );
}

const NO_VALUES: FieldValues = { values: [], more: 0 };

interface FieldParts extends Pick<Parts, 'kept' | 'host' | 'change'> {
  readonly field: (typeof FIELDS)[number];
  readonly id: string | null;
}

/** A value of one field to choose by; nothing where the items have but one. */
function FieldChoice({ field, id, kept, host, change }: FieldParts) {
  const [{ values, more }, setValues] = useState<FieldValues>(NO_VALUES);
  useEffect(() => {
    const given = new AbortController();
    host.request('values', { field }, given.signal).then(setValues, () => setValues(NO_VALUES));
    return () => given.abort();
  }, [host, field, id]);
  const value = kept.chosen[field] ?? '';
  if (values.length < 2 && value === '') return null;
  return (
    <label>
      {field}
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const others = Object.fromEntries(Object.entries(kept.chosen).filter(([name]) => name !== field));
          change({ chosen: currentTarget.value === '' ? others : { ...others, [field]: currentTarget.value } });
        }}
      >
        <option value="">all</option>
        {values.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
        {value !== '' && !values.includes(value) && <option value={value}>{value}</option>}
        {more > 0 && <option disabled>{`${more.toLocaleString('en')} less frequent ones are not listed`}</option>}
      </select>
    </label>
  );
}

interface FactorParts extends Pick<Parts, 'setFactor'> {
  readonly runs: readonly DashboardRun[];
  readonly names: readonly string[];
}

/** The labels of runs, which `.flipside/runs.json` keeps. */
function FactorTable({ runs, names, setFactor }: FactorParts) {
  const shown = [...new Set([...FACTORS, ...names])];
  const called = runNames(runs);
  return (
    <details>
      <summary>Runs and factors</summary>
      <div class="scrolls choices">
        <table class="data">
          <caption>Labels by which runs are taken together; kept in .flipside/runs.json.</caption>
          <thead>
            <tr>
              <th scope="col">run</th>
              {shown.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <th scope="row" title={run.id}>
                  {called.get(run.id) ?? run.id}
                </th>
                {shown.map((name) => (
                  <td key={name}>
                    <input
                      type="text"
                      size={8}
                      aria-label={`${name} of ${called.get(run.id) ?? run.id}`}
                      value={run.factors[name] ?? ''}
                      onChange={({ currentTarget }) => setFactor(run.id, name, currentTarget.value.trim())}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
