import type { DepthConvention, Frame } from '../model.js';

/** Name of the benchmark, as every format of its family reports it. */
export const VIEWSPATIAL = 'ViewSpatial-Bench';

/** Whose left and right a question means, and what its "front" means; null where the task is not one of the benchmark's. */
export interface TaskFrame {
  readonly frame: Frame | null;
  readonly convention: DepthConvention | null;
}

/**
 * The benchmark's five question types. "Front" is nearer to the viewer where an object is placed from the camera, the way
 * the camera looks where an object's orientation is asked ("taking the camera lens as the front"), and the way that a
 * person or an imagined viewer faces elsewhere.
 */
const TASKS: ReadonlyMap<string, TaskFrame> = new Map<string, TaskFrame>([
  ['camera perspective - relative direction', { frame: 'camera', convention: 'toward-viewer' }],
  ['camera perspective - object view orientation', { frame: 'camera', convention: 'away-from-viewer' }],
  ['person perspective - object view orientation', { frame: 'person', convention: 'facing' }],
  ['person perspective - relative direction', { frame: 'person', convention: 'facing' }],
  ['person perspective - scene simulation relative direction', { frame: 'imagined', convention: 'facing' }],
]);

const UNKNOWN: TaskFrame = { frame: null, convention: null };

/** Frame and depth convention of a ViewSpatial-Bench question type; case and spacing do not matter. */
export function taskFrame(task: string | null): TaskFrame {
  return TASKS.get((task ?? '').trim().replace(/\s+/gu, ' ').toLowerCase()) ?? UNKNOWN;
}
