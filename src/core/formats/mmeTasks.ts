/** MME's sub-tasks, by which its files are named and its rows are labelled (eval_tool/calculation.py, `eval_type_dict`). */
const TASKS: ReadonlySet<string> = new Set([
  ...['existence', 'count', 'position', 'color', 'posters', 'celebrity', 'scene', 'landmark', 'artwork', 'OCR'],
  ...['commonsense_reasoning', 'numerical_calculation', 'text_translation', 'code_reasoning'],
]);

/** True for the name of one of MME's sub-tasks. */
export function isMmeTask(name: string | null): boolean {
  return name !== null && TASKS.has(name);
}

/**
 * MME asks two questions of each image, and its acc+ counts the images of which both are answered right: they are one unit.
 * An image's name may recur in another sub-task.
 */
export function mmeUnit(task: string | null, image: string): string {
  return task === null ? image : `${task}/${image}`;
}
