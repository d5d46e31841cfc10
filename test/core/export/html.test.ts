import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Block, Card, Text } from '../../../src/core/export/html/document.js';
import { inline, visible, visibleLine } from '../../../src/core/export/html/markup.js';
import { renderReport } from '../../../src/core/export/html/page.js';
import { sectionOf, tableOf, textOf } from '../../support/reportText.js';

function page(...blocks: readonly Block[]): string {
  return renderReport({
    title: 'A title',
    lead: 'Of it.',
    sections: [{ id: 'one', title: 'One', blocks }],
    foot: 'The end.',
  });
}

const CARD: Card = {
  title: 'Item 1',
  picture: { missing: 'Not found.', tried: [] },
  pictureNote: null,
  question: null,
  options: [],
  facts: [],
  response: null,
  why: [],
};

/** A page with a text wherever a text of the data may stand. */
function everywhere(text: string): string {
  const said: Text = [{ data: text }, { strong: text }, { code: text }, text];
  const picture = { mime: 'image/png', base64: 'AAAA', width: 1, height: 1, description: text };
  return page(
    { kind: 'text', text: said },
    { kind: 'heading', text: said },
    { kind: 'list', tone: 'warning', items: [said] },
    { kind: 'facts', facts: [['term', said]] },
    {
      kind: 'table',
      caption: said,
      columns: [{ name: text }],
      groups: [{ label: said, rows: [[said]] }],
      notes: [said],
    },
    { kind: 'matrix', caption: said, rowsAre: 'r', columnsAre: 'c', rows: [text], columns: [text], counts: [[1]] },
    {
      kind: 'cards',
      cards: [
        {
          ...CARD,
          title: said,
          picture,
          pictureNote: text,
          question: text,
          options: [{ text, right: true, chosen: false }],
          facts: [['term', said]],
          response: text,
          why: [text],
        },
        { ...CARD, picture: { missing: text, tried: [text] } },
      ],
    },
  );
}

/** The tags of a page without what their attributes say, and without places for a break. */
const tags = (html: string): string[] =>
  [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""')).filter((tag) => tag !== '<wbr>');

describe('the report as HTML', () => {
  it('takes no text for markup, wherever it stands', () => {
    const plain = tags(everywhere('x'));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'a', '=', ' ') }), (text) => {
        assert.deepEqual(tags(everywhere(text)), plain);
      }),
    );
    const html = everywhere(`</style><script>alert("1")</script><img src=x onerror='alert(1)'>`);
    assert.doesNotMatch(html, /<script|<img src=x/);
    assert.match(html, /&lt;script&gt;alert\(&quot;1&quot;\)/);
  });

  it('names what cannot be seen, and lets nothing turn the words around it', () => {
    const html = everywhere('a\u202eb\u0000c\u200bd\u2066e\ud800f');
    for (const unseen of ['\u202e', '\u0000', '\u200b', '\u2066', '\ud800']) assert.ok(!html.includes(unseen));
    for (const name of ['⟦U+202E⟧', '␀', '⟦U+200B⟧', '⟦U+2066⟧', '⟦U+D800⟧']) assert.ok(html.includes(name), name);
    assert.match(inline({ data: 'שלום' }), /^<bdi>שלום<\/bdi>$/);
  });

  it('keeps line ends in texts and shows them in lines', () => {
    assert.equal(visible('a\r\nb\tc'), 'a\nb\tc');
    assert.equal(visibleLine('a\r\nb'), 'a ⏎ b');
  });

  it('adds nothing to long names but places where they may break', () => {
    const markup = inline({ data: 'some_long/name_of-a.run' });
    assert.equal(markup, '<bdi>some_<wbr>long/<wbr>name_<wbr>of-a.run</bdi>');
    assert.equal(textOf(markup), 'some_long/name_of-a.run');
  });

  it('gives tables a caption, and every head of a row or column its scope', () => {
    const html = page({
      kind: 'table',
      caption: 'Counts',
      columns: [{ name: 'run' }, { name: 'n', align: 'right' }],
      groups: [
        { label: 'first', rows: [['a', 1]] },
        { label: null, rows: [['b', null]] },
      ],
    });
    assert.deepEqual(tableOf(html, 'Counts'), [['run', 'n'], ['first'], ['a', '1'], ['b', '']]);
    assert.deepEqual(
      [...sectionOf(html, 'one').matchAll(/<th scope="(\w+)"/g)].map(([, scope]) => scope),
      ['col', 'col', 'rowgroup', 'row', 'row'],
    );
    assert.match(html, /role="region" tabindex="0" aria-label="Counts"/);
  });

  it('outlines right cells of a matrix and shades each by its share of the row', () => {
    const html = page({
      kind: 'matrix',
      caption: 'Directions',
      rowsAre: 'right',
      columnsAre: 'chosen',
      rows: ['left'],
      columns: ['left', 'right'],
      counts: [[1, 3]],
    });
    assert.deepEqual(tableOf(html, 'Directions').at(-1), ['left', '1', '3', '4']);
    assert.match(html, /class="number right" style="--share:25%">1</);
    assert.match(html, /class="number wrong" style="--share:75%">3</);
  });

  it('draws bars inside their frame, whatever the numbers are', () => {
    const number = fc.oneof(fc.double({ min: -2, max: 1e6, noNaN: true }), fc.constant(0));
    fc.assert(
      fc.property(fc.constantFrom('share', 'ratio', 'difference'), number, number, number, (draw, value, low, high) => {
        const bar = { draw, value, interval: [low, high] as const, mark: null };
        const html = page({
          kind: 'table',
          caption: 'Bars',
          columns: [{ name: 'a' }, { name: 'b' }],
          groups: [{ label: null, rows: [['x', bar]] }],
        });
        const svg = /<svg[\s\S]*?<\/svg>/.exec(html)?.[0] ?? '';
        const places = [...svg.matchAll(/ (?:x1|x2|cx|x)="([-\d.e]+)"/g)].map(([, at]) => Number(at));
        assert.ok(places.length >= 4 && places.every((at) => at >= 0 && at <= 120), svg);
      }),
    );
  });

  it('allows itself neither scripts nor anything from elsewhere', () => {
    const html = page();
    assert.match(
      html,
      /Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'/,
    );
    assert.doesNotMatch(html, /<script|<link|@import|url\(|https?:/);
  });
});
