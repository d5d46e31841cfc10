import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError, type Filter } from '../../core/model.js';
import { ERRORS, type Query, type RowKey } from '../../protocol/rows.js';
import type { ErrorsView } from '../errorsView.js';
import { messages } from '../messages.js';
import { plain } from '../plain.js';
import type { Predictions } from '../predictions.js';

const SAMPLES = path.join('.flipside', 'samples');
const MOST = 10_000;
/** Fields by which samples are usually drawn; the list of errors can be narrowed by any other. */
const FIELDS = ['class', 'task', 'run', 'relation', 'kind', 'frame'];

/** A sample of rows, drawn at random, in a file beside the annotations. */
export interface SampleFile {
  readonly file: string;
  readonly name: string;
}

/** Random samples of what the list shows: a few hundred rows from which the rates of all are estimated. */
export class Samples {
  constructor(
    private readonly predictions: Predictions,
    private readonly errors: ErrorsView,
  ) {}

  /** Samples that were drawn here, by name. */
  async all(): Promise<readonly SampleFile[]> {
    const found = await Promise.all(
      this.predictions.folders.map(async (folder) => {
        const names = await readdir(path.join(folder, SAMPLES)).catch(() => []);
        const files = names.filter((name) => name.endsWith('.json')).sort();
        return files.map((name) => ({ file: path.join(folder, SAMPLES, name), name: name.slice(0, -'.json'.length) }));
      }),
    );
    return found.flat();
  }

  /** Asks how to draw from the rows that the list shows, and shows what was drawn. Null where it was taken back. */
  async draw(): Promise<string | null> {
    await this.predictions.ready();
    const [folder] = this.predictions.folders;
    if (folder === undefined) throw new FlipsideError('A sample is kept in a folder: open one first.');
    const query = this.errors.shown;
    const n = await countAsked('How many rows are to be drawn?', '200', 1, MOST);
    if (n === null) return null;
    const field = await fieldAsked();
    if (field === undefined) return null;
    const seed = await countAsked('The seed: the same one draws the same rows.', '1', 0, 2 ** 32 - 1);
    if (seed === null) return null;
    const name = `sample-${n}${field === null ? '' : `-by-${field}`}-seed-${seed}`;
    const out = path.join(folder, SAMPLES, `${name}.json`);
    const known = (await this.all()).some(({ file }) => file === out);
    if (known && !(await messages.confirm(`Draw the sample "${name}" anew? Its file is replaced.`, 'Draw')))
      return null;
    await mkdir(path.dirname(out), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw new FlipsideError(`${path.dirname(out)} cannot be made (${error.code ?? error.message}).`);
    });
    const sample = await this.predictions.client.ask('sample', { query, n, seed, field, out });
    await this.errors.show(rowsQuery(sample.rows));
    void messages.inform(
      `${sample.rows.length} of ${sample.of} rows drawn. Label all of them: rates count what is labelled.`,
    );
    return out;
  }
}

/** A query of exactly these rows. */
function rowsQuery(rows: readonly RowKey[]): Query {
  const runs = [...new Set(rows.map(({ run }) => run))];
  const each = runs.map((run): Filter => {
    const values = rows.filter((row) => row.run === run).map(({ row }) => row);
    return {
      and: [
        { field: 'run', op: 'eq', value: run },
        { field: 'row', op: 'in', values },
      ],
    };
  });
  return { ...ERRORS, facets: {}, filter: { or: each } };
}

async function countAsked(prompt: string, value: string, least: number, most: number): Promise<number | null> {
  const isCount = (text: string): boolean => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
  const typed = await vscode.window.showInputBox({
    title: 'Draw a Sample',
    ...{ prompt, value, ignoreFocusOut: true },
    validateInput: (text) => (isCount(text.trim()) ? null : `A whole number from ${least} to ${most}.`),
  });
  return typed === undefined ? null : Number(typed.trim());
}

/** The field by whose values rows are drawn; null for none, undefined where it was taken back. */
async function fieldAsked(): Promise<string | null | undefined> {
  const none = { label: 'not stratified', field: null };
  const choices = [none, ...FIELDS.map((field) => ({ label: plain(`by ${field}`), field }))];
  const picked = await vscode.window.showQuickPick(choices, {
    title: 'Draw a Sample',
    placeHolder: 'In proportion to the rows of which field’s values?',
  });
  return picked?.field;
}
