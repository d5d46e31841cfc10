import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/analysis.js';
import type { Marks } from '../../../src/core/annotationModel.js';
import type { RowKey } from '../../../src/core/model.js';

/** One thing that an annotator says of a row; `adjudicates`: as the judgement between several. */
export interface Saying {
  readonly by: string;
  readonly key: RowKey;
  readonly set: Marks;
  readonly adjudicates?: boolean;
}

let order = 0;

/** Has annotators say things of rows that are open, as the editor would: into their files beside what is open. */
export async function say(analysis: Analysis, sayings: readonly Saying[]): Promise<void> {
  await analysis.annotate();
  const { annotated } = analysis;
  for (const { by, key, set, adjudicates = false } of sayings) {
    const [judged] = await annotated.judged([key], () => null);
    assert.ok(judged, `${key.run}:${key.row} is not open`);
    const { item, content } = judged;
    order += 1;
    await annotated.store.add([
      {
        ...{ id: `said-${order}`, at: new Date(order).toISOString(), order, by, scheme: 1, item, content, set },
        ...{ undoes: null, adjudicates: adjudicates ? [] : null },
      },
    ]);
  }
  await annotated.store.close();
  await annotated.heard(sayings.map(({ key }) => key));
  await annotated.renewAt(sayings.map(({ key }) => key));
}
