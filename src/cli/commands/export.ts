import { FlipsideError } from '../../core/model.js';
import { SOURCE_OPTIONS, type Command } from '../command.js';
import { FILTER_OPTIONS, readFilter } from '../filters.js';
import { plural } from '../numbers.js';
import { withAnalysis } from '../opening.js';

const FORMATS = ['csv', 'jsonl', 'parquet', 'md'] as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'Rows with their class and trace, as a file.',
  usage: 'export PATH… --to csv|jsonl|parquet|md --out OUT',
  example: 'flipside export results --to csv --out flips.csv --class horizontal-flip',
  options: [
    ...SOURCE_OPTIONS,
    ...FILTER_OPTIONS,
    { name: 'to', value: FORMATS.join('|'), help: 'the format of the file' },
    { name: 'out', value: 'OUT', help: 'the file to write' },
  ],
  run: (context) => {
    const { args } = context;
    const to = FORMATS.find((format) => format === args.text('to'));
    const out = args.text('out');
    if (to === undefined) throw new FlipsideError(`--to takes ${FORMATS.join(', ')}.`, { exitCode: 2 });
    if (out === null) throw new FlipsideError('--out is missing: the file to write.', { exitCode: 2 });
    return withAnalysis(context, async (analysis) => {
      analysis.requireClasses(args.list('class'));
      const result = await analysis.export(
        to,
        out,
        readFilter(args, (name) => analysis.runId(name)),
      );
      return {
        json: result,
        sections: [
          {
            title: '',
            columns: [],
            rows: [],
            notes: [
              `Wrote ${plural(result.rows, 'row')} under lens ${result.lens} v${result.lensVersion} to ${result.file}.`,
            ],
          },
        ],
      };
    });
  },
};
