import type { CompareChoice, CompareRun } from '../../protocol/comparePage.js';

/** What was chosen, by ids; null where nothing was. */
interface Chosen {
  readonly base: string | null;
  readonly treatments: readonly string[] | null;
}

/** What was chosen and is not there any more, by ids. */
export function goneOf({ base, treatments }: Chosen, runs: readonly CompareRun[]): readonly string[] {
  const chosen = [...(base === null ? [] : [base]), ...(treatments ?? [])];
  return [...new Set(chosen)].filter((id) => !runs.some((run) => run.id === id));
}

/** So many runs are compared without having been asked for. */
const MOST_UNASKED = 10;

/**
 * What is compared: what was chosen, as far as it is still there. Where nothing was, the baseline (else the first run) with the other runs
 * of its dataset. A base is never a treatment of itself. Null without any run.
 */
export function chosenOf({ base, treatments }: Chosen, runs: readonly CompareRun[]): CompareChoice | null {
  const baseRun = runs.find(({ id }) => id === base) ?? runs.find((run) => run.baseline) ?? runs[0];
  if (baseRun === undefined) return null;
  const others = runs.filter(({ id }) => id !== baseRun.id);
  const alike = others.filter(({ dataset }) => dataset === baseRun.dataset).slice(0, MOST_UNASKED);
  const chosen = treatments === null ? alike : others.filter(({ id }) => treatments.includes(id));
  return { base: baseRun.id, treatments: chosen.map(({ id }) => id) };
}
