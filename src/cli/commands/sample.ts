import type { Sample } from '../../core/analysis.js';
import { plural } from '../../core/analysis/numbers.js';
import { FlipsideError } from '../../core/model.js';
import { SOURCE_OPTIONS, type Command } from '../command.js';
import { FILTER_OPTIONS, readFilter, readSeed } from '../filters.js';
import { withAnalysis } from '../opening.js';
import type { Report } from '../report.js';

const ROWS = 200;
const SEED = 1;

export const sample: Command = {
  name: 'sample',
  summary: 'Wrong answers drawn at random, to be labelled: rates among all are estimated from them.',
  usage:
    'sample PATH… --out FILE [--n 200] [--seed 1] [--by FIELD] [--class C] [--task T] [--run R] [--search TEXT] [--where FIELD=VALUE]',
  example: 'flipside sample results --n 200 --by class --out sample.json',
  options: [
    ...SOURCE_OPTIONS,
    ...FILTER_OPTIONS,
    { name: 'out', value: 'FILE', help: 'the file to write: JSON with seed, conditions, strata and the rows drawn' },
    { name: 'n', value: 'N', help: `rows to draw (${ROWS})` },
    { name: 'seed', value: 'N', help: `the seed that draws them (${SEED})` },
    {
      name: 'by',
      value: 'FIELD',
      help: 'draw of each value of a field in proportion, two rows at least where N allows',
    },
    { name: 'all', help: 'right answers and items without gold too' },
  ],
  run: (context) => {
    const { args } = context;
    const out = args.text('out');
    if (out === null) throw new FlipsideError('--out is missing: the file to write.', { exitCode: 2 });
    const [n, seed] = [args.count('n', ROWS, 1), readSeed(args, SEED)];
    return withAnalysis(context, async (analysis) => {
      analysis.requireClasses(args.list('class'));
      const picked = readFilter(args, (name) => analysis.runId(name));
      const wrong = { field: 'correct', op: 'eq' as const, value: false };
      const filter = args.has('all') ? picked : { and: [wrong, picked] };
      const drawn = await analysis.sample({ filter, n, seed, field: args.text('by') }, out);
      return report(drawn, out);
    });
  },
};

function report(drawn: Sample, out: string): Report {
  const { strata, rows, of, n, seed, field } = drawn;
  return {
    json: { file: out, ...drawn },
    sections: [
      {
        title: `${plural(rows.length, 'row')} of ${of}, drawn with seed ${seed}`,
        columns: [
          { name: field ?? 'stratum' },
          { name: 'rows', align: 'right' },
          { name: 'drawn', align: 'right' },
          { name: 'each stands for', align: 'right' },
        ],
        rows: strata.map(({ value, size, drawn: own }) => [
          value ?? (field === null ? 'all' : '(no value)'),
          size,
          own,
          own === 0 ? null : (size / own).toFixed(1),
        ]),
        notes: [...notesOf(drawn, n), `Wrote ${out}.`],
      },
    ],
  };
}

/** What of the sample is otherwise than whoever asked for it may think. */
function notesOf({ strata, rows }: Sample, n: number): string[] {
  const none = strata.filter(({ drawn }) => drawn === 0).length;
  const hasLone = strata.some(({ size, drawn }) => drawn === 1 && size > 1);
  const enough = strata.reduce((sum, { size }) => sum + Math.min(2, size), 0);
  return [
    ...(rows.length < n ? [`There are no more rows than these: ${n} were asked for.`] : []),
    ...(none > 0
      ? [`Of ${plural(none, 'value')} no row was drawn: no rate among all can be estimated. Draw at least ${enough}.`]
      : []),
    ...(hasLone && none === 0
      ? [`Of some values one row of several was drawn: rates will have no interval. Draw at least ${enough}.`]
      : []),
  ];
}
