import {
  type Box,
  type DepthConvention,
  type Frame,
  isJsonObject,
  type ItemKind,
  type Json,
  type JsonObject,
  type Option,
  type RawItem,
} from '../model.js';
import type { Format } from './format.js';
import { blankItem, readItems, remaining } from './recordFields.js';
import { objectOf, textOf } from './recordValues.js';

/** The key of every record that Flipside writes of a rerun, with the version of its layout. */
const MARK = 'flipside_rerun';
const VERSION = 1;

const USED = new Set([
  ...[MARK, 'id', 'dataset', 'question', 'options', 'gold', 'kind', 'task', 'relation', 'frame', 'convention'],
  ...['images', 'boxes', 'response', 'sample', 'samples', 'model'],
]);
const FRAMES: readonly Frame[] = ['camera', 'person', 'object', 'imagined', 'unstated'];
const CONVENTIONS: readonly DepthConvention[] = ['toward-viewer', 'away-from-viewer', 'facing', 'unstated'];
const KINDS: readonly ItemKind[] = ['choice', 'yes-no', 'count', 'depth-order', 'distance-order', 'open'];

/**
 * What Flipside writes when a model is asked again (`.flipside/reruns/*.jsonl`): the item as it was read, and the new answer, whose reading is
 * left to the same rules as that of any other.
 */
export const reruns: Format = {
  id: 'flipside-reruns',
  version: 1,
  title: 'Flipside reruns',
  detect(shape) {
    const [first] = shape.head;
    if (shape.container !== 'json-lines' || first?.[MARK] === undefined) return null;
    const isKnown = first[MARK] === VERSION;
    return {
      role: isKnown ? 'run' : 'aggregate',
      confidence: 1,
      reason: isKnown
        ? 'Answers of a model that was asked again by Flipside.'
        : `a rerun in a layout (${JSON.stringify(first[MARK])}) of another version of Flipside; this one reads ${VERSION}`,
      model: textOf(first['model']),
      dataset: textOf(first['dataset']),
    };
  },
  read: (source) => readItems(source, toItem),
};

function toItem(value: JsonObject, row: number): RawItem {
  const samples = Number(value['samples']);
  const id = textOf(value['id']);
  return {
    ...blankItem(row),
    id,
    question: textOf(value['question']),
    options: listOf(value['options']).map(optionOf),
    gold: textOf(value['gold']),
    response: textOf(value['response']),
    kind: oneOf(KINDS, value['kind']),
    task: textOf(value['task']),
    relation: textOf(value['relation']),
    frame: oneOf(FRAMES, value['frame']),
    convention: oneOf(CONVENTIONS, value['convention']),
    images: listOf(value['images']).flatMap((image) => (typeof image === 'string' ? [image] : [])),
    boxes: listOf(value['boxes']).flatMap(boxOf),
    ...(samples > 1 ? { unit: id, sample: Number(value['sample']) } : {}),
    meta: remaining(value, USED),
  };
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function optionOf(value: Json): Option {
  const { label, text } = objectOf(value);
  return { label: textOf(label), text: textOf(text) ?? '' };
}

function boxOf(value: Json): readonly Box[] {
  if (!isJsonObject(value)) return [];
  const [x, y, width, height] = [value['x'], value['y'], value['width'], value['height']].map(Number);
  const isBox = [x, y, width, height].every((each) => Number.isFinite(each));
  if (!isBox) return [];
  const unit = value['unit'] === 'fraction' ? 'fraction' : 'pixel';
  return [{ x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0, unit, label: textOf(value['label']) }];
}

function oneOf<T extends string>(all: readonly T[], value: Json | undefined): T | null {
  return all.find((each) => each === value) ?? null;
}
