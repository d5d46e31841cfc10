import path from 'node:path';
import { FlipsideError } from '../../core/model.js';
import { SOURCE_OPTIONS, type Command } from '../command.js';
import { plural } from '../numbers.js';

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
    const analysis = await Analysis.open(args.paths, {
      answers: args.text('answers') ?? undefined,
      gold: args.list('gold'),
      cacheDir: args.text('cache') ?? undefined,
      shardDir: path.resolve(out),
      shard: readPart(args.text('shard')),
      signal,
      progress: tell,
    });
    const shards = analysis.shards();
    analysis.close();
    return {
      json: { out: path.resolve(out), shards },
      sections: [
        {
          title: `Shards in ${path.resolve(out)}`,
          columns: [{ name: 'source' }, { name: 'rows', align: 'right' }, { name: 'shard' }],
          rows: shards.map((each) => [each.source, each.rows, path.basename(each.parquet)]),
          notes: [plural(shards.length, 'shard') + '.'],
        },
      ],
    };
  },
};

function readPart(text: string | null): { index: number; of: number } | undefined {
  if (text === null) return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const part = { index: Number(match?.[1]), of: Number(match?.[2]) };
  if (match !== null && part.of > 0 && part.index < part.of) return part;
  throw new FlipsideError(`--shard takes I/N with I from 0 to N−1 ("0/4"), not "${text}".`, { exitCode: 2 });
}
