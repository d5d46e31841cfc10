import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AnnotationStore } from '../../../src/core/annotations/annotationStore.js';
import { lineOf, type AnnotationEvent } from '../../../src/core/annotations/events.js';

function event(id: string, part: Partial<AnnotationEvent> = {}): AnnotationEvent {
  return {
    ...{ id, at: '2026-11-30T08:00:00.000Z', order: 1, by: 'one', scheme: 1 },
    item: { dataset: 'd', item: '7', run: 'a.csv', row: 7, answer: 'left' },
    content: { text: 'text-7', images: ['image-7'] },
    ...{ set: { label: id }, undoes: null, adjudicates: null, ...part },
  };
}

describe('the store of annotations', () => {
  let folder: string;
  let file: string;

  const labels = (store: AnnotationStore): (string | null | undefined)[] =>
    store.book.ofText('text-7').flatMap(({ annotations }) => [...annotations.values()].map(({ marks }) => marks.label));

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-store-'));
    file = path.join(folder, '.flipside', 'annotations', 'one.jsonl');
    mkdirSync(path.dirname(file), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('takes a last line that has no end where it is an event, and tells of it', async () => {
    writeFileSync(file, lineOf(event('first')).trimEnd());
    const store = new AnnotationStore([folder]);
    await store.refresh();
    assert.deepEqual(labels(store), ['first']);
    // Its end comes, and half of another.
    appendFileSync(file, `\n${lineOf(event('second', { order: 2 })).slice(0, 50)}`);
    assert.deepEqual(await store.refresh(), { all: false, events: [] });
    assert.deepEqual(labels(store), ['first']);
    appendFileSync(
      file,
      lineOf(event('second', { order: 2 }))
        .slice(50)
        .trimEnd(),
    );
    const { events } = await store.refresh();
    assert.deepEqual(
      events.map(({ id }) => id),
      ['second'],
    );
    assert.deepEqual(labels(store), ['second']);
    assert.deepEqual(store.problems, []);
    // The same event, edited by hand.
    writeFileSync(
      file,
      lineOf(event('first')) + lineOf(event('second', { order: 2, set: { label: 'third' } })).trimEnd(),
    );
    assert.equal((await store.refresh()).all, true);
    assert.deepEqual(labels(store), ['third']);
  });

  it('takes over what its forerunner could not write', async () => {
    const nowhere = new AnnotationStore([]);
    await assert.rejects(nowhere.add([event('first')]), /no folder is open/);
    const store = new AnnotationStore([folder]);
    store.keep(nowhere.unsaved.map(lineOf).join(''));
    await store.refresh();
    assert.deepEqual(labels(store), ['first']);
    await store.add([event('second', { order: 2 })]);
    await store.close();
    const again = new AnnotationStore([folder]);
    await again.refresh();
    assert.deepEqual([labels(again), again.book.size], [['second'], 2]);
  });

  it('counts on, answers and forgets nothing while it reads its files anew', async () => {
    writeFileSync(file, lineOf(event('first', { order: 50 })));
    const store = new AnnotationStore([folder]);
    await store.refresh();
    // Another's file, of which nothing is known: everything is read anew.
    const others = Array.from({ length: 2000 }, (_, at) => event(`other-${at}`, { by: 'two', order: at + 100 }));
    writeFileSync(path.join(path.dirname(file), 'two.jsonl'), others.map(lineOf).join(''));
    let isDone = false;
    const looking = store.refresh().finally(() => (isDone = true));
    let given = 0;
    for (; !isDone; await new Promise((resolve) => setImmediate(resolve))) {
      assert.ok(store.book.nextOrder > 50 && labels(store).length > 0);
      if (given++ === 0) await store.add([event('meanwhile', { order: store.book.nextOrder })]);
    }
    assert.equal((await looking).all, true);
    assert.ok(given > 0);
    assert.deepEqual(labels(store), ['meanwhile', 'other-1999']);
    await store.close();
  });

  it('finds nothing new in a file that holds one’s own alone', async () => {
    const store = new AnnotationStore([folder]);
    await store.refresh();
    await store.add([event('first')]);
    assert.deepEqual(await store.refresh(), { all: false, events: [] });
    await store.close();
  });

  it('gives no counter that would not be read, whatever counters files hold', async () => {
    writeFileSync(file, lineOf(event('first', { order: Number.MAX_SAFE_INTEGER })));
    const store = new AnnotationStore([folder]);
    await store.refresh();
    await store.add([event('second', { by: 'two', order: store.book.nextOrder })]);
    await store.close();
    const again = new AnnotationStore([folder]);
    await again.refresh();
    assert.deepEqual([labels(again), again.problems], [['first', 'second'], []]);
  });
});
