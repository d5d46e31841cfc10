import type { ReportSection } from '../section.js';

/** Files under the paths that are in no number, and why. */
export const skipped: ReportSection = {
  id: 'skipped',
  title: 'Files that were not counted',
  blocks: ({ summary }) =>
    summary.skipped.length === 0
      ? []
      : [
          {
            kind: 'table',
            caption: 'Files under the paths that hold no predictions, or could not be read',
            columns: [{ name: 'file' }, { name: 'reason' }],
            groups: [
              { label: null, rows: summary.skipped.map((each) => [{ data: each.file }, { data: each.reason }]) },
            ],
          },
        ],
};
