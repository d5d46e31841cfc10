import { renderReport } from '../../export/html/page.js';
import { writeFile } from 'node:fs/promises';
import type { Database } from '../../store/database.js';
import { writeOut } from '../writeOut.js';
import { reportDocument } from './document.js';
import { gatherReport, type ReportRequest, type ReportSource } from './gather.js';

export type { OpenPictures, PictureOf, PicturePlaces, ReportPicture } from './data.js';
export type { ReportRequest } from './gather.js';

/** What became of a report. */
export interface ReportResult {
  readonly file: string;
  readonly format: 'html';
  readonly runs: number;
  /** Items that its numbers are of. */
  readonly rows: number;
  readonly examples: number;
  /** Examples of which a picture was found. */
  readonly pictures: number;
  readonly lens: string;
  readonly lensVersion: string;
}

/** Writes the report to a file, aside and renamed. `db`: a connection of its own. */
export async function writeReport(
  db: Database,
  source: ReportSource,
  request: ReportRequest,
  out: string,
): Promise<ReportResult> {
  const data = await gatherReport(db, source, request);
  await writeOut(out, (aside) => writeFile(aside, renderReport(reportDocument(data))));
  const examples = data.examples.flatMap((each) => each.examples);
  return {
    file: out,
    format: 'html',
    runs: data.summary.runs.length,
    rows: data.summary.runs.reduce((sum, run) => sum + run.items, 0),
    examples: examples.length,
    pictures: examples.filter(({ picture }) => picture.ok).length,
    lens: data.summary.lens,
    lensVersion: data.summary.lensVersion,
  };
}
