import type { RunInfo } from './runs.js';
import type { RunSummary } from './summaryTypes.js';

/** Below-chance accuracy is called significant from here on (one-sided). */
const ALPHA = 0.05;

/** What a researcher should look at before believing a run's numbers, in plain sentences. */
export function warningsOf(run: Omit<RunSummary, 'warnings'>, info: RunInfo): string[] {
  const warnings = [...info.manifest.warnings];
  const say = (condition: boolean, text: string): void => {
    if (condition) warnings.push(text);
  };
  const of = `${run.items - run.noGold} items with gold`;
  say(run.items === 0, 'The file has a header but no rows: an empty run.');
  say(
    run.items > 0 && run.noGold === run.items,
    'No item has a gold answer. Give the file that holds them with --gold.',
  );
  say(
    run.dropped.total > 0,
    `${run.dropped.total} of ${run.rows} rows were dropped: ${list(run.dropped.byReason)}.${firstDropped(run, info)}`,
  );
  if (run.belowChance !== null && run.belowChance.p < ALPHA) {
    const p = run.belowChance.p < 0.001 ? '< 0.001' : `= ${run.belowChance.p.toFixed(3)}`;
    warnings.push(`Accuracy is significantly below chance (p ${p}): check the parsing or the option order.`);
  }
  say(
    run.storedDiffers > 0,
    `The file's own verdict differs from the parsed answer on ${run.storedDiffers} of ${of}: list them with: flipside errors … --all --where flags=storedDiffers.`,
  );
  say(run.unparsed > 0, `${run.unparsed} of ${run.items} answers could not be read: ${list(run.unparsedByReason)}.`);
  sayFlags(run, say);
  const { judged } = info.manifest;
  say(
    judged !== null && judged.differs > 0,
    `${judged?.differs ?? 0} rows of the file of verdicts hold another prediction; their verdicts are not used.`,
  );
  return warnings;
}

function sayFlags(run: Omit<RunSummary, 'warnings'>, say: (condition: boolean, text: string) => void): void {
  const contradicted = run.flags['goldContradicted'] ?? 0;
  say(
    contradicted > 0,
    `${contradicted} items have different gold answers in several gold files, so none is taken: name the right file with --gold, alone.`,
  );
  const flagged = (flag: string): number => run.flags[flag] ?? 0;
  say(
    flagged('letterTextConflict') > 0,
    `${flagged('letterTextConflict')} answers name one option by letter and another by text; the letter is followed.`,
  );
  say(flagged('goldUnmatched') > 0, `${flagged('goldUnmatched')} gold answers are none of their options.`);
  say(
    flagged('goldConflict') > 0,
    `${flagged('goldConflict')} gold answers name one option by letter and another by text; the letter is followed.`,
  );
  say(
    flagged('imageAmbiguous') > 0,
    `${flagged('imageAmbiguous')} items match several benchmark items with different images: image ambiguous.`,
  );
  say(
    flagged('invalidUtf8') > 0,
    `${flagged('invalidUtf8')} rows are not valid UTF-8; unreadable bytes are shown as \uFFFD. Save the file as UTF-8.`,
  );
  say(
    flagged('nonStandardNumber') > 0,
    `${flagged('nonStandardNumber')} rows hold NaN or Infinity, which are no JSON; they are read as null.`,
  );
}

const DROPPED_SHOWN = 3;

/** Where the first dropped rows are, and what was expected there. */
function firstDropped(run: Pick<RunSummary, 'dropped'>, info: RunInfo): string {
  if (run.dropped.total === 0) return '';
  return info.manifest.dropped
    .slice(0, DROPPED_SHOWN)
    .map(({ row, detail }) => ` Row ${row}: ${detail}`)
    .join('');
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
