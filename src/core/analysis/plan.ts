import type { AnswerRule } from '../answers/index.js';
import type { ReaderName } from '../formats/all.js';
import type { Detected, Format } from '../formats/format.js';
import { LEXICON_VERSION } from '../relations/phrases.js';
import { keyOf } from '../store/cache.js';
import { SCHEMA_VERSION } from '../store/row.js';

/** Raised when classification gives other rows for the same bytes, answers and lexicon. */
const PIPELINE_VERSION = 11;

/** One file to read, with everything that its shard depends on. */
export interface IngestPlan {
  readonly file: string;
  readonly sha256: string;
  readonly format: Format;
  readonly detected: Detected;
  /** Hash of the mapping that gave the columns' roles; null where none was used. */
  readonly mapping: string | null;
  readonly rule: AnswerRule;
  /** True where the user named the rule: the raw response is then read again even if the tool extracted an answer. */
  readonly ruleForced: boolean;
  readonly reader: ReaderName;
  /** Content hashes (and names, which may say a category) of the definitions that may be joined. */
  readonly definitions: readonly { readonly file: string; readonly sha256: string; readonly format: string }[];
  readonly judgement: { readonly file: string; readonly sha256: string } | null;
}

/** The name of the shard that a plan leads to: the same inputs always give the same one. */
export function shardKey(plan: IngestPlan): string {
  return keyOf([
    SCHEMA_VERSION,
    PIPELINE_VERSION,
    LEXICON_VERSION,
    plan.sha256,
    [plan.format.id, plan.format.version, plan.mapping],
    [plan.detected.model, plan.detected.dataset],
    [plan.rule.id, plan.rule.version, plan.ruleForced],
    plan.definitions.map((each) => [each.sha256, each.format, each.file.split(/[\\/]/).pop()]),
    plan.judgement?.sha256 ?? null,
    ...(plan.reader === 'own' ? [] : [plan.reader]),
  ]);
}
