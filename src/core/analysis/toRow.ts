import type { AnswerRule } from '../answers/index.js';
import type { RawItem } from '../model.js';
import { findPhrases } from '../relations/phrases.js';
import type { StoredRow } from '../store/row.js';
import { classifyRow, prepareItem } from './classifyRow.js';

/** How answers are read. */
export interface Reading {
  readonly rule: AnswerRule;
  /** True where the user named the rule: the raw response is then read again even if the tool extracted an answer. */
  readonly ruleForced: boolean;
}

/** Reads the answer of an item and classifies it. */
export function toRow(raw: RawItem, { rule, ruleForced }: Reading): StoredRow {
  const item = prepareItem(raw);
  const [preferred, other] = ruleForced ? [raw.response, raw.extracted] : [raw.extracted, raw.response];
  const text = preferred ?? other ?? '';
  const fromExtracted = (preferred === null) === ruleForced;
  const answer = rule.read({
    options: item.options,
    kind: item.kind,
    question: raw.question,
    text,
    source: fromExtracted ? 'extracted' : 'response',
    spatialPhrases: findPhrases,
  });
  return classifyRow(item, answer);
}
