import { fixed, percent } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

const BUCKETS: Readonly<Record<string, string>> = {
  undefined: 'not known',
  zero: 'never together',
  low: 'low',
  middle: 'middle',
  high: 'high',
};

/** Things that are said to be there and are not, by how often they come with what is there. */
export const objects: ReportSection = {
  id: 'objects',
  title: 'Objects that are not there',
  blocks: (data) => {
    const groups = filled(data).flatMap(({ id, completionBias: bias }) =>
      bias === null || bias.questions === 0
        ? []
        : [
            {
              label: [
                runName(data, id),
                `: ${bias.falseYes} of ${bias.questions} answered yes (${percent(bias.rate)})`,
              ],
              rows: bias.byLift.map((each) => [
                BUCKETS[each.bucket] ?? each.bucket,
                each.minLift === null ? '–' : `${fixed(each.minLift)} to ${fixed(each.maxLift)}`,
                `${each.falseYes} / ${each.questions}`,
                percent(each.rate),
              ]),
            },
          ],
    );
    if (groups.length === 0) return [];
    return [
      {
        kind: 'table',
        caption: 'Yes to absent objects, by how much oftener than by chance they stand with the present ones',
        columns: [
          { name: 'comes with what is there' },
          { name: 'lift', align: 'right' },
          { name: 'yes / asked', align: 'right' },
          { name: 'rate', align: 'right' },
        ],
        groups,
      },
    ];
  },
};
