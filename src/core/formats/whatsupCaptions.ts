import { FlipsideError, type Dropped, type Json, type JsonObject, type RawItem } from '../model.js';
import { parseJson } from './containers/jsonText.js';
import type { Detected, Format, Shape, Source } from './format.js';
import { lettered } from './letters.js';
import { blankItem, missingField, pathParts, readItems, remaining } from './recordFields.js';
import { textOf } from './recordValues.js';

/**
 * The caption files of What'sUp: records of `image_path, caption_options` (Controlled Images A and B). The first caption is
 * always the right one. Source: amitakamath/whatsup_vlms @ 447c169df272, README.md and dataset_zoo/aro_datasets.py
 * `Controlled_Images`. The captions get the letters of their places, by which the score arrays name them.
 */
export const whatsupCaptions: Format = {
  id: 'whatsup-captions',
  version: 1,
  title: "What'sUp captions",
  detect(shape) {
    const isJson = shape.container === 'json-array' || shape.container === 'json-lines';
    if (!isJson || !shape.columns.includes('image_path') || !shape.columns.includes('caption_options')) return null;
    if (!shape.head.every((record) => Array.isArray(record['caption_options']))) return null;
    const reason = "Records of an image and its caption options, the first of them right: What'sUp's captions.";
    return found(0.95, reason, "What'sUp");
  },
  read: (source) => readItems(source, controlledItem),
};

/**
 * COCO-spatial and GQA-spatial: one JSON array of lists, `[image id, right caption, wrong caption]`. Source: the same,
 * `COCO_QA` and `VG_QA`. Captions of one object end in its place ("… on the left"), those of two name both.
 */
export const spatialCaptions: Format = {
  id: 'spatial-captions',
  version: 1,
  title: 'COCO-spatial and GQA-spatial captions',
  detect(shape) {
    if (shape.container !== 'json-array' || shape.head.length > 0 || !PAIR.test(shape.text)) return null;
    const reason = 'Lists of an image id, a right and a wrong caption: COCO-spatial or GQA-spatial.';
    return found(0.9, reason, datasetOf(shape)?.name ?? null);
  },
  async *read(source) {
    const dataset = datasetOf(source.shape);
    for (const [at, entry] of (await listOf(source)).entries()) yield pairItem(entry, at + 1, dataset);
  },
};

function found(confidence: number, reason: string, dataset: string | null): Detected {
  return { role: 'definition', confidence, reason, model: null, dataset };
}

/** `{subject}_{relation}_{reference}.jpeg`, read as the source reads it: the first part, the second, and the last. */
const IMAGE_NAME = /^([^_]+)_([^_]+(?:_of)?)_(?:.*_)?([^_.]+)\.[A-Za-z]{3,4}$/u;

function controlledItem(value: JsonObject, row: number): RawItem | Dropped {
  const captions = textsOf(value['caption_options']);
  if (captions.length < 2) return missingField(row, ['caption_options'], "What'sUp's captions");
  const image = textOf(value['image_path']);
  const name = IMAGE_NAME.exec(image?.replace(/^.*[\\/]/su, '') ?? '');
  return {
    ...captionItem(row, captions),
    images: image === null ? [] : [image],
    relation: name?.[2] ?? null,
    convention: 'toward-viewer',
    contrastSet: name === null ? null : `${name[1] ?? ''}|${name[3] ?? ''}`,
    meta: remaining(value, new Set(['image_path', 'caption_options'])),
  };
}

function captionItem(row: number, captions: readonly string[]): RawItem {
  return {
    ...blankItem(row),
    options: lettered(captions.map((text) => ({ label: null, text }))),
    gold: 'A',
    kind: 'choice',
    frame: 'camera',
  };
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.flatMap((entry) => (typeof entry === 'string' ? [entry] : [])) : [];
}

/** The beginning of such a file. */
const PAIR = /^\s*\[\s*\[\s*(?:\d+|"[^"\\]*")\s*,\s*"(?:[^"\\]|\\.)*"\s*,\s*"(?:[^"\\]|\\.)*"\s*\]/su;

interface SpatialDataset {
  readonly name: string;
  imageOf(id: string): string;
}

/** Where its images lie, which the file's name alone tells: COCO's and Visual Genome's ids look the same. */
function datasetOf({ path }: Shape): SpatialDataset | null {
  const { stem } = pathParts(path);
  if (/coco/i.test(stem)) return { name: 'COCO-spatial', imageOf: (id) => `val2017/${id.padStart(12, '0')}.jpg` };
  if (/\b(?:vg|gqa)/i.test(stem)) return { name: 'GQA-spatial', imageOf: (id) => `vg_images/${id}.jpg` };
  return null;
}

async function listOf(source: Source): Promise<readonly Json[]> {
  const parsed = parseJson(new TextDecoder().decode(await source.bytes()));
  if (parsed.ok && Array.isArray(parsed.value)) return parsed.value;
  const why = parsed.ok ? 'it holds no list' : parsed.message;
  const message = `${source.path}: expected one JSON list of [image id, right caption, wrong caption] (${why}). Copy the file again.`;
  throw new FlipsideError(message, { file: source.path });
}

const ONE_OBJECT = /\b(?:left|right|top|bottom|above|below)\W*$/iu;

function pairItem(entry: Json, row: number, dataset: SpatialDataset | null): RawItem | Dropped {
  const [first, ...captions] = Array.isArray(entry) ? entry : [];
  const texts = textsOf(captions);
  const id = textOf(first);
  if (id === null || texts.length !== 2) {
    const detail = `Entry ${String(row)}: expected [image id, right caption, wrong caption], found ${JSON.stringify(entry).slice(0, 80)}. Correct it, or remove it.`;
    return { row, reason: 'not a pair of captions', detail };
  }
  return {
    ...captionItem(row, texts),
    task: ONE_OBJECT.test(texts[0] ?? '') ? 'one object' : 'two objects',
    images: dataset === null ? [] : [dataset.imageOf(id)],
    meta: { image_id: id },
  };
}
