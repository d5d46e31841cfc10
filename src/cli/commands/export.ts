import type { Analysis, ReportResult } from '../../core/analysis.js';
import { plural } from '../../core/analysis/numbers.js';
import { FlipsideError } from '../../core/model.js';
import { PATCH_OPTION, SOURCE_OPTIONS, type Command, type Context } from '../command.js';
import { FILTER_OPTIONS, readFilter, readSeed } from '../filters.js';
import { withAnalysis } from '../opening.js';
import type { Report } from '../report.js';
import { quoted } from '../shellWords.js';

const ROWS = ['csv', 'jsonl', 'parquet', 'md'] as const;
const FORMATS = [...ROWS, 'html'] as const;
/** What a report alone takes. */
const OF_REPORTS = ['base', 'examples', 'seed', 'images'] as const;
const EXAMPLES = 3;
const SEED = 1;

export const exportCommand: Command = {
  name: 'export',
  summary: 'Rows with their class and trace as a file, or a report for others (html).',
  usage: 'export PATH… --to csv|jsonl|parquet|md|html --out OUT',
  example: 'flipside export results --to csv --out flips.csv --class horizontal-flip',
  options: [
    ...SOURCE_OPTIONS,
    PATCH_OPTION,
    ...FILTER_OPTIONS,
    {
      name: 'to',
      value: FORMATS.join('|'),
      help: 'the format of the file; html: one page with numbers, examples, sources',
    },
    { name: 'out', value: 'OUT', help: 'the file to write' },
    { name: 'base', value: 'RUN', help: 'html: the run that others are compared with (the least accurate one)' },
    { name: 'examples', value: 'N', help: `html: examples of each class (${EXAMPLES})` },
    { name: 'seed', value: 'N', help: `html: the seed that draws the examples (${SEED})` },
    { name: 'images', value: 'DIR…', help: 'html: folders that hold the images', multiple: true, variadic: true },
  ],
  run: (context) => {
    const { args } = context;
    const to = FORMATS.find((format) => format === args.text('to'));
    const out = args.text('out');
    if (to === undefined) throw new FlipsideError(`--to takes ${FORMATS.join(', ')}.`, { exitCode: 2 });
    if (out === null) throw new FlipsideError('--out is missing: the file to write.', { exitCode: 2 });
    const odd = OF_REPORTS.find((name) => to !== 'html' && args.has(name));
    if (odd !== undefined) throw new FlipsideError(`--${odd} goes with --to html alone.`, { exitCode: 2 });
    return withAnalysis(context, async (analysis) => {
      analysis.requireClasses(args.list('class'));
      if (to === 'html') return report(analysis, context, out);
      const result = await analysis.export(
        to,
        out,
        readFilter(args, (name) => analysis.runId(name)),
      );
      return said(
        result,
        `Wrote ${plural(result.rows, 'row')} under lens ${result.lens} v${result.lensVersion} to ${result.file}.`,
      );
    });
  },
};

function said(json: unknown, note: string): Report {
  return { json, sections: [{ title: '', columns: [], rows: [], notes: [note] }] };
}

async function report(analysis: Analysis, context: Context, out: string): Promise<Report> {
  const { args, words } = context;
  const base = args.text('base');
  const { datasets, skipped } = analysis.found();
  const pictures = await context.openPictures({
    paths: args.paths,
    files: [...new Set([...analysis.runs, ...datasets, ...skipped].map(({ file }) => file))],
    roots: args.list('images'),
    cache: args.text('cache'),
  });
  try {
    const result = await analysis.report(
      {
        filter: readFilter(args, (name) => analysis.runId(name), { withRuns: false }),
        runs: args.list('run').map((name) => analysis.runId(name)),
        base: base === null ? null : analysis.runId(base),
        examples: args.count('examples', EXAMPLES),
        seed: readSeed(args, SEED),
        command: ['flipside', ...words.map(quoted)].join(' '),
        pictureOf: pictures.pictureOf,
      },
      out,
    );
    return said(result, toldOf(result));
  } finally {
    await pictures.close();
  }
}

function toldOf({ runs, rows, examples, pictures, lens, lensVersion, file }: ReportResult): string {
  const shown = examples === 0 ? '' : `, with ${plural(examples, 'example')} (${pictures} with a picture)`;
  return `Wrote a report on ${plural(runs, 'run')} and ${plural(rows, 'item')} under lens ${lens} v${lensVersion}${shown}, to ${file}.`;
}
