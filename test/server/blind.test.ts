import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalysisMethods } from '../../src/protocol/analysis.js';
import type { AnnotationViewer, Marks } from '../../src/protocol/annotations.js';
import { ERRORS, type RowKey } from '../../src/protocol/rows.js';
import { Session } from '../../src/server/session.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What the process answers to an annotator who is blind to others and to the rule. */
describe('blind annotating', function () {
  this.timeout(60_000);
  let folder: string;
  let row: RowKey;
  let session: Session | undefined;
  let ask: AnalysisMethods;

  const never = new AbortController().signal;
  const say = (set: Marks, adjudicates = false): ReturnType<AnalysisMethods['annotate']> =>
    ask.annotate({ changes: [{ key: row, set, undoes: null }], adjudicates });

  async function openFor(viewer: AnnotationViewer): Promise<void> {
    let done: () => void = () => undefined;
    const annotated = new Promise<void>((resolve) => (done = resolve));
    await session?.close();
    session = new Session((name) => {
      if (name === 'annotated') done();
    });
    ask = session.methods();
    await ask.open(
      {
        ...{ paths: [folder], homes: [folder], lens: 'axes', answers: 'default', viewer },
        cacheDir: path.join(folder, '.cache'),
        images: { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 },
      },
      never,
    );
    await annotated;
  }

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-blind-'));
    for (const part of ['benchmark.json', 'results', 'scenes']) {
      cpSync(path.join(root, 'test', 'fixtures', 'room', part), path.join(folder, part), { recursive: true });
    }
    await openFor({ name: 'ada', blind: false });
    const { rows } = await ask.first(ERRORS, never);
    const [first] = rows;
    assert.ok(first !== undefined);
    row = { run: first.run, row: first.row };
    await say({ label: 'other', note: 'a note of ada' });
    await say({ label: 'misread' }, true);
  });
  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => openFor({ name: 'grace', blind: true }));

  it('judges between others only after a label of one’s own, and tells of no judgement before', async () => {
    await assert.rejects(say({ label: null }, true), /Blind annotating is on: give the item a label of your own/);
    await say({ label: 'wrong-object' });
    const { done } = await say({ label: 'other' }, true);
    assert.deepEqual(done[0]?.before, { label: 'misread' });
    await say({ label: 'misread' }, true);
    await say({ label: null });
  });

  it('tells of no answer that it is the right one in another frame', async () => {
    const flagged = async (): Promise<RowKey | undefined> => {
      const { slice, rows } = await ask.first(ERRORS, never);
      const rest = await ask.rows({ slice: slice.slice, start: rows.length, end: slice.total }, never);
      return [...rows, ...rest].find(({ flags }) => flags.includes('frameSwap'));
    };
    assert.equal(await flagged(), undefined);
    await openFor({ name: 'grace', blind: false });
    const swapped = await flagged();
    assert.ok(swapped !== undefined);
    const why = async (): Promise<string> =>
      ((await ask.item({ key: swapped, baseline: null }, never))?.why ?? []).join();
    assert.match(await why(), /right answer in the \w+ frame/);
    await openFor({ name: 'grace', blind: true });
    assert.doesNotMatch(await why(), /right answer in the/);
  });

  it('holds back the class of each other answer until that answer has a label', async () => {
    const item = async (key: RowKey): ReturnType<AnalysisMethods['item']> => ask.item({ key, baseline: null }, never);
    const unlabelled = await item(row);
    assert.deepEqual(new Set(unlabelled?.others.map((other) => other.class)), new Set([null]));
    await say({ label: 'wrong-object' });
    const labelled = await item(row);
    assert.equal(labelled?.annotations.hidden, false);
    const wrong = labelled?.others.find(
      ({ outcome, predicted }) => outcome === 'wrong' && predicted !== labelled.record.predicted,
    );
    assert.ok(wrong !== undefined);
    assert.deepEqual([wrong.class, wrong.isClassHidden], [null, true]);
    assert.equal((await item(wrong.key))?.annotations.hidden, true);
    await say({ label: null });
  });
});
