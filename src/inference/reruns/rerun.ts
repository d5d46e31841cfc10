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
}

export type { TargetName } from '../../protocol/rerunPage.js';

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
    const saliency = request.saliency === null ? null : await explained(client, request, { item, asked, task }, signal);
    const record = saliency === null ? null : await keep(client, saliency, { request, asked, file });
    await file.add(rerunRecords(request.item, asked, contextOf(request, file), record));
    return { asked, saliency, record };
  } finally {
    stop();
  }
}

const YES_NO: readonly Option[] = [
  { label: null, text: 'yes' },
  { label: null, text: 'no' },
];

function askedItem({ item, images, prompt }: RerunRequest): AskedItem {
  if (item.question === null) {
    throw new FlipsideError(`The item ${item.item} of ${item.run} has no question, so there is nothing to ask.`);
  }
  const options = item.options.length === 0 && item.kind === 'yes-no' ? YES_NO : item.options;
  return { question: item.question, options, images: images.map(({ bytes }) => bytes), prompt };
}

async function explained(
  client: InferenceClient,
  { places, model, item: source, saliency, options }: RerunRequest,
  { item, asked, task }: { item: AskedItem; asked: Asked; task: number },
  signal: AbortSignal,
): Promise<Saliency | null> {
  if (saliency === null) return null;
  const target = targetOf(saliency.target, source, asked);
  const { method } = saliency;
  return client.ask('saliency', { places, model, item, method, target, seed: options.seed ?? 0, task }, signal);
}

function targetOf(name: TargetName, item: RerunItem, { score }: Asked): SaliencyTarget {
  if (score === null)
    throw new FlipsideError('The model gives no probabilities over the options, so there is nothing to explain.');
  const answer = likeliest(score.probabilities);
  if (name === 'answer') return { option: answer, against: null };
  const { goldOption } = item;
  if (goldOption === null) {
    throw new FlipsideError(
      `The item ${item.item} of ${item.run} has no right answer among its options; choose the answer as target.`,
    );
  }
  // Where the answer is right there is nothing to hold against it.
  return { option: goldOption, against: name === 'gold' || goldOption === answer ? null : answer };
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
  const inside = map === undefined || image === undefined || boxes.length === 0 ? null : insideBoxes(map, boxes, image);
  return {
    ...{ method: saliency.method, target: targetName(item.options, saliency.target) },
    ...{ notes: saliency.notes, tokens: saliency.tokens },
    png: named('.png').filter((name) => !name.endsWith('-colours.png')),
    raw: named('.npy'),
    insideBoxes: boxes.map(({ label }, index) => {
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
    imageFiles: images.map((image) => (image.file === null ? null : portable(file.root, image.file))),
    transforms: prompt === null ? [] : ['prompt'],
  };
}

/** With slashes, and seen from the opened folder where it lies inside. */
function portable(root: string, file: string): string {
  const relative = path.relative(root, file);
  const isInside = !relative.startsWith('..') && !path.isAbsolute(relative);
  return (isInside ? relative : file).split(path.sep).join('/');
}
