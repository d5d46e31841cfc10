import path from 'node:path';
import process from 'node:process';
import type { Analysis, ItemRecord, OpenPictures } from '../../core/analysis.js';
import { FlipsideError } from '../../core/model.js';
import type { FoundModel, InferenceClient } from '../../inference/client.js';
import { chooseModel } from '../../inference/reruns/chooseModel.js';
import { filledPrompt } from '../../inference/reruns/prompt.js';
import { modelName, type RerunSaliency } from '../../inference/reruns/record.js';
import {
  isExpected,
  notesOf,
  rerun as askAgain,
  targetNamed,
  type Rerun,
  type TargetName,
} from '../../inference/reruns/rerun.js';
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
  example:
    'flipside rerun samples --run result_baseline.csv --class horizontal-flip --model augmented --saliency gradient',
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
    { name: 'samples', value: 'N', help: 'so many answers to each item (1)' },
    {
      name: 'temperature',
      value: 'T',
      help: 'how freely answers are drawn (0, the likeliest one; with several samples 1)',
    },
    { name: 'seed', value: 'N', help: 'makes samples and masks the same again (0)' },
    { name: 'max-tokens', value: 'N', help: `length of a written answer (${MAX_TOKENS})` },
    { name: 'saliency', value: 'METHOD', help: `where the model looked: ${METHODS.join(', ')}` },
    {
      name: 'target',
      value: 'WHAT',
      help: 'what the map is of: answer (default), gold, gold-minus-answer, option:TEXT',
    },
    { name: 'images', value: 'DIR', help: 'look for images in this folder too', multiple: true },
    { name: 'out', value: 'DIR', help: 'write the rerun here instead of .flipside/reruns' },
    ...MODEL_OPTIONS,
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const { args } = context;
      const settings = settingsOf(args);
      const chosen = await chosenItems(analysis, args);
      const [first, ...more] = chosen.records;
      if (chosen.matching > more.length + 1)
        context.tell(`${more.length + 1} of ${chosen.matching} items that match are asked; --limit takes more.`);
      requireOneModel(chosen.records, args);
      return withModels(context, async (client) => {
        const places = modelPlaces(args, context.programDir);
        const found = await client.ask('models', { places }, context.signal);
        const runModel = analysis.runs.find(({ id }) => id === first?.run)?.model ?? null;
        const model = chooseModel(found, args.text('model'), runModel);
        const isOwn = args.text('model') === null;
        if (isOwn && !isFrom(model, args))
          context.tell(`${model.id} is asked, as the run is of it. Another one: --model.`);
        return new Reruns(context, analysis, client, { model, settings }).all(chosen);
      });
    }),
};

/** Whether a model comes from where the options say; true where they say nothing. */
function isFrom({ kind }: FoundModel, args: Arguments): boolean {
  const given = { openai: args.list('endpoint'), process: args.list('process') };
  const isGiven = Object.values(given).some((list) => list.length > 0);
  return !isGiven || (kind in given && given[kind as keyof typeof given].length > 0);
}

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
  if (method === null && args.text('target') !== null) {
    throw new FlipsideError('--target says what a map is of, and no map is asked for. Add --saliency.', {
      exitCode: 2,
    });
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
  const target = targetNamed(text);
  if (target !== null) return target;
  throw new FlipsideError(`--target takes answer, gold, gold-minus-answer or option:TEXT, not "${text}".`, {
    exitCode: 2,
  });
}

/** Items to be asked, and how many the options pick: there may be more than are asked in one go. */
interface Chosen {
  readonly records: readonly ItemRecord[];
  readonly matching: number;
}

/** The items that the options pick, in a stable order. Throws a FlipsideError where there are none. */
async function chosenItems(analysis: Analysis, args: Arguments): Promise<Chosen> {
  const items = args.list('item');
  if (items.length > 0) {
    const named = args.text(RUN_OPTION.name);
    const run = named === null ? analysis.onlyRun() : analysis.runId(named);
    const records = await Promise.all(
      items.map(async (id) => {
        const detail = await analysis.item(run, id);
        if (detail === null) throw new FlipsideError(`The run ${run} has no item "${id}".`);
        return detail.item.record;
      }),
    );
    return { records, matching: records.length };
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
  return { records: records.map(({ record }) => record), matching: total };
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

  async all({ records, matching }: Chosen): Promise<Report> {
    const { args } = this.context;
    const name = rerunName(modelName(this.asking.model.id), records[0]?.run ?? '', new Date());
    const root = this.rootOf(records[0]?.run ?? '');
    const given = args.text('out');
    const file = new RerunFile(given === null ? path.join(root, RERUNS) : path.resolve(given), name, root);
    const done: Done[] = [];
    const failed: Failed[] = [];
    try {
      await this.ask(records, file, done, failed).catch(async (error: unknown) => {
        // Something is wrong with the program: what was answered until then stays.
        const kept = await file.finish();
        if (kept !== null) this.context.tell(`Stopped after ${done.length} of ${records.length} items: ${kept}`);
        throw error;
      });
      const written = await file.finish();
      const { signal, tell } = this.context;
      if (signal.aborted && written !== null)
        tell(`Stopped after ${done.length} of ${records.length} items: ${written}`);
      signal.throwIfAborted();
      if (written !== null) return await this.report(written, { done, failed, matching });
      throw new FlipsideError(`None of ${records.length} items could be asked. ${failed[0]?.reason ?? ''}`);
    } finally {
      await this.pictures?.close();
      await file.discard();
    }
  }

  /** The folder among the given paths that holds the run, the nearest; of a run that was given by itself, its own. */
  private rootOf(run: string): string {
    const { root } = this.analysis.found();
    const stated = this.analysis.runs.find(({ id }) => id === run)?.file ?? '';
    const file = path.resolve(root, stated);
    const holding = this.context.args.paths
      .map((each) => path.resolve(each))
      .filter((each) => each !== file && !path.relative(each, file).startsWith('..'))
      .sort((one, other) => other.length - one.length);
    return holding[0] ?? path.dirname(file);
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
    const { settings, model } = this.asking;
    const { args, programDir, signal } = this.context;
    const [row] = await this.analysis.browse().images([{ run: item.run, row: item.row }]);
    const request = {
      ...{ ...settings, places: modelPlaces(args, programDir), model: model.id, item },
      dataset: this.analysis.runs.find(({ id }) => id === item.run)?.manifest.dataset ?? null,
      images: row === undefined ? [] : await this.originalsOf(row),
      prompt: filledPrompt(settings.prompt, item),
      version: process.env['FLIPSIDE_VERSION'] ?? 'development',
    };
    return askAgain(this.client, request, file, signal);
  }

  /** What the editor would say of an image that is missing, in words for the command line. */
  private async originalsOf(row: Parameters<OpenPictures['originalsOf']>[0]) {
    try {
      return await (this.pictures ??= await this.openPictures()).originalsOf(row);
    } catch (error) {
      if (!(error instanceof FlipsideError)) throw error;
      throw new FlipsideError(
        error.message.replace(/Use "Locate images…" to say [^.,]*/, 'Name the folder that holds it with --images DIR'),
      );
    }
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
  private async report(file: string, { done, failed, matching }: Outcome): Promise<Report> {
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
      return rerunReport({ file, done, failed, matching, read, model: this.asking.model.id });
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

interface Outcome extends Pick<Chosen, 'matching'> {
  readonly done: readonly Done[];
  readonly failed: readonly Failed[];
}

interface Results extends Outcome {
  readonly file: string;
  readonly model: string;
  /** Of the rerun's file, in the order of its rows: all samples of an item stand together. */
  readonly read: readonly ItemRecord[];
}

/** Of each item: how it ended before and now, and what came back. */
function itemsOf({ done, read }: Pick<Results, 'done' | 'read'>) {
  let at = 0;
  return done.map(({ item, rerun }) => {
    const { asked, record } = rerun;
    const answers = read.slice(at, (at += asked.answers.length));
    const [first] = answers;
    return {
      ...{ run: item.run, item: item.item, before: outcome(item), after: answers.map(outcome) },
      answer: first?.predicted ?? null,
      gold: item.gold,
      responses: asked.answers.map(({ text }) => text),
      probabilities: asked.score?.probabilities ?? null,
      source: asked.score?.source ?? null,
      notes: notesOf(rerun),
      saliency: record,
    };
  });
}

function rerunReport({ file, model, done, failed, matching, read }: Results): Report {
  const items = itemsOf({ done, read });
  const device = done[0]?.rerun.asked.info.device ?? null;
  return {
    json: { run: path.basename(file), file, model, device, matching, items, failed },
    sections: [
      {
        title: `${model} on ${device ?? 'no device'}: ${done.length} of ${matching} items asked again`,
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
          share(each.saliency),
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

/** The share of the map inside the boxes, beside that of the picture: what a map that says nothing would have. */
function share(saliency: Pick<RerunSaliency, 'inside' | 'area'> | null): string | null {
  const { inside = null, area = null } = saliency ?? {};
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  return inside === null ? null : `${percent(inside)}${area === null ? '' : ` (area ${percent(area)})`}`;
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
