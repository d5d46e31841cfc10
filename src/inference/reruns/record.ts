import type { Box, JsonObject, Option } from '../../core/model.js';
import type { Asked, BackendInfo, GenerateOptions, Saliency, TokenWeight } from '../../protocol/inference.js';
import { optionLabel } from '../prompts.js';

/** The version of the layout that these records have, under the key that tells them. */
export const RERUN_VERSION = 1;

/** An item as the analysis knows it, as far as a rerun repeats it. */
export interface RerunItem {
  readonly run: string;
  readonly item: string;
  readonly file: string;
  readonly row: number;
  readonly question: string | null;
  readonly options: readonly Option[];
  readonly goldOption: number | null;
  readonly gold: string | null;
  readonly kind: string;
  readonly task: string | null;
  readonly relation: string | null;
  readonly frame: string;
  readonly convention: string;
  readonly images: readonly string[];
  readonly boxes?: readonly Box[];
}

/** What a rerun was made of and with. */
export interface RerunContext {
  readonly dataset: string | null;
  /** Where the images lie, seen from the folder that holds `.flipside`; null for one that is no file. */
  readonly imageFiles: readonly (string | null)[];
  readonly options: GenerateOptions;
  /** Names of what was done to images and text before the model saw them, in order; empty for the item as it is. */
  readonly transforms: readonly string[];
  readonly version: string;
  readonly created: string;
  /** What should be known of this rerun, beside what model and score say. */
  readonly notes: readonly string[];
}

/** Saliency of a rerun as its record states it. */
export interface RerunSaliency {
  readonly method: Saliency['method'];
  readonly target: string;
  /** Files beside the rerun, one for each image. */
  readonly png: readonly string[];
  readonly raw: readonly string[];
  readonly insideBoxes: readonly InsideBox[];
  /** The share inside all boxes together; null without boxes, or where the map is zero everywhere. */
  readonly inside: number | null;
  /** The share of the image that they cover: what a map that says nothing would give. */
  readonly area: number | null;
  /** Of the masks; null where the method draws none. */
  readonly seed: number | null;
  /** Of the question's words; null where the model tells none. */
  readonly tokens: readonly TokenWeight[] | null;
  readonly notes: readonly string[];
}

export interface InsideBox {
  readonly label: string | null;
  readonly share: number | null;
  readonly area: number;
}

/** One line of a rerun file for each answer: the item, what was asked of whom, what came back. */
export function rerunRecords(
  item: RerunItem,
  asked: Asked,
  context: RerunContext,
  saliency: RerunSaliency | null,
): readonly JsonObject[] {
  const { info, score } = asked;
  return asked.answers.map(({ text, seed }, index): JsonObject => ({
    flipside_rerun: RERUN_VERSION,
    ...itemFields(item, context),
    prompt: asked.prompt,
    response: text,
    sample: index + 1,
    samples: asked.answers.length,
    probabilities: score === null ? null : [...score.probabilities],
    probability_source: score?.source ?? null,
    model: shownModel(info),
    model_id: info.id,
    weights: info.weights,
    device: info.device,
    seed,
    temperature: context.options.temperature,
    max_tokens: context.options.maxTokens,
    transforms: [...context.transforms],
    image_sha256: asked.images.map(({ sha256 }) => sha256),
    duration_ms: Math.round(asked.milliseconds * 10) / 10,
    created: context.created,
    flipside: context.version,
    notes: [...info.notes, ...(score?.notes ?? []), ...context.notes],
    ...(saliency === null ? {} : saliencyFields(saliency)),
  }));
}

function itemFields(item: RerunItem, { dataset, imageFiles }: RerunContext): JsonObject {
  const files = imageFiles.filter((file) => file !== null);
  return {
    id: item.item,
    of: { run: item.run, item: item.item, row: item.row },
    dataset,
    question: item.question,
    options: item.options.map(({ label, text }) => ({ label, text })),
    gold: goldText(item),
    kind: item.kind,
    task: item.task,
    relation: item.relation,
    frame: item.frame,
    convention: item.convention,
    images:
      files.length === imageFiles.length && files.length > 0 ? files : item.images.filter((each) => !isData(each)),
    boxes: (item.boxes ?? []).map((box) => ({ ...box })),
  };
}

/** Gold as an option, where it is one: the reader finds it again by label and text. */
function goldText({ goldOption, gold, options }: RerunItem): string | null {
  const option = goldOption === null ? undefined : options[goldOption];
  if (option === undefined) return gold;
  return option.label === null ? option.text : `${option.label}. ${option.text}`;
}

/** A picture inside its own text is not repeated for each answer: the item is found again by its words. */
function isData(image: string): boolean {
  return image.startsWith('data:');
}

function saliencyFields({
  method,
  target,
  png,
  raw,
  insideBoxes,
  inside,
  area,
  seed,
  tokens,
  notes,
}: RerunSaliency): JsonObject {
  return {
    saliency: {
      ...{ method, target, png: [...png], raw: [...raw], notes: [...notes] },
      inside_boxes: insideBoxes.map((each) => ({ ...each })),
      seed,
      tokens: tokens === null ? null : tokens.map(({ text, weight }) => [text, weight]),
    },
    saliency_method: method,
    saliency_inside: inside,
    saliency_area: area,
  };
}

/** What a model is called in records: a program says itself which model it runs. */
export function shownModel({ id, kind, name }: Pick<BackendInfo, 'id' | 'kind' | 'name'>): string {
  return kind === 'process' && name !== '' ? name : modelName(id);
}

/** The part of a model's id that people know it by. */
export function modelName(id: string): string {
  const name = id.slice(id.indexOf(':') + 1);
  return (
    name
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/\.json$/, '') ?? name
  );
}

/** What a target is called: the option, or the two of which one is favoured. */
export function targetName(options: readonly Option[], { option, against }: Saliency['target']): string {
  const name = (index: number): string => options[index]?.text ?? optionLabel(options, index);
  return against === null ? name(option) : `${name(option)} minus ${name(against)}`;
}
