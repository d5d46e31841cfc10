import type { Analysis, AppliedPatch } from '../core/analysis.js';
import { plural } from '../core/analysis/numbers.js';
import { FlipsideError } from '../core/model.js';
import { readerOf } from './arguments.js';
import type { Context } from './command.js';
import type { Report } from './report.js';

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
    patch: args.text('patch') ?? undefined,
    signal: context.signal,
    progress: (message) => context.tell(message),
  });
}

/** Runs with an open analysis and closes it, whatever happens. What a patch has corrected is said with the result. */
export async function withAnalysis(context: Context, use: (analysis: Analysis) => Promise<Report>): Promise<Report> {
  const analysis = await openAnalysis(context);
  try {
    const { patch } = analysis;
    if (patch !== null) tellPatch(patch, context.tell);
    const report = await use(analysis);
    return patch === null ? report : underPatch(report, patch);
  } finally {
    analysis.close();
  }
}

function tellPatch(patch: AppliedPatch, tell: Context['tell']): void {
  tell(corrected(patch));
  for (const { line, reason } of patch.problems) tell(`${patch.file}, line ${line}: ${reason}.`);
  for (const note of patch.notes) tell(note);
}

function corrected({ file, items, predictions }: AppliedPatch): string {
  return `Gold of ${plural(items, 'item')} corrected by ${file} (${plural(predictions, 'prediction')}).`;
}

function underPatch(report: Report, patch: AppliedPatch): Report {
  const { json, sections } = report;
  const [first, ...others] = sections;
  return {
    ...report,
    json: typeof json === 'object' && json !== null ? { ...json, patch } : json,
    sections: first === undefined ? [] : [{ ...first, notes: [...(first.notes ?? []), corrected(patch)] }, ...others],
  };
}
