import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commandLink, escapedMarkdown, inertMarkdown, shortened } from '../../src/views/inert.js';

const HOSTILE = [
  '[x](command:workbench.action.quit)',
  '![x](https://example.org/p.png)',
  '<img src=x onerror=alert(1)>',
  '<https://example.org> https://example.org www.example.org a@example.org',
  '# head\n- list\n```js\ncode\n```\n| a | b |\n|---|---|',
  '&lt;b&gt; &#42;x&#42; $(error) ~~x~~ _x_ **x** `x` \\[x\\]',
];

describe('texts of files and models in Markdown', () => {
  it('hold no sign but entities of ours in a hover, and read as they were', () => {
    const decode = (text: string): string => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    const any = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(any, (text) => {
        const inert = inertMarkdown(text);
        assert.match(inert.replace(/&#\d+;/g, ''), /^[^!-/:-@[-`{-~\n\r]*$/);
        if (!/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text))
          assert.equal(decode(inert), text);
      }),
      { numRuns: 1000 },
    );
  });

  it('stay text in a cell that people read', () => {
    assert.equal(escapedMarkdown('class is horizontal-flip'), 'class is horizontal-flip');
    assert.equal(
      escapedMarkdown('[a](b) <i> `c` $x$ https://d & e'),
      '\\[a\\](b) \\<i\\> \\`c\\` \\$x\\$ https\\://d &amp; e',
    );
    assert.equal(escapedMarkdown('one\n# two'), 'one \\# two');
  });

  it('are cut between signs, and said to be', () => {
    assert.equal(shortened('left', 10), 'left');
    assert.equal(shortened('to the left of it', 8), 'to the …');
    assert.equal(shortened('😀😀😀😀', 3), '😀😀…');
    assert.equal([...shortened('a'.repeat(1e6), 40)].length, 40);
  });

  it('cannot leave the address of a link', () => {
    const link = commandLink('flipside.openItem', { run: 'a) [b](c) "d" \'e\'.csv', row: 1 });
    assert.match(link, /^command:flipside\.openItem\?[\w%.~-]+$/);
    const written = decodeURIComponent(link.slice(link.indexOf('?') + 1));
    assert.deepEqual(JSON.parse(written), [{ run: 'a) [b](c) "d" \'e\'.csv', row: 1 }]);
  });
});
