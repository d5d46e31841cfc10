import { isDropped, type Record_, type Shape } from '../formats/format.js';
import { openSource, sniff, type BatchedSource } from '../formats/shape.js';
import { arrowRows, arrowTable } from '../images/arrowRecords.js';
import { ArrowTooLarge, ArrowUnsupported } from '../images/arrowLayout.js';
import { FlipsideError, type Json, type JsonObject } from '../model.js';
import { parquetBatches, parquetTable } from '../store/parquetRecords.js';

const HEAD_RECORDS = 200;

/**
 * What a file is, for formats to recognise. Parquet and Arrow files are tables whose rows are records like those of JSON lines: formats
 * see them as such, and need not know that the store or the images' reader reads them.
 * @throws FlipsideError when the file cannot be read, or is damaged.
 */
export async function shapeOf(file: string): Promise<Shape> {
  return (await openFile(file)).shape;
}

/**
 * A file's records, whatever holds them; `known` are its bytes, where they have been read. Throws as `shapeOf`, and while iterating as
 * `openSource`.
 */
export async function openFile(file: string, known?: Buffer): Promise<BatchedSource> {
  const sniffed = await sniff(file, known);
  const { container, root } = sniffed;
  if ((container !== 'parquet' && container !== 'arrow') || root !== null) return openSource(file, sniffed, known);
  const table = await (container === 'parquet' ? parquetTable(file) : arrowTable(file).catch(arrowFailure(file)));
  const labels = labelsOf(table.metadata);
  const batches = batchesOf(file, container, labels);
  const { head, complete } = await headOf(batches(HEAD_RECORDS + 1));
  const unread = table.unread.map((name) => `'${name}'`).join(', ');
  const shape: Shape = {
    ...sniffed,
    container: 'json-lines',
    columns: table.columns,
    head,
    complete,
    ...(unread === '' ? {} : { warnings: [`${file}: columns of kinds that are not read: ${unread}.`] }),
  };
  return {
    path: file,
    shape,
    // What the writer's codes stand for, the reader alone knows.
    table: labels.size === 0 ? container : 'labelled',
    recordBatches: () => batches(),
    async *records() {
      for await (const batch of batches()) yield* batch;
    },
    bytes: (limit) => openSource(file, sniffed).bytes(limit),
  };
}

/** The names that codes of a column stand for. */
type Labels = ReadonlyMap<string, readonly string[]>;

function batchesOf(
  file: string,
  container: 'parquet' | 'arrow',
  labels: Labels,
): (most?: number) => AsyncGenerator<readonly Record_[]> {
  const raw = (most?: number): AsyncGenerator<readonly Record_[]> =>
    container === 'parquet' ? parquetBatches(file, most) : arrowBatches(file);
  return async function* (most) {
    for await (const batch of raw(most))
      yield labels.size === 0 ? batch : batch.map((record) => labelled(record, labels));
  };
}

async function* arrowBatches(file: string): AsyncGenerator<readonly Record_[]> {
  let row = 0;
  try {
    for await (const { records, nonStandard } of arrowRows(file)) {
      const first = row;
      row += records.length;
      if (records.length > 0)
        yield records.map((value, at) => ({
          row: first + at + 1,
          value,
          flags: nonStandard.has(at) ? ['nonStandardNumber'] : [],
        }));
    }
  } catch (error) {
    throw arrowError(file, error);
  }
}

function arrowFailure(file: string): (error: unknown) => never {
  return (error) => {
    throw arrowError(file, error);
  };
}

function arrowError(file: string, error: unknown): unknown {
  if (error instanceof ArrowUnsupported) {
    const message = `${file}: an Arrow file that ${error.message}. Write it without compression, or as Parquet.`;
    return new FlipsideError(message, { file });
  }
  if (error instanceof ArrowTooLarge) {
    const message = `${file}: an Arrow file that is too large inside (${error.message}). If that is right, leave out its long texts and lists, or write it as JSON lines.`;
    return new FlipsideError(message, { file });
  }
  if (!(error instanceof RangeError)) return error;
  return new FlipsideError(`${file}: a damaged Arrow file (${error.message}). Copy it again.`, { file });
}

async function headOf(batches: AsyncGenerator<readonly Record_[]>): Promise<{ head: JsonObject[]; complete: boolean }> {
  const head: JsonObject[] = [];
  for await (const batch of batches) {
    for (const record of batch) {
      if (head.length === HEAD_RECORDS) return { head, complete: false };
      if (!isDropped(record)) head.push(record.value);
    }
  }
  return { head, complete: true };
}

/** Hugging Face's datasets say in the metadata which columns hold codes (ClassLabel), and what these stand for. */
function labelsOf(metadata: ReadonlyMap<string, string>): Labels {
  const features = memberOf(memberOf(parsed(metadata.get('huggingface')), 'info'), 'features');
  const labels = new Map<string, readonly string[]>();
  for (const [column, feature] of Object.entries(objectIn(features))) {
    const names = memberOf(feature, 'names');
    if (memberOf(feature, '_type') === 'ClassLabel' && Array.isArray(names)) labels.set(column, names.map(String));
  }
  return labels;
}

function parsed(text: string | undefined): Json {
  try {
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

function objectIn(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function memberOf(value: Json, name: string): Json {
  return objectIn(value)[name] ?? null;
}

/** A code below 0 says that there is no label. */
function labelled(record: Record_, labels: Labels): Record_ {
  if (isDropped(record)) return record;
  const value = { ...record.value };
  for (const [column, names] of labels) {
    const code = value[column];
    if (typeof code === 'number') value[column] = code < 0 ? null : (names[code] ?? code);
  }
  return { ...record, value };
}
