import type { Card } from './document.js';
import { facts } from './facts.js';
import { inline, plainLine, visible, visibleLine } from './markup.js';

/** Items, each with its picture, what was asked, and what became of it. */
export function cards(list: readonly Card[]): string {
  return `<div class="cards">${list.map(card).join('')}</div>`;
}

function card({ title, picture, pictureNote, question, options, facts: about, response, why }: Card): string {
  const asked = question === null ? '<p class="asked none">No question is given.</p>' : block('asked', question);
  const choices = options.map(({ text, right, chosen }) => {
    const marks = [...(right ? ['right answer'] : []), ...(chosen ? ['chosen'] : [])];
    const kind = right ? 'right' : chosen ? 'chosen' : 'other';
    const said = marks.length === 0 ? '' : ` <span class="mark">${marks.join(', ')}</span>`;
    return `<li class="${kind}"><bdi>${visibleLine(text)}</bdi>${said}</li>`;
  });
  const list = choices.length === 0 ? '' : `<ul class="options">${choices.join('')}</ul>`;
  const said = response === null ? '' : `<p class="head">What the model wrote</p>${block('said', response)}`;
  const reasons = why.map((sentence) => `<li>${visibleLine(sentence)}</li>`).join('');
  const because = reasons === '' ? '' : `<p class="head">Why it counts so</p><ul class="why">${reasons}</ul>`;
  return `<article class="card"><h4>${inline(title)}</h4>${figure(picture, pictureNote)}${asked}${list}${facts(about)}${said}${because}</article>`;
}

function block(kind: string, text: string): string {
  return `<div class="${kind}" dir="auto">${visible(text)}</div>`;
}

function figure(picture: Card['picture'], note: string | null): string {
  const caption = note === null ? '' : `<figcaption>${visibleLine(note)}</figcaption>`;
  if ('missing' in picture) {
    const tried = picture.tried.map((file) => `<li><code>${visibleLine(file)}</code></li>`).join('');
    const places = tried === '' ? '' : `<p>Looked for at:</p><ul>${tried}</ul>`;
    return `<figure class="missing"><p>${visibleLine(picture.missing)}</p>${places}${caption}</figure>`;
  }
  const { mime, base64, width, height, description } = picture;
  return `<figure><img src="data:${plainLine(mime)};base64,${base64}" width="${width}" height="${height}" alt="${plainLine(description)}">${caption}</figure>`;
}
