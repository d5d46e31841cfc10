import { useState } from 'preact/hooks';
import type { DirectionComparison, TaskComparison, Treatment } from '../../protocol/comparePage.js';
import { arrowOf } from '../shared/direction.js';
import { Icon } from '../shared/icon.js';
import { Visible } from '../shared/visible.js';
import { changesTable } from './copied.js';
import { Count, Mark } from './count.js';
import type { OwnParts } from './actions.js';
import { IntervalPlot, ScaleHead } from './interval.js';
import { markOf } from './marks.js';
import { Heads, Panel, Scrolls } from './panel.js';
import { RIGHT_AFTER, RIGHT_BEFORE, type Condition } from './queries.js';
import { scaleOf } from './scale.js';
import { percent, points, pointsRange, pValue } from './words.js';

/** So many rows are shown at first. */
const MOST = 25;

interface Parts extends OwnParts {
  readonly kind: 'task' | 'direction';
}

const TITLES = { task: 'By task', direction: 'By direction of the right answer' } as const;
const ABOUT = {
  task: 'Accuracy over the joined items of each task. Forgotten: it fell, significantly, while the target rose.',
  direction:
    'Accuracy over the joined items whose right answer is that direction, as the base states it. Collapse: it falls by 10 points or more, significantly, while the accuracy of all rises.',
} as const;

/** Accuracy of each task or direction in both runs, with difference, interval, test and marks. */
export function Changes(parts: Parts) {
  const { kind, treatment, kept, actions, name } = parts;
  const [isWhole, setWhole] = useState(false);
  const all = sorted(kind === 'task' ? treatment.byTask : treatment.byDirection, kept.risesFirst);
  if (all.length === 0) return null;
  const size = kind === 'task' ? treatment.byTaskFamilySize : treatment.byDirectionFamilySize;
  const end = scaleOf(all.map(([, each]) => each));
  const shown = isWhole ? all : all.slice(0, MOST);
  return (
    <Panel title={TITLES[kind]} about={ABOUT[kind]} table={() => changesTable(kind, parts)} actions={actions}>
      <Scrolls kind="data" caption={`${TITLES[kind]}: ${name} against the base`}>
        <Head {...parts} end={end} size={size} />
        <tbody>
          {shown.map(([of, each]) => (
            <Line key={of} {...parts} of={of} row={each} end={end} />
          ))}
        </tbody>
      </Scrolls>
      <Rest
        {...parts}
        of={treatment.joined.total - treatment.noGold - all.reduce((sum, [, { joined }]) => sum + joined, 0)}
      />
      {all.length > MOST && (
        <p>
          <button type="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? `Show the First ${MOST}` : `Show All ${all.length}`}
          </button>
        </p>
      )}
    </Panel>
  );
}

/** Joined items that are in no row of the table. */
function Rest({ kind, open, of }: Parts & { readonly of: number }) {
  if (of === 0) return null;
  const number =
    kind === 'task' ? (
      <Count value={of} what="joined, without a task" open={() => open({ task: null })} />
    ) : (
      of.toLocaleString('en')
    );
  const lacking = kind === 'task' ? 'without a task' : 'whose right answer is no direction';
  return (
    <p class="about">
      In no row: {number} joined {of === 1 ? 'item' : 'items'} {lacking}.
    </p>
  );
}

function Head({ kind, kept, change, end, size }: Parts & { readonly end: number; readonly size: number }) {
  const { risesFirst } = kept;
  return (
    <thead>
      <tr>
        <th scope="col">{kind}</th>
        <Heads
          of={[
            ['joined', 'Joined items with a right answer on both sides'],
            ['base', 'Right in the base'],
            ['new', 'Right in the new run'],
          ]}
        />
        <th scope="col" class="number" aria-sort={risesFirst ? 'descending' : 'ascending'}>
          <button
            type="button"
            class="link"
            title={
              risesFirst
                ? 'What rose most stands first. Put first what fell most'
                : 'What fell most stands first. Put first what rose most'
            }
            onClick={() => change({ risesFirst: !risesFirst })}
          >
            difference <Icon name={risesFirst ? 'arrow-down' : 'arrow-up'} />
          </button>
        </th>
        <th scope="col">
          95 % interval, points <ScaleHead end={end} />
        </th>
        <Heads of={[[`Holm p of ${size}`, 'McNemar’s exact test, adjusted over this table']]} />
      </tr>
    </thead>
  );
}

interface LineParts extends Parts {
  readonly of: string;
  readonly row: TaskComparison | DirectionComparison;
  readonly end: number;
}

function Line({ kind, of, row, end, treatment, open }: LineParts) {
  const where: Condition = kind === 'task' ? { task: of } : { direction: of };
  const mark = markOf(kind, of, row, treatment);
  const right = (value: number, condition: Condition, side: string) => (
    <td class="number">
      <Count value={value} what={`${of}, right in ${side}`} open={isWhole(treatment) ? () => open(condition) : null} />{' '}
      <span class="aside">{percent(value / row.joined)}</span>
    </td>
  );
  return (
    <tr>
      <th scope="row" title={of}>
        <span class="named">
          <span class={`name ${kind}`}>
            {kind === 'direction' && (
              <span class="arrow" aria-hidden="true">
                {arrowOf(of)}
              </span>
            )}
            <Visible text={of} />
          </span>
          {mark !== null && <Mark {...mark} />}
        </span>
      </th>
      <td class="number">
        <Count value={row.joined} what={`${of}, joined`} open={() => open(where)} />
      </td>
      {right(row.baseCorrect, { ...where, ...RIGHT_BEFORE }, 'the base')}
      {right(row.newCorrect, { ...where, ...RIGHT_AFTER }, 'the new run')}
      <td class="number">{points(row.difference)}</td>
      <td class="plot">
        <IntervalPlot {...row} end={end} /> <span class="range">{pointsRange(row.differenceCi95)}</span>
      </td>
      <td class="number">{pValue(row.mcnemarPHolm)}</td>
    </tr>
  );
}

/** Right items are rows of their own only where no question is right in part. */
function isWhole({ sampled }: Treatment): boolean {
  return (sampled?.partly ?? 0) === 0;
}

function sorted<Row extends TaskComparison>(
  rows: Readonly<Record<string, Row>>,
  risesFirst: boolean,
): readonly (readonly [string, Row])[] {
  const by = risesFirst ? -1 : 1;
  return Object.entries(rows).sort(
    ([one, a], [other, b]) => by * ((a.difference ?? 0) - (b.difference ?? 0)) || (one < other ? -1 : 1),
  );
}
