import { wentFrom, type Treatment } from '../../protocol/comparePage.js';
import { Visible } from '../shared/visible.js';
import { transitionsTable } from './copied.js';
import type { OwnParts } from './actions.js';
import { columnsOf, totalOf } from './outcomes.js';
import { Panel, Scrolls } from './panel.js';
import { percent } from './words.js';

/** Percent of the hue where all of a row is in one cell: its number is still read. */
const DARKEST = 35;
const ALL = 'all';

/** What became of the answers: outcomes in the base by outcomes in the new run, each cell the darker the greater its share of its row. */
export function Transitions(parts: OwnParts) {
  const { treatment, name, actions, open } = parts;
  const { transitions } = treatment;
  const columns = columnsOf(transitions);
  const rows = columns.filter((from) => Object.hasOwn(transitions, from));
  const shown = columns.filter((to) => rows.some((from) => wentFrom(transitions, from, to) > 0));
  return (
    <Panel
      title="What became of the answers"
      about="Joined items by their outcome in the base (rows) and in the new run (columns). The darker a cell, the greater its share of its row; framed: the same in both."
      table={() => transitionsTable(parts)}
      actions={actions}
    >
      <Scrolls kind="matrix" caption={`Outcomes in the base (rows) and in ${name} (columns)`}>
        <thead>
          <tr>
            <th scope="col" class="corner">
              base ↓ new →
            </th>
            {[...shown, ALL].map((to) => (
              <th key={to} scope="col" title={to}>
                <span class="name">
                  <Visible text={to} />
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((from) => (
            <Line key={from} from={from} columns={shown} transitions={transitions} open={open} />
          ))}
          <tr class="sums">
            <th scope="row">{ALL}</th>
            {shown.map((to) => {
              const sum = rows.reduce((total, from) => total + wentFrom(transitions, from, to), 0);
              return <Cell key={to} count={sum} words={`${to} in the new run: ${sum}`} open={() => open({ to })} />;
            })}
            <Total transitions={transitions} open={open} />
          </tr>
        </tbody>
      </Scrolls>
    </Panel>
  );
}

interface LineParts extends Pick<OwnParts, 'open'> {
  readonly from: string;
  readonly columns: readonly string[];
  readonly transitions: Treatment['transitions'];
}

function Line({ from, columns, transitions, open }: LineParts) {
  const row = transitions[from] ?? {};
  const sum = totalOf(row);
  return (
    <tr>
      <th scope="row" title={from}>
        <span class="name">
          <Visible text={from} />
        </span>
      </th>
      {columns.map((to) => {
        const count = wentFrom(transitions, from, to);
        const words = `${from} in the base, ${to} in the new run: ${count} of ${sum}, ${percent(count / sum)}`;
        const isSame = from === to;
        return <Cell key={to} {...{ count, words, isSame }} share={count / sum} open={() => open({ from, to })} />;
      })}
      <Cell count={sum} words={`${from} in the base: ${sum}`} open={() => open({ from })} />
    </tr>
  );
}

function Total({ transitions, open }: Pick<LineParts, 'transitions' | 'open'>) {
  const sum = Object.values(transitions).reduce((total, row) => total + totalOf(row), 0);
  return <Cell count={sum} words={`All that are compared: ${sum}`} open={() => open({})} />;
}

interface CellParts {
  readonly count: number;
  readonly words: string;
  readonly share?: number;
  readonly isSame?: boolean;
  readonly open: () => void;
}

function Cell({ count, words, share = 0, isSame = false, open }: CellParts) {
  return (
    <td class={isSame ? 'same' : ''} style={{ '--share': `${Math.round(DARKEST * share)}%` }}>
      {count > 0 && (
        <button type="button" title={words} aria-label={`${words}. Open these rows`} onClick={open}>
          {count.toLocaleString('en')}
        </button>
      )}
    </td>
  );
}
