import path from 'node:path';
import process from 'node:process';
import type { Analysis, ItemRecord, OpenPictures } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import type { FoundModel, InferenceClient } from '../../inference/client.js';
import { chooseModel } from '../../inference/reruns/chooseModel.js';
import { filledPrompt } from '../../inference/reruns/prompt.js';
import { modelName } from '../../inference/reruns/record.js';
import type { Rerun, TargetName } from '../../inference/reruns/rerun.js';
import { RerunFile, rerunName, RERUNS } from '../../inference/reruns/rerunFile.js';
import { RUN_OPTION, SOURCE_OPTIONS, type Arguments, type Command, type Context } from '../command.js';
import { FILTER_OPTIONS, readFilter } from '../filters.js';
import { MODEL_OPTIONS, modelPlaces, withModels } from '../models.js';
import { withAnalysis } from '../opening.js';
import type { Report } from '../report.js';

const LIMIT = 100;
const MAX_TOKENS = 64;
const METHODS = ['gradient', 'occlusion', 'rise', 'attention'] as const;

export const rerun: Command = {
  name: 'rerun',
  summary: 'Asks a model items again; what it answers becomes a run like any other.',
  usage:
    'rerun PATH… --run R (--item I | --class C | --where …) [--model M] [--samples N] [--saliency METHOD] [--out DIR]',
  example: 'flipside rerun samples --run baseline --class horizontal-flip --model augmented --saliency gradient',
  options: [
    ...SOURCE_OPTIONS,
    ...FILTER_OPTIONS,
    { name: 'item', value: 'ID', help: 'only this item of the run', multiple: true },
    { name: 'all', help: 'right answers too; otherwise only wrong ones are asked again' },
    { name: 'limit', value: 'N', help: `at most so many items (${LIMIT})` },
    {
      name: 'model',
      value: 'M',
      help: 'the model, by its id or any part of it; left out: the run’s own, where one has its name',
    },
    { name: 'prompt', value: 'TEXT', help: 'ask this instead; {question} and {options} are put in' },
    { name: 'samples', value: 'N', help: 'so many answers to each item (1); more than one need a temperature' },
    { name: 'temperature', value: 'T', help: 'how freely answers are drawn (0: the likeliest one)' },
    { name: 'seed', value: 'N', help: 'makes samples and masks the same again (0)' },
    { name: 'max-tokens', value: 'N', help: `length of a written answer (${MAX_TOKENS})` },
    { name: 'saliency', value: 'METHOD', help: `where the model looked: ${METHODS.join(', ')}` },
    { name: 'target', value: 'WHAT', help: 'what the map is of: answer (default), gold, gold-minus-answer' },
    { name: 'images', value: 'DIR', help: 'look for images in this folder too', multiple: true },
    { name: 'out', value: 'DIR', help: 'write the rerun here instead of .flipside/reruns' },
    ...MODEL_OPTIONS,
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const { args } = context;
      const settings = settingsOf(args);
      const records = await chosenItems(analysis, context);
      requireOneModel(records, args);
      return withModels(context, async (client) => {
        const places = modelPlaces(args, context.programDir);
        const found = await client.ask('models', { places }, context.signal);
        const runModel = analysis.runs.find(({ id }) => id === records[0]?.run)?.model ?? null;
        const model = chooseModel(found, args.text('model'), runModel);
        return new Reruns(context, analysis, client, { model, settings }).all(records);
      });
    }),
};

interface Settings {
  readonly saliency: { readonly method: (typeof METHODS)[number]; readonly target: TargetName } | null;
  readonly prompt: string | null;
  readonly options: {
    readonly n: number;
    readonly temperature: number;
    readonly seed: number;
    readonly maxTokens: number;
  };
}

function settingsOf(args: Arguments): Settings {
  const method = args.text('saliency');
  const known = METHODS.find((each) => each === method);
  if (method !== null && known === undefined) {
    throw new FlipsideError(`--saliency takes ${METHODS.join(', ')}, not "${method}".`, { exitCode: 2 });
  }
  const n = args.count('samples', 1, 1);
  const temperature = Number(args.text('temperature') ?? (n > 1 ? '1' : '0'));
  if (!Number.isFinite(temperature) || temperature < 0) {
    throw new FlipsideError(`--temperature takes a number of at least 0, not "${args.text('temperature')}".`, {
      exitCode: 2,
    });
  }
  if (n > 1 && temperature === 0) {
    throw new FlipsideError('At --temperature 0 all samples are the same answer. Give one above 0, or --samples 1.', {
      exitCode: 2,
    });
  }
  return {
    saliency: known === undefined ? null : { method: known, target: targetOf(args.text('target') ?? 'answer') },
    prompt: args.text('prompt'),
    options: { n, temperature, seed: args.count('seed', 0), maxTokens: args.count('max-tokens', MAX_TOKENS, 1) },
  };
}

function targetOf(text: string): TargetName {
  if (text === 'answer' || text === 'gold' || text === 'gold-minus-answer') return text;
  throw new FlipsideError(`--target takes answer, gold, gold-minus-answer, not "${text}".`, { exitCode: 2 });
}

/** The items that the options pick, in a stable order. Throws a FlipsideError where there are none. */
async function chosenItems(analysis: Analysis, { args, tell }: Context): Promise<readonly ItemRecord[]> {
  const items = args.list('item');
  if (items.length > 0) {
    const named = args.text(RUN_OPTION.name);
    const run = named === null ? analysis.onlyRun() : analysis.runId(named);
    return Promise.all(
      items.map(async (id) => {
        const detail = await analysis.item(run, id);
        if (detail === null) throw new FlipsideError(`The run ${run} has no item "${id}".`);
        return detail.item.record;
      }),
    );
  }
  analysis.requireClasses(args.list('class'));
  const picked = readFilter(args, (name) => analysis.runId(name));
  const wrong = { field: 'correct', op: 'eq' as const, value: false };
  const filter = args.has('all') ? picked : { and: [wrong, picked] };
  const { records, total } = await analysis.page({
    filter,
    sort: [],
    limit: args.count('limit', LIMIT, 1),
    offset: 0,
    fields: [],
  });
  if (total === 0) throw new FlipsideError('No items match, so there is nothing to ask.');
  if (total > records.length) tell(`${records.length} of ${total} items that match are asked; --limit takes more.`);
  return records.map(({ record }) => record);
}

/** Each run may have a model of its own, and one model is asked. Throws a usage error where nobody has said which. */
function requireOneModel(records: readonly ItemRecord[], args: Arguments): void {
  const runs = [...new Set(records.map(({ run }) => run))];
  if (runs.length < 2 || args.text('model') !== null) return;
  throw new FlipsideError(
    `The items are of ${runs.length} runs (${runs.join(', ')}), and one model is asked. Take one run with --run, or choose a model with --model.`,
    { exitCode: 2 },
  );
}

interface Asking {
  readonly model: FoundModel;
  readonly settings: Settings;
}

interface Done {
  readonly item: ItemRecord;
  readonly rerun: Rerun;
}

/** One command's work: it asks items one after another, into one file, and then reads that file by its reader, as any other run. */
class Reruns {
  private pictures: OpenPictures | null = null;

  constructor(
    private readonly context: Context,
    private readonly analysis: Analysis,
    private readonly client: InferenceClient,
    private readonly asking: Asking,
  ) {}

  async all(records: readonly ItemRecord[]): Promise<Report> {
    const { args } = this.context;
    const name = rerunName(modelName(this.asking.model.id), records[0]?.run ?? '', new Date());
    const { root } = this.analysis.found();
    const given = args.text('out');
    const file = new RerunFile(given === null ? path.join(root, RERUNS) : path.resolve(given), name, root);
    const done: Done[] = [];
    const failed: Failed[] = [];
    try {
      await this.ask(records, file, done, failed);
      const written = await file.finish();
      const { signal, tell } = this.context;
      if (signal.aborted && written !== null)
        tell(`Stopped after ${done.length} of ${records.length} items: ${written}`);
      signal.throwIfAborted();
      if (written !== null) return await this.report(written, done, failed);
      throw new FlipsideError(`None of ${records.length} items could be asked. ${failed[0]?.reason ?? ''}`);
    } finally {
      await this.pictures?.close();
      await file.discard();
    }
  }

  private async ask(records: readonly ItemRecord[], file: RerunFile, done: Done[], failed: Failed[]): Promise<void> {
    const { signal, tell } = this.context;
    for (const item of records) {
      if (signal.aborted) return;
      try {
        done.push({ item, rerun: await this.one(item, file) });
      } catch (error) {
        if (signal.aborted) return;
        if (!isExpected(error)) throw error;
        failed.push({ run: item.run, item: item.item, reason: error.message });
        tell(`${item.run}, item ${item.item}: ${error.message}`);
      }
      const count = done.length + failed.length;
      if (records.length > EVERY && count % EVERY === 0) tell(`${count} of ${records.length} items asked`);
    }
  }

  private async one(item: ItemRecord, file: RerunFile): Promise<Rerun> {
    const { rerun: askAgain } = await import('../../inference/reruns/rerun.js');
    const { settings, model } = this.asking;
    const { args, programDir, signal } = this.context;
    const [row] = await this.analysis.browse().images([{ run: item.run, row: item.row }]);
    this.pictures ??= await this.openPictures();
    const request = {
      ...{ ...settings, places: modelPlaces(args, programDir), model: model.id, item },
      dataset: this.analysis.runs.find(({ id }) => id === item.run)?.manifest.dataset ?? null,
      images: row === undefined ? [] : await this.pictures.originalsOf(row),
      prompt: filledPrompt(settings.prompt, item),
      version: process.env['FLIPSIDE_VERSION'] ?? 'development',
    };
    return askAgain(this.client, request, file, signal);
  }

  private openPictures(): Promise<OpenPictures> {
    const { args, openPictures } = this.context;
    const { datasets, skipped } = this.analysis.found();
    return openPictures({
      paths: args.paths,
      files: [...new Set([...this.analysis.runs, ...datasets, ...skipped].map(({ file }) => file))],
      roots: args.list('images'),
      cache: args.text('cache'),
    });
  }

  /** The answers as the file's reader reads them, and the classes that the lens gives. */
  private async report(file: string, done: readonly Done[], failed: readonly Failed[]): Promise<Report> {
    const { Analysis } = await import('../../core/analysis.js');
    const { args, signal } = this.context;
    const analysis = await Analysis.open([file], {
      lens: args.text('lens') ?? 'axes',
      cacheDir: args.text('cache') ?? undefined,
      signal,
    });
    try {
      const everything = { sort: [], limit: done.length * this.asking.settings.options.n, offset: 0, fields: [] };
      const { records } = await analysis.page({ ...everything, filter: { and: [] } });
      const read = [...records].sort((one, other) => one.record.row - other.record.row).map(({ record }) => record);
      return rerunReport({ file, done, failed, read, model: this.asking.model.id });
    } finally {
      analysis.close();
    }
  }
}

const EVERY = 10;

interface Failed {
  readonly run: string;
  readonly item: string;
  readonly reason: string;
}

/** A failure that is meant for the user, here or in the inference process. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof Error && (error instanceof FlipsideError || (error as { kind?: unknown }).kind === 'expected')
  );
}

interface Results {
  readonly file: string;
  readonly model: string;
  readonly done: readonly Done[];
  readonly failed: readonly Failed[];
  /** Of the rerun's file, in the order of its rows: all samples of an item stand together. */
  readonly read: readonly ItemRecord[];
}

function rerunReport({ file, model, done, failed, read }: Results): Report {
  let at = 0;
  const items = done.map(({ item, rerun: { asked, record } }) => {
    const answers = read.slice(at, (at += asked.answers.length));
    const [first] = answers;
    return {
      ...{ run: item.run, item: item.item, before: outcome(item), after: answers.map(outcome) },
      answer: first?.predicted ?? null,
      gold: item.gold,
      responses: asked.answers.map(({ text }) => text),
      probabilities: asked.score?.probabilities ?? null,
      source: asked.score?.source ?? null,
      notes: [...(asked.score?.notes ?? []), ...(record?.notes ?? [])],
      saliency: record,
    };
  });
  const device = done[0]?.rerun.asked.info.device ?? null;
  return {
    json: { run: path.basename(file), file, model, device, items, failed },
    sections: [
      {
        title: `${model} on ${device ?? 'no device'}: ${done.length} of ${done.length + failed.length} items asked again`,
        columns: [
          { name: 'item' },
          { name: 'before' },
          { name: 'after' },
          { name: 'gold' },
          { name: 'answer' },
          { name: 'probabilities', wrap: true, weight: 2 },
          { name: 'inside boxes', align: 'right' },
        ],
        rows: items.map((each, index) => [
          each.item,
          each.before,
          [...new Set(each.after)].join(', '),
          each.gold,
          each.answer,
          percentages(done[index]?.item.options ?? [], each.probabilities),
          share(each.saliency?.inside ?? null),
        ]),
        notes: [
          ...failed.map(({ run, item, reason }) => `${run}, item ${item}: ${reason}`),
          ...new Set(items.flatMap(({ notes }) => notes)),
          `Written to ${file}.`,
        ],
      },
    ],
    exitCode: failed.length > 0 && done.length === 0 ? 1 : 0,
  };
}

function share(inside: number | null): string | null {
  return inside === null ? null : `${Math.round(inside * 100)} %`;
}

function outcome(record: ItemRecord): string {
  return record.correct === true ? 'correct' : (record.class ?? record.status);
}

function percentages(options: ItemRecord['options'], probabilities: readonly (number | null)[] | null): string | null {
  if (probabilities === null) return null;
  return probabilities
    .map((each, index) => `${options[index]?.text ?? index} ${each === null ? '?' : `${(each * 100).toFixed(1)} %`}`)
    .join(', ');
}
