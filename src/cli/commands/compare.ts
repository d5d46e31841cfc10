import type { TaskComparison, Treatment } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import { PATCH_OPTION, SOURCE_OPTIONS, type Command } from '../command.js';
import { fixed, percent, percentRange, plural, pValue } from '../../core/analysis/numbers.js';
import { withAnalysis } from '../opening.js';
import type { Section } from '../report.js';

export const compare: Command = {
  name: 'compare',
  summary: 'One baseline against one or more treatments, over the items they share.',
  usage: 'compare PATH… --base R --new R… [--bootstrap] [--seed N]',
  example: 'flipside compare results --base baseline.csv --new augmented.csv boxes.csv',
  options: [
    ...SOURCE_OPTIONS,
    PATCH_OPTION,
    { name: 'base', value: 'RUN', help: 'the baseline: its id, or any part of it that no other run has' },
    { name: 'new', value: 'RUN…', help: 'the treatments', multiple: true, variadic: true },
    {
      name: 'target',
      value: 'TASK',
      help: 'the task that the treatments aim at: what falls while it rises (all items)',
    },
    { name: 'bootstrap', help: 'add a cluster bootstrap interval of the difference' },
    { name: 'replicates', value: 'N', help: 'bootstrap replicates (10,000)' },
    { name: 'seed', value: 'N', help: 'bootstrap seed (1)' },
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const { args } = context;
      const base = args.text('base');
      const treatments = args.list('new');
      if (base === null || treatments.length === 0) {
        throw new FlipsideError('compare needs --base RUN and --new RUN.', { exitCode: 2 });
      }
      const wanted = args.has('bootstrap') || args.has('replicates');
      const bootstrap = { replicates: args.count('replicates', 10_000, 100), seed: args.count('seed', 1) };
      const named = treatments.map((name) => analysis.runId(name));
      const against = analysis.runId(base);
      refuseBase(against, named);
      const result = await analysis.compare(against, named, {
        bootstrap: wanted ? bootstrap : null,
        lens: analysis.lens,
        target: args.text('target'),
      });
      requireTarget(args.text('target'), result.treatments);
      for (const each of result.treatments)
        for (const warning of each.warnings) context.tell(`${each.new}: ${warning}`);
      return {
        json: result,
        sections: [overview(result.base, result.treatments), ...result.treatments.flatMap(details)],
      };
    }),
};

function signed(fraction: number | null): string {
  if (fraction === null) return '–';
  return `${fraction >= 0 ? '+' : '−'}${Math.abs(fraction * 100).toFixed(1)} points`;
}

function overview(base: string, treatments: readonly Treatment[]): Section {
  const family = treatments[0]?.familySize ?? 1;
  return {
    title: `Against the base ${base}`,
    columns: [
      { name: 'new run', own: 'above' },
      { name: 'joined', align: 'right' },
      { name: 'base rows', align: 'right' },
      { name: 'new rows', align: 'right' },
      { name: 'fixed', align: 'right' },
      { name: 'broken', align: 'right' },
      { name: 'difference', align: 'right' },
      {
        name: treatments.some(({ bootstrap }) => bootstrap !== null) ? '95 % CI (bootstrap)' : '95 % CI',
        align: 'right',
      },
      { name: 'McNemar p', align: 'right' },
      { name: `Holm of ${family}`, align: 'right' },
    ],
    rows: treatments.map((each) => [
      each.new,
      each.joined.total,
      each.baseRows,
      each.newRows,
      each.fixed,
      each.broken,
      signed(each.difference),
      percentRange(each.bootstrap?.ci95 ?? each.differenceCi95),
      pValue(each.mcnemarP),
      pValue(each.mcnemarPHolm),
    ]),
    notes: treatments.flatMap((each) => [
      `${each.new}: joined ${each.joined.byContent} by question, options and gold, ${each.joined.byPosition} reworded by position, options and gold, ${each.joined.byId} by id; ${each.joined.refused} ${each.joined.refused === 1 ? 'shares' : 'share'} an id or place but not the item. ${each.onlyBase} only in the base, ${each.onlyNew} only in the new run.${goldNote(each)}`,
      ...each.warnings,
    ]),
  };
}

/** A base held against itself would be one more test, by which the p-values of the others are adjusted. */
function refuseBase(base: string, treatments: readonly string[]): void {
  if (!treatments.includes(base)) return;
  throw new FlipsideError(`--new ${base} is the base itself: a run is held against another one.`, { exitCode: 2 });
}

/** A task that no joined item has would be a target that never rises. */
function requireTarget(target: string | null, treatments: readonly Treatment[]): void {
  const tasks = new Set(treatments.flatMap(({ byTask }) => Object.keys(byTask)));
  if (target === null || tasks.has(target)) return;
  const known = tasks.size === 0 ? 'They have none.' : `They have: ${[...tasks].join(', ')}.`;
  throw new FlipsideError(`--target ${target}: no item that the runs share has this task. ${known}`, { exitCode: 2 });
}

/** The difference is over fewer rows than were joined where gold is missing. */
function goldNote({ noGold }: Treatment): string {
  if (noGold === 0) return '';
  return ` ${plural(noGold, 'joined row')} without gold on one side ${noGold === 1 ? 'stands' : 'stand'} outside every count.`;
}

function classes(each: Treatment): Section {
  const rows = Object.entries(each.classes);
  const [of] = rows.map(([, own]) => own.of);
  const share = (count: number, rate: number | null): string =>
    rate === null ? String(count) : `${count} (${percent(rate)})`;
  return {
    title: `${each.new}: errors by class over the joined items`,
    columns: [
      { name: 'class' },
      { name: 'base', align: 'right' },
      { name: 'new', align: 'right' },
      { name: 'difference', align: 'right' },
      { name: 'rate difference', align: 'right' },
    ],
    rows: rows.map(([name, own]) => [
      name,
      share(own.base, own.baseRate),
      share(own.new, own.newRate),
      `${own.difference < 0 ? '−' : own.difference > 0 ? '+' : ''}${Math.abs(own.difference)}`,
      signed(own.rateDifference),
    ]),
    notes: [
      of === undefined
        ? 'No joined item is an error that has a class.'
        : `Rates are out of the ${plural(of, 'joined item')} with gold on both sides${rows.some(([, own]) => own.baseRate === null) ? '; depth flips have none, since "front" may mean different things among them' : ''}.`,
    ],
  };
}

/** Right units; with decimals where questions count with a share of their samples. */
function count(right: number): string {
  return Number.isInteger(right) ? String(right) : fixed(right);
}

function groups(
  title: string,
  name: string,
  rows: readonly (readonly [string, TaskComparison])[],
  family: number,
  notes: readonly string[],
): Section {
  return {
    title,
    columns: [
      { name },
      { name: 'base', align: 'right' },
      { name: 'new', align: 'right' },
      { name: 'difference', align: 'right' },
      { name: '95 % CI', align: 'right' },
      { name: 'McNemar p', align: 'right' },
      { name: `Holm of ${family}`, align: 'right' },
    ],
    rows: rows.map(([group, own]) => [
      group,
      `${count(own.baseCorrect)}/${own.joined}`,
      `${count(own.newCorrect)}/${own.joined}`,
      signed(own.difference),
      percentRange(own.differenceCi95),
      pValue(own.mcnemarP),
      pValue(own.mcnemarPHolm),
    ]),
    notes,
  };
}

/** What fell while the target rose; of a task that was aimed at also that it did not, or that nothing fell. */
function forgotten({ forgetting: { target, difference, rose, fell } }: Treatment): string[] {
  if (difference === null || difference <= 0) {
    if (target === null) return [];
    const told = difference === null ? 'is no task of the joined items' : `did not rise (${signed(difference)})`;
    return [`${target} ${told}: nothing counts as given up for it.`];
  }
  if (target === null && fell.length === 0) return [];
  const aimed = target ?? 'the accuracy of all items';
  const listed = (significant: boolean): string =>
    fell
      .filter((each) => each.significant === significant)
      .map((each) => `${each.task} (${signed(each.difference)})`)
      .join(', ');
  const [sure, unsure] = [listed(true), listed(false)];
  return [
    `While ${aimed} rose by ${signed(difference).slice(1)}${rose ? '' : ' (no more than chance may do)'}, ` +
      [
        ...(sure === '' ? [] : [`these fell: ${sure}`]),
        ...(unsure === '' ? [] : [`these fell within chance: ${unsure}`]),
        ...(fell.length === 0 ? ['no other task fell'] : []),
      ].join('; ') +
      '.',
  ];
}

/** Joined items that are in no row of a table. */
function restOf(
  { joined, noGold }: Treatment,
  rows: readonly (readonly [string, TaskComparison])[],
  lacking: string,
): string[] {
  const rest = joined.total - noGold - rows.reduce((sum, [, own]) => sum + own.joined, 0);
  return rest === 0 ? [] : [`In no row: ${plural(rest, 'joined item')} ${lacking}.`];
}

function details(each: Treatment): Section[] {
  // A class may be called what every object has ("constructor").
  const changes = new Map(Object.entries(each.transitions).map(([from, row]) => [from, new Map(Object.entries(row))]));
  const outcomes = [...new Set([...changes.keys(), ...[...changes.values()].flatMap((row) => [...row.keys()])])].sort();
  const tasks = Object.entries(each.byTask);
  const directions = Object.entries(each.byDirection);
  return [
    ...(tasks.length > 0 || each.forgetting.target !== null
      ? [
          groups(`${each.new}: by task`, 'task', tasks, each.byTaskFamilySize, [
            ...forgotten(each),
            ...restOf(each, tasks, 'without a task'),
          ]),
        ]
      : []),
    ...(directions.length > 0
      ? [
          groups(
            `${each.new}: by direction of the right answer`,
            'direction',
            directions,
            each.byDirectionFamilySize,
            restOf(each, directions, 'whose right answer is no direction'),
          ),
        ]
      : []),
    classes(each),
    {
      title: `${each.new}: what became of the answers (rows: base, columns: new)`,
      columns: [{ name: 'base' }, ...outcomes.map((name) => ({ name, align: 'right' as const }))],
      rows: outcomes
        .filter((from) => changes.has(from))
        .map((from) => [from, ...outcomes.map((to) => changes.get(from)?.get(to) ?? 0)]),
    },
  ];
}
