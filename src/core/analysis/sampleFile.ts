import { readFile, writeFile } from 'node:fs/promises';
import type { Sample, SampledRow, SampleStratum } from '../agreementModel.js';
import { type Filter, FlipsideError, isJsonObject, type Json, type JsonObject } from '../model.js';
import { writeOut } from './writeOut.js';

/** The layout of the file. */
const VERSION = 1;

/** Writes a sample as JSON, aside and renamed. Throws a FlipsideError where it cannot be written. */
export async function writeSample(out: string, sample: Sample): Promise<void> {
  const { rows, ...about } = sample;
  // One row a line, so that two samples can be compared by eye.
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  const head = JSON.stringify({ flipsideSample: VERSION, ...about }, null, 2).replace(/\n}$/, '');
  await writeOut(out, (aside) => writeFile(aside, `${head},\n  "rows": [\n${lines}\n  ]\n}\n`));
}

/** Reads a sample. Throws a FlipsideError that says what the file lacks. */
export async function readSample(file: string): Promise<Sample> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new FlipsideError(`The sample ${file} cannot be read (${error.code ?? error.message}).`, { file });
  });
  return parseSample(text, file);
}

/** A sample from its file's text. Throws a FlipsideError that names the file, what was expected, and the row where it is about one. */
export function parseSample(text: string, file: string): Sample {
  const fail: Fail = (what) => {
    throw new FlipsideError(
      `${file} is no sample that can be used: ${what} Draw one anew with "flipside sample", or name another file.`,
      { file, exitCode: 2 },
    );
  };
  const value = jsonOf(text, fail);
  if (value['flipsideSample'] !== VERSION)
    return fail(
      `"flipsideSample" must be ${VERSION}, the layout that this version reads, and is ${JSON.stringify(value['flipsideSample'] ?? null)}.`,
    );
  const [seed, n, of] = (['seed', 'n', 'of'] as const).map((name) => countOf(value[name], `"${name}"`, fail));
  const { lens, lensVersion, field = null } = value;
  if (typeof lens !== 'string' || typeof lensVersion !== 'string')
    return fail('"lens" and "lensVersion" must be texts.');
  if (field !== null && typeof field !== 'string') return fail('"field" must be a text or null.');
  const strata = listOf(value['strata'], '"strata"', fail).map((each, at) => stratumOf(each, `strata[${at}]`, fail));
  const rows = listOf(value['rows'], '"rows"', fail).map((each, at) => rowOf(each, `rows[${at}]`, fail));
  requireConsistent(strata, rows, of ?? 0, fail);
  const filter = (value['filter'] ?? null) as Filter | null;
  return { seed: seed ?? 0, n: n ?? 0, of: of ?? 0, filter, lens, lensVersion, field, strata, rows };
}

type Fail = (what: string) => never;

function jsonOf(text: string, fail: Fail): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return fail(`it is no JSON (${(error as Error).message}).`);
  }
  return isJsonObject(value) ? value : fail('an object was expected.');
}

function stratumOf(each: Json, where: string, fail: Fail): SampleStratum {
  if (!isJsonObject(each)) return fail(`${where} must be an object.`);
  const { value = null } = each;
  if (value !== null && typeof value !== 'string') return fail(`${where}.value must be a text or null.`);
  const size = countOf(each['size'], `${where}.size`, fail);
  const drawn = countOf(each['drawn'], `${where}.drawn`, fail);
  if (drawn > size) return fail(`${where} has ${drawn} drawn of ${size}.`);
  return { value, size, drawn };
}

function rowOf(each: Json, where: string, fail: Fail): SampledRow {
  if (!isJsonObject(each)) return fail(`${where} must be an object.`);
  const { run, item } = each;
  if (typeof run !== 'string' || typeof item !== 'string') return fail(`${where} must name its "run" and "item".`);
  const row = countOf(each['row'], `${where}.row`, fail);
  return { run, row, item, stratum: countOf(each['stratum'], `${where}.stratum`, fail) };
}

/** Weights are right only where strata and rows are those that were written. */
function requireConsistent(
  strata: readonly SampleStratum[],
  rows: readonly SampledRow[],
  of: number,
  fail: Fail,
): void {
  if (strata.reduce((sum, { size }) => sum + size, 0) !== of) fail(`its strata have not the ${of} rows of "of".`);
  for (const [at, { drawn }] of strata.entries()) {
    const own = rows.filter(({ stratum }) => stratum === at).length;
    if (own !== drawn) fail(`strata[${at}] says that ${drawn} rows were drawn, and ${own} are listed.`);
  }
  const outside = rows.findIndex(({ stratum }) => stratum >= strata.length);
  if (outside >= 0) fail(`rows[${outside}] is of a stratum that is not listed.`);
  const seen = new Set<string>();
  for (const [at, { run, row }] of rows.entries()) {
    const key = `${row} ${run}`;
    if (seen.has(key)) fail(`rows[${at}] is listed twice.`);
    seen.add(key);
  }
}

function countOf(value: Json | undefined, where: string, fail: Fail): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return fail(`${where} must be a whole number of at least 0, and is ${JSON.stringify(value ?? null)}.`);
}

function listOf(value: Json | undefined, where: string, fail: Fail): readonly Json[] {
  return Array.isArray(value) ? value : fail(`${where} must be a list.`);
}
