/** What a webview's page is made of. */
export interface PageParts {
  readonly title: string;
  /** The texts of the bundled script and style, whose addresses are relative to `folder`. */
  readonly script: string;
  readonly style: string;
  /** The folder of both, as the webview may load from it. */
  readonly folder: string;
  /** Where the font may come from, as a CSP source. */
  readonly source: string;
  /** Random, and new for every page: the only thing that lets a script run and a style hold. */
  readonly nonce: string;
  /** BCP 47 tag of the editor's language. */
  readonly language: string;
}

/**
 * The HTML around a page. Script and style stand in it: while a window opens, each file that a page asks for waits for a window
 * that is busy. Its policy lets in these and our font, and pictures that the page makes of bytes it was sent (blob:); nothing
 * from the network, no other inline script, no frame, no form.
 */
export function pageHtml({ title, script, style, folder, source, nonce, language }: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <style nonce="${nonce}">${inStyle(style, folder)}</style>
  </head>
  <body>
    <div id="page"></div>
    <script nonce="${nonce}">${inScript(script, folder)}</script>
  </body>
</html>
`;
}

/** A bundled style as it may stand in HTML, where addresses are no longer relative to its file. */
function inStyle(style: string, folder: string): string {
  return mapIn(
    style.replaceAll('url("./', () => `url("${folder}/`),
    folder,
  ).replaceAll('</', '<\\/');
}

/** A bundled script as it may stand in HTML: what would end it early, or open a comment, says the same in another way. */
function inScript(script: string, folder: string): string {
  return mapIn(script, folder)
    .replaceAll(/<\/(?=script)/gi, '<\\/')
    .replaceAll('<!--', '<\\!--');
}

/** The source map lies beside the file, for whoever debugs. */
function mapIn(text: string, folder: string): string {
  return text.replace(/(?<=[#] sourceMappingURL=)(?=[\w.]+\.map)/, () => `${folder}/`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
