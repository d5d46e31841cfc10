import { Analysis, type AnalysisOptions } from '../../../src/core/analysis.js';
import type { Option, ParsedAnswer, RawItem } from '../../../src/core/model.js';
import { jsonLines, withWorkspace, type Workspace } from '../../support/cli.js';

/** Options with the letters A, B, … */
export function lettered(...texts: string[]): Option[] {
  return texts.map((text, index) => ({ label: String.fromCharCode(65 + index), text }));
}

/** An item as a reader hands it over: a question about left and right, with whatever a test says of it. */
export function rawItem(row: number, more: Partial<RawItem> = {}): RawItem {
  return {
    ...{ row, id: null, question: `Where is cup ${row}?`, options: lettered('left', 'right'), gold: 'A' },
    ...{ extracted: null, response: 'B', storedCorrect: null, kind: null, task: null, relation: null, frame: null },
    ...{ convention: null, images: [], model: null, split: null, unit: null, sample: null, confidence: null },
    ...{ meta: {}, flags: [] },
    ...more,
  };
}

/** An answer that was read as option number `option`. */
export function optionAnswer(option: number | null, more: Partial<ParsedAnswer> = {}): ParsedAnswer {
  const trace = { rule: 'test', start: 0, end: 1, text: 'B', source: 'response' as const };
  return { status: 'parsed', option, value: null, trace, flags: [], ...more };
}

/** One record of a plain prediction file. */
export interface Record {
  readonly id?: string | number;
  readonly question?: string;
  readonly options?: readonly string[];
  readonly gold?: string | null;
  readonly response?: string;
  readonly [column: string]: unknown;
}

/** A prediction file of self-explaining columns. */
export function predictions(records: readonly Record[]): string {
  return jsonLines(records);
}

/** Writes the files of a test into a workspace, opens them, and cleans up. */
export async function withAnalysis<T>(
  files: { readonly [name: string]: string },
  use: (analysis: Analysis, workspace: Workspace) => Promise<T>,
  options: AnalysisOptions = {},
): Promise<void> {
  await withWorkspace(async (workspace) => {
    for (const [name, content] of Object.entries(files)) workspace.write(name, content);
    await reopen(workspace, (analysis) => use(analysis, workspace), options);
  });
}

/** Opens a workspace once more: what a second command would do. */
export async function reopen<T>(
  workspace: Workspace,
  use: (analysis: Analysis) => Promise<T>,
  options: AnalysisOptions = {},
): Promise<T> {
  const analysis = await Analysis.open([workspace.folder], { cacheDir: workspace.cache, ...options });
  try {
    return await use(analysis);
  } finally {
    analysis.close();
  }
}
