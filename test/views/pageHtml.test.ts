import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { pageHtml } from '../../src/views/pageHtml.js';

const parts = {
  title: 'A & "B" <c>',
  script: `let a = 1;\n//# sourceMappingURL=page.js.map\n`,
  style: `@font-face { src: url("./own.ttf?1") }\n/*# sourceMappingURL=page.css.map */\n`,
  folder: 'https://files/$&/webviews',
  source: 'https://files',
  nonce: 'n0nce',
  language: 'de"',
};

describe('the HTML around a page', () => {
  it('holds script and style, with addresses that lead to their folder', () => {
    const html = pageHtml(parts);
    assert.ok(
      html.includes('<script nonce="n0nce">let a = 1;\n//# sourceMappingURL=https://files/$&/webviews/page.js.map'),
    );
    assert.ok(html.includes('<style nonce="n0nce">@font-face { src: url("https://files/$&/webviews/own.ttf?1") }'));
    assert.ok(html.includes('/*# sourceMappingURL=https://files/$&/webviews/page.css.map */'));
  });

  it('lets nothing in a script or style end it early', () => {
    const texts = ['</script>', '</SCRIPT >', '<!-- <script>', '</style>', "$' $& $1"];
    const script = `return [${texts.map((text) => JSON.stringify(text)).join()}];`;
    const html = pageHtml({ ...parts, script, style: 'a::after { content: "</style>" }' });
    assert.equal(html.match(/<\/script/gi)?.length, 1);
    assert.equal(html.slice(0, html.indexOf('<script')).match(/<\/style/gi)?.length, 1);
    assert.equal(html.match(/<!--/g), null);
    const written = /<script nonce="n0nce">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    assert.deepEqual(runInNewContext(`JSON.stringify((() => { ${written} })())`), JSON.stringify(texts));
  });

  it('allows its own script and style by their nonce, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(pageHtml(parts))?.[1];
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'; font-src https://files; img-src blob:; base-uri 'none'; form-action 'none'",
    );
  });

  it('writes no text of others as markup', () => {
    const html = pageHtml(parts);
    assert.ok(html.includes('<title>A &amp; &quot;B&quot; &lt;c></title>'));
    assert.ok(html.includes('<html lang="de&quot;">'));
  });
});
