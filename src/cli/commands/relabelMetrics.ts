import { correctedMetrics } from '../../core/analysis/correctedMetrics.js';
import type { CorrectedSummary } from '../../core/analysis.js';
import { plural } from '../../core/analysis/numbers.js';
import type { Section } from '../report.js';

/** For each run with corrected predictions: its numbers as the data state the right answers, and with the corrected ones. */
export function metricsSections(summary: CorrectedSummary): Section[] {
  const { runs, untouched } = correctedMetrics(summary);
  const sections = runs.map(({ run, predictions, metrics }): Section => ({
    title: `${run}: without and with ${plural(predictions, 'corrected prediction')}`,
    columns: [
      { name: 'metric' },
      { name: 'as stated', align: 'right' },
      { name: 'corrected', align: 'right' },
      { name: 'changed' },
    ],
    rows: metrics.map(({ name, stated, corrected }) => [name, stated, corrected, stated === corrected ? '' : 'yes']),
  }));
  if (untouched.length === 0) return sections;
  const note = `Without a corrected prediction, so that their numbers stay: ${untouched.join(', ')}.`;
  return [...sections, { title: 'Other runs', columns: [], rows: [], notes: [note] }];
}
