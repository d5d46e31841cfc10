import { DROPPED_SHOWN, locatedDrops, type RunInfo } from './runs.js';
import type { RunSummary } from './summaryTypes.js';

/** Below-chance accuracy is called significant from here on (one-sided). */
const ALPHA = 0.05;

/** Of every run some answers cannot be read; beyond this share that says something of the file, or of the rule. */
const USUAL_SHARE = 0.1;

/**
 * What there is to know of a run. Urgent is what may make its numbers wrong and can be mended: by another file, another option, a
 * mapping. A share of unread or self-contradicting answers as every model gives them is not, nor what changes no number:
 * ambiguous images, NaN beside the answers.
 */
export interface Warning {
  readonly text: string;
  readonly urgent: boolean;
}

type Say = (condition: boolean, text: string, urgent?: boolean) => void;

/** What a researcher should look at before believing a run's numbers, in plain sentences. */
export function warningsOf(run: Omit<RunSummary, 'warnings'>, info: RunInfo): string[] {
  return gradedWarnings(run, info).map(({ text }) => text);
}

/** The same sentences in the same order, each with whether it is urgent. */
export function gradedWarnings(run: Omit<RunSummary, 'warnings'>, info: RunInfo): Warning[] {
  const warnings = [...info.manifest.warnings, ...info.oddities].map((text): Warning => ({ text, urgent: true }));
  const say: Say = (condition, text, urgent = true) => {
    if (condition) warnings.push({ text, urgent });
  };
  const of = plural(run.items - run.noGold, 'item') + ' with gold';
  say(run.items === 0, 'The file has a header but no rows: an empty run.');
  say(
    run.items > 0 && run.noGold === run.items,
    'No item has a gold answer. Put the file that holds them among those that are read, or, on the command line, name it with --gold.',
  );
  say(
    run.dropped.total > 0,
    `${run.dropped.total} of ${plural(run.rows, 'row')} ${run.dropped.total === 1 ? 'was' : 'were'} dropped: ${list(run.dropped.byReason)}.${firstDropped(run, info)}`,
  );
  if (run.belowChance !== null && run.belowChance.p < ALPHA) {
    const p = run.belowChance.p < 0.001 ? '< 0.001' : `= ${run.belowChance.p.toFixed(3)}`;
    say(true, `Accuracy is significantly below chance (p ${p}): check the parsing or the option order.`);
  }
  say(
    run.storedDiffers > 0,
    `The file's own verdict differs from the parsed answer on ${run.storedDiffers} of ${of}: list them with: flipside errors … --all --where flags=storedDiffers.`,
  );
  say(
    run.unparsed > 0,
    `${run.unparsed} of ${plural(run.items, 'answer')} could not be read: ${list(run.unparsedByReason)}.`,
    run.unparsed > USUAL_SHARE * run.items,
  );
  const repeated = info.joined.reduce((sum, each) => sum + (each.repeated ?? 0), 0);
  say(
    repeated > 0,
    `${plural(repeated, 'item of the benchmark is', 'items of the benchmark are')} answered more than once, and each answer counts: remove the copies, or number them in a column "sample" where they are samples.`,
  );
  say(run.unusedIds !== undefined, numberedByRows(run));
  sayFlags(run, say);
  const { judged } = info.manifest;
  say(
    judged !== null && judged.differs > 0,
    (judged?.differs ?? 0) === 1
      ? '1 row of the file of verdicts holds another prediction; its verdict is not used.'
      : `${judged?.differs ?? 0} rows of the file of verdicts hold another prediction; their verdicts are not used.`,
  );
  return warnings;
}

function sayFlags(run: Omit<RunSummary, 'warnings'>, say: Say): void {
  const contradicted = run.flags['goldContradicted'] ?? 0;
  say(
    contradicted > 0,
    `${plural(contradicted, 'item has', 'items have')} different gold answers in several gold files, so none is taken: leave out all but the right file (.flipsideignore).`,
  );
  const flagged = (flag: string): number => run.flags[flag] ?? 0;
  say(
    flagged('letterTextConflict') > 0,
    `${plural(flagged('letterTextConflict'), 'answer names', 'answers name')} one option by letter and another by text; the letter is followed.`,
    flagged('letterTextConflict') > USUAL_SHARE * run.items,
  );
  say(
    flagged('goldUnmatched') > 0,
    `${plural(flagged('goldUnmatched'), 'gold answer is none of its', 'gold answers are none of their')} options.`,
  );
  say(
    flagged('goldConflict') > 0,
    `${plural(flagged('goldConflict'), 'gold answer names', 'gold answers name')} one option by letter and another by text; the letter is followed.`,
  );
  say(
    flagged('imageAmbiguous') > 0,
    `${plural(flagged('imageAmbiguous'), 'item matches', 'items match')} several benchmark items with different images: image ambiguous.`,
    false,
  );
  say(
    flagged('invalidUtf8') > 0,
    `${plural(flagged('invalidUtf8'), 'row is', 'rows are')} not valid UTF-8; unreadable bytes are shown as \uFFFD. Save the file as UTF-8.`,
  );
  say(
    flagged('nonStandardNumber') > 0,
    `${plural(flagged('nonStandardNumber'), 'row holds', 'rows hold')} NaN or Infinity, no JSON numbers; read as null.`,
    false,
  );
}

/** Why the file's own ids do not name its items. A file of several runs has one way of naming for all of them. */
function numberedByRows({ unusedIds, items }: Pick<RunSummary, 'unusedIds' | 'items'>): string {
  if (unusedIds === undefined) return '';
  const { stated, repeated, example } = unusedIds;
  const missing = items - stated;
  const reasons = [
    ...(repeated > 0 ? [`${plural(repeated, 'id stands', 'ids stand')} in several rows ("${example ?? ''}")`] : []),
    ...(missing > 0 ? [`${plural(missing, 'row states', 'rows state')} none`] : []),
  ];
  const why = reasons.length === 0 ? 'they are repeated or missing in another run of the file' : reasons.join(', ');
  return `Items are named by the number of their row, not by the file's own ids: ${why}. Give each row an id of its own, or number the samples of one question in a column "sample".`;
}

/** Where the first dropped rows are, and what was expected there. */
function firstDropped(run: Pick<RunSummary, 'dropped'>, info: RunInfo): string {
  if (run.dropped.total === 0) return '';
  return locatedDrops(info.manifest, DROPPED_SHOWN)
    .map(({ row, message }) => ` Row ${row}: ${message}`)
    .join('');
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** "1 row", "2 rows". */
function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
