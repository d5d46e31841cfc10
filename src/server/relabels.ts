import type { Analysis } from '../core/analysis.js';
import { correctedMetrics } from '../core/analysis/correctedMetrics.js';
import type { RelabelList } from '../protocol/annotations.js';

/** The list of relabels as pages have it; see AnalysisMethods.relabels. */
export async function relabelList(
  analysis: Analysis,
  { pending, out }: { readonly pending: boolean; readonly out: string | null },
): Promise<RelabelList> {
  const { relabels, summary, patch, notes } = await analysis.relabelling(pending);
  if (out !== null) await analysis.writePatch(patch, out);
  const failed = summary.problems.map(({ run, row, reason }) => `${run}, row ${row}: not corrected, as ${reason}.`);
  return {
    lines: relabels.map(({ item, from, to, by, notes: said, state, leftOut, rows }) => ({
      ...{ item, from, to, by, notes: said, state, leftOut, rows },
    })),
    runs: correctedMetrics(summary).runs,
    notes: [...failed, ...summary.notes, ...notes],
    written: out === null ? null : patch.length,
  };
}
