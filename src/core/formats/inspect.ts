import { FlipsideError, isJsonObject } from '../model.js';
import type { Dropped, Json, JsonObject, RawItem } from '../model.js';
import { MAX_RECORD_BYTES } from './containers/bytes.js';
import { UNPACK_LIMITS } from './containers/inflate.js';
import { parseJson } from './containers/jsonText.js';
import { openZip } from './containers/zip.js';
import type { Detected, Format, Shape, Source } from './format.js';
import { sampleItem } from './inspectSample.js';
import type { LogHeader, SamplePlace } from './inspectSample.js';
import { objectOf, textOf } from './recordValues.js';

const HEADER = 'header.json';
const JOURNAL_START = '_journal/start.json';
const SAMPLE_ENTRY = /^samples\/(.+?)(?:_epoch_(\d+))?\.json$/s;

const NO_HEADER: LogHeader = { model: null, task: null, dataset: null };

/**
 * Inspect AI's `.eval` logs (UKGovernmentBEIS/inspect_ai @ 499e6152e7b8, log/_recorders/eval.py): a zip archive with
 * `header.json` and one `samples/{id}_epoch_{n}.json` per sample, deflated or, today, compressed with zstd. A log still
 * being written has only `_journal/start.json` for a header; the samples that exist are read.
 */
export const inspectEval: Format = {
  id: 'inspect-eval',
  version: 3,
  title: 'Inspect AI log (.eval)',
  ownRule: 'inspect',
  detect: detectEval,
  read: readEval,
};

/** Inspect AI's `.json` logs: one object with version, status, eval and, once a sample is done, samples. */
export const inspectJson: Format = {
  id: 'inspect-json',
  version: 3,
  title: 'Inspect AI log (.json)',
  ownRule: 'inspect',
  detect: detectJson,
  read: readJson,
};

function detectEval({ container, entries }: Shape): Detected | null {
  if (container !== 'zip') return null;
  const started = entries.includes(JOURNAL_START);
  const finished = entries.includes(HEADER);
  const samples = entries.filter((entry) => SAMPLE_ENTRY.test(entry)).length;
  if (!started && !(finished && (samples > 0 || entries.includes('summaries.json')))) return null;
  const state = finished ? '' : ', still being written or cut short';
  const reason = `Inspect AI's log: an archive with its journal and ${samples} samples${state}.`;
  return { role: 'run', confidence: 0.97, reason, model: null, dataset: null };
}

function detectJson({ container, root, text }: Shape): Detected | null {
  if (container !== 'json-object') return null;
  const reason = "Inspect AI's log: one object with version, status, eval and samples.";
  if (root === null) {
    const looksLikeLog =
      /^\s*\{\s*"version"\s*:\s*\d/.test(text) && text.includes('"status"') && text.includes('"task_id"');
    return looksLikeLog ? { role: 'run', confidence: 0.9, reason, model: null, dataset: null } : null;
  }
  const run = root['eval'];
  if (!isJsonObject(run) || typeof root['version'] !== 'number' || typeof root['status'] !== 'string') return null;
  if (textOf(run['task']) === null || textOf(run['model']) === null) return null;
  const { model, dataset } = headerOf(root);
  return { role: 'run', confidence: 0.97, reason, model, dataset };
}

function headerOf(log: JsonObject): LogHeader {
  const run = objectOf(log['eval']);
  return { model: textOf(run['model']), task: textOf(run['task']), dataset: textOf(objectOf(run['dataset'])['name']) };
}

/** A sample is a record, and no longer than one. */
const SAMPLE_LIMITS = { ...UNPACK_LIMITS, maxBytes: MAX_RECORD_BYTES };

/** A sample's entry; the epoch is 1 where the name does not say. */
interface SampleEntry {
  readonly name: string;
  readonly id: string;
  readonly epoch: number;
}

async function* readEval(source: Source): AsyncIterable<RawItem | Dropped> {
  const archive = await openZip(source.path, SAMPLE_LIMITS);
  const header = await readHeader(archive);
  const entries = sampleEntries(archive.entries);
  const epochs = new Set(entries.map(({ id }) => id)).size < entries.length;
  for (const [index, entry] of entries.entries()) {
    const row = index + 1;
    const sample = await readEntry(archive, entry.name);
    yield typeof sample === 'string'
      ? droppedSample(row, `entry ${entry.name}`, sample)
      : sampleItem(withPlace(sample.value, entry), header, { row, epochs, flags: sample.flags });
  }
}

type Archive = Awaited<ReturnType<typeof openZip>>;

/** The header, else the journal's start. The samples are worth reading even where neither can be. */
async function readHeader(archive: Archive): Promise<LogHeader> {
  for (const name of [HEADER, JOURNAL_START]) {
    if (!archive.entries.includes(name)) continue;
    const entry = await readEntry(archive, name);
    if (typeof entry !== 'string') return headerOf(entry.value);
  }
  return NO_HEADER;
}

interface Parsed {
  readonly value: JsonObject;
  readonly flags: RawItem['flags'];
}

/** An entry's object, or the reason why it cannot be read. */
async function readEntry(archive: Archive, name: string): Promise<Parsed | string> {
  let bytes: Uint8Array;
  try {
    bytes = await archive.read(name);
  } catch (error) {
    if (error instanceof FlipsideError) return error.message;
    throw error;
  }
  const parsed = parseJson(new TextDecoder().decode(bytes));
  if (!parsed.ok) return parsed.message;
  return isJsonObject(parsed.value) ? { value: parsed.value, flags: parsed.flags } : 'the entry is no JSON object';
}

function sampleEntries(names: readonly string[]): SampleEntry[] {
  const entries = [...new Set(names)].flatMap((name) => {
    const match = SAMPLE_ENTRY.exec(name);
    return match === null ? [] : [{ name, id: match[1] ?? '', epoch: Number(match[2] ?? '1') }];
  });
  return entries.sort((a, b) => a.epoch - b.epoch || compareIds(a.id, b.id));
}

/** Numbers by value and before words; words by their characters, so that the order is the same everywhere. */
function compareIds(a: string, b: string): number {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null && left !== right) return left - right;
  if ((left === null) !== (right === null)) return left === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function numberOf(id: string): number | null {
  return /^-?\d{1,15}$/.test(id) ? Number(id) : null;
}

/** The entry's name states id and epoch too, should the sample itself not. */
function withPlace(sample: JsonObject, { id, epoch }: SampleEntry): JsonObject {
  return { ...sample, id: sample['id'] ?? id, epoch: sample['epoch'] ?? epoch };
}

async function* readJson(source: Source): AsyncIterable<RawItem | Dropped> {
  const log = source.shape.root ?? (await readRoot(source));
  const header = headerOf(log);
  const samples = log['samples'];
  const listed: readonly Json[] = Array.isArray(samples) ? samples : [];
  const ids = listed.flatMap((sample) => textOf(objectOf(sample)['id']) ?? []);
  const place: Omit<SamplePlace, 'row'> = { epochs: new Set(ids).size < ids.length, flags: [] };
  for (const [index, sample] of listed.entries()) {
    const row = index + 1;
    yield isJsonObject(sample)
      ? sampleItem(sample, header, { ...place, row })
      : droppedSample(row, `sample ${row} of the list`, 'it is no JSON object');
  }
}

async function readRoot(source: Source): Promise<JsonObject> {
  const parsed = parseJson(new TextDecoder().decode(await source.bytes()));
  if (parsed.ok && isJsonObject(parsed.value)) return parsed.value;
  const why = parsed.ok ? 'it is no JSON object' : parsed.message;
  throw new FlipsideError(
    `${source.path}: expected an Inspect AI log as one JSON object; ${why}. Write the log again.`,
    {
      file: source.path,
    },
  );
}

/**
 * The samples of a log as they stand in it, under the rows that reading gives them; only those of `rows`, where these are given.
 * Of any other object, the whole, which has no row. Throws a FlipsideError where the file cannot be read.
 */
export async function* logSamples(
  source: Source,
  rows: ReadonlySet<number | null> | null,
): AsyncGenerator<{ readonly row: number | null; readonly value: JsonObject }> {
  const wanted = (row: number): boolean => rows === null || rows.has(row);
  if (source.shape.container === 'zip') {
    const archive = await openZip(source.path, SAMPLE_LIMITS);
    for (const [index, { name }] of sampleEntries(archive.entries).entries()) {
      const sample = wanted(index + 1) ? await readEntry(archive, name) : '';
      if (typeof sample !== 'string') yield { row: index + 1, value: sample.value };
    }
    return;
  }
  const root = source.shape.root ?? (await readRoot(source));
  const { samples } = root;
  if (!Array.isArray(samples)) {
    yield { row: null, value: root };
    return;
  }
  for (const [index, sample] of samples.entries()) {
    if (wanted(index + 1) && isJsonObject(sample)) yield { row: index + 1, value: sample };
  }
}

function droppedSample(row: number, where: string, why: string): Dropped {
  const detail = `Sample ${row}: expected a sample as JSON in ${where}; ${why}. Run that sample again, or convert the log with "inspect log convert".`;
  return { row, reason: 'unreadable sample', detail };
}
