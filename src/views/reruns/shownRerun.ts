import path from 'node:path';
import type { Json, JsonObject } from '../../core/model.js';
import { shownModel } from '../../inference/reruns/record.js';
import type { Rerun } from '../../inference/reruns/rerun.js';
import type { SaliencyMethod, Score, TokenWeight } from '../../protocol/inference.js';
import { METHODS, type MapSource, type RerunChoices, type ShownRerun } from '../../protocol/rerunPage.js';
import type { ItemView } from '../../protocol/rows.js';

/** A rerun as a page shows it, with the files of its maps, one for each image. */
export interface KeptRerun {
  readonly shown: ShownRerun;
  readonly maps: readonly string[];
}

/** The id of the reader of files of reruns. */
export const RERUN_FORMAT = 'flipside-reruns';

const SOURCES: readonly Score['source'][] = ['logits', 'logprobs', 'sampled'];

/** What came back a moment ago, before its file is open as a run. */
export function freshRerun(
  file: string,
  { asked, saliency, record, unexplained }: Rerun,
  choices: RerunChoices,
): KeptRerun {
  const { info, score } = asked;
  // As it is named once its file is open: its one item is in the first row.
  const id = `${file}\n1`;
  const map: MapSource | null =
    saliency === null || record === null
      ? null
      : {
          ...{ id, method: saliency.method, target: record.target, from: shownModel(info) },
          ...{ tokens: saliency.tokens, notes: saliency.notes },
        };
  return {
    shown: {
      ...{ id, model: shownModel(info), device: info.device, created: new Date().toISOString() },
      ...{ prompt: asked.prompt, transforms: choices.prompt === null ? [] : ['prompt'] },
      answers: asked.answers.map(({ text }) => text),
      ...{ probabilities: score?.probabilities ?? null, source: score?.source ?? null },
      ...{ temperature: choices.temperature, seed: asked.answers[0]?.seed ?? null, milliseconds: asked.milliseconds },
      ...{
        notes: [...info.notes, ...(score?.notes ?? []), ...(unexplained === null ? [] : [`No map: ${unexplained}`])],
        read: null,
        map,
      },
    },
    maps: (record?.raw ?? []).map((name) => path.join(path.dirname(file), name)),
  };
}

/** What stands in a file of reruns, which is open as a run: `views` are the rows of the item in it, one for each sample. */
export function storedRerun(file: string, model: string | null, views: readonly ItemView[]): KeptRerun | null {
  const [first] = views;
  if (first === undefined) return null;
  const { meta } = first.record;
  const name = model ?? textOf(meta['model_id']) ?? 'a model';
  const saliency = objectOf(meta['saliency']);
  const id = `${file}\n${first.key.row}`;
  return {
    shown: {
      ...{ id, model: name, device: textOf(meta['device']), created: textOf(meta['created']) },
      ...{ prompt: textOf(meta['prompt']), transforms: textsOf(meta['transforms']) },
      answers: views.map(({ record }) => record.response ?? ''),
      ...{ probabilities: probabilitiesOf(meta['probabilities']), source: oneOf(SOURCES, meta['probability_source']) },
      ...{ temperature: numberOf(meta['temperature']), seed: numberOf(meta['seed']) },
      ...{ milliseconds: numberOf(meta['duration_ms']), notes: textsOf(meta['notes']) },
      read: readOf(first),
      map: saliency === null ? null : mapOf(id, name, saliency),
    },
    maps: textsOf(saliency?.['raw']).flatMap((stated) => mapFile(file, stated) ?? []),
  };
}

function readOf({ key, outcome, record }: ItemView): ShownRerun['read'] {
  const { class: name, predicted, predictedDirection } = record;
  return { key, outcome, class: name, predicted, predictedDirection };
}

function mapOf(id: string, from: string, saliency: JsonObject): MapSource | null {
  const method = oneOf<SaliencyMethod>(METHODS, saliency['method']);
  if (method === null) return null;
  const { target, tokens, notes } = saliency;
  return { id, method, target: textOf(target), from, tokens: tokensOf(tokens), notes: textsOf(notes) };
}

/** A map's file beside the rerun's own; null for any other place, to which a file from elsewhere might lead. */
function mapFile(file: string, stated: string): string | null {
  const folder = file.replace(/\.jsonl$/, '.maps');
  const place = path.resolve(path.dirname(file), stated);
  const isBeside = path.dirname(place) === folder && /\.(npy|png)$/i.test(place);
  return isBeside ? place : null;
}

function tokensOf(value: Json | undefined): readonly TokenWeight[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((pair) => {
    const [text, weight] = Array.isArray(pair) ? pair : [];
    return typeof text === 'string' && typeof weight === 'number' ? [{ text, weight }] : [];
  });
}

function probabilitiesOf(value: Json | undefined): readonly (number | null)[] | null {
  return Array.isArray(value) ? value.map(numberOf) : null;
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function objectOf(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

function oneOf<T extends string>(all: readonly T[], value: Json | undefined): T | null {
  return all.find((each) => each === value) ?? null;
}
