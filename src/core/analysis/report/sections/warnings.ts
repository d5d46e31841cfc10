import type { Block, Text } from '../../../export/html/document.js';
import { runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** What to look at before believing the numbers. */
export const warnings: ReportSection = {
  id: 'warnings',
  title: 'Warnings',
  blocks: (data) => {
    const { runs, datasets } = data.summary;
    const items: Text[] = [
      ...runs.flatMap((run) => run.warnings.map((text): Text => [runName(data, run.id), ': ', { data: text }])),
      ...datasets.flatMap((each) => each.warnings.map((text): Text => [{ data: text }])),
    ];
    const blocks: Block[] =
      items.length === 0
        ? [{ kind: 'text', text: 'None: nothing about these files was found to be odd.' }]
        : [{ kind: 'list', tone: 'warning', items }];
    return blocks;
  },
};
