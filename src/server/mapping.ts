import {
  homesOf,
  mappingHead,
  outcomeOf,
  readHead,
  readingNamed,
  statedMapping,
  type MappingHead,
} from '../core/analysis.js';
import type { Outcome } from '../core/model.js';
import type { MappingDraft, MappingPlace, MappingPreview, MappingSubject, PreviewRow } from '../protocol/mapping.js';

/** Parsed rows that a page shows; counts are of all that were looked at. */
const SHOWN_ROWS = 20;
const LONGEST = 240;
const MOST_OPTIONS = 12;

/** The first rows of a file and what is inferred of them, for somebody to say which column is what. */
export async function mappingSubject({ file, folder, paths, homes }: MappingPlace): Promise<MappingSubject> {
  const head = await mappingHead(file, folder);
  const stated = await statedMapping(file, await homesOf(paths, homes));
  const { inferred } = head;
  return {
    ...{ columns: head.columns, rows: head.rows, isWhole: head.isWhole, alreadyRead: head.alreadyRead },
    inferred: inferred.roles.map(({ role, column, confidence, reasons }) => {
      return { role, column, confidence, reason: reasons.join('; ') };
    }),
    ...{ undecided: inferred.undecided, confidence: inferred.confidence, isDecided: inferred.role !== null },
    stated: stated === null ? null : { file: stated.file, problem: stated.problem },
    draft: draftOf(stated?.mapping ?? head.mapping),
  };
}

function draftOf(mapping: MappingHead['mapping']): MappingDraft {
  const { match, roles, kind, base, convention, model, dataset } = mapping;
  return {
    match,
    roles: Object.fromEntries(
      Object.entries(roles).map(([role, columns]) => [role, typeof columns === 'string' ? [columns] : columns]),
    ),
    ...{ kind: kind ?? null, base: base ?? null, convention: convention ?? null },
    ...{ model: model ?? null, dataset: dataset ?? null },
  };
}

/** The first records of a file as a mapping has them read; `lens` and `answers` are those of what is open. */
export async function mappingPreview(
  {
    file,
    folder,
    paths,
    homes,
    draft,
    lens,
    answers,
  }: MappingPlace & {
    readonly draft: MappingDraft;
    readonly lens: string;
    readonly answers: string;
  },
  signal: AbortSignal,
): Promise<MappingPreview> {
  const reading = await readingNamed(answers, lens, await homesOf(paths, homes));
  const { text, role, rows, dropped, isWhole, warnings } = await readHead(file, folder, jsonOf(draft), reading, signal);
  const isRun = role === 'run';
  const parsed = rows.map((each) => previewRow(each, isRun));
  const outcomes: Record<Outcome, number> = { right: 0, wrong: 0, unanswered: 0, 'no gold': 0 };
  for (const { outcome } of parsed) if (outcome !== null) outcomes[outcome] += 1;
  const problems = tally(parsed.flatMap((row) => row.problems));
  return {
    ...{ text, isRun, isWhole, warnings, outcomes },
    rows: parsed.slice(0, SHOWN_ROWS),
    ...{ read: parsed.length, left: dropped.length },
    dropped: [...tally(dropped.map(({ reason }) => reason))].map(({ text: reason, count }) => {
      const first = dropped.find((each) => each.reason === reason);
      return { reason, count, detail: cut(first?.detail ?? ''), row: first?.row ?? 0 };
    }),
    problems,
  };
}

/** A draft as what a mapping file holds. Columns of a role without any are left out. */
function jsonOf({ match, roles, kind, base, convention, model, dataset }: MappingDraft): object {
  const named = Object.entries(roles).filter(([, columns]) => columns.length > 0);
  const optional = Object.entries({ kind, base, convention, model: filled(model), dataset: filled(dataset) });
  return {
    $schema: 'flipside://schemas/mapping.schema.json',
    version: 1,
    match: match.trim(),
    roles: Object.fromEntries(named.map(([role, columns]) => [role, columns.length === 1 ? columns[0] : columns])),
    ...Object.fromEntries(optional.filter(([, value]) => value !== null)),
  };
}

function filled(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}

type HeadRow = Awaited<ReturnType<typeof readHead>>['rows'][number];

function previewRow({ row, class: name }: HeadRow, isRun: boolean): PreviewRow {
  const { raw, answer, options, gold, predicted, correct } = row;
  return {
    row: raw.row,
    id: cutOrNull(raw.id),
    question: cutOrNull(raw.question),
    options: options.slice(0, MOST_OPTIONS).map(({ label, text }) => cut(label === null ? text : `${label}. ${text}`)),
    gold: cutOrNull(gold),
    predicted: cutOrNull(predicted),
    outcome: isRun ? outcomeOf({ correct, status: answer.status }) : null,
    class: name,
    images: raw.images.slice(0, MOST_OPTIONS).map(cut),
    problems: problemsOf(row, isRun),
  };
}

const UNREAD: Readonly<Record<string, string>> = {
  empty: 'the answer is empty',
  refusal: 'the answer is a refusal',
  'off-list': 'the answer is none of the options',
  ambiguous: 'the answer may be either of two options',
  unparsed: 'no answer can be read',
};

function problemsOf({ raw, answer, options, flags, kind }: HeadRow['row'], isRun: boolean): string[] {
  const problems: (string | undefined)[] = [
    raw.question === null && raw.images.length === 0 ? 'neither question nor image' : undefined,
    raw.gold === null ? 'no right answer' : undefined,
    flags.includes('goldUnmatched') ? 'the right answer is none of the options' : undefined,
    flags.includes('optionsUnknown') || (kind === 'choice' && options.length === 0)
      ? 'the options are not known'
      : undefined,
    isRun ? UNREAD[answer.status] : undefined,
    flags.includes('storedDiffers') ? 'the file itself says otherwise of right or wrong' : undefined,
  ];
  return problems.filter((each) => each !== undefined);
}

/** How often each text occurs, the most frequent first. */
function tally(texts: readonly string[]): { readonly text: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
}

function cutOrNull(text: string | null): string | null {
  return text === null ? null : cut(text);
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
