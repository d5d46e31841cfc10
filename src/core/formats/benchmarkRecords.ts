import type { Dropped, JsonObject, RawItem } from '../model.js';
import type { Container, Detected, Format, Shape } from './format.js';
import { answerText, modelSplitter, readItems, remaining } from './recordFields.js';
import { textOf, truthOf } from './recordValues.js';

const RECORDS: ReadonlySet<Container> = new Set(['json-lines', 'json-array', 'csv', 'tsv', 'xlsx', 'parquet', 'arrow']);

/** Columns that scripts add to a benchmark's own records: all that the model said, … */
const RAW = [
  ...['response', 'model_response', 'raw_response', 'output', 'model_output', 'generation', 'completion'],
  ...['full_prediction', 'raw_prediction'],
] as const;
/** … its answer, be it a word or a whole text, … */
const PREDICTIONS = [
  'prediction',
  'pred',
  'predicted_answer',
  'pred_answer',
  'model_answer',
  'model_prediction',
] as const;
/** … what was read from it, … */
const EXTRACTED = [
  ...['extracted_answer', 'extracted', 'pred_extracted', 'prediction_extracted', 'parsed_answer', 'pred_parsed'],
  ...['pred_letter', 'parsed_pred'],
] as const;
/** … and whether it is right. */
const VERDICTS = ['is_correct', 'iscorrect', 'correct', 'hit'] as const;
const MODELS = ['model', 'model_id', 'model_name'] as const;

const MOST_MISFITS = 0.1;

/** A benchmark whose own records say what was asked; a run repeats them and adds the answers. */
export interface BenchmarkLayout {
  readonly id: string;
  readonly title: string;
  readonly dataset: string;
  /** Columns that every record has. */
  readonly columns: readonly string[];
  /** Columns that become fields of the item and are not repeated in its metadata. */
  readonly used: ReadonlySet<string>;
  /** What the values must be like for the columns to be this benchmark's. */
  readonly fits: (record: JsonObject) => boolean;
  /** What was asked, without the answer. */
  readonly toItem: (value: JsonObject, row: number) => RawItem | Dropped;
  readonly macroBy?: string;
}

/** The two formats of a benchmark's records: its questions, and a run over them. */
export function benchmarkFormats(layout: BenchmarkLayout): readonly [definition: Format, run: Format] {
  const { id, title } = layout;
  return [
    {
      id: `${id}-questions`,
      version: 1,
      title: `${title} questions`,
      detect: (shape) => (answerColumns(shape).length > 0 ? null : detect(layout, shape, 'definition')),
      read: (source) => readItems(source, layout.toItem),
    },
    {
      id: `${id}-predictions`,
      version: 1,
      title: `${title} predictions`,
      detect: (shape) => (answerColumns(shape).length === 0 ? null : detect(layout, shape, 'run')),
      read(source) {
        const model = MODELS.find((name) => source.shape.columns.includes(name));
        const split = model === undefined ? () => null : modelSplitter(source.shape.head, model);
        return readItems(source, (value, row) => answeredItem(layout, value, row, split(value)));
      },
    },
  ];
}

function answerColumns({ columns }: Shape): string[] {
  return [...RAW, ...PREDICTIONS, ...EXTRACTED].filter((name) => columns.includes(name));
}

function detect(layout: BenchmarkLayout, shape: Shape, role: 'definition' | 'run'): Detected | null {
  if (!RECORDS.has(shape.container) || !layout.columns.every((column) => shape.columns.includes(column))) return null;
  const { head } = shape;
  // A record or two may be damaged, in a short file too.
  const misfits = head.filter((record) => !layout.fits(record)).length;
  if (head.length === 0 || misfits > Math.max(head.length > 2 ? 1 : 0, head.length * MOST_MISFITS)) return null;
  const name = MODELS.find((column) => shape.columns.includes(column));
  const models = new Set(name === undefined ? [] : head.flatMap((record) => textOf(record[name]) ?? []));
  const [model = null] = models.size === 1 ? models : [];
  const answers = role === 'run' ? `, with answers in ${answerColumns(shape).join(' and ')}` : '';
  const found: Detected = {
    role,
    confidence: 0.92,
    reason: `Records of ${layout.columns.join(', ')}${answers}: ${layout.title}.`,
    model: role === 'run' ? model : null,
    dataset: layout.dataset,
  };
  return layout.macroBy === undefined ? found : { ...found, macroBy: layout.macroBy };
}

function answeredItem(
  layout: BenchmarkLayout,
  value: JsonObject,
  row: number,
  split: string | null,
): RawItem | Dropped {
  const item = layout.toItem(value, row);
  if ('reason' in item) return item;
  const answers = answersOf(value);
  const verdict = VERDICTS.find((name) => truthOf(value[name]) !== null);
  const model = MODELS.find((name) => Object.hasOwn(value, name));
  const taken = [answers.response, answers.extracted, verdict, model].filter((name) => name !== undefined);
  return {
    ...item,
    response: answers.response === undefined ? null : answerText(value[answers.response]),
    extracted: answers.extracted === undefined ? null : answerText(value[answers.extracted]),
    storedCorrect: verdict === undefined ? null : truthOf(value[verdict]),
    model: model === undefined ? null : textOf(value[model]),
    split,
    meta: remaining(item.meta, new Set(taken)),
  };
}

/** The columns of the response and of the answer that was read from it: a prediction beside a response is the latter. */
function answersOf(value: JsonObject): {
  readonly response: string | undefined;
  readonly extracted: string | undefined;
} {
  const has = (name: string): boolean => Object.hasOwn(value, name);
  const [raw, prediction, extracted] = [RAW.find(has), PREDICTIONS.find(has), EXTRACTED.find(has)];
  return { response: raw ?? prediction, extracted: extracted ?? (raw === undefined ? undefined : prediction) };
}
