import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AnnotationBook } from '../../../src/core/annotations/book.js';
import { lineOf, readLine, type AnnotationEvent, type Marks } from '../../../src/core/annotations/events.js';
import { fold } from '../../../src/core/annotations/fold.js';
import { DEFAULT_SCHEME, parseScheme } from '../../../src/core/annotations/scheme.js';
import { FlipsideError } from '../../../src/core/model.js';

let made = 0;

function event(set: Marks, part: Partial<AnnotationEvent> = {}): AnnotationEvent {
  made += 1;
  return {
    ...{ id: `e${made}`, at: '2026-11-30T08:00:00.000Z', order: made, by: 'one', scheme: 1 },
    item: { dataset: 'd', item: '7', run: 'a.csv', row: 7, answer: 'left' },
    content: { text: 'text-7', images: ['image-7'] },
    ...{ set, undoes: null, adjudicates: null, ...part },
  };
}

/** What annotators say of the only item. */
function said(events: readonly AnnotationEvent[]): Record<string, Marks> {
  const items = fold(events);
  assert.equal(items.length, 1);
  return Object.fromEntries([...(items[0]?.annotations ?? [])].map(([by, { marks }]) => [by, marks]));
}

/** The latest event of each annotator of each answer in a book. */
function eventsOf(book: AnnotationBook): readonly AnnotationEvent[] {
  const answers = [...book.texts()].flat().flatMap(([, ofText]) => ofText);
  return answers.flatMap(({ annotations }) => [...annotations.values()].map((each) => each.event));
}

describe('annotations: events', () => {
  it('are lines that are read as they were written', () => {
    const events = [
      event({ label: 'misread', note: 'two\nlines "and" quotes' }),
      event({ label: null }, { undoes: 'e1', adjudicates: ['x'] }),
    ];
    assert.deepEqual(
      events.map((each) => readLine(lineOf(each).trimEnd())),
      events,
    );
  });

  it('before a last line that was cut are all there, and the cut is no problem', () => {
    const [one, two] = [event({ label: 'other' }), event({ label: 'misread' })];
    const text = lineOf(one) + lineOf(two).slice(0, 40);
    const book = new AnnotationBook();
    assert.equal(book.read('one.jsonl', Buffer.from(text)), 1);
    assert.deepEqual(eventsOf(book), [one]);
    assert.deepEqual(book.problems, []);
  });

  it('around lines that are none are all there, and those are told by their number', () => {
    const [one, two] = [event({ label: 'other' }), event({ label: 'misread' })];
    const bad: readonly [string, RegExp][] = [
      ['<<<<<<< HEAD', /merge conflict/],
      ['no json', /no JSON/],
      ['[1]', /an object was expected/],
      ['{"v":2}', /layout 2/],
      [lineOf(one).trim().replace('"id":"', '"id":"x').replace('"other"', '5'), /"set.label" must be a text or null/],
      [
        lineOf(one)
          .trim()
          .replace('"id":"', '"id":"y')
          .replace(/"order":\d+/, '"order":-1'),
        /whole numbers/,
      ],
      [lineOf(one).trim().replace('"id":"', '"id":"z').replace('"label":"other"', '"confidence":7'), /between 0 and 1/],
    ];
    const text = lineOf(one) + bad.map(([line]) => `${line}\r\n`).join('') + '\n' + lineOf(one) + lineOf(two);
    const book = new AnnotationBook();
    book.read('one.jsonl', Buffer.from(text));
    assert.deepEqual(eventsOf(book), [two]);
    // Lines that are laid out as ours are looked at last.
    const problems = [...book.problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    assert.equal(problems.length, bad.length);
    bad.forEach(([, reason], at) => {
      assert.equal(problems[at]?.line, at + 2);
      assert.match(problems[at]?.reason ?? '', reason);
    });
  });
});

describe('annotations: what is now said', () => {
  it('is of each field what was said last, and nothing where all was taken back', () => {
    const first = event({ label: 'misread', note: 'hm' });
    const events = [first, event({ label: 'other' }), event({ note: null })];
    assert.deepEqual(said(events), { one: { label: 'other' } });
    assert.deepEqual(said([...events, event({ label: null })]), {});
  });

  it('goes by what was known, not by clocks', () => {
    const early = event({ label: 'misread' }, { at: '2030-01-01T00:00:00.000Z' });
    const late = event({ label: 'other' }, { at: '1999-01-01T00:00:00.000Z' });
    assert.deepEqual(said([late, early]), { one: { label: 'other' } });
  });

  it('is each annotator’s own, with the judgement between them beside it', () => {
    const [one, two] = [event({ label: 'misread' }), event({ label: 'other' }, { by: 'two' })];
    const between = event({ label: 'gold-wrong' }, { by: 'three', adjudicates: [one.id, two.id] });
    const [item] = fold([one, two, between]);
    assert.deepEqual([...(item?.annotations.keys() ?? [])], ['one', 'two']);
    assert.equal(item?.adjudication?.marks.label, 'gold-wrong');
  });

  it('is of the same item in another file and under another id, and of another where text or image is', () => {
    const there = event({ label: 'misread' });
    const elsewhere = event(
      { note: 'again' },
      { item: { dataset: null, item: '7b', run: 'b.csv', row: 1, answer: 'left' } },
    );
    assert.deepEqual(said([there, elsewhere]), { one: { label: 'misread', note: 'again' } });
    assert.deepEqual(fold([there, elsewhere])[0]?.ids, ['7', '7b']);
    const otherImage = event({ label: 'other' }, { content: { text: 'text-7', images: ['image-8'] } });
    const otherText = event({ label: 'other' }, { content: { text: 'text-8', images: ['image-7'] } });
    assert.equal(fold([there, otherImage, otherText]).length, 3);
  });

  it('is of the same item where its image was not there', () => {
    const without = event({ label: 'misread' }, { content: { text: 'text-7', images: null } });
    const { length } = fold([without, event({ note: 'seen' })]);
    assert.equal(length, 1);
    assert.equal(fold([without])[0]?.content.images, null);
  });

  it('is the same whatever order files and lines came in, and however often', () => {
    const labels = fc.constantFrom('misread', 'other', null);
    const events = fc.array(fc.tuple(labels, fc.constantFrom('one', 'two'), fc.nat(3), fc.nat(2)), { maxLength: 20 });
    const shown = (of: readonly AnnotationEvent[]): string =>
      JSON.stringify(
        fold(of)
          .map(({ content, annotations }) => [
            content.text,
            [...annotations].map(([by, { marks }]) => [by, marks]).sort(),
          ])
          .sort(),
      );
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (drawn, keys) => {
        const all = drawn.map(([label, by, order, item]) =>
          event({ label }, { by, order, content: { text: `t${item}`, images: [`i${item}`] } }),
        );
        const shuffled = [...all, ...all.slice(0, 3)]
          .map((each) => ({ each, at: Number(keys.next().value) }))
          .sort((one, other) => one.at - other.at)
          .map(({ each }) => each);
        assert.equal(shown(shuffled), shown(all));
      }),
    );
  });
});

describe('annotations: the scheme', () => {
  it('that is there without a file is one', () => {
    assert.deepEqual(parseScheme(JSON.stringify(DEFAULT_SCHEME), 'scheme.json'), DEFAULT_SCHEME);
    assert.equal(DEFAULT_SCHEME.labels.length, 12);
  });

  it('that is wrong is told by the place', () => {
    const one = { id: 'a', title: 'A', key: 'k' };
    const bad: readonly [unknown, RegExp][] = [
      ['{', /is no JSON/],
      [[], /an object with "version"/],
      [{ version: 0, labels: [one] }, /"version"/],
      [{ version: 1, labels: [] }, /at least one label/],
      [{ version: 1, labels: [one, { ...one, id: 'A b' }] }, /labels\[1\]\.id .*"A b"/],
      [{ version: 1, labels: [{ ...one, title: ' ' }] }, /labels\[0\]\.title/],
      [{ version: 1, labels: [{ ...one, key: 'kk' }] }, /labels\[0\]\.key must be one character/],
      [{ version: 1, labels: [one, { ...one, key: null }] }, /two labels have the id "a"/],
      [{ version: 1, labels: [one, { ...one, id: 'b' }] }, /two labels have the key "k"/],
    ];
    for (const [value, reason] of bad) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      assert.throws(
        () => parseScheme(text, '/w/.flipside/scheme.json'),
        (error: Error) =>
          error instanceof FlipsideError && reason.test(error.message) && error.message.startsWith('/w/'),
        String(reason),
      );
    }
  });
});
