import { isDropped, type Source } from '../formats/format.js';
import type { RawItem } from '../model.js';
import { frameOf } from '../relations/frames.js';
import { SCHEMA_VERSION, type StoredRow } from '../store/row.js';
import type { PendingShard } from '../store/pendingShard.js';
import type { ShardFacts } from '../store/shardFacts.js';
import type { ShardManifest, ShardStore } from '../store/shards.js';
import { Beginning } from './beginning.js';
import type { Definition } from './definitions.js';
import { FrameIndex } from './frameSwap.js';
import type { OfRun } from './joinCounts.js';
import { DefinitionJoiner } from './joinDefinitions.js';
import type { Judgement } from './judgement.js';
import { PatternReading, type FirstPatterns } from './patterns.js';
import { shardKey, type IngestPlan } from './plan.js';
import { canShare, readShared } from './shared.js';
import { Tally } from './tally.js';
import { toRow } from './toRow.js';

/** What ingesting needs from outside; loading is lazy, so an unchanged file costs none of it. */
export interface IngestInputs {
  readonly bytes: number;
  open(): Promise<Source>;
  /** The file, where it is being read already. */
  readonly begun: Beginning | null;
  /** Throws a FlipsideError where what was read is not, or may not be, what the plan's hash is of. */
  requireUnchanged(): Promise<void>;
  definitions(): Promise<readonly Definition[]>;
  judgement(): Promise<Judgement | null>;
}

/** read → parse → classify → store: turns one prediction file into a shard and returns its manifest. */
export async function ingest(plan: IngestPlan, store: ShardStore, inputs: IngestInputs): Promise<ShardManifest> {
  const manifest = (await ingestBy(plan, store, inputs, 'threads')) ?? (await ingestBy(plan, store, inputs, 'one'));
  if (manifest === null) throw new Error(`${plan.file} was not read`);
  return manifest;
}

/** Null where the file's records proved not to be what threads can share: it is to be read by one. */
async function ingestBy(
  plan: IngestPlan,
  store: ShardStore,
  inputs: IngestInputs,
  by: 'threads' | 'one',
): Promise<ShardManifest | null> {
  const key = shardKey(plan);
  const tally = new Tally();
  const joiner = new DefinitionJoiner(await inputs.definitions(), plan.detected.places ?? null);
  const judgement = await inputs.judgement();
  const shard = await store.write(key);
  try {
    const filled = await fill(shard, { plan, inputs, tally, joiner, judgement, by });
    if (filled === null) {
      shard.abandon();
      return null;
    }
    if (filled === 'rows') await inputs.requireUnchanged();
  } catch (error) {
    shard.abandon();
    // What changes under the reader's hands fails in many ways.
    await inputs.requireUnchanged();
    throw error;
  }
  const { facts, unwritten } = await shard.finish();
  const manifest = manifestOf(plan, { key, tally, facts, joiner, judgement });
  await store.publish(manifest, unwritten);
  return manifest;
}

interface Filling {
  readonly plan: IngestPlan;
  readonly inputs: IngestInputs;
  readonly tally: Tally;
  readonly joiner: DefinitionJoiner;
  readonly judgement: Judgement | null;
  readonly by: 'threads' | 'one';
}

/**
 * Reads the file into its shard. Its first rows decide what it is joined with, and whether threads may share it. Null where they may not
 * after all; 'written' where the shard is there already.
 */
async function fill(
  shard: PendingShard,
  { plan, inputs, tally, joiner, judgement, by }: Filling,
): Promise<'rows' | 'written' | null> {
  const { format, ruleForced } = plan;
  const byPattern = by === 'threads' && !ruleForced;
  const options = { format, bytes: inputs.bytes, ...(byPattern && { folder: shard.folder }) };
  const beginning = (by === 'threads' ? inputs.begun : null) ?? new Beginning(await inputs.open(), options);
  const { source, isLarge } = beginning;
  try {
    const head = await beginning.head();
    const items = head.filter((record): record is RawItem => !isDropped(record));
    joiner.decide(items);
    const frames = await framesFor(items, joiner, plan, inputs);
    const isAlone = judgement !== null || frames.length > 0 || joiner.inUse().length > 0;
    if (isAlone) await beginning.endPatterns();
    if (by === 'threads' && isLarge && !isAlone) {
      const first = await beginning.patterns();
      if (first !== null && (await ofPatterns(shard, first, { plan, inputs, tally }))) return 'written';
      if (canShare(plan, source)) {
        return (await readShared(plan, source, tally, await shard.encoded())) ? 'rows' : null;
      }
    }
    const classify = (raw: RawItem): StoredRow =>
      withFrames(toRow(joiner.join(judgement?.apply(raw) ?? raw), plan), frames);
    for (let batch = head; batch.length > 0; batch = await beginning.next()) {
      await shard.append(tally.count(batch).map(classify));
    }
    return 'rows';
  } finally {
    // Nothing of the file stays open, whatever became of it.
    await beginning.close();
  }
}

/** The shard is written as soon as the rows are there: by then the file must prove to be what it was. */
async function ofPatterns(
  shard: PendingShard,
  first: FirstPatterns,
  { plan, inputs, tally }: Pick<Filling, 'plan' | 'inputs' | 'tally'>,
): Promise<boolean> {
  try {
    const rows = await new PatternReading(plan, first).rows(tally);
    if (rows === null) return false;
    await inputs.requireUnchanged();
    await shard.ofPatterns(first.shard, rows);
    return true;
  } finally {
    // Its memory is free before the file is read otherwise.
    await first.end();
  }
}

interface Read {
  readonly key: string;
  readonly tally: Tally;
  readonly facts: ShardFacts;
  readonly joiner: DefinitionJoiner;
  readonly judgement: Judgement | null;
}

function manifestOf(plan: IngestPlan, { key, tally, facts, joiner, judgement }: Read): ShardManifest {
  return {
    schema: SCHEMA_VERSION,
    key,
    format: plan.format.id,
    formatVersion: plan.format.version,
    answers: plan.rule.id,
    ...(plan.reader === 'own' ? {} : { reader: plan.reader }),
    source: plan.file,
    sourceSha256: plan.sha256,
    dataset: plan.detected.dataset ?? tally.dataset ?? joiner.dataset(),
    rows: tally.items + tally.droppedTotal,
    dropped: tally.dropped,
    droppedTotal: tally.droppedTotal,
    droppedByReason: Object.fromEntries(tally.byReason),
    splits: splitsOf(facts, joiner),
    itemId: facts.itemId,
    lensKeys: facts.lensKeys,
    joined: joiner.evidence(),
    coverage: joiner.coverage(),
    judged: judgement?.evidence() ?? null,
    warnings: joiner.warnings(),
  };
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

function withFrames(row: StoredRow, frames: readonly FrameIndex[]): StoredRow {
  for (const index of frames) {
    const marked = index.mark(row);
    if (marked !== row) return marked;
  }
  return row;
}
