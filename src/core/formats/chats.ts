import { isJsonObject, type Json, type JsonObject } from '../model.js';
import { literalIn } from './optionsValue.js';

/** One turn of a conversation: `{role, content}` as OpenAI's messages have it, `{from, value}` as LLaVA's data has it. */
interface Turn {
  readonly speaker: string;
  readonly said: Json;
}

const ASKING = /^(?:user|human)$/i;

/** The turns of a conversation, also as text; null for any other value. */
function turnsOf(value: Json | undefined): readonly Turn[] | null {
  const list = typeof value === 'string' && value.trimStart().startsWith('[') ? literalIn(value) : value;
  if (!Array.isArray(list) || list.length === 0) return null;
  const turns = list.flatMap((item) => (isJsonObject(item) ? (turnOf(item) ?? []) : []));
  return turns.length === list.length ? turns : null;
}

function turnOf(item: JsonObject): Turn | null {
  const speaker = item['role'] ?? item['from'];
  const said = item['content'] ?? item['value'];
  return typeof speaker === 'string' && said !== undefined ? { speaker, said } : null;
}

export function isChat(value: Json | undefined): boolean {
  return turnsOf(value) !== null;
}

/** What is asked in a conversation: the user's turns, without instructions to the system and without what was answered. */
export function askedIn(value: Json): Json[] | null {
  const turns = turnsOf(value);
  const asked = turns?.filter(({ speaker }) => ASKING.test(speaker)).map(({ said }) => said) ?? [];
  return asked.length === 0 ? null : asked;
}
