import type { JudgedAnswer } from '../../../src/core/annotationModel.js';

/** An answer with the labels that annotators give it; of the first row of run "r" where nothing else is said. */
export function judgedAnswer(
  item: string,
  labels: { readonly [annotator: string]: string },
  more: Partial<Omit<JudgedAnswer, 'item' | 'labels'>> = {},
): JudgedAnswer {
  const row = Number(item.replace(/\D/g, '')) || 1;
  return {
    rows: [{ run: 'r', row }],
    item,
    labels: new Map(Object.entries(labels)),
    adjudicated: null,
    class: null,
    ...more,
  };
}
