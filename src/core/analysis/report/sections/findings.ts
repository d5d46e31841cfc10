import type { Block, Inline, Text } from '../../../export/html/document.js';
import { percent } from '../../numbers.js';
import type { RunSummary } from '../../summaryTypes.js';
import type { ReportData } from '../data.js';
import { classFindings } from './findingsOfClasses.js';
import { comparisonFindings } from './findingsOfComparison.js';
import { counted, filled, listed, ofRuns, rightOf, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Runs up to which each has a sentence of its own. */
const FEW = 3;

/** The numbers in sentences that claim no more than they do. */
export const findings: ReportSection = {
  id: 'findings',
  title: 'In short',
  blocks: (data) => {
    const runs = filled(data);
    if (runs.length === 0) return [{ kind: 'text', text: 'No run holds an item.' }];
    const groups: readonly (readonly [string, readonly Text[]])[] = [
      ['How much is right?', accuracyFindings(data, runs)],
      ['Which errors are there, and are they more than the options explain?', classFindings(data, runs)],
      ['Do the runs differ?', comparisonFindings(data)],
      ['What to mind', careFindings(data, runs)],
    ];
    return groups.flatMap(([text, items]): Block[] =>
      items.length === 0
        ? []
        : [
            { kind: 'heading', text },
            { kind: 'list', tone: 'finding', items },
          ],
    );
  },
};

function accuracyFindings(data: ReportData, runs: readonly RunSummary[]): Text[] {
  const graded = runs.filter((run) => run.accuracy !== null);
  const ungraded = runs.length - graded.length;
  const none: Text[] =
    ungraded === 0 ? [] : [`${counted(ungraded, 'run has', 'runs have')} no right answers to be judged by.`];
  if (graded.length === 0) return none;
  const sorted = [...graded].sort((one, other) => (other.accuracy ?? 0) - (one.accuracy ?? 0));
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (graded.length <= FEW || best === undefined || worst === undefined) {
    return [
      ...sorted.map((run): Text => [runName(data, run.id), ` answers ${shareOf(run)}.`]),
      ...guessing(data, graded),
      ...none,
    ];
  }
  const extremes: Text = [
    `Of ${graded.length} runs, `,
    runName(data, best.id),
    ` has the highest accuracy, ${shareOf(best)}; `,
    runName(data, worst.id),
    ` the lowest, ${shareOf(worst)}. Runs need not have been asked the same questions.`,
  ];
  return [extremes, ...guessing(data, graded), ...none];
}

function shareOf({ correctUnits, units, accuracy, ci95 }: RunSummary): string {
  const interval =
    ci95 === null ? '' : `; 95 % interval ${(ci95[0] * 100).toFixed(1)} to ${(ci95[1] * 100).toFixed(1)}`;
  return `${percent(accuracy)} right (${rightOf(correctUnits, units).replace(' / ', ' of ')}${interval})`;
}

/** Which runs lie above guessing, which below, and of which neither is known. */
function guessing(data: ReportData, runs: readonly RunSummary[]): Text[] {
  const known = runs.filter((run) => run.chance !== null && run.chanceUnits === run.units && run.ci95 !== null);
  const above = known.filter(({ ci95, chance }) => (ci95?.[0] ?? 0) > (chance ?? 1));
  const below = known.filter(({ ci95, chance }) => (ci95?.[1] ?? 1) < (chance ?? 0));
  const between = known.filter((run) => !above.includes(run) && !below.includes(run));
  const names = (some: readonly RunSummary[]): Inline[] => listed(some.map(({ id }) => runName(data, id)));
  const shown = chancesOf(known);
  const told: Text[] = [];
  if (above.length > 0) {
    told.push(`In ${ofRuns(above.length, runs.length)} the interval lies above what guessing would give${shown}.`);
  }
  if (between.length > 0) told.push(['Not told apart from guessing', shown, ': ', ...names(between), '.']);
  if (below.length > 0)
    told.push(['The interval lies below guessing: ', ...names(below), '. Check the parsing or the order of options.']);
  const unknown = runs.filter((run) => !known.includes(run));
  if (unknown.length > 0)
    told.push(['What guessing would give is not known for all items of ', ...names(unknown), '.']);
  return told;
}

/** " (25.0 %)", " (25.0 % to 30.3 %)". */
function chancesOf(runs: readonly RunSummary[]): string {
  const chances = runs.flatMap(({ chance }) => chance ?? []).sort((one, other) => one - other);
  const texts = [...new Set([chances[0] ?? null, chances.at(-1) ?? null].map(percent))];
  return ` (${texts.join(' to ')})`;
}

function careFindings(data: ReportData, runs: readonly RunSummary[]): Text[] {
  const unread = runs.filter((run) => run.unparsed > 0);
  const told: Text[] = unread
    .slice(0, FEW)
    .map((run) => [
      `${run.unparsed} of ${run.items} answers of `,
      runName(data, run.id),
      ' could not be read, and count as wrong.',
    ]);
  if (unread.length > FEW) {
    told.push(`Answers could not be read in ${counted(unread.length - FEW, 'further run')} either.`);
  }
  const warnings = [...data.summary.runs, ...data.summary.datasets].reduce(
    (sum, each) => sum + each.warnings.length,
    0,
  );
  if (warnings > 0) {
    told.push([
      `${counted(warnings, 'warning')} about these files: `,
      { link: 'read them', to: 'warnings' },
      ' before believing the numbers.',
    ]);
  }
  return told;
}
