import path from 'node:path';
import { FlipsideError, type Option } from '../../core/model.js';
import type {
  Asked,
  AskedItem,
  GenerateOptions,
  ModelPlaces,
  Saliency,
  SaliencyMethod,
  SaliencyTarget,
} from '../../protocol/inference.js';
import { insideBoxes } from '../../protocol/insideBoxes.js';
import type { TargetName } from '../../protocol/rerunPage.js';
import { RpcError } from '../../protocol/rpc.js';
import type { OriginalPicture } from '../../protocol/rows.js';
import { likeliest } from '../answers.js';
import type { InferenceClient } from '../client.js';
import { rerunRecords, targetName, type RerunItem, type RerunSaliency } from './record.js';
import type { RerunFile } from './rerunFile.js';

export interface RerunRequest {
  readonly places: ModelPlaces;
  readonly model: string;
  readonly item: RerunItem;
  readonly dataset: string | null;
  readonly images: readonly Pick<OriginalPicture, 'bytes' | 'file'>[];
  /** See Question.prompt. */
  readonly prompt: string | null;
  readonly options: GenerateOptions;
  /** Null for no map. */
  readonly saliency: { readonly method: SaliencyMethod; readonly target: TargetName } | null;
  readonly version: string;
}

export interface Rerun {
  readonly asked: Asked;
  readonly saliency: Saliency | null;
  /** As it stands in the file. */
  readonly record: RerunSaliency | null;
  /** Why there is no map though one was asked for; the answer stays. Null where there is one, or none was. */
  readonly unexplained: string | null;
}

export { targetNamed, type TargetName } from '../../protocol/rerunPage.js';

let tasks = 0;

/**
 * Asks a model an item again, and writes what came back to `file`, with its maps beside. `onPartial` hears of a map that is still refined.
 * Rejects with an RpcError or a FlipsideError.
 */
export async function rerun(
  client: InferenceClient,
  request: RerunRequest,
  file: RerunFile,
  signal: AbortSignal,
  onPartial: (saliency: Pick<Saliency, 'maps'>, done: number, total: number) => void = () => undefined,
): Promise<Rerun> {
  const { places, model, options } = request;
  const item = askedItem(request);
  const asked = await client.ask('ask', { places, model, item, options }, signal);
  const task = ++tasks;
  const stop = client.on('partial', (partial) => {
    if (partial.task === task) onPartial(partial, partial.done, partial.total);
  });
  try {
    const { saliency, unexplained } = await explained(client, request, { item, asked, task }, signal);
    const record = saliency === null ? null : await keep(client, saliency, { request, asked, file });
    const notes = unexplained === null ? [] : [`No map: ${unexplained}`];
    await file.add(rerunRecords(request.item, asked, { ...contextOf(request, file), notes }, record));
    return { asked, saliency, record, unexplained };
  } finally {
    stop();
  }
}

/** Whether a failure is meant for the user, here or in the inference process. */
export function isExpected(error: unknown): error is Error {
  return error instanceof FlipsideError || (error instanceof RpcError && error.kind === 'expected');
}

/** What should be known of a rerun: of its probabilities, of its map, and why there is none. */
export function notesOf({ asked, record, unexplained }: Rerun): readonly string[] {
  const without = unexplained === null ? [] : [`No map: ${unexplained}`];
  return [...(asked.score?.notes ?? []), ...(record?.notes ?? []), ...without];
}

const YES_NO: readonly Option[] = [
  { label: null, text: 'yes' },
  { label: null, text: 'no' },
];

function askedItem({ item, images, prompt }: RerunRequest): AskedItem {
  if (item.question === null) {
    throw new FlipsideError(`The item ${item.item} of ${item.run} has no question, so there is nothing to ask.`);
  }
  return { question: item.question, options: optionsOf(item), images: images.map(({ bytes }) => bytes), prompt };
}

/** Of a yes/no question that states none, both. */
function optionsOf({ options, kind }: RerunItem): readonly Option[] {
  return options.length === 0 && kind === 'yes-no' ? YES_NO : options;
}

/** The map that was asked for; why not, where the question or the model allows none. Rejects where it was given up. */
async function explained(
  client: InferenceClient,
  { places, model, item: source, saliency, options }: RerunRequest,
  { item, asked, task }: { item: AskedItem; asked: Asked; task: number },
  signal: AbortSignal,
): Promise<Pick<Rerun, 'saliency' | 'unexplained'>> {
  if (saliency === null) return { saliency: null, unexplained: null };
  const { method } = saliency;
  try {
    const target = targetOf(saliency.target, source, asked);
    const params = { places, model, item, method, target, seed: options.seed ?? 0, task };
    return { saliency: await client.ask('saliency', params, signal), unexplained: null };
  } catch (error) {
    if (!isExpected(error) || signal.aborted) throw error;
    return { saliency: null, unexplained: error.message };
  }
}

function targetOf(name: TargetName, item: RerunItem, { score }: Asked): SaliencyTarget {
  if (score === null)
    throw new FlipsideError('The model gives no probabilities over the options, so there is nothing to explain.');
  const options = optionsOf(item);
  if (name.startsWith('option:'))
    return { option: optionNamed(name.slice('option:'.length), options, item), against: null };
  const answer = likeliest(score.probabilities);
  if (name === 'answer') return { option: answer, against: null };
  const gold = item.goldOption ?? options.findIndex(({ text }) => isSame(text, item.gold ?? ''));
  if (gold < 0) {
    throw new FlipsideError(
      `The item ${item.item} of ${item.run} has no right answer among its options; choose the answer as target.`,
    );
  }
  // Where the answer is right there is nothing to hold against it.
  return { option: gold, against: name === 'gold' || gold === answer ? null : answer };
}

/** By its label, else by its text, in any case. */
function optionNamed(name: string, options: readonly Option[], { item, run }: RerunItem): number {
  const byLabel = options.findIndex(({ label }) => isSame(label ?? '', name));
  const found = byLabel >= 0 ? byLabel : options.findIndex(({ text }) => isSame(text, name));
  if (found >= 0) return found;
  const list = options.map(({ text }) => JSON.stringify(text)).join(', ');
  throw new FlipsideError(
    `The item ${item} of ${run} has no option ${JSON.stringify(name)}. It has: ${list || 'none'}.`,
  );
}

function isSame(one: string, other: string): boolean {
  return one !== '' && one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Writes the maps beside the rerun's file. They are encoded where pictures are decoded: whoever asks need not load what does it. */
async function keep(
  client: InferenceClient,
  saliency: Saliency,
  { request, asked, file }: { request: RerunRequest; asked: Asked; file: RerunFile },
): Promise<RerunSaliency> {
  const { item } = request;
  const stem = `${file.count + 1}-${item.item}-${saliency.method}`.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80);
  const files = await client.ask('encodeMaps', { maps: saliency.maps, stem });
  await file.addBeside(files);
  const named = (ending: string): string[] =>
    files.filter(({ name }) => name.endsWith(ending)).map(({ name }) => `${path.basename(file.beside)}/${name}`);
  const [map] = saliency.maps;
  const [image] = asked.images;
  const { boxes = [] } = item;
  // Of several images nothing says to which the boxes belong.
  const isOne = saliency.maps.length === 1 && boxes.length > 0;
  const inside = map === undefined || image === undefined || !isOne ? null : insideBoxes(map, boxes, image);
  return {
    ...{ method: saliency.method, target: targetName(optionsOf(item), saliency.target) },
    ...{ notes: saliency.notes, tokens: saliency.tokens },
    seed: saliency.method === 'rise' ? (request.options.seed ?? 0) : null,
    png: named('.png').filter((name) => !name.endsWith('-colours.png')),
    raw: named('.npy'),
    insideBoxes: (isOne ? boxes : []).map(({ label }, index) => {
      const { share = null, area = 0 } = inside?.boxes[index] ?? {};
      return { label, share, area };
    }),
    inside: inside?.union.share ?? null,
    area: inside?.union.area ?? null,
  };
}

function contextOf({ dataset, images, options, version, prompt }: RerunRequest, file: RerunFile) {
  return {
    ...{ dataset, options, version, created: new Date().toISOString() },
    // A file that lies elsewhere leads to the images from anywhere.
    imageFiles: images.map(({ file: image }) => {
      if (image === null) return null;
      return isInside(file.root, file.file) ? portable(file.root, image) : image;
    }),
    transforms: prompt === null ? [] : ['prompt'],
  };
}

/** With slashes, and seen from the opened folder where it lies inside. */
function portable(root: string, file: string): string {
  return (isInside(root, file) ? path.relative(root, file) : file).split(path.sep).join('/');
}

function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
