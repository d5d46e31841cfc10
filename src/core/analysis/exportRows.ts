import { open } from 'node:fs/promises';
import { csv, escapeMarkdown, jsonl, markdown, type ExportRow, type TextExport } from '../export/rows.js';
import type { Lens } from '../relations/lens.js';
import type { Database } from '../store/database.js';
import { copyToParquet } from '../store/copy.js';
import { recordsIn, type Page } from '../store/pageQueries.js';
import { writeOut } from './writeOut.js';

export type ExportFormat = 'csv' | 'jsonl' | 'parquet' | 'md';

export interface ExportRequest {
  readonly to: ExportFormat;
  /** Absolute path of the file to write. */
  readonly out: string;
  /** The rows: a table (runIndex, row), in the order in which they are written. */
  readonly list: string;
  readonly lens: Lens;
  readonly fileOf: (run: number) => string;
  readonly written?: (rows: number) => void;
}

export interface ExportResult {
  readonly file: string;
  readonly format: ExportFormat;
  readonly rows: number;
  readonly lens: string;
  readonly lensVersion: string;
}

const WRITERS: Readonly<Record<Exclude<ExportFormat, 'parquet'>, TextExport>> = { csv, jsonl, md: markdown };

/** Writes rows to a file: see writeOut. `db` says whether somebody still waits. */
export async function exportRows(db: Database, request: ExportRequest): Promise<ExportResult> {
  let rows = 0;
  await writeOut(request.out, async (aside) => {
    rows =
      request.to === 'parquet'
        ? await copyToParquet(db, request.list, request.lens, aside)
        : await writeText(db, request, WRITERS[request.to], aside);
  });
  return { file: request.out, format: request.to, rows, lens: request.lens.name, lensVersion: request.lens.version };
}

async function writeText(db: Database, request: ExportRequest, writer: TextExport, aside: string): Promise<number> {
  const file = await open(aside, 'w');
  let written = 0;
  try {
    if (request.to === 'md')
      await file.appendFile(
        `# Rows under lens ${escapeMarkdown(request.lens.name)} v${escapeMarkdown(request.lens.version)}\n\n`,
      );
    for await (const records of recordsIn(db, request.list, request.fileOf)) {
      const rows = records.map((each) => exportRow(each, request.lens));
      if (written === 0) await file.appendFile(writer.head(Object.keys(rows[0] ?? EMPTY)));
      await file.appendFile(rows.map((row) => writer.row(row)).join(''));
      written += rows.length;
      request.written?.(written);
    }
    if (written === 0) await file.appendFile(writer.head(Object.keys(EMPTY)));
    await file.appendFile(writer.foot());
    return written;
  } finally {
    await file.close();
  }
}

/** The head of an export without rows. */
const EMPTY: ExportRow = { run: null, item: null, lens: null, lensVersion: null, class: null };

function exportRow({ record, trace, fields }: Page['records'][number], lens: Lens): ExportRow {
  // Every row has the same columns: those of a table are the first row's.
  const { options, meta, boxes = [], ...rest } = record;
  return {
    ...rest,
    boxes,
    lens: lens.name,
    lensVersion: lens.version,
    lensRule: trace.lensRule,
    answerRule: trace.answer.rule,
    answerSource: trace.answer.source,
    answerStart: trace.answer.start,
    answerEnd: trace.answer.end,
    answerText: trace.answer.text,
    options: options.map((option) => option.text),
    optionLabels: options.map((option) => option.label),
    ...(fields as ExportRow),
    meta,
  };
}
