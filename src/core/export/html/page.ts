import { renderBlock } from './blocks.js';
import type { ReportDocument, Section } from './document.js';
import { escaped, inline, plainLine } from './markup.js';
import { STYLE } from './style.js';

/** Nothing is loaded and nothing runs, whatever the data hold. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole report as one HTML file that needs no other file, no network and no script. */
export function renderReport({ title, lead, sections, foot }: ReportDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${plainLine(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#${escaped(sections[0]?.id ?? '')}">Skip the contents</a>
<header><h1>${plainLine(title)}</h1><p class="lead">${inline(lead)}</p></header>
<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>${sections.map(entry).join('')}</ol></nav>
<main>
${sections.map(section).join('\n')}
</main>
<footer><p>${inline(foot)}</p></footer>
</body>
</html>
`;
}

function entry({ id, title }: Section): string {
  return `<li><a href="#${escaped(id)}">${escaped(title)}</a></li>`;
}

function section({ id, title, blocks }: Section): string {
  const heading = `<h2 id="${escaped(id)}-title">${escaped(title)}</h2>`;
  return `<section id="${escaped(id)}" aria-labelledby="${escaped(id)}-title">${heading}\n${blocks.map(renderBlock).join('\n')}</section>`;
}
