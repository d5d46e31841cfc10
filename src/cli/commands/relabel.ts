import path from 'node:path';
import type { ListedRelabel, Relabelling } from '../../core/analysis.js';
import { plural } from '../../core/analysis/numbers.js';
import { SOURCE_OPTIONS, type Command, type Context } from '../command.js';
import { withAnalysis } from '../opening.js';
import type { Report, Section } from '../report.js';
import { metricsSections } from './relabelMetrics.js';

export const relabel: Command = {
  name: 'relabel',
  summary:
    'Right answers that annotators hold to be wrong: the numbers without and with their corrections, and these as a patch.',
  usage: 'relabel PATH… [--out patch.jsonl] [--pending]',
  example: 'flipside relabel results --out patch.jsonl',
  options: [
    ...SOURCE_OPTIONS,
    { name: 'out', value: 'OUT', help: 'the patch to write: a JSON line for each corrected item' },
    { name: 'pending', help: 'corrections that nobody has reviewed yet count too; rejected ones never do' },
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const found = await analysis.relabelling(context.args.has('pending'));
      tellOdd(found, context.tell);
      const out = context.args.text('out');
      if (out !== null) await analysis.writePatch(found.patch, out);
      return relabelReport(found, out);
    }),
};

function tellOdd({ problems, summary, notes }: Relabelling, tell: Context['tell']): void {
  for (const { file, line, reason } of problems) tell(`${file}${line === null ? '' : `, line ${line}`}: ${reason}.`);
  for (const { run, row, reason } of summary.problems) tell(`${run}, row ${row}: not corrected, as ${reason}.`);
  for (const note of [...summary.notes, ...notes]) tell(note);
}

/** What the command says of relabels; `out`: where the patch was written. */
export function relabelReport(found: Relabelling, out: string | null): Report {
  const { counts, relabels, summary, patch, problems, notes } = found;
  return {
    json: {
      ...{ counts, relabels, patch: out === null ? null : { file: path.resolve(out), items: patch.length } },
      corrected: { predictions: summary.rows.length, problems: summary.problems, notes: summary.notes },
      ...{ without: summary.without, with: summary.with, problems, notes },
    },
    sections: [listing(found), ...metricsSections(summary), ...patchSection(found, out)],
  };
}

function listing({ counts, relabels }: Relabelling): Section {
  return {
    title: 'Right answers that are held to be wrong',
    columns: [
      { name: 'item' },
      { name: 'stated' },
      { name: 'corrected' },
      { name: 'by' },
      { name: 'state' },
      { name: 'predictions', align: 'right' },
      { name: 'runs', align: 'right' },
      { name: 'counts' },
      { name: 'notes', own: 'below' },
    ],
    rows: relabels.map((each) => [
      each.item,
      each.from,
      each.to,
      each.by.join(', '),
      each.state,
      each.rows.length,
      each.predictions.length,
      each.leftOut === null ? 'yes' : `no: ${each.leftOut}`,
      each.notes.join(' / '),
    ]),
    notes: [
      `${plural(counts.relabels, 'relabel')}: ${counts.accepted} accepted, ${counts.rejected} rejected, ${counts.pending} not reviewed; ${counts.counted} of them ${counts.counted === 1 ? 'counts' : 'count'}.`,
      ...named(relabels, ['names no correction', 'name no correction'], ({ to }) => to === null),
      ...named(
        relabels,
        ['has no prediction that is open', 'have no prediction that is open'],
        ({ rows }) => rows.length === 0,
      ),
    ],
  };
}

function named(
  relabels: readonly ListedRelabel[],
  [one, several]: readonly [string, string],
  is: (each: ListedRelabel) => boolean,
): string[] {
  const own = relabels.filter(is);
  if (own.length === 0) return [];
  return [`${own.length} of them ${own.length === 1 ? one : several}: ${own.map(({ item }) => item).join(', ')}.`];
}

function patchSection({ patch, notes, counts }: Relabelling, out: string | null): Section[] {
  if (out === null) return [];
  const wrote = `Wrote ${plural(patch.length, 'item')} of ${plural(counts.counted, 'relabel')} to ${out}. Count under it with: flipside summary … --patch ${out}`;
  return [{ title: 'Patch', columns: [], rows: [], notes: [wrote, ...notes] }];
}
