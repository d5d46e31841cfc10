import type { MappingDraft, MappingPreview, MappingSubject, PreviewRow } from '../../../src/protocol/mapping.js';
import type { Accepted, MappingEvents, MappingHost, MappingState } from '../../../src/protocol/mappingPage.js';
import { tell } from './stub.js';

const QUESTIONS = ['Where is the cup?', 'Where is the pan?', 'Where is the lid, seen from the camera, in the picture?'];
const CELLS: Readonly<Record<string, readonly (string | null)[]>> = {
  n: ['1', '2', '3'],
  question: QUESTIONS,
  picture: ['scenes/table_01.png', 'scenes/table_02.png', null],
  offered: ['["left", "right"]', '["left", "right"]', '["above", "below"]'],
  answer: ['left', 'right', 'above'],
  first_output: ['left', 'left', 'I am not sure'],
  second_output: ['right', 'right', 'above'],
};

const SUBJECT: MappingSubject = {
  columns: Object.entries(CELLS).map(([name, cells]) => ({ name, cells })),
  rows: 3,
  isWhole: false,
  inferred: [
    { role: 'question', column: 'question', confidence: 0.99, reason: "the name 'question'; 100 % of the values ask" },
    { role: 'options', column: 'offered', confidence: 0.59, reason: '100 % of the values list two options or more' },
    { role: 'gold', column: 'answer', confidence: 0.42, reason: "the name 'answer'; values are among the options" },
  ],
  undecided: ["whether 'first_output' or 'second_output' holds the predictions"],
  ...{ confidence: 0.3, isDecided: false, alreadyRead: null, stated: null },
  draft: {
    ...{ match: 'results/answers.csv', kind: null, base: null, convention: null, model: null, dataset: null },
    roles: { question: ['question'], options: ['offered'], gold: ['answer'] },
  },
};

/** What the draft makes of the three rows: right where the texts are equal. */
function previewOf({ roles }: MappingDraft, { columns }: MappingSubject): MappingPreview {
  const cell = (role: string, row: number): string | null =>
    columns.find(({ name }) => name === roles[role]?.[0])?.cells[row] ?? null;
  const isRun = roles['prediction'] !== undefined;
  const rows = [0, 1, 2].map((at): PreviewRow => {
    const [gold, said] = [cell('gold', at), cell('prediction', at)];
    const isRead = said === 'left' || said === 'right' || said === 'above';
    const outcome = gold === null ? 'no gold' : !isRead ? 'unanswered' : said === gold ? 'right' : 'wrong';
    return {
      ...{ row: at + 1, id: cell('id', at), question: cell('question', at), gold, predicted: isRead ? said : null },
      options: at === 2 ? ['above', 'below'] : ['left', 'right'],
      outcome: isRun ? outcome : null,
      class: isRun && outcome === 'wrong' ? 'horizontal-flip' : null,
      images: at === 2 ? [] : [`scenes/table_0${at + 1}.png`],
      problems: isRun && !isRead ? ['no answer can be read'] : [],
    };
  });
  const count = (of: string): number => rows.filter(({ outcome }) => outcome === of).length;
  const problems = rows.flatMap((row) => row.problems).map((text) => ({ text, count: 1 }));
  return {
    ...{ text: '{}\n', isRun, rows, read: 3, left: 0, dropped: [], isWhole: false, problems, warnings: [] },
    outcomes: {
      right: count('right'),
      wrong: count('wrong'),
      unanswered: count('unanswered'),
      'no gold': count('no gold'),
    },
  };
}

interface Story {
  readonly subject?: MappingSubject | null;
  readonly state?: Partial<MappingState>;
  readonly preview?: (draft: MappingDraft, subject: MappingSubject) => MappingPreview;
  readonly accepted?: Accepted | null;
}

function host({ subject = SUBJECT, state = {}, preview = previewOf, accepted }: Story): () => MappingHost {
  const file = '/work/toy/results/answers.csv';
  const target = '.flipside/formats/answers.json';
  const now: MappingState = { file, shown: 'results/answers.csv', subject, message: null, target, ...state };
  const done = (): Promise<null> => Promise.resolve(null);
  const message = 'The file is read as the run answers.csv: 3 items. It stands in the view Runs.';
  return () => ({
    start: () => Promise.resolve(now),
    preview: ({ draft }) => {
      if (draft.match.includes('?')) throw new Error(`The pattern "${draft.match}" does not match answers.csv.`);
      return Promise.resolve(preview(draft, subject ?? SUBJECT));
    },
    accept: () => Promise.resolve(accepted === undefined ? { file: target, message, isRead: true } : accepted),
    openJson: done,
    cancel: done,
    settings: done,
  });
}

const MANY: MappingSubject = {
  ...SUBJECT,
  columns: [
    ...SUBJECT.columns,
    ...Array.from({ length: 5000 }, (_, at) => ({ name: `feature_${at}`, cells: [String(at), '0', null] })),
  ],
};

const LONG_NAME = `output of the model ${'which was asked in a very long way '.repeat(8)}`;
const ODD: MappingSubject = {
  ...SUBJECT,
  columns: [
    { name: LONG_NAME, cells: ['left', 'right', `${'word '.repeat(40)}…`] },
    { name: 'שאלה', cells: ['איפה הכוס?', 'איפה המחבת?', 'איפה המכסה?'] },
    { name: 'doc.meta.right', cells: ['left', '\u202eevil\u202c', 'below'] },
    { name: '<b>markup</b>', cells: ['<img src=x onerror=alert(1)>', '&amp;', '"'] },
  ],
  inferred: [],
  stated: { file: '/work/toy/.flipside/formats/answers.json', problem: 'It names a role that nobody knows.' },
  alreadyRead:
    'answers.csv is read already as "ToyTool answers" (toy-tool): its columns. A mapping that matches the file takes its place.',
  draft: { ...SUBJECT.draft, roles: { question: ['שאלה'], gold: ['doc.meta.right'], prediction: [LONG_NAME, 'gone'] } },
};

function warned(draft: MappingDraft, subject: MappingSubject): MappingPreview {
  return {
    ...previewOf(draft, subject),
    ...{ read: 3, left: 2 },
    dropped: [{ reason: 'truncated JSON', detail: 'Record 4 ends too early.', row: 4, count: 2 }],
    problems: [{ text: 'the right answer is none of the options', count: 3 }],
    warnings: [
      "answers.csv: the right answers ('answer') are numbers of options, and none of the first 3 records proves whether the first option is 0 or 1, so these rows stand without gold.",
    ],
  };
}

const chosen = (roles: MappingDraft['roles']): MappingSubject => ({ ...SUBJECT, draft: { ...SUBJECT.draft, roles } });
const COMPLETE = chosen({ ...SUBJECT.draft.roles, prediction: ['first_output'], image: ['picture'], id: ['n'] });

tell<MappingHost, MappingEvents>({
  usual: host({}),
  complete: host({ subject: COMPLETE }),
  many: host({ subject: MANY }),
  odd: host({ subject: ODD }),
  warned: host({ subject: COMPLETE, preview: warned }),
  nothing: host({ subject: chosen({ question: ['question'] }) }),
  clash: host({ subject: chosen({ gold: ['answer'], prediction: ['answer'] }) }),
  unread: host({
    subject: COMPLETE,
    accepted: {
      file: '.flipside/formats/answers.json',
      message: 'The file is still not read: it has no rows',
      isRead: false,
    },
  }),
  declined: host({ subject: COMPLETE, accepted: null }),
  noFolder: host({ subject: COMPLETE, state: { target: null } }),
  empty: host({ subject: null, state: { message: 'answers.csv is empty: there are no columns to map.' } }),
});
