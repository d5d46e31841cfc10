import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { AnnotationFile, annotatorFileName } from '../../../src/core/annotations/annotationFile.js';
import { AnnotationBook } from '../../../src/core/annotations/book.js';
import type { AnnotationEvent } from '../../../src/core/annotations/events.js';
import { FlipsideError } from '../../../src/core/model.js';

const here = path.dirname(fileURLToPath(import.meta.url));

function event(id: string): AnnotationEvent {
  return {
    ...{ id, at: '2026-11-30T08:00:00.000Z', order: 1, by: 'one', scheme: 1 },
    item: { dataset: null, item: id, run: 'a.csv', row: 1, answer: 'left' },
    content: { text: id, images: null },
    ...{ set: { label: 'other' }, undoes: null, adjudicates: null },
  };
}

describe('annotations: files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-annotations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The only file as the store reads it: ids of its events, each of which has a text of its own, and lines that are none. */
  const readBack = (file: string): { ids: string[]; problems: (number | null)[] } => {
    const book = new AnnotationBook();
    book.read(file, readFileSync(file));
    const answers = [...book.texts()].flat().flatMap(([, ofText]) => ofText);
    const ids = answers.flatMap(({ annotations }) => [...annotations.values()].map((each) => each.event.id));
    return { ids, problems: book.problems.map(({ line }) => line) };
  };

  it('hold what was added, in order, also where nobody waited', async () => {
    const place = path.join(folder, 'deep', 'one.jsonl');
    const file = new AnnotationFile(place);
    await Promise.all(['a', 'b', 'c'].map((id) => file.add([event(id)])));
    await file.add([event('d'), event('e')]);
    await file.close();
    assert.deepEqual(readBack(place), { ids: ['a', 'b', 'c', 'd', 'e'], problems: [] });
  });

  it('keep a line that was cut, and lose nothing of those around it', async () => {
    const place = path.join(folder, 'one.jsonl');
    const file = new AnnotationFile(place);
    await file.add([event('a')]);
    appendFileSync(place, '{"v":1,"id":"half');
    await file.add([event('b')]);
    await file.close();
    assert.deepEqual(readBack(place), { ids: ['a', 'b'], problems: [2] });
    assert.match(readFileSync(place, 'utf8'), /\n\{"v":1,"id":"half\n/);
  });

  it('lose nothing where several processes write one at once', async () => {
    const place = path.join(folder, 'one.jsonl');
    const writers = ['x', 'y', 'z'].map((name) =>
      spawn(process.execPath, ['--import=tsx', path.join(here, 'writer.ts'), place, name, '60'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const ends = await Promise.all(writers.map((writer) => once(writer, 'exit')));
    assert.deepEqual(
      ends.map(([code]) => code as number),
      [0, 0, 0],
    );
    const { ids, problems } = readBack(place);
    assert.equal(new Set(ids).size, 180);
    assert.deepEqual(problems, []);
  });

  it('hold everything that was called saved when the process is killed in the middle', async () => {
    const place = path.join(folder, 'one.jsonl');
    const args = ['--import=tsx', path.join(here, 'writer.ts'), place, 'k', '100000'];
    const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    writer.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.split('\n').length > 50) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    const saved = told.split('\n').slice(0, -1);
    assert.ok(saved.length >= 50);
    const there = new Set(readBack(place).ids);
    assert.deepEqual(
      saved.filter((id) => !there.has(id)),
      [],
    );
  });

  it('that cannot be written are said not to be saved', async function () {
    if (process.getuid?.() === 0) {
      const file = new AnnotationFile(path.join(folder, 'one.jsonl', 'below-a-file.jsonl'));
      writeFileSync(path.join(folder, 'one.jsonl'), '');
      await assert.rejects(
        file.add([event('a')]),
        (error: Error) => error instanceof FlipsideError && /^Not saved: /.test(error.message),
      );
      return;
    }
    const closed = path.join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const file = new AnnotationFile(path.join(closed, 'one.jsonl'));
    await assert.rejects(file.add([event('a')]), /Not saved: .*EACCES/);
  });

  it('are named after their annotators in a way that every system takes', () => {
    assert.equal(annotatorFileName('Ann  Lukasz-Müller!'), 'ann-lukasz-muller.jsonl');
    assert.equal(annotatorFileName('../../etc'), 'etc.jsonl');
    assert.equal(annotatorFileName('CON'), 'con-.jsonl');
    assert.ok(annotatorFileName('x'.repeat(500)).length < 80);
    assert.throws(() => annotatorFileName(' /.. '), /needs a name/);
  });
});
