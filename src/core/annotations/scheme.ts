import type { Scheme, SchemeLabel } from '../annotationModel.js';
import { FlipsideError, isJsonObject, type Json } from '../model.js';

export type { Scheme, SchemeLabel } from '../annotationModel.js';

/** Where nobody has written another. The keys are those that inspector and list have no other use for. */
export const DEFAULT_SCHEME: Scheme = {
  version: 1,
  labels: [
    { id: 'horizontal-flip', title: 'true horizontal flip', key: 'h', about: 'answer' },
    { id: 'depth-flip', title: 'true depth flip', key: 'd', about: 'answer' },
    { id: 'vertical-flip', title: 'true vertical flip', key: 'u', about: 'answer' },
    { id: 'orthogonal', title: 'orthogonal', key: 'x', about: 'answer' },
    { id: 'wrong-object', title: 'wrong object', key: 'w', about: 'answer' },
    { id: 'object-not-found', title: 'object not found', key: 'f', about: 'answer' },
    { id: 'wrong-frame', title: 'wrong frame of reference', key: 'z', about: 'answer' },
    { id: 'gold-wrong', title: 'gold label wrong', key: 'g', about: 'item' },
    { id: 'ambiguous', title: 'question ambiguous', key: 'q', about: 'item' },
    { id: 'not-visible', title: 'object not visible', key: 'l', about: 'item' },
    { id: 'misread', title: 'answer misread', key: 'a', about: 'answer' },
    { id: 'other', title: 'other', key: 'j', about: 'answer' },
  ],
};

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A scheme from the text of `.flipside/scheme.json`. Throws a FlipsideError that says what of it is wrong. */
export function parseScheme(text: string, file: string): Scheme {
  const fail = (what: string): never => {
    throw new FlipsideError(`${file}: ${what}`, { file });
  };
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return fail(`it is no JSON: ${(error as Error).message}.`);
  }
  const { version, labels } = isJsonObject(value) ? value : fail('an object with "version" and "labels" was expected.');
  if (!Number.isSafeInteger(version) || Number(version) < 1) return fail('"version" must be a whole number from 1 on.');
  if (!Array.isArray(labels) || labels.length === 0) return fail('"labels" must be a list of at least one label.');
  const read = labels.map((label, at) => labelOf(label, at, fail));
  for (const name of ['id', 'key'] as const) {
    const twice = read.find(
      (label, at) => label[name] !== null && read.findIndex((each) => each[name] === label[name]) < at,
    );
    if (twice !== undefined) return fail(`two labels have the ${name} ${JSON.stringify(twice[name])}.`);
  }
  return { version: Number(version), labels: read };
}

function labelOf(value: Json, at: number, fail: (what: string) => never): SchemeLabel {
  const where = `labels[${at}]`;
  const {
    id,
    title,
    key = null,
    about = 'answer',
  } = isJsonObject(value) ? value : fail(`${where}: an object was expected.`);
  if (typeof id !== 'string' || !ID.test(id))
    return fail(
      `${where}.id must be of small letters, digits and hyphens, at most 64, and is ${JSON.stringify(id ?? null)}.`,
    );
  if (typeof title !== 'string' || title.trim() === '') return fail(`${where}.title must be a text.`);
  if (key !== null && (typeof key !== 'string' || [...key].length !== 1 || key.trim() === ''))
    return fail(`${where}.key must be one character, or null, and is ${JSON.stringify(key)}.`);
  if (about !== 'item' && about !== 'answer')
    return fail(`${where}.about must be "item" or "answer", and is ${JSON.stringify(about)}.`);
  return { id, title: title.trim(), key, about };
}
