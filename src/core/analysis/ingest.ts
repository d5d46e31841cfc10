import type { AnswerRule } from '../answers/index.js';
import { isDropped, type Detected, type Format, type Source } from '../formats/format.js';
import type { Dropped, RawItem } from '../model.js';
import { frameOf } from '../relations/frames.js';
import { findPhrases, LEXICON_VERSION } from '../relations/phrases.js';
import { keyOf } from '../store/cache.js';
import { SCHEMA_VERSION, type StoredRow } from '../store/row.js';
import type { ShardFacts } from '../store/shardWriter.js';
import type { ShardManifest, ShardStore } from '../store/shards.js';
import { classifyRow, prepareItem } from './classifyRow.js';
import type { Definition } from './definitions.js';
import { FrameIndex } from './frameSwap.js';
import type { OfRun } from './joinCounts.js';
import { DefinitionJoiner } from './joinDefinitions.js';
import type { Judgement } from './judgement.js';

/** Raised when classification gives other rows for the same bytes, answers and lexicon. */
const PIPELINE_VERSION = 9;
const BATCH_ROWS = 2048;
/** Dropped records are all counted; this many are kept with their messages. */
const DROPPED_KEPT = 1000;

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
  ]);
}

/** What ingesting needs from outside; loading is lazy, so an unchanged file costs none of it. */
export interface IngestInputs {
  open(): Promise<Source>;
  definitions(): Promise<readonly Definition[]>;
  judgement(): Promise<Judgement | null>;
}

/** read → parse → classify → store: turns one prediction file into a shard and returns its manifest. */
export async function ingest(plan: IngestPlan, store: ShardStore, inputs: IngestInputs): Promise<ShardManifest> {
  const key = shardKey(plan);
  const tally = new Tally();
  const joiner = new DefinitionJoiner(await inputs.definitions());
  const judgement = await inputs.judgement();
  let frames: readonly FrameIndex[] = [];
  const { writer, file } = await store.write(key);
  try {
    let first = true;
    for await (const batch of batches(plan.format.read(await inputs.open()), tally)) {
      if (first) joiner.decide(batch);
      if (first) frames = await framesFor(batch, joiner, plan, inputs);
      first = false;
      writer.append(batch.map((raw) => toRow(joiner.join(judgement?.apply(raw) ?? raw), plan, frames)));
    }
    if (first) joiner.decide([]);
  } catch (error) {
    writer.abandon();
    throw error;
  }
  const facts = await writer.finish(file);
  const manifest: ShardManifest = {
    schema: SCHEMA_VERSION,
    key,
    format: plan.format.id,
    formatVersion: plan.format.version,
    answers: plan.rule.id,
    source: plan.file,
    sourceSha256: plan.sha256,
    dataset: plan.detected.dataset ?? tally.dataset ?? joiner.dataset(),
    rows: tally.items + tally.droppedTotal,
    dropped: tally.dropped,
    droppedTotal: tally.droppedTotal,
    droppedByReason: Object.fromEntries(tally.byReason),
    splits: splitsOf(facts, joiner),
    itemId: facts.itemId,
    joined: joiner.evidence(),
    coverage: joiner.coverage(),
    judged: judgement?.evidence() ?? null,
    warnings: [],
  };
  await store.publish(manifest);
  return manifest;
}

/** The runs of a file, each with what its own rows were joined to. */
function splitsOf({ splits, splitBy }: ShardFacts, joiner: DefinitionJoiner): ShardManifest['splits'] {
  if (splits.length < 2) return splits;
  return splits.map((each) => {
    const own: OfRun = (label) => label[splitBy] === each.split;
    return { ...each, joined: joiner.evidence(own), coverage: joiner.coverage(own) };
  });
}

/**
 * Where the same picture and objects may be asked in another frame: the definitions in use, else the file's own rows,
 * which are then read once ahead, but only if its first rows name two frames.
 */
async function framesFor(
  head: readonly RawItem[],
  joiner: DefinitionJoiner,
  plan: IngestPlan,
  inputs: IngestInputs,
): Promise<readonly FrameIndex[]> {
  const known = joiner.inUse();
  if (known.length > 0) return known.map((definition) => definition.frames());
  const named = new Set(head.filter((row) => row.images.length > 0).map((row) => row.frame ?? frameOf(row.question)));
  named.delete('unstated');
  if (named.size < 2) return [];
  const own = new FrameIndex();
  for await (const record of plan.format.read(await inputs.open())) if (!isDropped(record)) own.add(record);
  return [own];
}

class Tally {
  items = 0;
  droppedTotal = 0;
  readonly dropped: Dropped[] = [];
  readonly byReason = new Map<string, number>();
  /** The benchmark that the records themselves name, where the file's head could not tell. */
  dataset: string | null = null;

  keep(item: RawItem): void {
    this.items += 1;
    const named = item.meta['eval.dataset'];
    if (this.dataset === null && typeof named === 'string') this.dataset = named;
  }

  drop(record: Dropped): void {
    this.droppedTotal += 1;
    this.byReason.set(record.reason, (this.byReason.get(record.reason) ?? 0) + 1);
    if (this.dropped.length < DROPPED_KEPT) this.dropped.push(record);
  }
}

async function* batches(records: AsyncIterable<RawItem | Dropped>, tally: Tally): AsyncGenerator<RawItem[]> {
  let batch: RawItem[] = [];
  for await (const record of records) {
    if (isDropped(record)) {
      tally.drop(record);
      continue;
    }
    tally.keep(record);
    batch.push(record);
    if (batch.length >= BATCH_ROWS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function toRow(raw: RawItem, plan: IngestPlan, frames: readonly FrameIndex[]): StoredRow {
  const item = prepareItem(raw);
  const [preferred, other] = plan.ruleForced ? [raw.response, raw.extracted] : [raw.extracted, raw.response];
  const text = preferred ?? other ?? '';
  const fromExtracted = (preferred === null) === plan.ruleForced;
  const answer = plan.rule.read({
    options: item.options,
    kind: item.kind,
    question: raw.question,
    text,
    source: fromExtracted ? 'extracted' : 'response',
    spatialPhrases: findPhrases,
  });
  const row = classifyRow(item, answer);
  for (const index of frames) {
    const marked = index.mark(row);
    if (marked !== row) return marked;
  }
  return row;
}
