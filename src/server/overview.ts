import path from 'node:path';
import { gradedWarnings, type Analysis, type RunInfo, type RunSummary, type Summary } from '../core/analysis.js';
import type { Overview, RunOverview } from '../protocol/analysis.js';
import { copiesOf } from './rowsAt.js';

/**
 * What can be told of the runs before anything is counted: at once, also of a million rows. `counted`: runs as they were told
 * before, under the same lens; what was counted of one holds as long as its content is the same.
 */
export async function firstOverview(
  analysis: Analysis,
  id: string,
  counted: readonly RunOverview[],
): Promise<Overview> {
  const known = new Map(counted.filter(({ wrong }) => wrong !== null).map((run) => [run.id, run]));
  const runs = analysis.runs.map((run) => {
    const [before, now] = [known.get(run.id), uncounted(run)];
    return before?.file === now.file && before.content === now.content ? before : now;
  });
  return overview(analysis, { id, complete: false, runs, summary: null });
}

function uncounted(run: RunInfo): RunOverview {
  return {
    ...UNCOUNTED,
    id: run.id,
    file: run.file,
    ...identityOf(run),
    model: run.model,
    dataset: run.manifest.dataset,
    format: run.manifest.format,
    coverage: run.coverage,
    items: run.manifest.splits.find(({ split }) => split === run.split)?.items ?? run.manifest.rows,
  };
}

/** A field of browsing alone: how the runs that hold an item agree on it. */
const AGREEMENT = { name: 'agreement', type: 'text', metadata: false };

const UNCOUNTED = {
  wrong: null,
  noGold: 0,
  accuracy: null,
  ci95: null,
  correctUnits: 0,
  units: 0,
  chance: null,
  warnings: [],
  classes: [],
};

/** Everything about the runs, as `summary` counts it. */
export async function fullOverview(analysis: Analysis, id: string): Promise<Overview> {
  const summary = await analysis.summary();
  const runs = new Map(analysis.runs.map((run) => [run.id, run]));
  return overview(analysis, {
    id,
    complete: true,
    runs: summary.runs.map((run) => runOverview(run, runs.get(run.id))),
    summary,
  });
}

async function overview(
  analysis: Analysis,
  {
    id,
    complete,
    runs,
    summary,
  }: { id: string; complete: boolean; runs: readonly RunOverview[]; summary: Summary | null },
): Promise<Overview> {
  const { root, datasets, skipped } = analysis.found();
  return {
    id,
    complete,
    lens: { name: analysis.lens.name, version: analysis.lens.version, note: analysis.lens.note ?? null },
    lenses: analysis.lensNames(),
    runs,
    datasets: datasets.map(({ file, format, items, dataset, warnings }) => ({
      id: path.relative(root, file) || file,
      file,
      format,
      items,
      dataset,
      warnings,
    })),
    skipped: (summary?.skipped ?? skipped).map(({ file, reason }) => ({ file: path.resolve(root, file), reason })),
    fields: complete ? [...(await analysis.fields()), ...(runs.length > 1 ? [AGREEMENT] : [])] : [],
    rows: runs.reduce((total, run) => total + run.items, 0),
  };
}

/** What tells a run from others of its file, and its content from other content. */
function identityOf(run: RunInfo): Pick<RunOverview, 'part' | 'content' | 'copies'> {
  const { split, manifest } = run;
  const copies = copiesOf(run);
  return {
    part: manifest.splits.length > 1 ? (split ?? '') : null,
    content: manifest.key,
    ...(copies.length > 0 && { copies }),
  };
}

function runOverview(run: RunSummary, info: RunInfo | undefined): RunOverview {
  return {
    id: run.id,
    file: info?.file ?? run.file,
    ...(info === undefined ? { part: null, content: '' } : identityOf(info)),
    model: run.model,
    dataset: run.dataset,
    format: run.format,
    items: run.items,
    wrong: run.wrong,
    noGold: run.noGold,
    accuracy: run.accuracy,
    ci95: run.ci95,
    correctUnits: run.correctUnits,
    units: run.units,
    chance: run.chance,
    coverage: run.coverage,
    warnings: info === undefined ? [] : gradedWarnings(run, info),
    classes: Object.entries(run.classes).map(([name, { count }]) => ({ class: name, count })),
  };
}
