import type { ItemRecord, RunSummary } from '../../src/core/analysis.js';
import { csvText, jsonOf, onlyRun, summaryOf, type Workspace } from '../support/cli.js';

/** What a test may take on a busy machine. */
export const PATIENCE_MS = 180_000;

/** The record as `item` and `errors` print it. */
export type Printed = Omit<ItemRecord, 'options'> & {
  readonly options: readonly string[];
  readonly optionLabels: readonly (string | null)[];
};

const RESULT_COLUMNS = ['ID', 'Question', 'Question_Type', 'Predicted Answer', 'Correct Answer', 'IsCorrect'];
export const TASK = 'Camera perspective - Relative Direction';

/** A row of a ViewSpatial-Bench result. */
export function resultRow(id: number, question: string, predicted: string, gold: string, right: boolean): string[] {
  return [String(id), question, TASK, predicted, gold, right ? 'True' : 'False'];
}

/** Options as the benchmark's script prints them: no separator before the first. */
export function asked(question: string, ...options: string[]): string {
  const printed = options.map((option, index) => `${'ABCD'[index]}. ${option}`);
  return `${question}${printed.join('\n')}\nReply only to the corresponding option.\nAnswer:`;
}

/** A result file of ViewSpatial-Bench, with the line ends that its script writes. */
export function result(...rows: readonly string[][]): string {
  return csvText([RESULT_COLUMNS, ...rows], '\r\n');
}

/** The only run of a workspace. */
export async function onlyRunOf(workspace: Workspace, ...more: string[]): Promise<RunSummary> {
  return onlyRun(await summaryOf([workspace.folder], workspace.cache, ...more));
}

/** One item, as `item` prints it. */
export async function itemOf(workspace: Workspace, run: string, item: string): Promise<Printed> {
  return jsonOf(['item', workspace.folder, '--cache', workspace.cache, '--run', run, '--item', item]);
}

/** The errors of a workspace, as `errors` prints them. */
export async function errorsOf(workspace: Workspace, ...more: string[]): Promise<{ total: number; errors: Printed[] }> {
  return jsonOf(['errors', workspace.folder, '--cache', workspace.cache, ...more]);
}

/** Rows, items, and how many were right. */
export const counts = (run: RunSummary): number[] => [run.rows, run.items, run.correct];
