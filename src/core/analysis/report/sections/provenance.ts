import type { ReportSection } from '../section.js';

/** Where the numbers come from, so that anybody can make them again. */
export const provenance: ReportSection = {
  id: 'provenance',
  title: 'Where this comes from',
  blocks: ({ summary, files, versions, command, seed }) => [
    {
      kind: 'facts',
      facts: [
        ['Command', { code: command }],
        ['Lens', [{ data: summary.lens }, `, version ${summary.lensVersion}`]],
        ['Seed of the examples', String(seed)],
        ...Object.entries(versions).map(([name, version]) => [name, version] as const),
      ],
    },
    {
      kind: 'table',
      caption: 'Files that were counted, by the SHA-256 of what was read',
      columns: [{ name: 'file' }, { name: 'what it is' }, { name: 'SHA-256' }],
      groups: [
        {
          label: null,
          rows: files.map((each) => [
            { data: each.file },
            each.role,
            each.sha256 === null || each.sha256 === '' ? 'not taken' : { code: each.sha256 },
          ]),
        },
      ],
    },
  ],
};
