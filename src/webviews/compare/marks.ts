import type { DirectionComparison, TaskComparison, Treatment } from '../../protocol/comparePage.js';

/** A sign and a word beside a row, and what they mean. */
export interface RowMark {
  readonly icon: string;
  readonly word: string;
  readonly title: string;
}

/** What is to be seen at once of a task or a direction; null where nothing is. */
export function markOf(
  kind: 'task' | 'direction',
  name: string,
  row: TaskComparison | DirectionComparison,
  { forgetting }: Treatment,
): RowMark | null {
  if (kind === 'direction') {
    const isCollapsed = 'collapsed' in row && row.collapsed;
    const title = 'Falls by 10 points or more, significantly, while the accuracy of all items rises';
    return isCollapsed ? { icon: 'warning', word: 'collapse', title } : null;
  }
  if (name === forgetting.target) return { icon: 'target', word: 'target', title: 'What the treatments aim at' };
  const fell = forgetting.fell.find(({ task }) => task === name);
  if (fell?.significant === true && forgetting.rose) {
    return { icon: 'warning', word: 'forgotten', title: 'Fell, significantly (Holm), while the target rose' };
  }
  const title = fell === undefined ? 'Fell' : 'Fell while the target rose; one of the two may be chance';
  return (row.difference ?? 0) < 0 ? { icon: 'arrow-down', word: 'fell', title } : null;
}
