import type { Analysis } from '../core/analysis.js';
import { FlipsideError } from '../core/model.js';
import { readerOf } from './arguments.js';
import type { Context } from './command.js';

/** Opens the PATHs of a command with the options that all of them share. Loads the core only now. */
export async function openAnalysis(context: Context, lens: string | null = null): Promise<Analysis> {
  const { args } = context;
  if (args.paths.length === 0) {
    throw new FlipsideError('No PATH given: name the folder or the files of your evaluation outputs.', { exitCode: 2 });
  }
  const { Analysis } = await import('../core/analysis.js');
  return Analysis.open(args.paths, {
    lens: lens ?? args.text('lens') ?? 'axes',
    answers: args.text('answers') ?? undefined,
    reader: readerOf(args),
    gold: args.list('gold'),
    cacheDir: args.text('cache') ?? undefined,
    signal: context.signal,
    progress: (message) => context.tell(message),
  });
}

/** Runs with an open analysis and closes it, whatever happens. */
export async function withAnalysis<T>(context: Context, use: (analysis: Analysis) => Promise<T>): Promise<T> {
  const analysis = await openAnalysis(context);
  try {
    return await use(analysis);
  } finally {
    analysis.close();
  }
}
