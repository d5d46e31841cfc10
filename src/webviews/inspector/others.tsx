import { useRef, useState } from 'preact/hooks';
import type { ItemView, OtherAnswer, Outcome } from '../../protocol/rows.js';
import { ClassChip } from '../shared/classes.js';
import { Answer } from '../shared/direction.js';
import { Icon } from '../shared/icon.js';
import { runNames } from '../shared/runNames.js';
import { useTools } from './context.js';

const OUTCOMES: readonly (readonly [Outcome, string])[] = [
  ['right', 'right'],
  ['wrong', 'wrong'],
  ['unanswered', 'unanswered'],
  ['no gold', 'without gold'],
];

/** "30 other runs: 12 right, 15 wrong, 3 unanswered". */
function tally(others: readonly OtherAnswer[]): string {
  const counts = OUTCOMES.map(([outcome, word]) => ({
    word,
    count: others.filter((o) => o.outcome === outcome).length,
  }));
  const parts = counts.filter(({ count }) => count > 0).map(({ word, count }) => `${count} ${word}`);
  return `${others.length} other ${others.length === 1 ? 'run' : 'runs'}: ${parts.join(', ')}`;
}

/** Every other run's answer to the same item. One row takes part in the tab order; arrows move, Enter opens. */
export function Others({ item }: { readonly item: ItemView }) {
  const { others } = item;
  return (
    <section aria-labelledby="others-heading">
      <h2 id="others-heading">
        The same item in other runs {others.length > 0 && <span class="muted">{tally(others)}</span>}
      </h2>
      {others.length === 0 ? (
        <p class="muted">No other run has this item.</p>
      ) : (
        <Table others={others} isHidden={item.annotations.hidden} />
      )}
    </section>
  );
}

interface TableParts {
  readonly others: readonly OtherAnswer[];
  /** Classes are held back. */
  readonly isHidden: boolean;
}

function Table({ others, isHidden }: TableParts) {
  const { host, run } = useTools();
  const names = runNames(others.map(({ key, model }) => ({ id: key.run, model })));
  const [current, setCurrent] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const active = Math.min(current, others.length - 1);
  const go = (to: number): void => {
    const next = Math.min(Math.max(to, 0), others.length - 1);
    setCurrent(next);
    body.current?.rows[next]?.focus();
  };
  const show = (index: number): void => {
    const other = others[index];
    if (other !== undefined) run(host.request('show', { key: other.key }));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: others.length - 1 }[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' || event.key === ' ') show(active);
    else return;
    event.preventDefault();
  };
  return (
    <table class="others" role="grid" aria-labelledby="others-heading">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Answer</th>
          <th scope="col">Class</th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown}>
        {others.map((other, index) => (
          // By place, not by run: the focus stays where it is when the item changes under it.
          <tr
            key={index}
            tabIndex={index === active ? 0 : -1}
            title="Show this run's answer (Enter)"
            onFocus={() => setCurrent(index)}
            onClick={() => show(index)}
          >
            <Cells other={other} name={names.get(other.key.run) ?? other.key.run} isHidden={isHidden} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellsParts extends Pick<TableParts, 'isHidden'> {
  readonly other: OtherAnswer;
  readonly name: string;
}

function Cells({ other, name, isHidden }: CellsParts) {
  return (
    <>
      <td class="run" title={other.model === null ? other.key.run : `${other.model}, ${other.key.run}`}>
        {name}
        {other.baseline && (
          <span class="baseline" title="Baseline">
            {' '}
            <Icon name="star-full" />
            <span class="hidden-text">baseline</span>
          </span>
        )}
      </td>
      <td class="answer-cell" dir="auto" title={other.predicted ?? ''}>
        <Answer direction={other.predictedDirection} text={other.predicted} />
      </td>
      <td>
        <Ending other={other} isHidden={isHidden} />
      </td>
    </>
  );
}

function Ending({ other, isHidden }: Omit<CellsParts, 'name'>) {
  if (other.outcome === 'wrong' && other.class !== null) return <ClassChip name={other.class} drift={null} short />;
  const icon = { right: 'check', wrong: 'close', unanswered: 'circle-slash', 'no gold': 'question' }[other.outcome];
  if (other.outcome === 'wrong' && isHidden)
    return (
      <span class="ending" title="Its class is hidden until this item has a label of your own">
        <Icon name={icon} /> <span class="hidden-text">wrong, </span>class hidden
      </span>
    );
  return (
    <span class={`ending ${other.outcome === 'right' ? 'gold' : ''}`}>
      <Icon name={icon} /> {other.outcome === 'unanswered' ? 'no answer' : other.outcome}
    </span>
  );
}
