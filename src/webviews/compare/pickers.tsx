import { useState } from 'preact/hooks';
import type { CompareChoice, CompareRun } from '../../protocol/comparePage.js';
import { runNames } from '../shared/runNames.js';
import { Visible } from '../shared/visible.js';
import type { Kept } from './kept.js';
import { plural } from './words.js';

interface Parts {
  readonly runs: readonly CompareRun[];
  readonly choice: CompareChoice;
  readonly kept: Kept;
  /** To aim at. */
  readonly tasks: readonly string[];
  readonly change: (part: Partial<Kept>) => void;
}

/** What is compared: one base, the treatments, and what these aim at. */
export function Pickers({ runs, choice, kept, tasks, change }: Parts) {
  const names = runNames(runs);
  const { target } = kept;
  const offered = target === null || tasks.includes(target) ? tasks : [...tasks, target];
  return (
    <div class="controls">
      <label>
        Base
        <select
          value={choice.base}
          title={choice.base}
          onChange={({ currentTarget }) => change({ base: currentTarget.value, looked: null })}
        >
          {runs.map(({ id, baseline }) => (
            <option key={id} value={id}>
              {baseline ? '★ ' : ''}
              {names.get(id) ?? id}
            </option>
          ))}
        </select>
      </label>
      {offered.length > 0 && (
        <label title="The task that the treatments aim at: what falls while it rises counts as forgotten">
          Aimed at
          <select
            value={target ?? ''}
            onChange={({ currentTarget }) =>
              change({ target: currentTarget.value === '' ? null : currentTarget.value })
            }
          >
            <option value="">all items</option>
            {offered.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
      )}
      {runs.length > 1 && <Treatments runs={runs} names={names} choice={choice} change={change} />}
    </div>
  );
}

interface TreatmentParts extends Pick<Parts, 'runs' | 'choice' | 'change'> {
  readonly names: ReadonlyMap<string, string>;
}

/** A list to tick, narrowed by typing. The base is not in it. */
function Treatments({ runs, names, choice, change }: TreatmentParts) {
  const [text, setText] = useState('');
  // As it is left, also when the first run is ticked.
  const [isOpen, setOpen] = useState(choice.treatments.length === 0);
  const others = runs.filter(({ id }) => id !== choice.base);
  const wanted = text.trim().toLowerCase();
  const shown = others.filter(({ id, model, dataset }) =>
    [id, model, dataset].some((each) => each?.toLowerCase().includes(wanted) === true),
  );
  const choose = (ids: readonly string[]): void => change({ base: choice.base, treatments: ids, looked: null });
  const toggle = (id: string, on: boolean): void =>
    choose(on ? [...choice.treatments, id] : choice.treatments.filter((each) => each !== id));
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Treatments: {choice.treatments.length} of {others.length}
      </summary>
      <div class="pick">
        <input
          type="text"
          placeholder="Search runs"
          aria-label="Search runs"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button
          type="button"
          onClick={() => choose([...new Set([...choice.treatments, ...shown.map(({ id }) => id)])])}
        >
          {wanted === '' ? 'All' : 'All Found'}
        </button>
        <button type="button" onClick={() => choose([])}>
          None
        </button>
      </div>
      <Ticks shown={shown} names={names} chosen={choice.treatments} toggle={toggle} />
    </details>
  );
}

interface TickParts extends Pick<TreatmentParts, 'names'> {
  readonly shown: readonly CompareRun[];
  readonly chosen: readonly string[];
  readonly toggle: (id: string, on: boolean) => void;
}

function Ticks({ shown, names, chosen, toggle }: TickParts) {
  return (
    <div class="choices" role="group" aria-label="Treatments">
      {shown.map(({ id, dataset, items }) => (
        <label key={id} title={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={({ currentTarget }) => toggle(id, currentTarget.checked)}
          />
          <span>
            <Visible text={names.get(id) ?? id} />
          </span>{' '}
          <span class="aside">
            <Visible text={[...(dataset === null ? [] : [dataset]), plural(items, 'item')].join(', ')} />
          </span>
        </label>
      ))}
      {shown.length === 0 && <p class="aside">No run has this in its name.</p>}
    </div>
  );
}
