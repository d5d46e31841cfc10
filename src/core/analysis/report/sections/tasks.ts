import { percent, percentRange } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Accuracy task by task, the runs of each below one another. */
export const tasks: ReportSection = {
  id: 'tasks',
  title: 'Tasks',
  blocks: (data) => {
    const runs = filled(data);
    const names = [...new Set(runs.flatMap((run) => Object.keys(run.byTask)))].sort();
    if (names.length === 0) return [];
    return [
      {
        kind: 'table',
        caption: 'Accuracy by task',
        columns: [
          { name: 'run' },
          { name: 'right / of', align: 'right' },
          { name: 'accuracy', align: 'right' },
          { name: '95 % interval', align: 'right' },
          { name: 'by guessing', align: 'right' },
          { name: '0 to 100 %' },
        ],
        groups: names.map((name) => ({
          label: { data: name },
          rows: runs.flatMap((run) => {
            const task = Object.hasOwn(run.byTask, name) ? run.byTask[name] : undefined;
            if (task === undefined) return [];
            return [
              [
                runName(data, run.id),
                `${task.correct} / ${task.items}`,
                percent(task.accuracy),
                percentRange(task.ci95),
                percent(task.chance),
                { draw: 'share' as const, value: task.accuracy, interval: task.ci95, mark: task.chance },
              ],
            ];
          }),
        })),
      },
    ];
  },
};
