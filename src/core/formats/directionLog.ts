import type { Dropped, Option, RawItem } from '../model.js';
import type { Detected, Format, Shape } from './format.js';
import { literalIn, readOptions } from './optionsValue.js';
import { blankItem } from './recordFields.js';
import { VIEWSPATIAL, taskFrame } from './viewspatialTasks.js';

const TITLE = /^=== Direction Task Raw Logs ===/mu;
const ID_LINE = /^ID:[ \t]*([^|\n]*)\|[ \t]*Task:[ \t]*([^\n]*)$/mu;
const SEPARATOR = /^-{20,}[ \t]*$/mu;
/** A side of the comparison: its letter, the text that the logging script looked up for it, and the direction it read there. */
const SIDE = /^([^\s"]+)[ \t]*->[ \t]*"(.*)"[ \t]*\(Parsed:[ \t]*([^)\n]*)\)\s*$/su;

/** The lines that every block has, in this order; each runs to the next one. */
const PARTS = ['ID', 'Choices', 'GT', 'Pred', 'Result'] as const;
type Part = (typeof PARTS)[number];

/** A block that is read, or what is wrong with it. */
type Reading = { readonly fields: Readonly<Record<Part, string>> } | { readonly missing: Part };

/**
 * The raw log of an error analysis of ViewSpatial-Bench's direction tasks: a text of blocks with `ID | Task`, `Choices` (a
 * Python list), `GT`, `Pred` and `Result`, between lines of dashes. The quoted texts run over several lines and are what the
 * script looked up for a letter, `"ERR"` where it found nothing: no model wrote them, so there is no response, and they stay
 * with the item as fields. Rows are numbered by block.
 */
export const directionLog: Format = {
  id: 'viewspatial-direction-log',
  version: 2,
  title: 'ViewSpatial-Bench direction log',
  detect,
  async *read(source) {
    const text = new TextDecoder('utf-8').decode(await source.bytes());
    yield* blocksOf(text).map((block, i, all) => toItem(block, i + 1, i === all.length - 1, source.path));
  },
};

function detect(shape: Shape): Detected | null {
  if (shape.container !== 'text') return null;
  const { text } = shape;
  const titled = TITLE.test(text);
  if (!titled && !(ID_LINE.test(text) && /^GT[ \t]*:[^\n]*->/mu.test(text))) return null;
  return {
    role: 'run',
    confidence: titled ? 0.95 : 0.85,
    reason: 'A log of direction questions, block by block, with choices, correct letter, predicted letter and verdict.',
    model: null,
    dataset: VIEWSPATIAL,
  };
}

/** The blocks between lines of dashes, without the title; blank ones are no blocks. */
function blocksOf(text: string): string[] {
  return text
    .replace(/\r\n?/gu, '\n')
    .split(SEPARATOR)
    .filter((part, i) => part.trim() !== '' && !(i === 0 && TITLE.test(part)))
    .map((part) => part.trim());
}

function toItem(block: string, row: number, isLast: boolean, path: string): RawItem | Dropped {
  const reading = partsOf(block);
  if ('missing' in reading) return dropped(row, isLast, path, block, `no "${reading.missing}" line where one belongs`);
  const { fields } = reading;
  const heading = ID_LINE.exec(`ID:${fields.ID}`);
  if (heading === null) return dropped(row, isLast, path, block, 'its first line is not "ID: … | Task: …"');
  if (block.slice(1).search(ID_LINE) >= 0) return dropped(row, isLast, path, block, 'it holds two questions');
  const options = choicesOf(fields.Choices);
  if (options.length === 0) return dropped(row, isLast, path, block, '"Choices" is not a list of options');
  const gold = SIDE.exec(fields.GT);
  const predicted = SIDE.exec(fields.Pred);
  const verdict = verdictOf(fields.Result);
  if (gold === null) return dropped(row, isLast, path, block, '"GT" is not: letter -> "text" (Parsed: …)');
  if (predicted === null) return dropped(row, isLast, path, block, '"Pred" is not: letter -> "text" (Parsed: …)');
  if (verdict === null) return dropped(row, isLast, path, block, '"Result" says neither CORRECT nor WRONG');
  const task = heading[2]?.trim() ?? null;
  return {
    ...blankItem(row),
    id: heading[1]?.trim() || null,
    options,
    gold: goldOf(gold[1] ?? '', options),
    extracted: isNothing(predicted[1]) ? '' : (predicted[1] ?? ''),
    storedCorrect: verdict,
    kind: 'choice',
    task,
    ...taskFrame(task),
    meta: {
      'GT text': lookedUp(gold[2]),
      'GT parsed': isNothing(gold[3]) ? null : (gold[3]?.trim() ?? null),
      'Pred text': lookedUp(predicted[2]),
      'Pred parsed': isNothing(predicted[3]) ? null : (predicted[3]?.trim() ?? null),
      'Parsing failed': /PARSING FAILED/u.test(fields.Result),
    },
    flags: block.includes('\uFFFD') ? ['invalidUtf8'] : [],
  };
}

/** Cuts a block at the lines that begin its parts; a part's text may run over several lines. */
function partsOf(block: string): Reading {
  const starts: { readonly part: Part; readonly at: number; readonly text: number }[] = [];
  let from = 0;
  for (const part of PARTS) {
    const match = new RegExp(String.raw`^${part}[ \t]*:`, 'mu').exec(block.slice(from));
    if (match === null || (part === 'ID' && match.index > 0)) return { missing: part };
    const text = from + match.index + match[0].length;
    starts.push({ part, at: from + match.index, text });
    from = text;
  }
  const cut = starts.map(({ part, text }, i) => [part, block.slice(text, starts[i + 1]?.at).trim()] as const);
  const byPart = new Map(cut);
  const field = (part: Part): string => byPart.get(part) ?? '';
  return {
    fields: {
      ID: field('ID'),
      Choices: field('Choices'),
      GT: field('GT'),
      Pred: field('Pred'),
      Result: field('Result'),
    },
  };
}

function choicesOf(text: string): readonly Option[] {
  const list = literalIn(text);
  return Array.isArray(list) ? readOptions(list) : [];
}

/** The gold letter as the option that it names, in the benchmark's own notation ("B. front"). */
function goldOf(letter: string, options: readonly Option[]): string | null {
  if (isNothing(letter)) return null;
  const option = options.find((candidate) => candidate.label === letter);
  return option === undefined ? letter : `${letter}. ${option.text}`;
}

function lookedUp(text: string | undefined): string | null {
  return text === undefined || text === 'ERR' ? null : text;
}

function isNothing(text: string | undefined): boolean {
  return /^(?:none|nan|\?|-)?$/iu.test(text?.trim() ?? '');
}

function verdictOf(text: string): boolean | null {
  const line = text.split('\n', 1)[0] ?? '';
  if (/\b(?:WRONG|INCORRECT)\b/u.test(line)) return false;
  return /\bCORRECT\b/u.test(line) ? true : null;
}

function dropped(row: number, isLast: boolean, path: string, block: string, problem: string): Dropped {
  const opening = JSON.stringify(block.split('\n', 1)[0]?.slice(0, 80) ?? '');
  const advice = isLast
    ? 'The log seems to have been cut off here: write it again, or accept that this answer is missing.'
    : 'Restore the block, or remove it.';
  return {
    row,
    reason: isLast ? 'truncated log block' : 'unreadable log block',
    detail: `${path}: block ${String(row)} (${opening}): ${problem}. Expected the lines ID, Choices, GT, Pred and Result, in this order. ${advice}`,
  };
}
