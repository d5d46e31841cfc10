import path from 'node:path';
import { FlipsideError } from '../../core/model.js';
import { chooseModel } from '../../inference/reruns/chooseModel.js';
import { filledPrompt } from '../../inference/reruns/prompt.js';
import { modelName } from '../../inference/reruns/record.js';
import { isExpected, rerun, type Rerun } from '../../inference/reruns/rerun.js';
import { RerunFile, rerunName, RERUNS } from '../../inference/reruns/rerunFile.js';
import type { FoundModel, ModelPlaces } from '../../protocol/inference.js';
import { problemOf, type PartialMap, type RerunChoices, type RerunModels } from '../../protocol/rerunPage.js';
import type { ItemView, RowKey } from '../../protocol/rows.js';
import { isBelow } from '../mappingFiles.js';
import { defaultModel } from '../models/modelPlaces.js';
import type { Models } from '../models/models.js';
import type { Predictions } from '../predictions.js';

/** The items of one request, in one file. `failed`: those that could not be asked, and why. */
export interface Finished {
  readonly file: string;
  readonly asked: readonly { readonly item: ItemView; readonly rerun: Rerun }[];
  readonly failed: readonly { readonly key: RowKey; readonly item: string; readonly reason: string }[];
}

export interface Told {
  /** Of the items, so many are done, well or badly. */
  readonly onItem: (done: number) => void;
  readonly onPartial: (partial: PartialMap) => void;
}

/** Asks models items again, and writes what they answer as runs. */
export class Asking {
  constructor(
    private readonly models: Models,
    private readonly predictions: Predictions,
    /** Of the extension, for the records. */
    private readonly version: string,
  ) {}

  /** The models there are, and which is asked where none is chosen. */
  async modelsFor(run: string, signal?: AbortSignal): Promise<RerunModels> {
    const models = await this.models.find(signal);
    const name = this.runModel(run);
    const usual = usualModel(models, name);
    if (usual === null) return { models, usual: null, why: `${whyNone(name)}.` };
    return { models, usual: usual.model.id, why: usual.why };
  }

  /**
   * Asks the items again, one after another, into one file. Throws a FlipsideError where none could be asked, an AbortError where the signal
   * aborted before the first was; what was asked until then is kept.
   */
  async ask(keys: readonly RowKey[], choices: RerunChoices, signal: AbortSignal, told: Told): Promise<Finished> {
    const problem = problemOf(choices);
    if (problem !== null) throw new FlipsideError(problem);
    const [first] = keys;
    if (first === undefined) throw new FlipsideError('No item is chosen, so there is nothing to ask.');
    await this.predictions.ready();
    const places = await this.models.places();
    const model = await this.chosen(first.run, choices, signal);
    const file = this.fileFor(first.run, model.id);
    const asked: Finished['asked'][number][] = [];
    const failed: Finished['failed'][number][] = [];
    try {
      for (const key of keys) {
        if (signal.aborted) break;
        await this.one(key, { places, model, choices, file }, { asked, failed }, signal, told);
        told.onItem(asked.length + failed.length);
      }
    } catch (error) {
      // Something is wrong with the program: what was answered until then stays.
      const kept = await file.finish();
      if (kept !== null) this.predictions.include(kept);
      await file.discard();
      throw error;
    }
    try {
      const written = await file.finish();
      if (written === null) {
        signal.throwIfAborted();
        throw new FlipsideError(failed[0]?.reason ?? 'Nothing was asked.');
      }
      this.predictions.include(written);
      return { file: written, asked, failed };
    } finally {
      await file.discard();
    }
  }

  private async one(
    key: RowKey,
    {
      places,
      model,
      choices,
      file,
    }: { places: ModelPlaces; model: FoundModel; choices: RerunChoices; file: RerunFile },
    { asked, failed }: { asked: Finished['asked'][number][]; failed: Finished['failed'][number][] },
    signal: AbortSignal,
    told: Told,
  ): Promise<void> {
    const { client } = this.predictions;
    let name = `row ${key.row}`;
    try {
      const item = await client.ask('item', { key, baseline: null }, signal);
      if (item === null) throw new FlipsideError(`Row ${key.row} of ${key.run} is not there any more.`);
      name = item.record.item;
      const images = await client.ask('originals', { key }, signal);
      const { n, temperature, seed, maxTokens, method, target } = choices;
      const request = {
        ...{ places, model: model.id, item: item.record, images, version: this.version },
        dataset: this.run(key.run)?.dataset ?? null,
        prompt: filledPrompt(choices.prompt, item.record),
        options: { n, temperature, seed, maxTokens },
        saliency: method === null ? null : { method, target },
      };
      const partial = ({ maps }: { maps: PartialMap['maps'] }, done: number, total: number): void =>
        told.onPartial({ maps, done, total });
      asked.push({ item, rerun: await rerun(this.models.client, request, file, signal, partial) });
    } catch (error) {
      if (signal.aborted) return;
      if (!isExpected(error)) throw error;
      failed.push({ key, item: name, reason: error.message });
    }
  }

  private async chosen(run: string, { model }: RerunChoices, signal: AbortSignal): Promise<FoundModel> {
    const name = this.runModel(run);
    const meant = (found: readonly FoundModel[]): FoundModel | null =>
      model === null ? (usualModel(found, name)?.model ?? null) : (found.find(({ id }) => id === model) ?? null);
    const known = meant(await this.models.known(signal));
    if (known !== null) return known;
    // A server may have come up since.
    const found = await this.models.find(signal);
    const now = meant(found);
    if (now !== null) return now;
    if (model !== null) return chooseModel(found, model, null);
    throw new FlipsideError(`${whyNone(name)} or name one in the setting flipside.models.default.`);
  }

  private run(id: string) {
    return this.predictions.overview?.runs.find((run) => run.id === id);
  }

  private runModel(run: string): string | null {
    return this.run(run)?.model ?? null;
  }

  /** Reruns lie below the opened folder that holds the run; of a run that was opened by itself, beside it. */
  private fileFor(run: string, model: string): RerunFile {
    const file = this.run(run)?.file;
    if (file === undefined) throw new FlipsideError(`The run "${run}" is not there any more.`);
    const { folders } = this.predictions;
    const open = [...folders, ...this.predictions.paths()].filter(
      (folder) => folder !== file && isBelow(file, [folder]),
    );
    const root = open[0] ?? path.dirname(file);
    return new RerunFile(path.join(root, RERUNS), rerunName(modelName(model), run, new Date()), root);
  }
}

/** The run's own model, else the one of the settings; null where neither is there. */
function usualModel(
  found: readonly FoundModel[],
  runModel: string | null,
): { readonly model: FoundModel; readonly why: string } | null {
  const choose = (name: string | null, of: string | null): FoundModel | null => {
    try {
      return chooseModel(found, name, of);
    } catch (error) {
      if (error instanceof FlipsideError) return null;
      throw error;
    }
  };
  const own = choose(null, runModel);
  if (own !== null) return { model: own, why: 'The run’s own model.' };
  const name = defaultModel();
  const usual = name === null ? null : choose(name, null);
  return usual === null ? null : { model: usual, why: 'The model of the setting flipside.models.default.' };
}

/** Why no model is asked without a choice, as the beginning of a sentence. */
function whyNone(runModel: string | null): string {
  const why =
    runModel === null ? 'The run names no model' : `The run is of "${runModel}", which is not among the models here`;
  return `${why}: choose one`;
}
