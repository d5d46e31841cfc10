import { isJsonObject, type Json, type JsonObject } from '../model.js';
import { textOf } from './recordValues.js';

const SPOKEN_KEYS = ['text', 'content', 'answer', 'response', 'output', 'prediction', 'value', 'label'];

/** The text of a value: a string as it stands, the text parts of chat messages joined by newlines, an object's text field. */
export function spoken(value: Json, depth = 0): string | null {
  if (depth > 4) return null;
  if (Array.isArray(value)) {
    const parts = value.flatMap((item) => spoken(item, depth + 1) ?? []);
    return parts.length > 0 ? parts.join('\n') : null;
  }
  if (!isJsonObject(value)) return textOf(value);
  const key = spokenKey(value);
  if (key !== undefined) return spoken(value[key] ?? null, depth + 1);
  return value['type'] === 'image' || value['type'] === 'image_url' ? null : textOf(value);
}

/** The key under which an object says what it says. */
export function spokenKey(value: JsonObject): string | undefined {
  return SPOKEN_KEYS.find((name) => Object.hasOwn(value, name));
}
