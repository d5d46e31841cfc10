import type { ReportDocument } from '../../export/html/document.js';
import type { ReportData } from './data.js';
import { sectionsOf } from './sections/index.js';
import { counted, filled } from './words.js';

/** The report as sections and blocks. */
export function reportDocument(data: ReportData): ReportDocument {
  const runs = filled(data);
  const items = runs.reduce((sum, run) => sum + run.items, 0);
  const datasets = [...new Set(runs.flatMap(({ dataset }) => dataset ?? []))];
  const [only] = datasets;
  const on = datasets.length === 1 && only !== undefined ? ` on ${only}` : '';
  return {
    title: `Error analysis${on}`,
    lead: [
      `${counted(runs.length, 'run')}, ${counted(items, 'item')}${datasets.length > 1 ? `, ${datasets.length} benchmarks` : ''}; errors classed by the lens `,
      { data: data.summary.lens },
      ` (version ${data.summary.lensVersion}).`,
    ],
    sections: sectionsOf(data),
    foot: `Made by Flipside ${data.versions['Flipside'] ?? ''}, an error analysis for spatial-reasoning benchmarks of vision-language models. This file needs no network and runs no script.`,
  };
}
