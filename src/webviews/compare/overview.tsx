import type { ComparedCell, Comparison, Treatment } from '../../protocol/comparePage.js';
import { Visible } from '../shared/visible.js';
import type { Shown } from './actions.js';
import { Count } from './count.js';
import { IntervalPlot, ScaleHead } from './interval.js';
import { Heads, Panel, Scrolls } from './panel.js';
import { joined, rowsOf, type Condition } from './queries.js';
import { overviewTable } from './copied.js';
import { scaleOf } from './scale.js';
import { plural, points, pointsRange, pValue } from './words.js';

interface Parts extends Shown {
  readonly comparison: Comparison;
  /** The treatment whose tables are below. */
  readonly looked: Treatment;
}

const OUTCOMES: readonly (readonly [string, string])[] = [
  ['fixed', 'Wrong in the base, right in the new run'],
  ['broken', 'Right in the base, wrong in the new run'],
  ['both right', 'Right in the base and in the new run'],
  ['both wrong', 'Wrong in the base and in the new run'],
];
const OUTSIDE: readonly (readonly [string, string])[] = [
  ['no gold', 'Joined items without a right answer on one side: outside of every other count'],
  ['only base', 'Items of the base that the new run does not have'],
  ['only new', 'Items of the new run that the base does not have'],
];
const PARTLY = [
  'right in part',
  'Questions that are right in some of their samples: neither fixed nor broken',
] as const;

/** A row for each treatment: how it was joined with the base, what became of the items, and whether that is chance. */
export function Overview(parts: Parts) {
  const { comparison, names, actions } = parts;
  const { base, treatments } = comparison;
  const end = scaleOf(treatments);
  const isSampled = treatments.some(({ sampled }) => sampled !== undefined);
  const family = treatments[0]?.familySize ?? 0;
  const name = names.get(base) ?? base;
  return (
    <Panel
      title={`Against the base ${name}`}
      about={`New minus base over the joined items, with its 95 % interval (cluster-robust, paired). McNemar's test, exact; Holm's adjustment over ${plural(family, 'test')}.${isSampled ? ' Where samples were taken, questions are counted, and a number opens all their samples.' : ''}`}
      table={() => overviewTable(comparison)}
      actions={actions}
    >
      <Scrolls kind="data overview" caption={`Treatments against the base ${name}`}>
        <thead>
          <tr>
            <th scope="col">new run</th>
            <th scope="col">joined</th>
            <Heads of={isSampled ? [...OUTCOMES, PARTLY] : OUTCOMES} />
            <th scope="col" class="number">
              difference
            </th>
            <th scope="col">
              95 % interval, points <ScaleHead end={end} />
            </th>
            <Heads
              of={[
                ['McNemar p', 'Exact test of fixed against broken; none where a question is right in part'],
                [`Holm of ${family}`, 'Adjusted for the number of treatments that are tested'],
                ...OUTSIDE,
              ]}
            />
          </tr>
        </thead>
        <tbody>
          {treatments.map((each) => (
            <Line key={each.new} {...parts} treatment={each} end={end} isSampled={isSampled} />
          ))}
        </tbody>
      </Scrolls>
    </Panel>
  );
}

interface LineParts extends Parts {
  readonly treatment: Treatment;
  readonly end: number;
  readonly isSampled: boolean;
}

type CellCount = readonly [cell: ComparedCell, value: number];

function outcomesOf(treatment: Treatment, isSampled: boolean): readonly CellCount[] {
  return [
    ['fixed', treatment.fixed],
    ['broken', treatment.broken],
    ['both right', treatment.bothRight],
    ['both wrong', treatment.bothWrong],
    ...(isSampled ? [['partly', treatment.sampled?.partly ?? 0] as const] : []),
  ];
}

function outsideOf(treatment: Treatment): readonly CellCount[] {
  return [
    ['no gold', treatment.noGold],
    ['only base', treatment.onlyBase],
    ['only new', treatment.onlyNew],
  ];
}

function Line({ treatment, end, isSampled, comparison, looked, names, change, actions }: LineParts) {
  const { differenceCi95 } = treatment;
  const name = names.get(treatment.new) ?? treatment.new;
  const open = (condition: Condition) => () => actions.open(rowsOf(comparison.base, treatment.new, condition));
  const numbered = ([cell, value]: CellCount) => (
    <td key={cell} class="number">
      <Count
        value={value}
        what={`${name}, ${cell === 'partly' ? 'right in part' : cell}`}
        open={open({ cells: [cell] })}
      />
    </td>
  );
  return (
    <tr class={treatment === looked ? 'looked' : ''}>
      <th scope="row" title={treatment.new}>
        {comparison.treatments.length === 1 ? (
          <span class="name">
            <Visible text={name} />
          </span>
        ) : (
          <button
            type="button"
            class="link name"
            aria-pressed={treatment === looked}
            onClick={() => change({ looked: treatment.new })}
          >
            <Visible text={name} />
          </button>
        )}
      </th>
      <td>
        <Evidence treatment={treatment} name={name} open={open} />
      </td>
      {outcomesOf(treatment, isSampled).map(numbered)}
      <td class="number">{points(treatment.difference)}</td>
      <td class="plot">
        <IntervalPlot {...treatment} end={end} /> <span class="range">{pointsRange(differenceCi95)}</span>
      </td>
      <td class="number">{pValue(treatment.mcnemarP)}</td>
      <td class="number">{pValue(treatment.mcnemarPHolm)}</td>
      {outsideOf(treatment).map(numbered)}
    </tr>
  );
}

interface EvidenceParts {
  readonly treatment: Treatment;
  readonly name: string;
  readonly open: (condition: Condition) => () => void;
}

const BY = [
  ['content', 'byContent', 'question, options and gold are the same'],
  ['position', 'byPosition', 'reworded, with the same options and gold at the same place of files in the same order'],
  ['id', 'byId', 'the same id, and all that both state agrees'],
] as const;

/** How many items were joined, by what, and how many were not although they share an id or a place. */
function Evidence({ treatment, name, open }: EvidenceParts) {
  const { joined: evidence, baseRows, newRows } = treatment;
  return (
    <>
      <Count value={evidence.total} what={`${name}, joined`} open={open(joined(treatment))} />{' '}
      <span class="aside" title={`The base has ${baseRows}, the new run ${newRows}`}>
        of {baseRows.toLocaleString('en')} and {newRows.toLocaleString('en')}
      </span>
      <ul class="evidence">
        {BY.filter(([, key]) => evidence[key] > 0).map(([by, key, title]) => (
          <li key={by} title={title}>
            <Count value={evidence[key]} what={`${name}, joined by ${by}`} open={open(joined(treatment, by))} /> by {by}
          </li>
        ))}
        {evidence.refused > 0 && (
          <li title="They share an id or a place with an item of the base, and are another one">
            <Count value={evidence.refused} what={`${name}, refused`} open={open({ cells: ['refused'] })} /> refused
          </li>
        )}
      </ul>
    </>
  );
}
