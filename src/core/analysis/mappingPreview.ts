import path from 'node:path';
import { answerRule } from '../answers/index.js';
import { isDropped, type Role } from '../formats/format.js';
import { matchesGlob, parseMapping, printMapping, type Mapping } from '../formats/mapping.js';
import { plainWith } from '../formats/plain.js';
import { recognise } from '../formats/registry.js';
import { FlipsideError, type Dropped } from '../model.js';
import { classify, type Lens } from '../relations/lens.js';
import { lensNamed } from '../relations/lenses/index.js';
import { unpackAnswerKey, unpackItemKey } from '../store/lensKey.js';
import { charactersOf } from '../store/pendingShard.js';
import type { StoredRow } from '../store/row.js';
import { openFile } from './openFile.js';
import { toRow, type Reading } from './toRow.js';
import { userLenses } from './userLenses.js';

/** As many as the plan is made of: what is decided from the head is shown on the head. */
const ITEMS = 200;
const CHARACTERS = 1 << 20;

/** How answers are read and errors classified. */
export interface PreviewReading extends Reading {
  readonly lens: Lens;
}

/** The same by the names of an answer rule and of a lens. Throws a FlipsideError for names that nobody knows. */
export async function readingNamed(answers: string, lens: string, homes: readonly string[]): Promise<PreviewReading> {
  const own = await userLenses(homes);
  return { rule: answerRule(answers), ruleForced: answers !== 'default', lens: lensNamed(lens, own) };
}

/** The first records of a file as a mapping has them read. */
export interface ReadHead {
  /** The mapping as the text of a mapping file. */
  readonly text: string;
  readonly role: Role;
  /** `class` is null for all but wrong answers that could be read. */
  readonly rows: readonly { readonly row: StoredRow; readonly class: string | null }[];
  readonly dropped: readonly Dropped[];
  /** True where these are all records of the file. */
  readonly isWhole: boolean;
  readonly warnings: readonly string[];
}

/**
 * Reads the beginning of a file by a mapping, as indexing would, but for what other files say of it: definitions and judgements are not
 * joined. `folder` is the one below which the mapping will be kept, `given` the mapping as JSON.
 * @throws FlipsideError with what is wrong, where the mapping cannot be used, does not match the file, or does not fit it
 */
export async function readHead(
  file: string,
  folder: string,
  given: object,
  reading: PreviewReading,
  signal?: AbortSignal,
): Promise<ReadHead> {
  const mapping = checked(given, file, folder);
  const source = await openFile(file);
  signal?.throwIfAborted();
  const format = plainWith(mapping, 'in this panel');
  const found = recognise(source.shape, [format]);
  if (found === null) throw new FlipsideError(doesNotMatch(mapping, file));
  const [rows, dropped]: [StoredRow[], Dropped[]] = [[], []];
  let characters = 0;
  let isWhole = true;
  for await (const item of format.read(source)) {
    if (rows.length + dropped.length === ITEMS || characters > CHARACTERS) {
      isWhole = false;
      break;
    }
    if (isDropped(item)) dropped.push(item);
    else rows.push(toRow(item, reading));
    characters += isDropped(item) ? item.detail.length : charactersOf(item);
    signal?.throwIfAborted();
  }
  const { detected } = found;
  return {
    ...{ text: printMapping(mapping), role: detected.role, dropped, isWhole, warnings: detected.warnings ?? [] },
    rows: rows.map((row) => ({ row, class: classOf(row, reading.lens) })),
  };
}

function checked(given: object, file: string, folder: string): Mapping {
  const mapping = parseMapping(JSON.stringify(given), 'This mapping');
  const seen = path.relative(folder, file).split(path.sep).join('/');
  if (!matchesGlob(mapping.match, seen)) throw new FlipsideError(doesNotMatch(mapping, file));
  return mapping;
}

function doesNotMatch({ match }: Mapping, file: string): string {
  return `The pattern "${match}" does not match ${path.basename(file)}, so the mapping would not hold for it.`;
}

function classOf({ correct, itemKey, answerKey }: StoredRow, lens: Lens): string | null {
  if (correct !== false || answerKey === null) return null;
  return classify(lens, { ...unpackItemKey(itemKey), ...unpackAnswerKey(answerKey) }).class;
}
