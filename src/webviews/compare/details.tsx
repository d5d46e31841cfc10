import type { Treatment } from '../../protocol/comparePage.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import type { DetailParts } from './actions.js';
import { Changes } from './changes.js';
import { Classes } from './classes.js';
import { rowsOf, type Condition } from './queries.js';
import { Transitions } from './transitions.js';
import { plural, points } from './words.js';

/** Everything about one treatment: what to know first, then tasks, directions, classes and outcomes. */
export function Details(parts: DetailParts) {
  const { base, treatment, names, actions } = parts;
  const name = names.get(treatment.new) ?? treatment.new;
  const open = (condition: Condition): void => actions.open(rowsOf(base, treatment.new, condition));
  const own = { ...parts, name, open };
  const judged = treatment.joined.total - treatment.noGold;
  return (
    <>
      <h2 class="looked-at" title={treatment.new}>
        <span>
          <Visible text={name} /> against the base
        </span>
      </h2>
      {/* Of what shares nothing, what follows says why. */}
      {(treatment.joined.total === 0 ? [] : treatment.warnings).map((warning) => (
        <p key={warning} class="warned">
          <Icon name="warning" /> <Visible text={warning} />
        </p>
      ))}
      {judged === 0 ? (
        <NothingJoined {...parts} />
      ) : (
        <>
          <Forgotten treatment={treatment} open={open} />
          <div class="cards">
            <Changes {...own} kind="task" />
            <Changes {...own} kind="direction" />
            <Transitions {...own} />
            <Classes {...own} />
          </div>
        </>
      )}
    </>
  );
}

function NothingJoined({ base, treatment, names }: DetailParts) {
  const { total, refused } = treatment.joined;
  const pair = `${names.get(base) ?? base} and ${names.get(treatment.new) ?? treatment.new}`;
  const why =
    treatment.newRows === 0
      ? `${names.get(treatment.new) ?? treatment.new} holds no items: there is nothing to compare.`
      : total > 0
        ? `No item that these runs share has a right answer on both sides: ${pair}. Open the benchmark's file beside them, so that Flipside knows what is right.`
        : `These runs share no item: ${pair}. Items are the same where question, options and gold agree${refused === 0 ? '' : `; ${plural(refused, 'item')} of the new run ${refused === 1 ? 'shares' : 'share'} only an id or a place with the base, which proves nothing`}. Choose runs of one benchmark.`;
  return (
    <p class="empty">
      <Icon name="info" /> <Visible text={why} />
    </p>
  );
}

const MOST_NAMED = 8;

/** In a sentence: whether the target rose, and which tasks fell meanwhile. */
function Forgotten({ treatment, open }: Pick<DetailParts, 'treatment'> & { open: (condition: Condition) => void }) {
  const { target, difference, rose, fell } = treatment.forgetting;
  const subject = target === null ? 'All items together' : `The task ${target}`;
  const significant = fell.filter((each) => each.significant).length;
  const more = fell.length - MOST_NAMED;
  if (difference === null) {
    return <p class="told">{`${subject}: no joined item of it, so nothing can be said of forgetting.`}</p>;
  }
  if (difference <= 0) {
    return (
      <p class="told">
        <Visible text={`${subject} did not rise (${points(difference)}): nothing counts as given up for it.`} />
      </p>
    );
  }
  return (
    <>
      <p class="told">
        <Icon name={rose && significant > 0 ? 'warning' : 'info'} />{' '}
        <Visible
          text={`${subject} rose by ${points(difference)}${rose ? '' : doubtOf(treatment)}. ${fellIn(fell.length, significant)}`}
        />
      </p>
      {fell.length > 0 && (
        <ul class="fallen">
          {fell.slice(0, MOST_NAMED).map((each) => (
            <li key={each.task}>
              <button
                type="button"
                class="link"
                title="Open the items of this task"
                onClick={() => open({ task: each.task })}
              >
                <Visible text={each.task} />
              </button>{' '}
              {points(each.difference)}
              {each.significant ? ', significant' : ''}
            </li>
          ))}
          {more > 0 && <li>and {more} more, marked below</li>}
        </ul>
      )}
    </>
  );
}

/** Why a rise may be none. */
function doubtOf({ byTask, differenceCi95, forgetting: { target } }: Treatment): string {
  const own = target !== null && Object.hasOwn(byTask, target) ? byTask[target] : undefined;
  const interval = target === null ? differenceCi95 : own?.differenceCi95;
  return interval === null ? ', but with one cluster of items there is no interval' : ', but its interval contains 0';
}

function fellIn(count: number, significant: number): string {
  if (count === 0) return 'No task fell meanwhile.';
  const tested = significant === 0 ? 'none' : String(significant);
  return `${plural(count, 'task')} fell meanwhile, ${tested} of them significantly (Holm):`;
}
