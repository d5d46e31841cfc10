import type { Treatment } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import { SOURCE_OPTIONS, type Command } from '../command.js';
import { percentRange, pValue } from '../numbers.js';
import { withAnalysis } from '../opening.js';
import type { Section } from '../report.js';

export const compare: Command = {
  name: 'compare',
  summary: 'One baseline against one or more treatments, over the items they share.',
  usage: 'compare PATH… --base R --new R… [--bootstrap] [--seed N]',
  example: 'flipside compare results --base baseline.csv --new augmented.csv boxes.csv',
  options: [
    ...SOURCE_OPTIONS,
    { name: 'base', value: 'RUN', help: 'the baseline: its id or any unique end of it' },
    { name: 'new', value: 'RUN…', help: 'the treatments', multiple: true, variadic: true },
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
      const result = await analysis.compare(base, treatments, { bootstrap: wanted ? bootstrap : null });
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
      { name: 'new run' },
      { name: 'joined', align: 'right' },
      { name: 'fixed', align: 'right' },
      { name: 'broken', align: 'right' },
      { name: 'difference', align: 'right' },
      { name: '95 % CI', align: 'right' },
      { name: 'McNemar p', align: 'right' },
      { name: `Holm of ${family}`, align: 'right' },
    ],
    rows: treatments.map((each) => [
      each.new,
      each.joined.total,
      each.fixed,
      each.broken,
      signed(each.difference),
      percentRange(each.bootstrap?.ci95 ?? each.differenceCi95),
      pValue(each.mcnemarP),
      pValue(each.mcnemarPHolm),
    ]),
    notes: treatments.flatMap((each) => [
      `${each.new}: joined ${each.joined.byContent} by question, options and gold, ${each.joined.byPosition} reworded ones by position, options and gold, ${each.joined.byId} by id; ${each.joined.refused} share an id or place but not the item. ${each.onlyBase} only in the base, ${each.onlyNew} only in the new run.`,
      ...each.warnings,
    ]),
  };
}

function details(each: Treatment): Section[] {
  const outcomes = [
    ...new Set([...Object.keys(each.transitions), ...Object.values(each.transitions).flatMap(Object.keys)]),
  ].sort();
  return [
    {
      title: `${each.new}: by task`,
      columns: [
        { name: 'task' },
        { name: 'base', align: 'right' },
        { name: 'new', align: 'right' },
        { name: 'difference', align: 'right' },
        { name: 'McNemar p', align: 'right' },
        { name: `Holm of ${each.byTaskFamilySize}`, align: 'right' },
      ],
      rows: Object.entries(each.byTask).map(([task, own]) => [
        task,
        `${own.baseCorrect}/${own.joined}`,
        `${own.newCorrect}/${own.joined}`,
        signed(own.difference),
        pValue(own.mcnemarP),
        pValue(own.mcnemarPHolm),
      ]),
    },
    {
      title: `${each.new}: what became of the answers (rows: base, columns: new)`,
      columns: [{ name: 'base' }, ...outcomes.map((name) => ({ name, align: 'right' as const }))],
      rows: outcomes
        .filter((from) => each.transitions[from] !== undefined)
        .map((from) => [from, ...outcomes.map((to) => each.transitions[from]?.[to] ?? 0)]),
    },
  ];
}
