/** What a webview's page is made of. Addresses are as the webview may load them. */
export interface PageParts {
  readonly title: string;
  readonly script: string;
  readonly style: string;
  /** Where scripts, styles and fonts of ours may come from, as a CSP source. */
  readonly source: string;
  /** Random, and new for every page: the only thing that lets a script run. */
  readonly nonce: string;
  /** BCP 47 tag of the editor's language. */
  readonly language: string;
}

/**
 * The HTML around a page. Its policy lets in our own script, style and font, and pictures that the page makes of bytes it was
 * sent (blob:); nothing from the network, no inline script, no frame, no form.
 */
export function pageHtml({ title, script, style, source, nonce, language }: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
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
    <link rel="stylesheet" href="${escapeHtml(style)}">
  </head>
  <body>
    <div id="page"></div>
    <script nonce="${nonce}" src="${escapeHtml(script)}"></script>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
