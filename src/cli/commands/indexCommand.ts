import path from 'node:path';
import type { Analysis, StaleShard } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import { readerOf } from '../arguments.js';
import { SOURCE_OPTIONS, type Command } from '../command.js';
import { plural } from '../../core/analysis/numbers.js';
import type { Report, Section } from '../report.js';

export const indexCommand: Command = {
  name: 'index',
  summary: 'Writes the Parquet shards only, one per prediction file, for other engines.',
  usage: 'index PATH… --out DIR [--shard I/N]',
  example: 'flipside index results --out shards',
  options: [
    ...SOURCE_OPTIONS,
    { name: 'out', value: 'DIR', help: 'the folder for the shards' },
    {
      name: 'shard',
      value: 'I/N',
      help: 'only part I of N (from 0), for a job array; files are dealt out by their path',
    },
  ],
  async run({ args, signal, tell }) {
    const out = args.text('out');
    if (out === null) throw new FlipsideError('--out is missing: the folder for the shards.', { exitCode: 2 });
    if (args.paths.length === 0) throw new FlipsideError('No PATH given.', { exitCode: 2 });
    const { Analysis } = await import('../../core/analysis.js');
    const part = readPart(args.text('shard'));
    const analysis = await Analysis.open(args.paths, {
      answers: args.text('answers') ?? undefined,
      reader: readerOf(args),
      gold: args.list('gold'),
      cacheDir: args.text('cache') ?? undefined,
      shardDir: path.resolve(out),
      shard: part,
      signal,
      progress: tell,
    });
    try {
      const shards = analysis.shards();
      const stale = await analysis.staleShards();
      const warnings = [...emptyPart(shards.length, part), ...staleNote(stale)];
      warnings.forEach(tell);
      return report({ out: path.resolve(out), shards, stale, warnings, skipped: analysis.found().skipped });
    } finally {
      analysis.close();
    }
  },
};

interface Found {
  readonly out: string;
  readonly shards: ReturnType<Analysis['shards']>;
  readonly stale: readonly StaleShard[];
  readonly warnings: readonly string[];
  /** The files of which nothing was written, and why. */
  readonly skipped: ReturnType<Analysis['found']>['skipped'];
}

function report({ out, shards, stale, warnings, skipped }: Found): Report {
  const staleSection: Section = {
    title: 'Out of date in this folder',
    columns: [{ name: 'source', own: 'above' }, { name: 'rows', align: 'right' }, { name: 'shard' }, { name: 'why' }],
    rows: stale.map((each) => [each.source, each.rows, path.basename(each.parquet), WHY[each.reason]]),
  };
  const skippedSection: Section = {
    title: 'Skipped',
    columns: [
      { name: 'file', own: 'above' },
      { name: 'reason', wrap: true, weight: 2 },
    ],
    rows: skipped.map((each) => [each.file, each.reason]),
  };
  return {
    json: { out, shards, stale, warnings, skipped },
    sections: [
      {
        title: `Shards in ${out}`,
        columns: [{ name: 'source', own: 'above' }, { name: 'rows', align: 'right' }, { name: 'shard' }],
        rows: shards.map((each) => [each.source, each.rows, path.basename(each.parquet)]),
        notes: [`${plural(shards.length, 'shard')}.`],
      },
      ...(stale.length === 0 ? [] : [staleSection]),
      ...(skipped.length === 0 ? [] : [skippedSection]),
    ],
  };
}

const WHY: Readonly<Record<StaleShard['reason'], string>> = {
  gone: 'the source is gone',
  changed: 'the source has changed',
  superseded: 'another shard of the source has taken its place',
};

/** An array of jobs with more tasks than files has tasks without work, which is no failure but should not go unnoticed. */
function emptyPart(count: number, part: Part | undefined): string[] {
  if (count > 0) return [];
  if (part === undefined) return ['No prediction files were found under the paths: there is nothing to write.'];
  return [
    `None of the prediction files under the paths falls in shard ${part.index}/${part.of}: this task writes nothing. Files are dealt out by a hash of their path, so parts differ in size; fewer parts leave fewer empty.`,
  ];
}

function staleNote(stale: readonly StaleShard[]): string[] {
  if (stale.length === 0) return [];
  const they = stale.length === 1 ? 'it' : 'them';
  const rows = stale.reduce((sum, each) => sum + each.rows, 0);
  return [
    `${plural(stale.length, 'shard')} in the folder ${stale.length === 1 ? 'is' : 'are'} out of date (${plural(rows, 'row')}), and whoever reads the whole folder counts ${they} too. Delete ${they}, each with the .json beside it: ${stale.map((each) => path.basename(each.parquet)).join(', ')}.`,
  ];
}

interface Part {
  readonly index: number;
  readonly of: number;
}

function readPart(text: string | null): Part | undefined {
  if (text === null) return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const part = { index: Number(match?.[1]), of: Number(match?.[2]) };
  if (match !== null && part.of > 0 && part.index < part.of) return part;
  throw new FlipsideError(`--shard takes I/N with I from 0 to N−1 ("0/4"), not "${text}".`, { exitCode: 2 });
}
