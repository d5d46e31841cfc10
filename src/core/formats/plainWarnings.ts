import type { Detected, Shape } from './format.js';
import { readOptions } from './optionsValue.js';
import { unsplitOptions } from './plainJoined.js';
import type { Plan } from './plainPlan.js';
import { permutationColumn } from './plainShuffled.js';
import { savingMapping } from './roles.js';
import type { InferredRoles } from './roles.js';
import { valueAt } from './roleValues.js';

/** A value is quoted up to here. */
const QUOTED = 80;

/** What a plain file leaves open, each with the place and the remedy. `inferred` is left out where a mapping names the roles. */
export function warningsOf(shape: Shape, plan: Plan, inferred?: InferredRoles): Pick<Detected, 'warnings'> {
  const warnings = [
    baseWarning(shape, plan),
    optionsWarning(shape, plan),
    shuffleWarning(shape, plan),
    boxesWarning(shape, plan),
  ];
  if (inferred !== undefined) warnings.push(modelWarning(shape, inferred), suspectsWarning(shape, inferred));
  const said = warnings.filter((warning) => warning !== null);
  return said.length === 0 ? {} : { warnings: said };
}

function baseWarning(shape: Shape, plan: Plan): string | null {
  if (!plan.baseUnknown) return null;
  return (
    `${shape.path}: the right answers (${listOf(plan.columns.gold ?? [])}) are numbers of options, and none of the first ${String(shape.head.length)} records ` +
    'proves whether the first option is 0 or 1, so these rows stand without gold. ' +
    `Run \`${savingMapping(shape.path)}\` and add "base": 0 or "base": 1 to what it writes.`
  );
}

function shuffleWarning(shape: Shape, { shuffle, columns }: Plan): string | null {
  const order = shuffle === null && (columns.options ?? []).length > 0 ? permutationColumn(shape) : null;
  if (order !== null)
    return (
      `${shape.path}: '${order}' seems to say in which order the options were shown, and is not read: letters and positions are taken to count ` +
      `the options as ${listOf(columns.options ?? [])} lists them. Where they count another order, write that order as a column "shuffled_options".`
    );
  if (shuffle?.gold !== 'unknown') return null;
  const [listed, shown] = [listOf(columns.options ?? []), `'${shuffle.column}'`];
  return (
    `${shape.path}: the options stand in two orders (${listed} and ${shown}), and nothing tells which of them the right answers ` +
    `(${listOf(columns.gold ?? [])}) count, so rows in which the two differ stand without gold. If they count ${shown}, run ` +
    `\`${savingMapping(shape.path)}\` and write ${shown} for "options" in what it writes; if they count ${listed}, write the right answers as texts.`
  );
}

function optionsWarning(shape: Shape, plan: Plan): string | null {
  const { commas, joiner, optionsArePrompt: prompt } = plan;
  const found = unsplitOptions(shape, plan.columns.options ?? [], plan.used, { commas, joiner, prompt });
  if (found === null) return null;
  const prints = (plan.columns.question ?? []).some((column) =>
    shape.head.some((record) => readOptions(valueAt(record, column), { prompt: true }).length > 1),
  );
  if (prints) return null;
  const value = found.value.length > QUOTED ? `${found.value.slice(0, QUOTED)}…` : found.value;
  return (
    `${shape.path}: the options in '${found.column}' cannot be told apart (the first such value is "${value}"), so these rows stand without ` +
    'options. Write them as a JSON list (["left", "right"]), separated by "|", ";" or line ends, or in a column for each (A, B, …).'
  );
}

function boxesWarning(shape: Shape, { boxes }: Plan): string | null {
  const unclear = boxes.filter((column) => column.unclear);
  if (unclear.length === 0) return null;
  return (
    `${shape.path}: nothing tells whether the four numbers of a box in ${listOf(unclear.map(({ column }) => column))} are two corners or a corner and ` +
    'a size, so they are not drawn. Name the column "bbox_xyxy" or "bbox_xywh", or write {"x": …, "y": …, "width": …, "height": …}.'
  );
}

function modelWarning(shape: Shape, { roles, model }: InferredRoles): string | null {
  const taken = roles.find((guess) => guess.role === 'prediction');
  if (model === null || taken === undefined) return null;
  return (
    `${shape.path}: '${model}' is read as the predictions of a model of that name (${taken.reasons.join('; ')}). ` +
    `If it is something else, run \`${savingMapping(shape.path)}\` and take "prediction" and "model" out of what it writes.`
  );
}

function suspectsWarning(shape: Shape, { suspects }: InferredRoles): string | null {
  const [first] = suspects;
  if (first === undefined) return null;
  const one = suspects.length === 1;
  const example = `"prediction": ${JSON.stringify(first)} to "roles" and "model": ${JSON.stringify(first)} beside them`;
  return (
    `${shape.path}: the values of ${listOf(suspects)} look like answers, and no name says that ${one ? 'they are' : 'some are'} predictions, so the ` +
    'file is read as questions with right answers, without predictions. To read them, ' +
    `run \`${savingMapping(shape.path)}\` and add ${example}.${one ? '' : ' For all of them write one row for each answer, with a column "model", or one file for each model.'}`
  );
}

function listOf(columns: readonly string[]): string {
  return columns.map((column) => `'${column}'`).join(', ');
}
